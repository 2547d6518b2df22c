/* Whole files, bounded, and atomic when written: a reader sees no file or the whole one. What is no
 * regular file (a device, a pipe) is written straight and never replaced. */
#ifndef AILAB_MOCK_FILE_H
#define AILAB_MOCK_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define FILE_WHY_SIZE 512
#define FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* *out is to be freed, and has a NUL after its *size_out bytes. False with one sentence in why. */
bool file_read(unsigned char **out, size_t *size_out, const char *path, size_t max_bytes,
               char why[FILE_WHY_SIZE]);

/* The same of standard input, to its end. */
bool file_read_standard_input(unsigned char **out, size_t *size_out, size_t max_bytes,
                              char why[FILE_WHY_SIZE]);

/* Replaces what was there and keeps its mode; a new file has 0644. A symbolic link stays, what it
 * leads to is written. "-", and whatever stands for stdout or stderr, is written to that. */
bool file_write(const char *path, const void *data, size_t size, char why[FILE_WHY_SIZE]);

/* Removes a regular file, through links; anything else stays. */
void file_remove(const char *path);

#endif
