/* A cache of shared bytes under keys of a fixed size. Its own size is bounded: the least recently
 * used leave first. Thread-safe. */
#ifndef AILAB_MOCKSERVER_PICTURES_PICTURE_CACHE_H
#define AILAB_MOCKSERVER_PICTURES_PICTURE_CACHE_H

#include "base/shared_bytes.h"
#include <stdint.h>

struct cache;

struct cache_key {
    uint8_t digest[32]; /* SHA-256 of the content */
    int32_t variant;    /* what was made of it */
};

/* NULL when memory ran out. max_bytes counts the bytes held and what the cache spends on each
 * entry. */
struct cache *cache_new(size_t max_bytes);
/* NULL is allowed. Bytes that are held elsewhere live on. */
void cache_free(struct cache *cache);

/* A reference for the caller, or NULL. */
struct shared_bytes *cache_get(struct cache *cache, const struct cache_key *key);
/* Takes a reference of its own. Keeps nothing when shared is too large or memory ran out. */
void cache_put(struct cache *cache, const struct cache_key *key, struct shared_bytes *shared);

#endif
