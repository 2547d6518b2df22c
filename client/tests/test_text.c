/* Foreign bytes made fit to show. */
#include "text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

static void text_copy_stays_in_bounds_and_between_characters(void **state)
{
    static const char text[] = "ab\xe4\xbd\xa0"
                               "c";
    (void)state;
    for (size_t capacity = 1; capacity < 8; capacity++) {
        char out[8];
        memset(out, 'x', sizeof out);
        ai_text_copy(out, capacity, text, sizeof text - 1);
        size_t expected = capacity < 3 ? capacity - 1 : capacity < 6 ? 2 : capacity - 1;
        assert_int_equal(strlen(out), expected > 6 ? 6 : expected);
        for (size_t i = capacity; i < sizeof out; i++)
            assert_int_equal(out[i], 'x');
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
        {"cut off within a sentence", "(secret-k): refused", "(***): refused"},
        {"cut off and there again", "secret-k, secret-key.", "***, ***."},
        {"seven letters within a sentence", "a secret- thing", "a secret- thing"},
        {"four letters of it at the end", "unknown secr", "unknown ***"},
        {"three letters are anybody's", "unknown sec", "unknown sec"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_copy_makes_bytes_fit_to_show),
        cmocka_unit_test(text_copy_stays_in_bounds_and_between_characters),
        cmocka_unit_test(text_redact_finds_the_secret_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
