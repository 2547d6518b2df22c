/* A hash table with chaining and a list in order of use. Digests are uniform, so their first bytes
 * are the hash. */
#include "pictures/picture_cache.h"
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 1024 /* a power of two */

struct entry {
    struct cache_key key;
    struct shared_bytes *shared;
    struct entry *chain;         /* next in the bucket */
    struct entry *newer, *older; /* in order of use */
};

struct cache {
    pthread_mutex_t lock;
    size_t max_bytes, bytes;
    struct entry *newest, *oldest;
    struct entry *buckets[BUCKETS];
};

static size_t bucket_of(const struct cache_key *key)
{
    return (key->digest[0] | (size_t)key->digest[1] << 8) & (BUCKETS - 1);
}

static bool keys_equal(const struct cache_key *a, const struct cache_key *b)
{
    return a->variant == b->variant && memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

static size_t cost_of(const struct shared_bytes *shared)
{
    return sizeof(struct entry) + sizeof *shared + shared->size;
}

struct cache *cache_new(size_t max_bytes)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    pthread_mutex_init(&cache->lock, NULL);
    cache->max_bytes = max_bytes;
    return cache;
}

static void unlink_from_use(struct cache *cache, struct entry *entry)
{
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        cache->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        cache->oldest = entry->newer;
}

static void link_as_newest(struct cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = entry;
    else
        cache->oldest = entry;
    cache->newest = entry;
}

static void drop(struct cache *cache, struct entry *entry)
{
    assert(entry); /* bytes are held only by entries */
    struct entry **link = &cache->buckets[bucket_of(&entry->key)];
    while (*link && *link != entry)
        link = &(*link)->chain;
    *link = entry->chain;
    unlink_from_use(cache, entry);
    cache->bytes -= cost_of(entry->shared);
    shared_bytes_release(entry->shared);
    free(entry);
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    for (struct entry *entry = cache->newest, *older; entry; entry = older) {
        older = entry->older;
        shared_bytes_release(entry->shared);
        free(entry);
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct entry *find(struct cache *cache, const struct cache_key *key)
{
    struct entry *entry = cache->buckets[bucket_of(key)];
    while (entry && !keys_equal(&entry->key, key))
        entry = entry->chain;
    return entry;
}

struct shared_bytes *cache_get(struct cache *cache, const struct cache_key *key)
{
    struct shared_bytes *shared = NULL;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = find(cache, key);
    if (entry) {
        unlink_from_use(cache, entry);
        link_as_newest(cache, entry);
        shared = shared_bytes_hold(entry->shared);
    }
    pthread_mutex_unlock(&cache->lock);
    return shared;
}

void cache_put(struct cache *cache, const struct cache_key *key, struct shared_bytes *shared)
{
    struct entry *entry = cost_of(shared) <= cache->max_bytes ? calloc(1, sizeof *entry) : NULL;
    if (!entry)
        return;
    entry->key = *key;
    entry->shared = shared_bytes_hold(shared);
    pthread_mutex_lock(&cache->lock);
    struct entry *old = find(cache, key);
    if (old)
        drop(cache, old);
    cache->bytes += cost_of(shared);
    entry->chain = cache->buckets[bucket_of(key)];
    cache->buckets[bucket_of(key)] = entry;
    link_as_newest(cache, entry);
    while (cache->bytes > cache->max_bytes && cache->oldest)
        drop(cache, cache->oldest); /* NOLINT(clang-analyzer-unix.Malloc): drop() moves oldest on */
    pthread_mutex_unlock(&cache->lock);
}
