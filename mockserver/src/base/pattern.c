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

bool pattern_accepts(const char *pattern, struct slice text)
{
    const char *star = NULL;
    size_t at = 0, retry = 0;
    if (!pattern)
        return true;
    while (at < text.len) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = at;
        } else if (*pattern == '?') {
            pattern++;
            at += character(slice_make(text.ptr + at, text.len - at));
        } else if (*pattern && *pattern == text.ptr[at]) {
            pattern++;
            at++;
        } else if (star) {
            pattern = star;
            at = ++retry;
        } else
            return false;
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}
