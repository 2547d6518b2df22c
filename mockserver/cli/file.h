/* Whole files, bounded, and atomic when written: a reader sees no file or the whole one. */
#ifndef AILAB_MOCK_FILE_H
#define AILAB_MOCK_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define FILE_WHY_SIZE 512
#define FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* *out is to be freed, and has a NUL after its *size_out bytes. False with one sentence in why. */
bool file_read(unsigned char **out, size_t *size_out, const char *path, size_t max_bytes,
               char why[FILE_WHY_SIZE]);

/* Mode 0644, replacing what was there. */
bool file_write(const char *path, const void *data, size_t size, char why[FILE_WHY_SIZE]);

#endif
