/* Bytes that several threads read and the last one frees. */
#ifndef AILAB_MOCK_BLOB_H
#define AILAB_MOCK_BLOB_H

#include "base/slice.h"
#include <stdatomic.h>

struct blob {
    atomic_uint references;
    size_t size;
    unsigned char *data; /* owned, from malloc() */
};

/* Takes data over, also on failure. NULL when memory ran out. The caller holds one reference. */
struct blob *blob_take(unsigned char *data, size_t size);
struct blob *blob_copy(struct slice bytes);
struct blob *blob_hold(struct blob *blob);
/* NULL is allowed. */
void blob_release(struct blob *blob);

static inline struct slice blob_slice(const struct blob *blob)
{
    return slice_make(blob->data, blob->size);
}

#endif
