/* Finds a secret in memory that the code under test gives back: free() and realloc() would leave it
 * there for core files and for the next owner of the block. Only calls of our own code are seen;
 * for them the linker takes the functions below (ailab_wrap() in ci/cmake/AilabBuild.cmake, with
 * FREED_SECRET_CALLS), and libraries keep the real ones. One file of a test includes it. */
#ifndef AILAB_TESTING_FREED_SECRET_H
#define AILAB_TESTING_FREED_SECRET_H

#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *secret; /* NULL: nothing is looked for */
    atomic_uint blocks; /* that were looked at */
    atomic_uint found;  /* of those, how many held it */
} freed;

static inline void freed_secret_look_for(const char *secret)
{
    freed.secret = secret;
    atomic_store(&freed.blocks, 0);
    atomic_store(&freed.found, 0);
}

/* A block as it is given back. Half a secret is too much. */
static inline void freed_secret_see(const void *block)
{
    if (!block || !freed.secret)
        return;
    const size_t size = malloc_usable_size((void *)(uintptr_t)block);
    const size_t half = strlen(freed.secret) / 2;
    atomic_fetch_add(&freed.blocks, 1);
    if (memmem(block, size, freed.secret, half) || memmem(block, size, freed.secret + half, half))
        atomic_fetch_add(&freed.found, 1);
}

void *__real_malloc(size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
void __wrap_free(void *block);

/* What another owner left in the block is not ours: it begins as zeros, to its last usable byte. */
void *__wrap_malloc(size_t size)
{
    void *block = __real_malloc(size);
    if (block)
        memset(block, 0, malloc_usable_size(block));
    return block;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return count && size > (size_t)-1 / count ? NULL : __wrap_malloc(count * size);
}

char *__wrap_strdup(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

char *__wrap_strndup(const char *text, size_t size)
{
    const size_t length = strnlen(text, size);
    char *copy = __wrap_malloc(length + 1);
    return copy ? memcpy(copy, text, length) : NULL;
}

void __wrap_free(void *block)
{
    freed_secret_see(block);
    __real_free(block);
}

/* It always moves, as the real one may. */
void *__wrap_realloc(void *old, size_t size)
{
    void *grown = __wrap_malloc(size);
    const size_t had = old ? malloc_usable_size(old) : 0;
    if (grown && had)
        memcpy(grown, old, had < size ? had : size);
    if (grown)
        __wrap_free(old);
    return grown;
}

#endif
