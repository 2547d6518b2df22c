/* Files for tests: whole files in memory, temporary folders and their entries. Every
 * failure fails the test. */
#ifndef AILAB_TESTING_FILES_H
#define AILAB_TESTING_FILES_H

#include <stdbool.h>
#include <stddef.h>

#define PATH_SIZE 512
#define IMAGES AILAB_SOURCE_DIR "/fixtures/images"

/* A cmocka set-up and tear-down: *state is the path of a folder of the test's own. */
int folder_make(void **state);
int folder_remove(void **state);

/* The same for a test that has another state. The path is the caller's, to be given back. */
char *folder_new(void);
void folder_free(char *path);

/* Entries of the folder, the hidden ones too. */
size_t folder_count(const char *folder);

/* "<folder>/<name>" */
void path_join(char out[PATH_SIZE], const char *folder, const char *name);

/* The caller's, with a NUL after it. size_out may be NULL. */
char *file_read(const char *path, size_t *size_out);

void file_write(const char *path, const void *data, size_t size);
bool file_exists(const char *path);

#endif
