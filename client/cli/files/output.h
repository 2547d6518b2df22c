/* Files that are there whole or not at all: written beside their place under another name, moved
 * there when complete. What is no regular file (a pipe, /dev/null) is written straight. */
#ifndef AILAB_CLI_OUTPUT_H
#define AILAB_CLI_OUTPUT_H

#include "program.h"
#include <stdbool.h>
#include <stddef.h>

/* Whether output_write() is likely to succeed, asked before anything is spent. path may be "-".
 * False: why tells. */
bool output_check(char why[WHY_SIZE], const char *path, bool force);

/* Writes all or nothing. Without force an existing file is never replaced, not even one that
 * appeared in the meantime. A new file's mode follows the umask, a replaced one's stays.
 * False: why tells, and no temporary file is left. */
bool output_write(char why[WHY_SIZE], const char *path, bool force, const void *data, size_t size);

#endif
