/* Strict Base64, whole and in pieces. */
#include "base64.h"
#include <modp_b64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool decode_one_way(struct ai_base64 *out, const char *text, size_t size, size_t piece)
{
    for (size_t at = 0; at < size; at += piece)
        ai_base64_feed(out, text + at, piece < size - at ? piece : size - at);
    return ai_base64_finish(out);
}

/* Decodes text cut into pieces of the given size, with and without vector instructions, which must
 * agree; true when it was sound. */
static bool decode(struct ai_base64 *out, const char *text, size_t size, size_t piece)
{
    struct ai_base64 other = {.portable = true};
    memset(out, 0, sizeof *out);
    bool sound = decode_one_way(out, text, size, piece);
    if (sound != decode_one_way(&other, text, size, piece))
        fail_msg("%zu characters in pieces of %zu: sound only %s vector instructions", size, piece,
                 sound ? "with" : "without");
    assert_string_equal(out->why, other.why);
    if (sound) {
        assert_int_equal(out->size, other.size);
        if (out->size)
            assert_memory_equal(out->data, other.data, out->size);
    }
    ai_base64_clear(&other);
    return sound;
}

static void base64_is_strict_for_every_cut(void **state)
{
    static const struct {
        const char *why;
        const char *text;
        const char *expected; /* NULL: refused */
    } rows[] = {
        {"nothing", "", ""},
        {"one byte", "Zg==", "f"},
        {"two bytes", "Zm8=", "fo"},
        {"three bytes", "Zm9v", "foo"},
        {"six bytes", "Zm9vYmFy", "foobar"},
        {"seven bytes", "Zm9vYmFyIQ==", "foobar!"},
        {"both special characters", "+/+/", "\xfb\xff\xbf"},
        {"without padding", "Zg", NULL},
        {"with half the padding", "Zg=", NULL},
        {"one character", "Z", NULL},
        {"five characters", "Zm9vZ", NULL},
        {"padding alone", "====", NULL},
        {"padding after one character", "Z===", NULL},
        {"padding, then more", "Zg==Zm9v", NULL},
        {"padding, then padding", "Zg===", NULL},
        {"padding inside a group", "Z=g=", NULL},
        {"padding first", "=Zm9", NULL},
        {"unused bits set before ==", "Zh==", NULL},
        {"unused bits set before =", "Zm9=", NULL},
        {"a line break", "Zm9v\nYmFy", NULL},
        {"a line break at the end", "Zm9v\n", NULL},
        {"a space", "Zm9v YmFy", NULL},
        {"the alphabet for URLs", "-_-_", NULL},
        {"a data URL", "data:image/png;base64,Zm9v", NULL},
        {"a character outside the alphabet", "Zm9v*mFy", NULL},
        {"a byte above ASCII",
         "Zm9v\xc3\xbc"
         "Fy",
         NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char first_why[96] = "";
        for (size_t piece = 1; piece <= 9; piece++) {
            struct ai_base64 out;
            bool sound = decode(&out, rows[i].text, strlen(rows[i].text), piece);
            if (sound != (rows[i].expected != NULL))
                fail_msg("%s, in pieces of %zu: %s", rows[i].why, piece,
                         sound ? "accepted" : out.why);
            if (sound && (out.size != strlen(rows[i].expected) ||
                          (out.size && memcmp(out.data, rows[i].expected, out.size))))
                fail_msg("%s, in pieces of %zu: decoded to something else", rows[i].why, piece);
            if (!sound && piece == 1)
                memcpy(first_why, out.why, sizeof first_why);
            if (!sound && (!*out.why || strcmp(first_why, out.why)))
                fail_msg("%s: says \"%s\" in pieces of %zu, but \"%s\" in pieces of one",
                         rows[i].why, out.why, piece, first_why);
            ai_base64_clear(&out);
        }
    }
}

static void base64_takes_the_standard_alphabet_and_nothing_else(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        for (size_t at = 0; at < 4; at++) {
            char text[8] = "AAAAAAAA";
            text[at] = (char)byte;
            struct ai_base64 out;
            bool sound = decode(&out, text, sizeof text, sizeof text);
            bool expected = byte != 0 && strchr(alphabet, byte);
            if (sound != expected)
                fail_msg("byte 0x%02x at %zu was %s", (unsigned)byte, at,
                         sound ? "accepted" : "refused");
            ai_base64_clear(&out);
        }
    }
}

