/* A growing byte buffer that is always NUL-terminated. Failure to grow is sticky: write as much as
 * you like, look at `failed` once. Not a string library. */
#ifndef CONFORMANCE_SERVER_BASE_BUF_H
#define CONFORMANCE_SERVER_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *ptr; /* owned; NULL while empty */
    size_t len;
    size_t cap;
    bool failed; /* memory ran out: the content is incomplete */
};

void buf_clear(struct buf *buf);
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
/* Room for len more bytes behind the content, or NULL; commit with buf->len += written. */
char *buf_room(struct buf *buf, size_t len);
/* The content as text, "" when there is none. Borrowed until the next change. */
const char *buf_str(const struct buf *buf);
/* Hands the content over as a string to free(); the buffer is empty again. NULL when it failed. */
char *buf_take(struct buf *buf);

#endif
