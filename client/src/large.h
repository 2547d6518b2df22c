/* Memory that a whole picture fits in. The kernel hands out and clears memory by the page as it is
 * first written, and for five megabytes that takes longer than filling it: so from some size on,
 * huge pages are asked for. Where there are none, or no room for them, it is plain malloc(). */
#ifndef AILAB_CLIENT_LARGE_H
#define AILAB_CLIENT_LARGE_H

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 * 1024 * 1024)

/* As malloc(): free() and realloc() take it. Only whole huge pages are asked for, so that no more
 * memory is used than was wanted. */
static inline void *ai_large_malloc(size_t size)
{
    void *memory = NULL;
    if (size < LARGE_PAGE || posix_memalign(&memory, LARGE_PAGE, size))
        return malloc(size);
#ifdef MADV_HUGEPAGE
    (void)madvise(memory, size & ~(LARGE_PAGE - 1), MADV_HUGEPAGE); /* a refusal costs only time */
#endif
    return memory;
}

#endif
