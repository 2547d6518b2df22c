/* Replays a fuzz corpus: hands every file of the named folders to LLVMFuzzerTestOneInput, so that
 * earlier findings stay covered without a fuzzer. Each input has a heap block of its exact size, so
 * that a sanitizer sees an access one byte too far. An empty or missing corpus is a failure:
 * a replay of nothing proves nothing. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return -1;
    struct stat info;
    uint8_t *data = NULL;
    int rc = -1;
    if (fstat(fileno(file), &info) || !S_ISREG(info.st_mode))
        goto out;
    size_t size = (size_t)info.st_size;
    data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size)
        goto out;
    LLVMFuzzerTestOneInput(data, size);
    rc = 0;
out:
    free(data);
    fclose(file);
    return rc;
}

int main(int argc, char **argv)
{
    unsigned replayed = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **names = NULL;
        int count = scandir(argv[i], &names, NULL, alphasort);
        for (int k = 0; k < count; k++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], names[k]->d_name);
            replayed += replay_file(path) == 0;
            free(names[k]);
        }
        free(names);
    }
    printf("%u inputs replayed\n", replayed);
    return replayed ? 0 : 1;
}
