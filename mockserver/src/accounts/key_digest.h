/* An API key as the mock keeps it: its SHA-256, never its bytes. */
#ifndef AILAB_MOCKSERVER_ACCOUNTS_KEY_DIGEST_H
#define AILAB_MOCKSERVER_ACCOUNTS_KEY_DIGEST_H

#include "base/slice.h"
#include <stdint.h>

#define KEY_LABEL_SIZE 17 /* "key:" and 12 hexadecimal digits */

struct key_digest {
    uint8_t bytes[32];
};

void key_digest_of(struct key_digest *out, struct slice key);
/* "key:3f2a5b6c7d8e", for people. Returns out. */
const char *key_label(char out[KEY_LABEL_SIZE], const struct key_digest *digest);

#endif
