/* A cache of blobs under fixed-size keys, bounded by bytes, the least recently used leaving first.
 * Thread-safe. */
#ifndef AILAB_MOCK_CACHE_H
#define AILAB_MOCK_CACHE_H

#include "base/shared_bytes.h"
#include <stdint.h>

struct cache;

struct cache_key {
    uint8_t digest[32]; /* SHA-256 of the content */
    int32_t variant;    /* what was made of it */
};

/* NULL when memory ran out. max_bytes counts the blobs and what the cache spends on each. */
struct cache *cache_new(size_t max_bytes);
/* NULL is allowed. Blobs still held elsewhere live on. */
void cache_free(struct cache *cache);

/* A reference for the caller, or NULL. */
struct blob *cache_get(struct cache *cache, const struct cache_key *key);
/* Takes a reference of its own. A blob that is too large, or memory that is not to be had, means
 * that it is not kept. */
void cache_put(struct cache *cache, const struct cache_key *key, struct blob *blob);

/* Bytes held now. */
size_t cache_bytes(struct cache *cache);

#endif
