/* Plain stdio; folders are removed with all that is in them. */
#include "testing/files.h"
#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

char *folder_new(void)
{
    const char *base = getenv("TMPDIR");
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/ailab-test-XXXXXX", base && base[0] ? base : "/tmp");
    return mkdtemp(path) ? strdup(path) : NULL;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

void folder_free(char *path)
{
    if (path)
        nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(path);
}

int folder_make(void **state)
{
    *state = folder_new();
    return *state ? 0 : -1;
}

int folder_remove(void **state)
{
    folder_free(*state);
    return 0;
}

size_t folder_count(const char *folder)
{
    size_t count = 0;
    DIR *opened = opendir(folder);
    assert_non_null(opened);
    for (struct dirent *entry; (entry = readdir(opened)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(opened);
    return count;
}

void path_join(char out[PATH_SIZE], const char *folder, const char *name)
{
    int length = snprintf(out, PATH_SIZE, "%s/%s", folder, name);
    assert_in_range(length, 1, PATH_SIZE - 1);
}

char *file_read(const char *path, size_t *size_out)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        fail_msg("cannot open %s", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *data = calloc(1, size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, size, file), size);
    fclose(file);
    if (size_out)
        *size_out = size;
    return data;
}

void file_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    if (size > 0)
        assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}
