/* Foreign bytes made fit to show. */
#include "shorten.h"
#include "testing/guarded.h"
#include "text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CUT "\xe2\x80\xa6"

/* The mark U+202E, which turns the direction of writing; in bytes, lest it turn this file. */
static const char turned[] = {'a', '\xe2', '\x80', '\xae', 'b', '\0'};

static void text_copy_makes_bytes_fit_to_show(void **state)
{
    static const struct {
        const char *why;
        const char *input;
        const char *expected;
    } rows[] = {
        {"plain text stays", "No face.", "No face."},
        {"UTF-8 stays",
         "Gr\xc3\xbc\xc3\x9f"
         "e \xe4\xbd\xa0 \xf0\x9f\x98\x80",
         "Gr\xc3\xbc\xc3\x9f"
         "e \xe4\xbd\xa0 \xf0\x9f\x98\x80"},
        {"a line break becomes a space", "a\r\nb\tc", "a  b c"},
        {"an escape sequence loses its escape", "\x1b[31mred", "?[31mred"},
        {"DEL and C1 controls", "\x7f\xc2\x9b", "??"},
        {"a mark that turns the writing", turned, "a?b"},
        {"a line separator", "a\xe2\x80\xa8", "a?"},
        {"a byte that is no UTF-8", "a\xff", "a\xef\xbf\xbd"},
        {"an overlong slash", "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"a surrogate", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"beyond Unicode", "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"a character cut off", "a\xe4\xbd", "a\xef\xbf\xbd\xef\xbf\xbd"},
        {"nothing", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[64];
        ai_text_copy(out, sizeof out, rows[i].input, strlen(rows[i].input));
        if (strcmp(out, rows[i].expected))
            fail_msg("%s: got \"%s\"", rows[i].why, out);
    }
}

/* The bytes of a character, a number below 2^21, and how many they are. */
static size_t encode(char out[4], uint32_t value)
{
    const size_t size = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; value >>= 6)
        out[i] = (char)(0x80 | (value & 0x3F));
    out[0] = (char)(size == 1 ? value : (0xF00u >> size & 0xFF) | value);
    return size;
}

/* Every character of Unicode is shown, but those that could steer a terminal or turn the writing.
 */
static void text_copy_knows_every_character(void **state)
{
    static const struct {
        uint32_t first, last;
    } steering[] = {{0, 0x1F},        {0x7F, 0x9F},     {0x200E, 0x200F}, {0x2028, 0x2029},
                    {0x202A, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}};
    (void)state;
    for (uint32_t value = 0; value < 0x110100; value++) {
        char bytes[4], out[16];
        const size_t size = encode(bytes, value);
        bool steers = false;
        for (size_t i = 0; i < sizeof steering / sizeof *steering; i++)
            steers |= value >= steering[i].first && value <= steering[i].last;
        ai_text_copy(out, sizeof out, bytes, size);
        const bool is_shown = strlen(out) == size && memcmp(out, bytes, size) == 0;
        const bool is_none = value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF);
        const bool is_blank = value == '\t' || value == '\n' || value == '\r';
        if (is_shown == (steers || is_none) || (steers && strcmp(out, is_blank ? " " : "?") != 0) ||
            (is_none && strncmp(out, "\xef\xbf\xbd", 3) != 0))
            fail_msg("U+%04X became \"%s\"", (unsigned)value, out);
    }
}

/* No character is written in more bytes than it takes. */
static void text_copy_refuses_what_is_longer_than_needed(void **state)
{
    static const char *const rows[] = {
        "\xc0\x80",         "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf", "\x80",     "\xbf",         "\xf8\x88\x80\x80\x80"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[32];
        ai_text_copy(out, sizeof out, rows[i], strlen(rows[i]));
        assert_int_equal(strlen(out), strlen(rows[i]) * 3); /* a replacement for each byte */
    }
}

/* Bytes behind the text do not finish its last character. */
static void text_copy_ends_where_the_size_says(void **state)
{
    static const char text[] = "a\xe4\xbd\xa0";
    char out[64];
    (void)state;
    ai_text_copy(out, sizeof out, text, 3);
    assert_string_equal(out, "a\xef\xbf\xbd\xef\xbf\xbd");
    ai_text_copy(out, sizeof out, text, 4);
    assert_string_equal(out, text);
}

static void text_copy_stays_in_bounds_and_between_characters(void **state)
{
    static const struct {
        size_t capacity;
        const char *expected;
    } rows[] = {
        {1, ""},
        {2, "a"},
        {3, "ab"},
        {4, CUT},
        {5, "a" CUT},
        {6, "ab" CUT},
        {7, "ab" CUT},
        {8, "ab" CUT},
        {9, "ab\xe4\xbd\xa0" CUT},
        {10, "ab\xe4\xbd\xa0"
             "c" CUT},
        {11, "ab\xe4\xbd\xa0"
             "cde"
             "fg"},
    };
    static const char text[] = "ab\xe4\xbd\xa0"
                               "cdefg";
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[12];
        memset(out, 'x', sizeof out);
        ai_text_copy(out, rows[i].capacity, text, sizeof text - 1);
        assert_string_equal(out, rows[i].expected);
        for (size_t j = rows[i].capacity; j < sizeof out; j++)
            assert_int_equal(out[j], 'x');
    }
}

