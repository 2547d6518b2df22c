/* See text.h. What UTF-8 is, base/utf8.h knows. */
#include "text.h"
#include "base/utf8.h"

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
