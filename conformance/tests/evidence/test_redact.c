/* The key stays out of every text, however it is spelled and wherever it is cut. */
#include "evidence/redact.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void shown_masks_the_key_in_every_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *why, *key, *text, *shown;
    } rows[] = {
        {"as it is", "s3cr3t-k3y", "the key s3cr3t-k3y is not known",
         "the key <redacted> is not known"},
        {"twice", "s3cr3t-k3y", "s3cr3t-k3ys3cr3t-k3y", "<redacted><redacted>"},
        {"in another case", "s3cr3t-k3y", "S3CR3T-K3Y", "<redacted>"},
        {"inside a word", "s3cr3t-k3y", "xs3cr3t-k3yx", "x<redacted>x"},
        {"with a false start", "aab1", "aaab1", "a<redacted>"},
        {"with only its beginning", "s3cr3t-k3y", "s3cr3t-k3", "s3cr3t-k3"},
        {"a quote in JSON", "a\"b1", "<a\\\"b1>", "<<redacted>>"},
        {"a backslash in JSON", "a\\b1", "<a\\\\b1>", "<<redacted>>"},
        {"a backslash as it is", "a\\b1", "<a\\b1>", "<<redacted>>"},
        {"two backslashes in JSON", "a\\\\b1", "<a\\\\\\\\b1>", "<<redacted>>"},
        {"JSON inside JSON", "a\"b1", "<a\\\\\\\"b1>", "<<redacted>>"},
        {"a slash in JSON", "a/b/1", "a\\/b\\/1", "<redacted>"},
        {"a character by its number", "a+b=1", "a\\u002bb\\u003D1", "<redacted>"},
        {"in a URL", "a+b=1", "?key=a%2Bb%3d1&x", "?key=<redacted>&x"},
        {"in HTML", "a&b\"<1", "<p>a&amp;b&quot;&lt;1</p>", "<p><redacted></p>"},
        {"seven characters", "any-key", "the key any-key is not known",
         "the key <redacted> is not known"},
        {"three characters as a word", "k3y", "the key k3y is not known",
         "the key <redacted> is not known"},
        {"three characters behind a line end in JSON", "k3y", "\\nk3y!", "\\n<redacted>!"},
        {"three characters inside a word", "key", "keyboard monkey", "keyboard monkey"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct secrets secrets = {.keys = {"other-key-0123456789", rows[i].key}};
        struct buf out = {0};
        redact_add(&out, &secrets, rows[i].text, strlen(rows[i].text), SIZE_MAX, REDACT_LINE);
        if (strcmp(buf_str(&out), rows[i].shown) != 0)
            fail_msg("%s: \"%s\" and not \"%s\"", rows[i].why, buf_str(&out), rows[i].shown);
        buf_clear(&out);
    }
}

/* Wherever the cut falls, no more of the key is there than of any other text. */
static void shown_cuts_behind_the_mask(void **state)
{
    (void)state;
    const struct secrets secrets = {.keys = {"s3cr3t-k3y-0123456789"}};
    char text[256];
    for (int before = 0; before < 100; before++) {
        struct buf out = {0};
        snprintf(
            text, sizeof text, "%.*s%s and more", before,
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            "xxxxxxxxxxxxxxxxxxxx",
            secrets.keys[ACCOUNT_GOOD]);
        redact_add(&out, &secrets, text, strlen(text), 50, REDACT_LINE);
        assert_null(strstr(buf_str(&out), "s3"));
        assert_true(out.len < 100);
        buf_clear(&out);
    }
}

static void shown_escapes_control_characters(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text, *shown;
        enum redact_as how;
    } rows[] = {
        {"a terminal's", "\x1b[31mred", "\\x1b[31mred", REDACT_LINE},
        {"a forged line", "fine\nok 1", "fine\\x0aok 1", REDACT_LINE},
        {"lines where lines belong", "a\r\nb\rc", "a\nb\\x0dc", REDACT_LINES},
        {"no ASCII", "p\xc3\xb6", "p\\xc3\\xb6", REDACT_LINES},
        {"text of a record", "p\xc3\xb6 \x1b", "p\xc3\xb6 \\x1b", REDACT_RECORD},
        {"a control character of eight bits",
         "\xc2\x9b"
         "31m",
         "\\xc2\\x9b"
         "31m",
         REDACT_RECORD},
    };
    const struct secrets secrets = {.keys = {"s3cr3t-k3y"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = {0};
        redact_add(&out, &secrets, rows[i].text, strlen(rows[i].text), SIZE_MAX, rows[i].how);
        if (strcmp(buf_str(&out), rows[i].shown) != 0)
            fail_msg("%s: \"%s\" and not \"%s\"", rows[i].why, buf_str(&out), rows[i].shown);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shown_masks_the_key_in_every_spelling),
        cmocka_unit_test(shown_cuts_behind_the_mask),
        cmocka_unit_test(shown_escapes_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
