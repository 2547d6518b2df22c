/* Reference counting for shared bytes; nothing else. */
#include "base/shared_bytes.h"
#include <stdlib.h>

struct blob *blob_take(unsigned char *data, size_t size)
{
    struct blob *blob = malloc(sizeof *blob);
    if (!blob) {
        free(data);
        return NULL;
    }
    atomic_init(&blob->references, 1);
    blob->size = size;
    blob->data = data;
    return blob;
}

struct blob *blob_copy(struct slice bytes)
{
    unsigned char *data = malloc(bytes.len ? bytes.len : 1);
    if (!data)
        return NULL;
    if (bytes.len)
        memcpy(data, bytes.ptr, bytes.len);
    return blob_take(data, bytes.len);
}

struct blob *blob_hold(struct blob *blob)
{
    atomic_fetch_add_explicit(&blob->references, 1, memory_order_relaxed);
    return blob;
}

void blob_release(struct blob *blob)
{
    if (!blob || atomic_fetch_sub_explicit(&blob->references, 1, memory_order_acq_rel) != 1)
        return;
    free(blob->data);
    free(blob);
}
