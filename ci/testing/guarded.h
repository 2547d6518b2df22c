/* A copy of bytes whose end is the end of what can be read: a look one byte too far ends the
 * test, also without a sanitizer. */
#ifndef AILAB_TESTING_GUARDED_H
#define AILAB_TESTING_GUARDED_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guarded {
    char *bytes;
    void *block;
    size_t block_size;
};

static inline struct guarded guarded_copy(const void *bytes, size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t readable = (size / page + 1) * page;
    struct guarded out = {.block_size = readable + page};
    out.block =
        mmap(NULL, out.block_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (out.block == MAP_FAILED || mprotect((char *)out.block + readable, page, PROT_NONE) != 0)
        abort();
    out.bytes = (char *)out.block + readable - size;
    if (size)
        memcpy(out.bytes, bytes, size);
    return out;
}

static inline void guarded_free(struct guarded *copy)
{
    munmap(copy->block, copy->block_size);
}

#endif
