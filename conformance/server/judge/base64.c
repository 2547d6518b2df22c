/* See base64.h. */
#include "judge/base64.h"
#include <string.h>

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static const char *what_is(char c)
{
    if (c == '\r' || c == '\n')
        return "it holds line breaks";
    if (c == '-' || c == '_')
        return "it uses the URL-safe alphabet";
    if (c == '=')
        return "padding before its end";
    return "it holds characters outside the alphabet";
}

const char *base64_decode(struct buf *out, const char *text, size_t len)
{
    if (len == 0)
        return "it is empty";
    if (strncmp(text, "data:", 5) == 0)
        return "it begins with a data: prefix";
    size_t padding = text[len - 1] == '=' ? (len > 1 && text[len - 2] == '=' ? 2 : 1) : 0;
    char *room = buf_room(out, len / 4 * 3 + 3);
    if (!room)
        return "memory ran out";
    size_t made = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < len - padding; i++) {
        int value = value_of(text[i]);
        if (value < 0)
            return what_is(text[i]);
        bits = bits << 6 | (unsigned)value;
        if (i % 4 > 0)
            room[made++] = (char)(bits >> (6 - 2 * (i % 4)));
    }
    if (len % 4 != 0)
        return "its length is no multiple of four: the padding is wrong";
    if ((padding == 1 && (bits & 3)) || (padding == 2 && (bits & 15)))
        return "its last character carries bits that belong to nothing";
    out->len += made;
    out->ptr[out->len] = '\0';
    return NULL;
}
