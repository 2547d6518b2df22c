/* The table of RFC 3629: neither overlong forms nor surrogates pass. */
#include "base/utf8.h"
#include "base/count_of.h"

/* Length of the UTF-8 sequence at the start, 0 when there is none. */
static size_t utf8_sequence(const unsigned char *text, size_t len)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte, of the second */
        size_t length;
    } forms[] = {
        {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (text[0] < forms[i].first || text[0] > forms[i].last)
            continue;
        size_t length = forms[i].length;
        if (length > len || (length > 1 && (text[1] < forms[i].low || text[1] > forms[i].high)))
            return 0;
        for (size_t j = 2; j < length; j++)
            if (text[j] < 0x80 || text[j] > 0xbf)
                return 0;
        return length;
    }
    return 0;
}

size_t utf8_length(struct slice text)
{
    size_t at = 0, step = 1;
    for (; at < text.len && step; at += step)
        step = utf8_sequence((const unsigned char *)text.ptr + at, text.len - at);
    return at;
}

bool is_plain_text(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    return true;
}
