/* nettle's three steps as one. */
#include "base/sha256.h"
#include <nettle/sha2.h>

void sha256_of(uint8_t out[SHA256_BYTES], struct slice bytes)
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, bytes.len, (const uint8_t *)bytes.ptr);
    sha256_digest(&hash, SHA256_BYTES, out);
}

void sha256_print(char out[SHA256_TEXT_SIZE], const uint8_t digest[SHA256_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[SHA256_TEXT_SIZE - 1] = '\0';
}
