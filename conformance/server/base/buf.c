/* See buf.h. The size doubles, so that a long answer is copied only a few times. Memory is wiped
 * before it is given back, because it may have held a key. */
#include "base/buf.h"
#include "base/memory.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_back(struct buf *buf)
{
    if (buf->ptr)
        explicit_bzero(buf->ptr, buf->cap);
    free(buf->ptr);
}

void buf_clear(struct buf *buf)
{
    give_back(buf);
    *buf = (struct buf){0};
}

char *buf_room(struct buf *buf, size_t len)
{
    if (buf->failed || len > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4)
        goto fail;
    size_t need = buf->len + len + 1;
    if (need > buf->cap) {
        size_t cap = buf->cap ? buf->cap : 256;
        while (cap < need)
            cap *= 2;
        char *ptr = malloc(cap); /* realloc() would leave the old memory as it is */
        if (!ptr) {
            memory_note();
            goto fail;
        }
        if (buf->ptr)
            memcpy(ptr, buf->ptr, buf->len + 1);
        give_back(buf);
        buf->ptr = ptr;
        buf->cap = cap;
    }
    return buf->ptr + buf->len;
fail:
    buf->failed = true;
    return NULL;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
    char *room = buf_room(buf, len);
    if (!room)
        return;
    if (len > 0)
        memcpy(room, data, len);
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    char *room = need < 0 ? NULL : buf_room(buf, (size_t)need);
    if (room) {
        vsnprintf(room, (size_t)need + 1, format, again);
        buf->len += (size_t)need;
    }
    va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

const char *buf_str(const struct buf *buf)
{
    return buf->ptr && buf->len > 0 ? buf->ptr : "";
}

char *buf_take(struct buf *buf)
{
    if (!buf->failed && !buf->ptr)
        buf_text(buf, "");
    char *ptr = buf->failed ? NULL : buf->ptr;
    if (buf->failed)
        give_back(buf);
    *buf = (struct buf){0};
    return ptr;
}