static void text_shorten_takes_the_middle_out(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", ""},
        {"/a/b/c/d.jpg", "/a/b/c/d.jpg"},
        {"/folder/other/d.jpg", "/fol" CUT "d.jpg"},
        {"\xe4\xbd\xa0\xe4\xbd\xa0\xe4\xbd\xa0\xe4\xbd\xa0\xe4\xbd\xa0",
         "\xe4\xbd\xa0" CUT "\xe4\xbd\xa0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[13];
        ai_text_shorten(out, sizeof out, rows[i].text);
        assert_string_equal(out, rows[i].expected);
    }
}

static void text_redact_finds_the_secret_everywhere(void **state)
{
    static const struct {
        const char *why;
        const char *text;
        const char *expected;
    } rows[] = {
        {"in the middle", "key secret-key is unknown", "key *** is unknown"},
        {"alone", "secret-key", "***"},
        {"twice in a row", "secret-keysecret-key", "******"},
        {"cut off at the end", "unknown secret-k", "unknown ***"},
        {"all but its last letter", "unknown secret-ke", "unknown ***"},
        {"cut off within a sentence", "(secret-k): refused", "(***): refused"},
        {"cut off and there again", "secret-k, secret-key.", "***, ***."},
        {"seven letters within a sentence", "a secret- thing", "a secret- thing"},
        {"four letters of it at the end", "unknown secr", "unknown ***"},
        {"cut off and marked so", "unknown secret-k" CUT, "unknown ***" CUT},
        {"four letters before the mark", "unknown secr" CUT, "unknown ***" CUT},
        {"nothing but its beginning", "secr", "***"},
        {"nothing but its beginning, cut off", "secret-k" CUT, "***" CUT},
        {"three letters tell nothing", "unknown sec", "unknown sec"},
        {"absent", "nothing here", "nothing here"},
        {"an empty text", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        ai_text_copy(text, sizeof text, rows[i].text, strlen(rows[i].text));
        ai_text_redact(text, "secret-key");
        if (strcmp(text, rows[i].expected))
            fail_msg("%s: got \"%s\"", rows[i].why, text);
    }
}

/* A mask and what stands beside it are not the secret again. */
static void text_redact_finds_a_secret_that_has_stars(void **state)
{
    static const struct {
        const char *secret, *text, *expected;
    } rows[] = {
        {"***abcde", "is ***abcdeabcde known", "is *** known"},
        {"ab***cde", "is abab***cdecde known", "is *** known"},
        {"abcdefg***", "abcdefgabcd", "***"},
        {"********", "*********", "***"},
        {"****", "a ***** b", "a *** b"},
        {"***", "***", "***"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        ai_text_copy(text, sizeof text, rows[i].text, strlen(rows[i].text));
        ai_text_redact(text, rows[i].secret);
        if (strcmp(text, rows[i].expected))
            fail_msg("%s in \"%s\": \"%s\"", rows[i].secret, rows[i].text, text);
    }
}

/* A text that was cut may lack no more than one letter of it. */
static void text_redact_finds_a_secret_without_its_last_letter(void **state)
{
    static const char letters[] = "abcdefghijkl";
    (void)state;
    for (int length = 5; length <= 12; length++) {
        char secret[16], text[32];
        snprintf(secret, sizeof secret, "%.*s", length, letters);
        snprintf(text, sizeof text, "who is %.*s", length - 1, letters);
        ai_text_redact(text, secret);
        if (strcmp(text, "who is ***") != 0)
            fail_msg("%s: \"%s\"", secret, text);
    }
}

/* The secret is looked at to its end and no further. */
static void text_redact_reads_nothing_behind_the_secret(void **state)
{
    struct guarded secret = guarded_copy("secret-key", sizeof "secret-key");
    char text[] = "the secret-key and a secret-k";
    (void)state;
    ai_text_redact(text, secret.bytes);
    assert_string_equal(text, "the *** and a ***");
    guarded_free(&secret);
}

static void text_redact_leaves_nothing_behind_the_end(void **state)
{
    char text[64] = "who is secret-key, and who secret-key?";
    static const char nothing[sizeof text] = "";
    (void)state;
    ai_text_redact(text, "secret-key");
    assert_string_equal(text, "who is ***, and who ***?");
    assert_memory_equal(text + strlen(text), nothing, sizeof text - strlen(text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_copy_makes_bytes_fit_to_show),
        cmocka_unit_test(text_copy_knows_every_character),
        cmocka_unit_test(text_copy_refuses_what_is_longer_than_needed),
        cmocka_unit_test(text_copy_ends_where_the_size_says),
        cmocka_unit_test(text_copy_stays_in_bounds_and_between_characters),
        cmocka_unit_test(text_shorten_takes_the_middle_out),
        cmocka_unit_test(text_redact_finds_the_secret_everywhere),
        cmocka_unit_test(text_redact_finds_a_secret_that_has_stars),
        cmocka_unit_test(text_redact_finds_a_secret_without_its_last_letter),
        cmocka_unit_test(text_redact_reads_nothing_behind_the_secret),
        cmocka_unit_test(text_redact_leaves_nothing_behind_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
