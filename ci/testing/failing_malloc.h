/* A malloc() that counts and fails on demand, for everything in the program that includes this: the
 * code under test, libraries and cmocka. It defines malloc(), calloc(), realloc() and free(), so
 * one file of a test includes it, and no helper that other tests share.
 *
 * A sanitizer brings its own malloc(), and not every C library lets its own be reached: then
 * nothing counts or fails, and MEMORY_COUNTS is 0. */
#ifndef AILAB_TESTING_FAILING_MALLOC_H
#define AILAB_TESTING_FAILING_MALLOC_H

#include "testing/sanitized.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#if !SANITIZED && defined(__GLIBC__)
#define MEMORY_COUNTS 1
#else
#define MEMORY_COUNTS 0
#endif

/* For the beginning of a cmocka test. */
#define SKIP_UNLESS_MEMORY_COUNTS()                                                                \
    do {                                                                                           \
        if (!MEMORY_COUNTS) {                                                                      \
            print_message("a sanitizer's malloc() is in place\n");                                 \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

static struct {
    bool counting; /* allocations count, and the one that is to fail does */
    bool failed;   /* one was refused */
    bool for_ever; /* and so are all that follow it */
    unsigned long allocations, fails_at;
    long live; /* blocks that are held, always counted */
    size_t largest;
} memory;

/* Begins to count; the allocation of number fails_at is refused, 0 for none. */
static inline void memory_start(unsigned long fails_at, bool for_ever)
{
    memory.counting = true;
    memory.failed = false;
    memory.for_ever = for_ever;
    memory.allocations = 0;
    memory.fails_at = fails_at;
    memory.live = 0;
    memory.largest = 0;
}

/* Returns how many allocations were tried. */
static inline unsigned long memory_stop(void)
{
    memory.counting = false;
    return memory.allocations;
}

#if MEMORY_COUNTS
/* glibc's own names: no way through dlsym(), which allocates. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

#define EXPORTED __attribute__((visibility("default")))

static bool memory_refuses(size_t size)
{
    if (!memory.counting)
        return false;
    unsigned long number = ++memory.allocations;
    bool refused = memory.fails_at &&
                   (number == memory.fails_at || (memory.for_ever && number > memory.fails_at));
    memory.failed |= refused;
    if (refused)
        errno = ENOMEM;
    else if (size > memory.largest)
        memory.largest = size;
    return refused;
}

static void *memory_counted(void *block)
{
    memory.live += block != NULL;
    return block;
}

EXPORTED void *malloc(size_t size)
{
    return memory_refuses(size) ? NULL : memory_counted(__libc_malloc(size));
}

EXPORTED void *calloc(size_t nmemb, size_t size)
{
    return memory_refuses(nmemb * size) ? NULL : memory_counted(__libc_calloc(nmemb, size));
}

EXPORTED void *realloc(void *ptr, size_t size)
{
    if (memory_refuses(size))
        return NULL;
    void *grown = __libc_realloc(ptr, size);
    return ptr ? grown : memory_counted(grown);
}

EXPORTED void free(void *ptr)
{
    memory.live -= ptr != NULL;
    __libc_free(ptr);
}
#endif

#endif
