/* cJSON takes 01 and 1. for numbers, any control character for white space or a part of a string,
 * \uXYZW for a NUL, and two values after another for one; it cannot tell 0.0 from 0, and refuses
 * half a surrogate pair, which people's names contain. One pass over the text before cJSON's puts
 * that right. It also bounds what cJSON may allocate, and finds the picture on its way. */
#include "strict.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 32
#define VALUES_MAX 65536 /* cJSON needs 64 bytes for each, "0," of the text only two */
#define DIGITS_MAX 15    /* a double, which is all that cJSON has, holds them exactly */

struct reader {
    struct ai_strict *out;
    char *text;
    size_t size;
    size_t at;
    unsigned depth;
    unsigned values;
};

static bool refuse_byte(struct reader *reader, const char *wanted)
{
    unsigned char byte = (unsigned char)reader->text[reader->at];
    snprintf(reader->out->why, sizeof reader->out->why,
             byte > ' ' && byte < 0x7F ? "'%c' at byte %zu, where %s is due"
                                       : "0x%02x at byte %zu, where %s is due",
             byte, reader->at + 1, wanted);
    return false;
}

static bool refuse_end(struct reader *reader)
{
    snprintf(reader->out->why, sizeof reader->out->why,
             reader->size ? "it ends after byte %zu, in the middle of the JSON" : "it is empty",
             reader->size);
    return false;
}

static bool refuse_excess(struct reader *reader, const char *what, int most)
{
    snprintf(reader->out->why, sizeof reader->out->why, "%s than %d at byte %zu", what, most,
             reader->at + 1);
    return false;
}

static bool next_is(const struct reader *reader, const char *set)
{
    return reader->at < reader->size && reader->text[reader->at] &&
           strchr(set, reader->text[reader->at]);
}

/* How many bytes from here on stand for themselves. Long strings are gone through in blocks without
 * a branch inside, which compilers turn into vector instructions. */
static size_t plain_run(const char *bytes, size_t size)
{
    enum { BLOCK = 64 };
    size_t i = 0;
    for (; size - i >= BLOCK; i += BLOCK) {
        unsigned char special = 0;
        for (size_t j = 0; j < BLOCK; j++) {
            unsigned char c = (unsigned char)bytes[i + j];
            special |= (unsigned char)((c == '"') | (c == '\\') | (c < ' '));
        }
        if (special)
            break;
    }
    while (i < size && bytes[i] != '"' && bytes[i] != '\\' && (unsigned char)bytes[i] >= ' ')
        i++;
    return i;
}

/* The code unit whose \u the reader is at; the reader moves behind it. */
static bool read_code_unit(struct reader *reader, uint32_t *out)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    *out = 0;
    reader->at += 2;
    for (unsigned i = 0; i < 4; i++, reader->at++) {
        if (reader->at == reader->size)
            return refuse_end(reader);
        if (!next_is(reader, digits))
            return refuse_byte(reader, "a hexadecimal digit");
        *out = *out << 4 | ((uint32_t)(strchr(digits, reader->text[reader->at]) - digits) & 15);
    }
    return true;
}