static void base64_agrees_with_the_encoder_for_every_length(void **state)
{
    unsigned char bytes[300];
    char text[modp_b64_encode_len(sizeof bytes)];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 167 + i / 7);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        struct ai_base64 out;
        size_t length = modp_b64_encode(text, (const char *)bytes, size);
        assert_true(decode(&out, text, length, size % 37 + 1));
        assert_int_equal(out.size, size);
        if (size)
            assert_memory_equal(out.data, bytes, size);
        ai_base64_clear(&out);
    }
}

/* Long enough for several rounds of any vector instruction, and what remains after them. */
static void base64_refuses_every_foreign_byte_at_every_place_of_a_long_text(void **state)
{
    char text[160], expected[64];
    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = alphabet[i * 29 % 64];
    for (size_t at = 0; at < sizeof text; at++) {
        char kept = text[at];
        for (int byte = 0; byte < 256; byte++) {
            struct ai_base64 out;
            text[at] = (char)byte;
            bool expect = byte != 0 && strchr(alphabet, byte);
            if (byte == '=' && at == sizeof text - 1)
                continue; /* padding: sound or not by the bits before it */
            bool sound = decode(&out, text, sizeof text, sizeof text);
            if (sound != expect)
                fail_msg("byte 0x%02x at %zu was %s", (unsigned)byte, at,
                         sound ? "accepted" : "refused");
            snprintf(expected, sizeof expected, "at position %zu", at + 1);
            if (!sound && byte != '=' && !strstr(out.why, expected))
                fail_msg("byte 0x%02x at %zu: says \"%s\"", (unsigned)byte, at, out.why);
            ai_base64_clear(&out);
        }
        text[at] = kept;
    }
}

/* Around the sizes at which memory is got in another way; among them one that is decoded to the
 * last byte of what was reserved. */
static void base64_decodes_a_large_text_whether_or_not_its_size_was_known(void **state)
{
    enum { SIZE_MAX_TRIED = 5 * 1024 * 1024 + 1 };
    static const size_t sizes[] = {(size_t)96 * 1024, (size_t)3 * 1024 * 1024, SIZE_MAX_TRIED};
    unsigned char *bytes = malloc(SIZE_MAX_TRIED);
    char *text = malloc(modp_b64_encode_len(SIZE_MAX_TRIED));
    (void)state;
    assert_non_null(bytes);
    assert_non_null(text);
    for (size_t i = 0; i < SIZE_MAX_TRIED; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t length = modp_b64_encode(text, (const char *)bytes, sizes[i]);
        const size_t hints[] = {0, 1000, sizes[i], 2 * sizes[i]};
        for (size_t j = 0; j < sizeof hints / sizeof *hints; j++) {
            struct ai_base64 out = {.expected = hints[j]};
            assert_true(decode_one_way(&out, text, length, j % 2 ? 65521 : length));
            assert_int_equal(out.size, sizes[i]);
            assert_memory_equal(out.data, bytes, sizes[i]);
            ai_base64_clear(&out);
        }
    }
    free(text);
    free(bytes);
}

static void base64_names_the_position_when_it_refuses(void **state)
{
    struct ai_base64 out;
    (void)state;
    assert_false(decode(&out, "Zm9vYm\nF", 8, 8));
    assert_string_equal(out.why, "byte 0x0a at position 7");
    ai_base64_clear(&out);
    assert_false(decode(&out, "data:x==", 8, 3));
    assert_string_equal(out.why, "character ':' at position 5");
    ai_base64_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_is_strict_for_every_cut),
        cmocka_unit_test(base64_takes_the_standard_alphabet_and_nothing_else),
        cmocka_unit_test(base64_agrees_with_the_encoder_for_every_length),
        cmocka_unit_test(base64_refuses_every_foreign_byte_at_every_place_of_a_long_text),
        cmocka_unit_test(base64_decodes_a_large_text_whether_or_not_its_size_was_known),
        cmocka_unit_test(base64_names_the_position_when_it_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
