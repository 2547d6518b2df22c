/* What a strict reader must see in a text before cJSON does. What the grammar is worth as a whole
 * is shown by test_answer.c. */
#include "strict.h"
#include "testing/guarded.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH_MAX 200 /* beyond any block that is looked through at once */
#define BEHIND 80      /* blanks behind the text, so that the last block is whole too */
#define HEAD "{\"\":\""
#define TAIL "}"

/* Every byte that ends a run of plain ones, and some neighbours of theirs that do not. */
static void strict_sees_a_special_byte_after_every_length_of_plain_ones(void **state)
{
    static const struct {
        const char *why;
        const char *written; /* after the plain bytes; the closing quote included */
        bool sound;
        size_t plain; /* bytes more than the plain ones that the longest plain string has */
    } rows[] = {
        {"the closing quote", "\"", true, 0},
        {"an escaped quote", "\\\"\"", true, SIZE_MAX},
        {"an escaped backslash", "\\\\\"", true, SIZE_MAX},
        {"a line break", "\n\"", false, 0},
        {"the last control character", "\x1f\"", false, 0},
        {"a space", " \"", true, 1},
        {"the neighbours of the quote", "!#\"", true, 2},
        {"the neighbours of the backslash", "[]\"", true, 2},
        {"DEL, and bytes with the highest bit", "\x7f\x80\x9f\xa2\xdc\xff\"", true, 6},
        {"no end", NULL, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t length = 0; length <= LENGTH_MAX; length++) {
            char text[LENGTH_MAX + BEHIND + 32] = HEAD, why[64];
            struct ai_strict strict;
            memset(text + strlen(HEAD), 'A', length);
            if (rows[i].written)
                snprintf(text + strlen(HEAD) + length, BEHIND + 32, "%s" TAIL "%*s",
                         rows[i].written, BEHIND, "");
            size_t size = strlen(text);
            bool sound = ai_strict_read(&strict, text, size);
            if (sound != rows[i].sound)
                fail_msg("%s after %zu bytes: %s", rows[i].why, length,
                         sound ? "accepted" : strict.why);
            size_t plain = rows[i].plain == SIZE_MAX ? 0 : length + rows[i].plain;
            if (sound && (strict.plain_size != plain || !strict.whole ||
                          (plain && strict.plain_at != strlen(HEAD))))
                fail_msg("%s after %zu bytes: read as something else", rows[i].why, length);
            snprintf(why, sizeof why, "%s %zu", rows[i].written ? "at byte" : "after byte",
                     rows[i].written ? strlen(HEAD) + length + 1 : size);
            if (!sound && !strstr(strict.why, why))
                fail_msg("%s after %zu bytes: says \"%s\"", rows[i].why, length, strict.why);
        }
    }
}

