/* Memory for a whole picture. The kernel clears memory page by page when it is first written, which
 * for five megabytes takes longer than filling it; huge pages cut `ailab edit` by a quarter. */
#ifndef CLIENT_SRC_LARGE_H
#define CLIENT_SRC_LARGE_H

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 * 1024 * 1024)

/* As malloc(): free() and realloc() take it. It asks for whole huge pages only, so that it uses no
 * more memory than was wanted; where the kernel has none, ordinary pages come. */
static inline void *ai_large_malloc(size_t size)
{
    void *memory = NULL;
    if (size < LARGE_PAGE || posix_memalign(&memory, LARGE_PAGE, size))
        return malloc(size);
#ifdef MADV_HUGEPAGE
    (void)madvise(memory, size & ~(LARGE_PAGE - 1), MADV_HUGEPAGE);
#endif
    return memory;
}

#endif
