/* A picture file, read whole. */
#ifndef CLIENT_SRC_FILE_H
#define CLIENT_SRC_FILE_H

#include "result.h"

#define FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* On AILAB_OK *out holds *size_out bytes, to be freed with free(). On AILAB_FILE or
 * AILAB_NO_MEMORY *out is NULL and the result says why. */
enum ailab_error ai_file_read(unsigned char **out, size_t *size_out, struct ailab_result *result,
                              const char *path);

/* The part of the path after its last slash. Borrowed. */
const char *ai_file_base_name(const char *path);

#endif
