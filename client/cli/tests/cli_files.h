/* Files for tests: whole files in memory, a directory of one's own, and what lies in it. Failures
 * fail the test. */
#ifndef AILAB_CLI_FILES_H
#define AILAB_CLI_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define CLI_PATH_SIZE 512
#define CLI_IMAGES AILAB_SOURCE_DIR "/fixtures/images"

/* A cmocka set-up and tear-down: *state is the directory's path. */
int cli_directory_make(void **state);
int cli_directory_remove(void **state);

/* "<directory>/<name>" */
void cli_path(char out[CLI_PATH_SIZE], const char *directory, const char *name);

/* The caller's, with a NUL after it. */
void *cli_file_read(const char *path, size_t *size_out);

void cli_file_write(const char *path, const void *data, size_t size);
bool cli_file_exists(const char *path);

/* Entries of the directory, the hidden ones too. */
size_t cli_directory_count(const char *directory);

#endif
