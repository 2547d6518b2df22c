/* Where the reader of JSON finds the end of a string's plain bytes. What the grammar is worth as a
 * whole is shown by test_answer.c. */
#include "json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH_MAX 200 /* beyond any block that is looked through at once */

struct heard {
    char text[LENGTH_MAX + 8];
    size_t size;
    unsigned ends;
};

static void hear(void *context, enum ai_json_event event, const char *text, size_t size)
{
    struct heard *heard = context;
    if (event == JSON_STRING_END)
        heard->ends++;
    if (event != JSON_TEXT)
        return;
    assert_true(size <= sizeof heard->text - heard->size);
    memcpy(heard->text + heard->size, text, size);
    heard->size += size;
}

static bool read_all(struct heard *out, struct ai_json *json, const char *text, size_t size)
{
    memset(out, 0, sizeof *out);
    *json = (struct ai_json){.handle = hear, .context = out};
    ai_json_feed(json, text, size);
    return ai_json_finish(json);
}

/* Every byte that ends a run of plain ones, and some neighbours of theirs that do not. */
static void json_sees_a_special_byte_after_every_length_of_plain_ones(void **state)
{
    static const struct {
        const char *why;
        const char *written; /* after the plain bytes; the closing quote included */
        const char *meant;   /* NULL: refused */
    } rows[] = {
        {"the closing quote", "\"", ""},
        {"an escaped quote", "\\\"\"", "\""},
        {"an escaped backslash", "\\\\\"", "\\"},
        {"a line break", "\n\"", NULL},
        {"the last control character", "\x1f\"", NULL},
        {"a space", " \"", " "},
        {"the neighbours of the quote", "!#\"", "!#"},
        {"the neighbours of the backslash", "[]\"", "[]"},
        {"DEL, and bytes with the highest bit", "\x7f\x80\x9f\xa2\xdc\xff\"",
         "\x7f\x80\x9f\xa2\xdc\xff"},
        {"no end", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t length = 0; length <= LENGTH_MAX; length++) {
            char text[LENGTH_MAX + 16] = "\"", why[64];
            struct heard heard;
            struct ai_json json;
            memset(text + 1, 'A', length);
            memcpy(text + 1 + length, rows[i].written, strlen(rows[i].written));
            size_t size = 1 + length + strlen(rows[i].written);
            bool sound = read_all(&heard, &json, text, size);
            if (sound != (rows[i].meant != NULL))
                fail_msg("%s after %zu bytes: %s", rows[i].why, length,
                         sound ? "accepted" : json.why);
            if (sound && (heard.ends != 1 || heard.size != length + strlen(rows[i].meant) ||
                          memcmp(heard.text + length, rows[i].meant, strlen(rows[i].meant)) != 0))
                fail_msg("%s after %zu bytes: read as something else", rows[i].why, length);
            snprintf(why, sizeof why, "%s %zu", *rows[i].written ? "at byte" : "after byte",
                     *rows[i].written ? length + 2 : size);
            if (!sound && !strstr(json.why, why))
                fail_msg("%s after %zu bytes: says \"%s\"", rows[i].why, length, json.why);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_sees_a_special_byte_after_every_length_of_plain_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
