/* Base64 by tables: for each place in a group of four characters, a table says which of the 24 bits
 * a character sets there. The tables are made for each call, in less time than 300 characters take.
 * Made-up bits tell a character outside the alphabet, so that one look judges a whole group. */
#include "base64.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FOREIGN 0xFF000000u /* bits that no group has */

struct tables {
    uint32_t bits[4][256];
};

static void make_tables(struct tables *out)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    memset(out, 0xFF, sizeof *out);
    for (unsigned place = 0; place < 4; place++) {
        for (uint32_t value = 0; value < 64; value++)
            out->bits[place][(unsigned char)alphabet[value]] = value << (18 - 6 * place);
    }
}

static uint32_t group(const struct tables *tables, const unsigned char *text)
{
    return tables->bits[0][text[0]] | tables->bits[1][text[1]] | tables->bits[2][text[2]] |
           tables->bits[3][text[3]];
}

/* Says why the text is not sound from a character on: one is foreign, or some are missing. */
static bool refuse(char why[BASE64_WHY_SIZE], const struct tables *tables, const char *text,
                   size_t from, size_t size)
{
    for (size_t at = from; at < size; at++) {
        unsigned char c = (unsigned char)text[at];
        if (!(tables->bits[0][c] & FOREIGN))
            continue;
        snprintf(why, BASE64_WHY_SIZE,
                 c > ' ' && c < 0x7F ? "character '%c' at position %zu"
                                     : "byte 0x%02x at position %zu",
                 c, at + 1);
        return false;
    }
    snprintf(why, BASE64_WHY_SIZE, "%zu characters: not a multiple of four", size);
    return false;
}

bool ai_base64_decode(void *out, size_t *size_out, const char *text, size_t size,
                      char why[BASE64_WHY_SIZE])
{
    struct tables tables;
    unsigned char *bytes = out;
    size_t padding = 0, at = 0;
    make_tables(&tables);
    if (size > 0 && size % 4 == 0 && text[size - 1] == '=')
        padding = text[size - 2] == '=' ? 2 : 1;
    for (size_t whole = padding ? size - 4 : size; whole - at >= 4; at += 4, bytes += 3) {
        uint32_t bits = group(&tables, (const unsigned char *)text + at);
        if (bits & FOREIGN)
            break;
        bytes[0] = (unsigned char)(bits >> 16);
        bytes[1] = (unsigned char)(bits >> 8);
        bytes[2] = (unsigned char)bits;
    }
    *size_out = size / 4 * 3 - padding;
    if (at == size)
        return true;
    if (!padding || size - at > 4)
        return refuse(why, &tables, text, at, size);
    unsigned char last[4] = {'A', 'A', 'A', 'A'}; /* padding stands for bits that are 0 */
    memcpy(last, text + at, 4 - padding);
    uint32_t bits = group(&tables, last);
    if (bits & FOREIGN)
        return refuse(why, &tables, text, at, size);
    if (bits & (padding == 2 ? 0xFFFFu : 0xFFu)) {
        snprintf(why, BASE64_WHY_SIZE, "unused bits are set before the padding at position %zu",
                 size - padding + 1);
        return false;
    }
    for (size_t i = 0; i < 3 - padding; i++)
        bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
    return true;
}
