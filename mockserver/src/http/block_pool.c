/* Free lists by size class, a power of two each. Small blocks are malloc()'s business. */
#include "http/block_pool.h"
#include <pthread.h>
#include <stdlib.h>

#define CLASS_FIRST_BITS 16 /* 64 KiB: below that malloc() is as fast */
#define CLASS_COUNT 12      /* up to 128 MiB */

struct free_block {
    struct free_block *next;
};

struct size_class {
    struct free_block *first;
    size_t count;
    size_t least; /* the fewest blocks here since the last trim: that many were not needed */
};

struct block_pool {
    pthread_mutex_t lock;
    struct size_class classes[CLASS_COUNT];
    size_t max_bytes, bytes; /* bytes: taken or kept */
};

/* CLASS_COUNT when the pool does not deal in blocks of that size. */
static size_t class_of(size_t size)
{
    size_t index = 0;
    if (size <= (size_t)1 << (CLASS_FIRST_BITS - 1))
        return CLASS_COUNT;
    while (index < CLASS_COUNT && size > (size_t)1 << (CLASS_FIRST_BITS + index))
        index++;
    return index;
}

static size_t class_size(size_t index)
{
    return (size_t)1 << (CLASS_FIRST_BITS + index);
}

struct block_pool *block_pool_new(size_t max_bytes)
{
    struct block_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pool->max_bytes = max_bytes;
    return pool;
}

static struct free_block *pop(struct block_pool *pool, size_t index)
{
    struct size_class *class = &pool->classes[index];
    struct free_block *block = class->first;
    if (!block)
        return NULL;
    class->first = block->next;
    class->count--;
    if (class->count < class->least)
        class->least = class->count;
    return block;
}

void block_pool_free(struct block_pool *pool)
{
    if (!pool)
        return;
    for (size_t i = 0; i < CLASS_COUNT; i++)
        for (struct free_block *block; (block = pop(pool, i)) != NULL;)
            free(block);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static void forget(struct block_pool *pool, size_t index)
{
    pthread_mutex_lock(&pool->lock);
    pool->bytes -= class_size(index);
    pthread_mutex_unlock(&pool->lock);
}

void *block_pool_take(struct block_pool *pool, size_t size)
{
    size_t index = class_of(size);
    if (!pool || index == CLASS_COUNT)
        return malloc(size ? size : 1);
    pthread_mutex_lock(&pool->lock);
    void *block = pop(pool, index);
    if (!block)
        pool->bytes += class_size(index);
    pthread_mutex_unlock(&pool->lock);
    if (block)
        return block;
    /* What lies beyond size is never touched and so costs no memory. */
    block = malloc(class_size(index));
    if (!block)
        forget(pool, index);
    return block;
}

void block_pool_give(struct block_pool *pool, void *block, size_t size)
{
    size_t index = class_of(size);
    bool kept = false;
    if (pool && block && index < CLASS_COUNT) {
        pthread_mutex_lock(&pool->lock);
        kept = pool->bytes <= pool->max_bytes;
        if (kept) {
            struct free_block *freed = block;
            freed->next = pool->classes[index].first;
            pool->classes[index].first = freed;
            pool->classes[index].count++;
        } else {
            pool->bytes -= class_size(index);
        }
        pthread_mutex_unlock(&pool->lock);
    }
    if (!kept)
        free(block);
}

static bool keeps_any(const struct block_pool *pool)
{
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (pool->classes[i].count)
            return true;
    return false;
}

bool block_pool_trim(struct block_pool *pool)
{
    struct free_block *unwanted = NULL;
    pthread_mutex_lock(&pool->lock);
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        struct size_class *class = &pool->classes[i];
        for (size_t n = class->least; n > 0; n--) {
            struct free_block *block = pop(pool, i);
            pool->bytes -= class_size(i);
            block->next = unwanted;
            unwanted = block;
        }
        class->least = class->count;
    }
    bool kept = keeps_any(pool);
    pthread_mutex_unlock(&pool->lock);
    while (unwanted) {
        struct free_block *next = unwanted->next;
        free(unwanted);
        unwanted = next;
    }
    return kept;
}
