/* Reference counting for shared bytes; nothing else. */
#include "base/shared_bytes.h"
#include <stdlib.h>

struct shared_bytes *shared_bytes_take(unsigned char *data, size_t size)
{
    struct shared_bytes *shared = malloc(sizeof *shared);
    if (!shared) {
        free(data);
        return NULL;
    }
    atomic_init(&shared->references, 1);
    shared->size = size;
    shared->data = data;
    return shared;
}

struct shared_bytes *shared_bytes_copy(struct slice bytes)
{
    unsigned char *data = malloc(bytes.len ? bytes.len : 1);
    if (!data)
        return NULL;
    if (bytes.len)
        memcpy(data, bytes.ptr, bytes.len);
    return shared_bytes_take(data, bytes.len);
}

struct shared_bytes *shared_bytes_hold(struct shared_bytes *shared)
{
    atomic_fetch_add_explicit(&shared->references, 1, memory_order_relaxed);
    return shared;
}

void shared_bytes_release(struct shared_bytes *shared)
{
    if (!shared || atomic_fetch_sub_explicit(&shared->references, 1, memory_order_acq_rel) != 1)
        return;
    free(shared->data);
    free(shared);
}