static bool is_first_half(uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_second_half(uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* One \uXXXX, or two of them that are a surrogate pair. */
static bool read_unicode(struct reader *reader)
{
    uint32_t unit = 0, second = 0;
    char *digits = reader->text + reader->at + 2;
    if (!read_code_unit(reader, &unit))
        return false;
    if (unit <= 1)
        memcpy(digits, "0002", 4);
    if (is_first_half(unit) && reader->size - reader->at >= 2 &&
        !memcmp(reader->text + reader->at, "\\u", 2)) {
        size_t behind = reader->at;
        if (!read_code_unit(reader, &second))
            return false;
        if (is_second_half(second))
            return true;
        reader->at = behind;
    }
    if (is_first_half(unit) || is_second_half(unit))
        memcpy(digits, "fffd", 4);
    return true;
}

static bool read_escape(struct reader *reader)
{
    if (reader->size - reader->at < 2)
        return refuse_end(reader);
    if (reader->text[reader->at + 1] == 'u')
        return read_unicode(reader);
    reader->at++;
    if (!next_is(reader, "\"\\/bfnrt"))
        return refuse_byte(reader, "an escape of JSON");
    reader->at++;
    return true;
}

static bool read_string(struct reader *reader)
{
    struct ai_strict *out = reader->out;
    size_t start = ++reader->at;
    bool plain = true;
    for (;;) {
        reader->at += plain_run(reader->text + reader->at, reader->size - reader->at);
        if (reader->at == reader->size)
            return refuse_end(reader);
        if (next_is(reader, "\""))
            break;
        if (!next_is(reader, "\\"))
            return refuse_byte(reader, "a character or its escape");
        plain = false;
        if (!read_escape(reader))
            return false;
    }
    if (plain && reader->at - start > out->plain_size) {
        out->plain_at = start;
        out->plain_size = reader->at - start;
    }
    reader->at++;
    return true;
}

static bool read_digits(struct reader *reader)
{
    if (reader->at == reader->size)
        return refuse_end(reader);
    if (!next_is(reader, "0123456789"))
        return refuse_byte(reader, "a digit");
    while (next_is(reader, "0123456789"))
        reader->at++;
    return true;
}

static bool read_number(struct reader *reader)
{
    size_t start = reader->at;
    bool plain = true;
    reader->at += next_is(reader, "-");
    size_t first = reader->at;
    if (next_is(reader, "0"))
        reader->at++;
    else if (!read_digits(reader))
        return false;
    size_t digits = reader->at - first;
    if (next_is(reader, ".")) {
        plain = false;
        reader->at++;
        if (!read_digits(reader))
            return false;
    }
    if (next_is(reader, "eE")) {
        plain = false;
        reader->at++;
        reader->at += next_is(reader, "+-");
        if (!read_digits(reader))
            return false;
    }
    /* cJSON would read on behind what stands in its place. */
    if (next_is(reader, "+-.eE0123456789"))
        return refuse_byte(reader, "the end of the number");
    if (!plain || digits > DIGITS_MAX) {
        memset(reader->text + start, ' ', reader->at - start);
        memcpy(reader->text + start, "0.5", 3);
    }
    return true;
}

/* Brackets and commas are counted only: whether they match is for cJSON to say. */
static bool read_mark(struct reader *reader)
{
    if (next_is(reader, "{[,") && ++reader->values > VALUES_MAX)
        return refuse_excess(reader, "more values", VALUES_MAX);
    if (next_is(reader, "{[") && ++reader->depth > DEPTH_MAX)
        return refuse_excess(reader, "nested deeper", DEPTH_MAX);
    if (next_is(reader, "}]"))
        reader->out->whole = --reader->depth == 0;
    reader->at++;
    return true;
}

static bool read_word(struct reader *reader)
{
    if (next_is(reader, "\""))
        return read_string(reader);
    if (next_is(reader, "-0123456789"))
        return read_number(reader);
    if ((unsigned char)reader->text[reader->at] < ' ')
        return refuse_byte(reader, "JSON");
    return read_mark(reader);
}

bool ai_strict_read(struct ai_strict *out, char *text, size_t size)
{
    struct reader reader = {.out = out, .text = text, .size = size};
    memset(out, 0, sizeof *out);
    for (;;) {
        while (next_is(&reader, " \t\r\n"))
            reader.at++;
        if (reader.at == size)
            return out->whole || reader.depth > 0 || refuse_end(&reader);
        if (out->whole)
            return refuse_byte(&reader, "the end of the text");
        if (reader.depth == 0 && !next_is(&reader, "{"))
            return refuse_byte(&reader, "the { of an object");
        if (!read_word(&reader))
            return false;
    }
}
