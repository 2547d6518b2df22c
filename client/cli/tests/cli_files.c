/* Plain stdio; the directories are flat. */
#include "cli_files.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int cli_directory_make(void **state)
{
    const char *base = getenv("TMPDIR");
    char path[CLI_PATH_SIZE];
    snprintf(path, sizeof(path), "%s/ailab-cli-XXXXXX", base && base[0] ? base : "/tmp");
    if (!mkdtemp(path))
        return -1;
    *state = strdup(path);
    return *state ? 0 : -1;
}

static bool is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

int cli_directory_remove(void **state)
{
    char path[CLI_PATH_SIZE];
    DIR *directory = opendir(*state);
    struct dirent *entry = NULL;
    while (directory && (entry = readdir(directory)) != NULL) {
        cli_path(path, *state, entry->d_name);
        if (is_entry(entry) && unlink(path) != 0)
            rmdir(path);
    }
    if (directory)
        closedir(directory);
    int removed = rmdir(*state);
    free(*state);
    return removed;
}

void cli_path(char out[CLI_PATH_SIZE], const char *directory, const char *name)
{
    int length = snprintf(out, CLI_PATH_SIZE, "%s/%s", directory, name);
    assert_in_range(length, 1, CLI_PATH_SIZE - 1);
}

void *cli_file_read(const char *path, size_t *size_out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *data = calloc(1, size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, size, file), size);
    fclose(file);
    *size_out = size;
    return data;
}

void cli_file_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    if (size > 0)
        assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

bool cli_file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

size_t cli_directory_count(const char *directory)
{
    size_t count = 0;
    DIR *opened = opendir(directory);
    struct dirent *entry = NULL;
    assert_non_null(opened);
    while ((entry = readdir(opened)) != NULL)
        count += is_entry(entry) ? 1 : 0;
    closedir(opened);
    return count;
}
