/* Base64 of large pictures at the speed of memory. */
#ifndef AILAB_MOCKSERVER_HTTP_BASE64_H
#define AILAB_MOCKSERVER_HTTP_BASE64_H

#include <stddef.h>

/* Encodes size bytes, padded, and returns how many characters were written; no NUL. out has room
 * for (size + 2) / 3 * 4 + 8 bytes. Pure. */
size_t base64_encode(char *out, const char *bytes, size_t size);

#endif
