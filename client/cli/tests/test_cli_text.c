/* Foreign text made fit for terminals and JSON; names of pictures. */
#include "cmdline/text.h"
#include "files/names.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void cli_text_replaces_what_a_terminal_obeys_or_json_forbids(void **state)
{
    static const struct {
        const char *why, *input, *utf8, *plain;
    } rows[] = {
        {"nothing", "", "", ""},
        {"plain text", "no face", "no face", "no face"},
        {"umlaut, euro sign, emoji", "\u00e4 \u20ac \U0001F600", "\u00e4 \u20ac \U0001F600",
         "\u00e4 \u20ac \U0001F600"},
        {"escape sequence", "\033[2J", "\033[2J", "?[2J"},
        {"line break and delete", "a\nb\177", "a\nb\177", "a?b?"},
        {"C1 control in UTF-8",
         "\xC2\x9B"
         "2J",
         "\xC2\x9B"
         "2J",
         "??2J"},
        {"lone continuation", "a\x80z", "a?z", "a?z"},
        {"cut off", "a\xE2\x82", "a??", "a??"},
        {"overlong slash", "\xC0\xAF", "??", "??"},
        {"surrogate", "\xED\xA0\x80", "???", "???"},
        {"above Unicode", "\xF4\x90\x80\x80", "????", "????"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[64];
        print_message("%s\n", rows[i].why);
        snprintf(text, sizeof(text), "%s", rows[i].input);
        text_make_utf8(text);
        assert_string_equal(text, rows[i].utf8);
        snprintf(text, sizeof(text), "%s", rows[i].input);
        text_make_plain(text);
        assert_string_equal(text, rows[i].plain);
    }
}

static void cli_names_are_derived_from_the_input_and_the_format(void **state)
{
    static const struct {
        const char *why, *path;
        enum ailab_format format;
        const char *expected;
    } rows[] = {
        {"same format", "portrait.jpg", AILAB_FORMAT_JPEG, "portrait.sad.jpg"},
        {"the extension's spelling stays", "a/P.JPEG", AILAB_FORMAT_JPEG, "a/P.sad.JPEG"},
        {"another format", "a/p.jpg", AILAB_FORMAT_PNG, "a/p.sad.png"},
        {"png to jpeg", "p.png", AILAB_FORMAT_JPEG, "p.sad.jpg"},
        {"no extension", "a.b/portrait", AILAB_FORMAT_PNG, "a.b/portrait.sad.png"},
        {"hidden file", ".portrait", AILAB_FORMAT_JPEG, ".portrait.sad.jpg"},
        {"another extension is replaced", "p.bmp", AILAB_FORMAT_JPEG, "p.sad.jpg"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        print_message("%s\n", rows[i].why);
        char *name = names_edited(rows[i].path, "sad", rows[i].format);
        assert_non_null(name);
        assert_string_equal(name, rows[i].expected);
        free(name);
    }
}

static void cli_text_that_is_cut_says_so(void **state)
{
    static const struct {
        const char *why, *text, *start, *path;
    } rows[] = {
        {"nothing", "", "", ""},
        {"short", "a.jpg", "a.jpg", "a.jpg"},
        {"just fits", "0123456789ab", "0123456789ab", "0123456789ab"},
        {"one too long", "0123456789abc", "012345678\u2026", "0123\u202689abc"},
        {"a path", "/pictures/of/us/cat.jpg", "/pictures\u2026", "/pic\u2026t.jpg"},
        {"no half character", "01234567\u00e4\u00e4\u00e4", "01234567\u2026",
         "0123\u2026\u00e4\u00e4"},
        {"nor at the front", "012\u00e4567890\u00e4bcde", "012\u00e45678\u2026", "012\u2026bcde"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        print_message("%s\n", rows[i].why);
        assert_string_equal(TEXT_START(rows[i].text, 12), rows[i].start);
        char path[13], printed[13];
        assert_string_equal(text_shorten(path, sizeof(path), rows[i].text), rows[i].path);
        text_print(printed, sizeof(printed), "%s", rows[i].text);
        assert_string_equal(printed, rows[i].start);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_text_replaces_what_a_terminal_obeys_or_json_forbids),
        cmocka_unit_test(cli_text_that_is_cut_says_so),
        cmocka_unit_test(cli_names_are_derived_from_the_input_and_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
