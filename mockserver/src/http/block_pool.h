/* Blocks of memory for bodies and slices of answers, kept for the next request.
 *
 * A fresh block of megabytes costs a page fault for every 4 KB; on a busy mock that is more than
 * judging the request. Blocks that stay unused for a while go back to the system. Thread-safe. */
#ifndef AILAB_MOCKSERVER_HTTP_BLOCK_POOL_H
#define AILAB_MOCKSERVER_HTTP_BLOCK_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block_pool;

/* Keeps a block while all blocks, those in use included, are at most max_bytes. NULL when memory
 * ran out. */
struct block_pool *block_pool_new(size_t max_bytes);
/* All blocks must have been given back. NULL is allowed. */
void block_pool_free(struct block_pool *pool);

/* At least size bytes, contents unspecified; NULL when memory ran out. Without a pool (NULL) these
 * two are malloc() and free(). */
void *block_pool_take(struct block_pool *pool, size_t size);
/* size as it was taken. block may be NULL. */
void block_pool_give(struct block_pool *pool, void *block, size_t size);

/* Frees the blocks that were not used since the last call; returns whether any block is still kept.
 * The watchdog calls it once a second. */
bool block_pool_trim(struct block_pool *pool);

#endif
