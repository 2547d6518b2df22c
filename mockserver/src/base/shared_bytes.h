/* Bytes that several threads read and the last one frees. */
#ifndef AILAB_MOCKSERVER_BASE_SHARED_BYTES_H
#define AILAB_MOCKSERVER_BASE_SHARED_BYTES_H

#include "base/slice.h"
#include <stdatomic.h>

struct shared_bytes {
    atomic_uint references;
    size_t size;
    unsigned char *data; /* owned, from malloc() */
};

/* Takes data over, also on failure. NULL when memory ran out. The caller holds one reference. */
struct shared_bytes *shared_bytes_take(unsigned char *data, size_t size);
struct shared_bytes *shared_bytes_copy(struct slice bytes);
struct shared_bytes *shared_bytes_hold(struct shared_bytes *shared);
/* NULL is allowed. */
void shared_bytes_release(struct shared_bytes *shared);

static inline struct slice shared_bytes_slice(const struct shared_bytes *shared)
{
    return slice_make(shared->data, shared->size);
}

#endif
