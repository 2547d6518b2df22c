/* A matcher that never goes back further than its last '*'. */
#include "base/pattern.h"

/* How many bytes the character at the start of text has, by UTF-8's continuation bytes. */
static size_t character(struct slice text)
{
    size_t len = 1;
    while (len < text.len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len++;
    return len;
}

bool glob_accepts(const char *glob, struct slice text)
{
    const char *star = NULL;
    size_t at = 0, retry = 0;
    if (!glob)
        return true;
    while (at < text.len) {
        if (*glob == '*') {
            star = ++glob;
            retry = at;
        } else if (*glob == '?') {
            glob++;
            at += character(slice_make(text.ptr + at, text.len - at));
        } else if (*glob && *glob == text.ptr[at]) {
            glob++;
            at++;
        } else if (star) {
            glob = star;
            at = ++retry;
        } else
            return false;
    }
    while (*glob == '*')
        glob++;
    return !*glob;
}
