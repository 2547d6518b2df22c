/* Strict incremental Base64. Whole groups of four go through libmodpbase64 a slice at a time; only
 * what straddles two slices, and the padded end, is handled here. It does not know what it decodes:
 * that is picture.c. */
#include "base64.h"
#include <modp_b64.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY ((size_t)64 * 1024)
#define SLACK 8 /* the library asks for two bytes beyond the result */

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

__attribute__((format(printf, 2, 3))) static void refuse(struct ai_base64 *decoder,
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(decoder->why, sizeof decoder->why, format, arguments);
    va_end(arguments);
    decoder->state = BASE64_BAD;
}

static void refuse_character(struct ai_base64 *decoder, char c, size_t position)
{
    refuse(decoder,
           c > ' ' && c < 0x7F ? "character '%c' at position %zu" : "byte 0x%02x at position %zu",
           (unsigned char)c, position);
}

static bool reserve(struct ai_base64 *decoder, size_t more)
{
    size_t needed = decoder->size + more + SLACK;
    if (needed <= decoder->capacity)
        return true;
    size_t capacity = decoder->capacity ? decoder->capacity * 2 : FIRST_CAPACITY;
    if (capacity < decoder->expected + SLACK)
        capacity = decoder->expected + SLACK;
    if (capacity < needed)
        capacity = needed;
    unsigned char *data = realloc(decoder->data, capacity);
    if (!data) {
        decoder->state = BASE64_NO_MEMORY;
        return false;
    }
    decoder->data = data;
    decoder->capacity = capacity;
    return true;
}

/* One group of four from carry, with or without padding. */
static void take_group(struct ai_base64 *decoder)
{
    const char *group = decoder->carry;
    size_t start = decoder->position - 4;
    size_t padding = group[3] != '=' ? 0 : group[2] != '=' ? 1 : 2;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? value_of(group[i]) : 0;
        if (value < 0) {
            refuse_character(decoder, group[i], start + i + 1);
            return;
        }
        bits = bits << 6 | (uint32_t)value;
    }
    if ((padding == 1 && bits & 0xFF) || (padding == 2 && bits & 0xFFFF)) {
        refuse(decoder, "unused bits are set before the padding at position %zu",
               start + 5 - padding);
        return;
    }
    if (!reserve(decoder, 3))
        return;
    for (size_t i = 0; i < 3 - padding; i++)
        decoder->data[decoder->size++] = (unsigned char)(bits >> (16 - 8 * i));
    decoder->carried = 0;
    if (padding)
        decoder->state = BASE64_PADDED;
}

/* Whole groups without padding. */
static void take_groups(struct ai_base64 *decoder, const char *text, size_t size)
{
    if (!reserve(decoder, size / 4 * 3))
        return;
    char *out = (char *)decoder->data + decoder->size;
    size_t written = modp_b64_decode(out, text, size);
    if (written == size / 4 * 3) {
        decoder->size += written;
        decoder->position += size;
        return;
    }
    for (size_t i = 0; i < size; i++) {
        if (value_of(text[i]) < 0) {
            refuse_character(decoder, text[i], decoder->position + i + 1);
            return;
        }
    }
    refuse(decoder, "a group near position %zu does not decode", decoder->position + 1);
}

/* How much of text can go through take_groups(). */
static size_t plain_groups(const char *text, size_t size)
{
    size &= ~(size_t)3;
    const char *padding = size ? memchr(text, '=', size) : NULL;
    return padding ? (size_t)(padding - text) & ~(size_t)3 : size;
}

void ai_base64_feed(struct ai_base64 *decoder, const char *text, size_t size)
{
    while (size > 0 && decoder->state == BASE64_GOING) {
        size_t taken = decoder->carried ? 0 : plain_groups(text, size);
        if (taken) {
            take_groups(decoder, text, taken);
        } else {
            taken = 1;
            decoder->carry[decoder->carried++] = *text;
            decoder->position++;
            if (decoder->carried == 4)
                take_group(decoder);
        }
        text += taken;
        size -= taken;
    }
    if (size > 0 && decoder->state == BASE64_PADDED)
        refuse(decoder, "text after the padding at position %zu", decoder->position + 1);
}

bool ai_base64_finish(struct ai_base64 *decoder)
{
    if (decoder->state == BASE64_GOING && decoder->carried) {
        for (size_t i = 0; i < decoder->carried; i++) {
            if (value_of(decoder->carry[i]) < 0) {
                refuse_character(decoder, decoder->carry[i],
                                 decoder->position - decoder->carried + i + 1);
                return false;
            }
        }
        refuse(decoder, "%zu characters: not a multiple of four", decoder->position);
    }
    return decoder->state == BASE64_GOING || decoder->state == BASE64_PADDED;
}

void ai_base64_clear(struct ai_base64 *decoder)
{
    free(decoder->data);
    *decoder = (struct ai_base64){0};
}
