/* UTF-8 by the table of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
#include "text.h"
#include <stdbool.h>
#include <stddef.h>

/* Bytes of the well-formed character at text, 0 when there is none. Stops at the NUL. */
static size_t character_length(const unsigned char *text)
{
    unsigned char first = text[0], low = 0x80, high = 0xBF;
    size_t length = 0;
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        length = 2;
    else if (first >= 0xE0 && first <= 0xEF)
        length = 3;
    else if (first >= 0xF0 && first <= 0xF4)
        length = 4;
    else
        return 0;
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    if (text[1] < low || text[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if (text[i] < 0x80 || text[i] > 0xBF)
            return 0;
    }
    return length;
}

/* The C1 controls are two bytes of UTF-8, and terminals obey them. */
static bool is_control(const unsigned char *text, size_t length)
{
    if (length == 1)
        return text[0] < 0x20 || text[0] == 0x7F;
    return length == 2 && text[0] == 0xC2 && text[1] < 0xA0;
}

static void replace(char *text, bool controls)
{
    unsigned char *at = (unsigned char *)text;
    while (*at) {
        size_t length = character_length(at);
        if (length == 0) {
            *at++ = '?';
            continue;
        }
        if (controls && is_control(at, length)) {
            for (size_t i = 0; i < length; i++)
                at[i] = '?';
        }
        at += length;
    }
}

void text_make_utf8(char *text)
{
    replace(text, false);
}

void text_make_plain(char *text)
{
    replace(text, true);
}
