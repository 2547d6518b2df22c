/* See text.h. What UTF-8 is, base/utf8.h knows. */
#include "text.h"
#include "base/utf8.h"
#include "src/shorten.h"
#include <stdio.h>

void text_make_utf8(char *text)
{
    for (char *end = text + strlen(text); text < end;) {
        text += utf8_length(slice_make(text, (size_t)(end - text)));
        if (text < end)
            *text++ = '?';
    }
}

/* The C1 controls are two bytes of UTF-8, and terminals obey them. */
void text_make_plain(char *text)
{
    text_make_utf8(text);
    for (unsigned char *at = (unsigned char *)text; *at; at++) {
        if (at[0] == 0xC2 && at[1] < 0xA0)
            at[0] = at[1] = '?';
        else if (at[0] < 0x20 || at[0] == 0x7F)
            at[0] = '?';
    }
}

/* The text fills out: its last characters make room for the ellipsis. */
static void end_in_ellipsis(char *out, size_t capacity)
{
    size_t at = capacity - 1 - ELLIPSIS_SIZE;
    while (at > 0 && continues_character(out[at]))
        at--;
    memcpy(out + at, ELLIPSIS, sizeof ELLIPSIS);
}

void text_print_list(char *out, size_t capacity, const char *format, va_list list)
{
    int length = vsnprintf(out, capacity, format, list);
    if (length >= 0 && (size_t)length >= capacity)
        end_in_ellipsis(out, capacity);
}

void text_print(char *out, size_t capacity, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_print_list(out, capacity, format, list);
    va_end(list);
}

const char *text_start(char *out, size_t capacity, const char *text, size_t length)
{
    text_print(out, capacity, "%.*s", (int)length, text);
    return out;
}

const char *text_shorten(char *out, size_t capacity, const char *text)
{
    ai_text_shorten(out, capacity, text);
    return out;
}
