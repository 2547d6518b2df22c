/* Makes foreign bytes fit to show. A server's text may end up in a terminal or a log, so this file
 * replaces every character that could steer either. */
#include "text.h"
#include "shorten.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define TELLING_MIN 8 /* a cut text that became part of a sentence shows no more of a secret */
#define MASK "***"
#define MASK_SIZE (sizeof MASK - 1)
#define REPLACEMENT "\xEF\xBF\xBD"

/* How many bytes the character at text has, and which it is; 0 when it is not UTF-8. */
static size_t decode(uint32_t *out, const unsigned char *text, size_t size)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = text[0];
    size_t length = first < 0x80   ? 1
                    : first < 0xC2 ? 0
                    : first < 0xE0 ? 2
                    : first < 0xF0 ? 3
                    : first < 0xF5 ? 4
                                   : 0;
    if (length == 0 || length > size)
        return 0;
    uint32_t value = length == 1 ? first : first & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3Fu);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *out = value;
    return length;
}

static bool is_steering(uint32_t value)
{
    return value < 0x20 || (value >= 0x7F && value <= 0x9F) || value == 0x2028 || value == 0x2029 ||
           (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069) ||
           value == 0x200E || value == 0x200F || value == 0xFEFF;
}

void ai_text_copy(char *out, size_t capacity, const char *bytes, size_t size)
{
    const unsigned char *text = (const unsigned char *)bytes;
    size_t used = 0, cut_at = 0;
    while (size > 0) {
        uint32_t value = 0;
        size_t length = decode(&value, text, size);
        size_t taken = length ? length : 1;
        const char *piece = (const char *)text;
        if (length == 0) {
            piece = REPLACEMENT;
            length = sizeof REPLACEMENT - 1;
        } else if (is_steering(value)) {
            piece = value == '\t' || value == '\n' || value == '\r' ? " " : "?";
            length = 1;
        }
        if (used + length >= capacity) {
            if (capacity > ELLIPSIS_SIZE) {
                memcpy(out + cut_at, ELLIPSIS, ELLIPSIS_SIZE);
                used = cut_at + ELLIPSIS_SIZE;
            }
            break;
        }
        memcpy(out + used, piece, length);
        used += length;
        if (used + ELLIPSIS_SIZE < capacity)
            cut_at = used;
        text += taken;
        size -= taken;
    }
    out[used] = '\0';
}

/* The length without the mark of a cut text. */
static size_t size_before_cut(const char *text)
{
    size_t size = strlen(text);
    bool cut =
        size >= ELLIPSIS_SIZE && !memcmp(text + size - ELLIPSIS_SIZE, ELLIPSIS, ELLIPSIS_SIZE);
    return cut ? size - ELLIPSIS_SIZE : size;
}

/* Each secret in the text, or the beginning of one. False when there is none. */
static bool mask_all(char *text, const char *secret, size_t length)
{
    size_t telling = length < TELLING_MIN ? length : TELLING_MIN;
    bool found = false;
    for (char *at = text; *at; at++) {
        if (strncmp(at, secret, telling) != 0)
            continue;
        size_t shown = telling;
        while (shown < length && at[shown] == secret[shown])
            shown++;
        memcpy(at, MASK, MASK_SIZE);
        at += MASK_SIZE;
        const char *rest = at + shown - MASK_SIZE;
        memmove(at, rest, strlen(rest) + 1);
        at--;
        found = true;
    }
    return found;
}

/* The first letters of a secret, where the text was cut. False when they are not there. */
static bool mask_end(char *text, const char *secret, size_t length)
{
    size_t size = size_before_cut(text);
    for (size_t part = length - 1; part >= 4; part--) {
        if (part <= size && !memcmp(text + size - part, secret, part)) {
            memcpy(text + size - part, MASK, MASK_SIZE);
            memmove(text + size - part + MASK_SIZE, text + size, strlen(text + size) + 1);
            return true;
        }
    }
    return false;
}

void ai_text_redact(char *text, const char *secret)
{
    const size_t before = strlen(text), length = strlen(secret);
    if (length <= MASK_SIZE)
        return;
    /* Beside a mask may stand the rest of a secret that has stars itself. Each mask is shorter than
     * what it replaces, so this ends. */
    while (mask_all(text, secret, length) || mask_end(text, secret, length))
        continue;
    const size_t after = strlen(text);
    explicit_bzero(text + after, before - after); /* what moved to the left is still there */
}
