/* Whole numbers as text. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_DECIMAL_H
#define AILAB_MOCKSERVER_BASE_DECIMAL_H

#include "base/slice.h"
#include <stdint.h>

/* Whether text is one digit or more and nothing else: no sign, no white space, no exponent. */
static inline bool decimal_is_whole(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

/* Reads a text of 1 to digits_max digits, at most 19; false when it is anything else. */
static inline bool decimal_read(uint64_t *out, struct slice text, size_t digits_max)
{
    if (text.len > digits_max || !decimal_is_whole(text))
        return false;
    *out = 0;
    for (size_t i = 0; i < text.len; i++)
        *out = *out * 10 + (uint64_t)(text.ptr[i] - '0');
    return true;
}

#endif
