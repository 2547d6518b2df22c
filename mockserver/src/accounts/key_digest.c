/* An API key, known by its SHA-256 only. */
#include "accounts/key_digest.h"
#include "base/sha256.h"
#include <stdio.h>

void key_digest_of(struct key_digest *out, struct slice key)
{
    sha256_of(out->bytes, key);
}

const char *key_label(char out[KEY_LABEL_SIZE], const struct key_digest *digest)
{
    const uint8_t *b = digest->bytes;
    snprintf(out, KEY_LABEL_SIZE, "key:%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4],
             b[5]);
    return out;
}
