/* Files of the authority's directory: read whole within a bound, and written at once or not at all.
 */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_STORED_FILE_H
#define AILAB_MOCKSERVER_CERTIFICATES_STORED_FILE_H

#include "ailab_mock.h"
#include <stdbool.h>
#include <stddef.h>

#define STORED_FILE_BYTES_MAX (16u * 1024 * 1024)

enum file_state { FILE_ABSENT, FILE_READ, FILE_WRONG };

/* Reads a file whole, to be freed with free(); a zero byte follows it. FILE_WRONG: why names the
 * file and the fault. */
enum file_state stored_file_read(char **out, size_t *size, const char *path,
                                 char why[AILAB_MOCK_ERROR_SIZE]);

/* As stored_file_read(), of a file that other users must not be able to read. */
enum file_state stored_file_read_private(char **out, size_t *size, const char *path,
                                         char why[AILAB_MOCK_ERROR_SIZE]);

/* Puts a file in the place of another in one step. Call it with the lock of the directory. */
bool stored_file_write(const char *path, unsigned mode, const void *bytes, size_t size,
                       char why[AILAB_MOCK_ERROR_SIZE]);

#endif