static void strict_changes_what_cjson_would_read_otherwise(void **state)
{
    static const struct {
        const char *why, *written, *meant;
    } rows[] = {
        {"an escaped NUL", "{\"a\\u0000\":0}", "{\"a\\u0002\":0}"},
        {"the mark", "{\"a\\u0001\":0}", "{\"a\\u0002\":0}"},
        {"a pair", "{\"\\ud83d\\ude00\":0}", "{\"\\ud83d\\ude00\":0}"},
        {"two first halves", "{\"\\ud83d\\uD83D\\uDE00\":0}", "{\"\\ufffd\\uD83D\\uDE00\":0}"},
        {"two second halves", "{\"\\udc00\\udc00\":0}", "{\"\\ufffd\\ufffd\":0}"},
        {"a second half", "{\"\\ude00x\":0}", "{\"\\ufffdx\":0}"},
        {"half a pair before another escape", "{\"\\ud83d\\n\":0}", "{\"\\ufffd\\n\":0}"},
        {"the first pair", "{\"\\ud800\\udc00\":0}", "{\"\\ud800\\udc00\":0}"},
        {"the last pair", "{\"\\udbff\\udfff\":0}", "{\"\\udbff\\udfff\":0}"},
        {"the neighbours of the halves", "{\"\\ud7ff\\ue000\":0}", "{\"\\ud7ff\\ue000\":0}"},
        {"the first and the last first half", "{\"\\ud800x\\udbff\":0}", "{\"\\ufffdx\\ufffd\":0}"},
        {"the first and the last second half", "{\"\\udc00x\\udfff\":0}",
         "{\"\\ufffdx\\ufffd\":0}"},
        {"an integer", "{\"a\":-123456789012345}", "{\"a\":-123456789012345}"},
        {"a longer one", "{\"a\":1234567890123456}", "{\"a\":0.5             }"},
        {"a fraction of nothing", "{\"a\":[0.0,-1e5]}", "{\"a\":[0.5,0.5 ]}"},
        {"numbers in strings", "{\"a\":\"1.0 01\"}", "{\"a\":\"1.0 01\"}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        struct ai_strict strict;
        snprintf(text, sizeof text, "%s", rows[i].written);
        if (!ai_strict_read(&strict, text, strlen(text)))
            fail_msg("%s: %s", rows[i].why, strict.why);
        assert_string_equal(text, rows[i].meant);
    }
}

static void strict_says_where_it_stops(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "it is empty"},
        {" \n", "it ends after byte 2, in the middle of the JSON"},
        {"<html>", "'<' at byte 1, where the { of an object is due"},
        {"\xef\xbb\xbf{}", "0xef at byte 1, where the { of an object is due"},
        {"{\"a\":01}", "'1' at byte 7, where the end of the number is due"},
        {"{\"a\":1e0e0}", "'e' at byte 9, where the end of the number is due"},
        {"{\"a\":1.5.5}", "'.' at byte 9, where the end of the number is due"},
        {"{\"a\":1-3.5}", "'-' at byte 7, where the end of the number is due"},
        {"{\"a\":-}", "'}' at byte 7, where a digit is due"},
        {"{\"a\":\"\\x\"}", "'x' at byte 8, where an escape of JSON is due"},
        {"{\"a\":\"\\u12\"}", "'\"' at byte 11, where a hexadecimal digit is due"},
        {"{\"a\":\"\\ud83d\\u1", "it ends after byte 15, in the middle of the JSON"},
        {"{\"a\":\"\\ud83d", "it ends after byte 12, in the middle of the JSON"},
        {"{\"a\":\"\\ud83d\\", "it ends after byte 13, in the middle of the JSON"},
        {"{\v}", "0x0b at byte 2, where JSON is due"},
        {"{} {}", "'{' at byte 4, where the end of the text is due"},
        {"{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "nested deeper than 32 at byte 37"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct guarded text = guarded_copy(rows[i].text, strlen(rows[i].text));
        struct ai_strict strict;
        if (ai_strict_read(&strict, text.bytes, strlen(rows[i].text)))
            fail_msg("\"%s\" was accepted", rows[i].text);
        assert_string_equal(strict.why, rows[i].why);
        guarded_free(&text);
    }
}

/* A byte that has no shape of its own is shown by its number. */
static void strict_shows_the_byte_where_it_stops(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte <= 0xff; byte++) {
        char text[2] = {(char)byte, '\0'}, shown[32];
        struct ai_strict strict;
        if (strchr("{ \t\r\n", (int)byte))
            continue;
        snprintf(shown, sizeof shown,
                 byte >= 0x21 && byte <= 0x7e ? "'%c' at byte 1," : "0x%02x at byte 1,", byte);
        assert_false(ai_strict_read(&strict, text, 1));
        assert_memory_equal(strict.why, shown, strlen(shown));
    }
}

/* Two bytes of a text must not make cJSON ask for sixty-four without end. */
static void strict_bounds_the_number_of_values(void **state)
{
    static char text[200000];
    struct ai_strict strict;
    (void)state;
    memset(text, '0', sizeof text);
    memcpy(text, "{\"a\":[", 6);
    for (size_t i = 7; i < sizeof text; i += 2)
        text[i] = ',';
    assert_false(ai_strict_read(&strict, text, sizeof text));
    assert_string_equal(strict.why, "more values than 65536 at byte 131076");
}

/* Whether a number that cJSON would begin to read is one. */
static void strict_knows_the_numbers_of_json(void **state)
{
    static const struct {
        const char *number;
        bool sound;
    } rows[] = {
        {"0", true},      {"-0", true},     {"10", true},     {"1.5", true},       {"1e5", true},
        {"1E5", true},    {"1e+5", true},   {"1e-5", true},   {"-1.25E+10", true}, {"01", false},
        {"-", false},     {"1.", false},    {"1e", false},    {"1e+", false},      {"1e+-5", false},
        {"1.5.1", false}, {"1e5e1", false}, {"1e5.1", false},

    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        struct ai_strict strict;
        snprintf(text, sizeof text, "{\"a\":%s}", rows[i].number);
        if (ai_strict_read(&strict, text, strlen(text)) != rows[i].sound)
            fail_msg("%s is %s", text, rows[i].sound ? strict.why : "taken");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strict_sees_a_special_byte_after_every_length_of_plain_ones),
        cmocka_unit_test(strict_changes_what_cjson_would_read_otherwise),
        cmocka_unit_test(strict_says_where_it_stops),
        cmocka_unit_test(strict_shows_the_byte_where_it_stops),
        cmocka_unit_test(strict_bounds_the_number_of_values),
        cmocka_unit_test(strict_knows_the_numbers_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
