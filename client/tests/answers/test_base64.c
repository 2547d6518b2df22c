/* Strict Base64. */
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

struct decoded {
    unsigned char data[408];
    size_t size;
    char why[BASE64_WHY_SIZE];
};

/* Decodes a text beside itself and, as the client does, in its own place: both must agree. True
 * when it was sound. */
static bool decode(struct decoded *out, const char *text, size_t size)
{
    struct decoded other;
    assert_true(size <= sizeof other.data);
    memset(out, 0, sizeof *out);
    memset(out->data, 0xee, sizeof out->data);
    memset(&other, 0, sizeof other);
    memcpy(other.data, text, size);
    bool sound = ai_base64_decode(out->data, &out->size, text, size, out->why);
    assert_int_equal(sound, ai_base64_decode(other.data, &other.size, (const char *)other.data,
                                             size, other.why));
    assert_int_equal(sound, !*out->why);
    if (sound) {
        assert_int_equal(out->size, other.size);
        assert_true(out->size == sizeof out->data || out->data[out->size] == 0xee);
        if (out->size)
            assert_memory_equal(out->data, other.data, out->size);
    }
    return sound;
}

static void base64_is_strict(void **state)
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
        struct decoded out;
        bool sound = decode(&out, rows[i].text, strlen(rows[i].text));
        if (sound != (rows[i].expected != NULL))
            fail_msg("%s: %s", rows[i].why, sound ? "accepted" : out.why);
        if (sound && (out.size != strlen(rows[i].expected) ||
                      memcmp(out.data, rows[i].expected, out.size) != 0))
            fail_msg("%s: decoded to something else", rows[i].why);
    }
}

static void base64_takes_the_standard_alphabet_and_nothing_else(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        for (size_t at = 0; at < 4; at++) {
            char text[8] = "AAAAAAAA";
            text[at] = (char)byte;
            struct decoded out;
            bool sound = decode(&out, text, sizeof text);
            bool expected = byte != 0 && strchr(alphabet, byte);
            if (sound != expected)
                fail_msg("byte 0x%02x at %zu was %s", (unsigned)byte, at,
                         sound ? "accepted" : "refused");
        }
    }
}

static void base64_says_where_the_padding_is_that_makes_bits_unused(void **state)
{
    struct decoded out;
    (void)state;
    assert_false(decode(&out, "Zm9vZh==", 8));
    assert_non_null(strstr(out.why, "before the padding at position 7"));
    assert_false(decode(&out, "Zm9vZm9=", 8));
    assert_non_null(strstr(out.why, "before the padding at position 8"));
}

/* A text without a byte has no padding, whatever stands before it. */
static void base64_looks_at_nothing_before_the_text(void **state)
{
    static const char before[] = "==";
    struct decoded out;
    (void)state;
    assert_true(decode(&out, before + 2, 0));
    assert_int_equal(out.size, 0);
}

/* A byte that has no shape of its own is shown by its number. */
static void base64_shows_the_byte_that_is_foreign(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte <= 0xff; byte++) {
        const char text[4] = {(char)byte, 'A', 'A', 'A'};
        char expected[48];
        struct decoded out;
        if (strchr(alphabet, (int)byte))
            continue;
        snprintf(expected, sizeof expected,
                 byte >= 0x21 && byte <= 0x7e ? "character '%c' at position 1"
                                              : "byte 0x%02x at position 1",
                 byte);
        assert_false(decode(&out, text, sizeof text));
        assert_string_equal(out.why, expected);
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
        struct decoded out;
        size_t length = modp_b64_encode(text, (const char *)bytes, size);
        assert_true(decode(&out, text, length));
        assert_int_equal(out.size, size);
        if (size)
            assert_memory_equal(out.data, bytes, size);
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
            struct decoded out;
            text[at] = (char)byte;
            bool expect = byte != 0 && strchr(alphabet, byte);
            if (byte == '=' && at == sizeof text - 1)
                continue; /* padding: sound or not by the bits before it */
            bool sound = decode(&out, text, sizeof text);
            if (sound != expect)
                fail_msg("byte 0x%02x at %zu was %s", (unsigned)byte, at,
                         sound ? "accepted" : "refused");
            snprintf(expected, sizeof expected, "at position %zu", at + 1);
            if (!sound && byte != '=' && !strstr(out.why, expected))
                fail_msg("byte 0x%02x at %zu: says \"%s\"", (unsigned)byte, at, out.why);
        }
        text[at] = kept;
    }
}

static void base64_names_the_position_when_it_refuses(void **state)
{
    struct decoded out;
    (void)state;
    assert_false(decode(&out, "Zm9vYm\nF", 8));
    assert_string_equal(out.why, "byte 0x0a at position 7");
    assert_false(decode(&out, "data:x==", 8));
    assert_string_equal(out.why, "character ':' at position 5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(base64_takes_the_standard_alphabet_and_nothing_else),
        cmocka_unit_test(base64_says_where_the_padding_is_that_makes_bits_unused),
        cmocka_unit_test(base64_looks_at_nothing_before_the_text),
        cmocka_unit_test(base64_shows_the_byte_that_is_foreign),
        cmocka_unit_test(base64_agrees_with_the_encoder_for_every_length),
        cmocka_unit_test(base64_refuses_every_foreign_byte_at_every_place_of_a_long_text),
        cmocka_unit_test(base64_names_the_position_when_it_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
