/* Strict incremental Base64. Whole groups of four go through libmodpbase64 a slice at a time, or
 * before it through the processor's vector instructions where there are any; what straddles two
 * slices, and the padded end, is handled here. It does not know what it decodes: that is picture.c.
 */
#include "base64.h"
#include "large.h"
#include <modp_b64.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY ((size_t)64 * 1024)
#define SLACK 8 /* bytes beyond the result: the library asks for two, a vector store for eight */

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
    unsigned char *data =
        decoder->data ? realloc(decoder->data, capacity) : ai_large_malloc(capacity);
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

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

/* The six bits each of 32 characters stands for; *bad is not zero where one is outside the
 * alphabet. Which characters are in it depends on both halves of a byte: every bit of the tables is
 * a set of characters to refuse, named by the low half in one and by the high half in the other
 * (W. Mula, D. Lemire: Faster Base64 Encoding and Decoding Using AVX2 Instructions, 2018). */
__attribute__((target("avx2"))) static __m256i six_bits(__m256i text, __m256i *bad)
{
    const __m256i bad_low =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                                                  0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A));
    const __m256i bad_high =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08,
                                                  0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
    /* What to add, by the high half; '/' shares its own with '+' and takes the unused place 1. */
    const __m256i offsets = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i half = _mm256_set1_epi8(0x0F);
    const __m256i low = _mm256_and_si256(text, half);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi32(text, 4), half);
    const __m256i is_slash = _mm256_cmpeq_epi8(text, _mm256_set1_epi8('/')); /* -1 where it is */
    *bad = _mm256_and_si256(_mm256_shuffle_epi8(bad_low, low), _mm256_shuffle_epi8(bad_high, high));
    return _mm256_add_epi8(text, _mm256_shuffle_epi8(offsets, _mm256_add_epi8(high, is_slash)));
}

/* 32 times six bits to 24 bytes in a row, and eight bytes of zeros. */
__attribute__((target("avx2"))) static __m256i join_bits(__m256i values)
{
    const __m256i order = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
    const __m256i twelve = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
    const __m256i lanes = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));
    return _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(lanes, order),
                                       _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

/* Decodes 32 characters at a time, up to the first 32 that are not all of the alphabet; returns how
 * many characters it took. The last store reaches eight bytes beyond the result. */
__attribute__((target("avx2"))) static size_t decode_avx2(unsigned char *out, const char *text,
                                                          size_t size)
{
    size_t taken = 0;
    for (; size - taken >= 32; taken += 32, out += 24) {
        __m256i bad;
        const __m256i values =
            six_bits(_mm256_loadu_si256((const __m256i *)(const void *)(text + taken)), &bad);
        if (!_mm256_testz_si256(bad, bad)) /* some are not in the alphabet */
            break;
        _mm256_storeu_si256((__m256i *)(void *)out, join_bits(values));
    }
    return taken;
}

static size_t decode_wide(unsigned char *out, const char *text, size_t size)
{
    return __builtin_cpu_supports("avx2") ? decode_avx2(out, text, size) : 0;
}
#else
static size_t decode_wide(unsigned char *out, const char *text, size_t size)
{
    (void)out, (void)text, (void)size;
    return 0;
}
#endif

/* How much of text, whole groups, comes before any padding. */
static size_t plain_groups(const char *text, size_t size)
{
    const char *padding = size ? memchr(text, '=', size) : NULL;
    return padding ? (size_t)(padding - text) & ~(size_t)3 : size;
}

static void refuse_group(struct ai_base64 *decoder, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (value_of(text[i]) < 0) {
            refuse_character(decoder, text[i], decoder->position + i + 1);
            return;
        }
    }
    refuse(decoder, "a group near position %zu does not decode", decoder->position + 1);
}

/* Takes the whole groups without padding that text begins with; returns how many characters those
 * were, 0 also when the state has changed. */
static size_t take_groups(struct ai_base64 *decoder, const char *text, size_t size)
{
    size &= ~(size_t)3;
    if (size == 0 || !reserve(decoder, size / 4 * 3))
        return 0;
    unsigned char *out = decoder->data + decoder->size;
    size_t wide = decoder->portable ? 0 : decode_wide(out, text, size);
    size_t rest = plain_groups(text + wide, size - wide);
    size_t written = wide / 4 * 3;
    if (rest)
        written += modp_b64_decode((char *)out + written, text + wide, rest);
    if (written != (wide + rest) / 4 * 3) {
        refuse_group(decoder, text, wide + rest);
        return 0;
    }
    decoder->size += written;
    decoder->position += wide + rest;
    return wide + rest;
}

void ai_base64_feed(struct ai_base64 *decoder, const char *text, size_t size)
{
    while (size > 0 && decoder->state == BASE64_GOING) {
        size_t taken = decoder->carried ? 0 : take_groups(decoder, text, size);
        if (taken == 0 && decoder->state == BASE64_GOING) {
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
