/* SHA-256 of bytes in one call, and as text. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_SHA256_H
#define AILAB_MOCKSERVER_BASE_SHA256_H

#include "base/slice.h"
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA256_TEXT_SIZE (2 * SHA256_BYTES + 1)

void sha256_of(uint8_t out[SHA256_BYTES], struct slice bytes);

/* 64 lower-case hexadecimal digits. */
void sha256_print(char out[SHA256_TEXT_SIZE], const uint8_t digest[SHA256_BYTES]);

#endif
