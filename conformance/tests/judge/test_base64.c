/* The strict Base64 reader. */
#include "judge/base64.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void base64_reads_the_vectors_of_rfc_4648(void **state)
{
    (void)state;
    static const struct {
        const char *text, *bytes;
    } rows[] = {{"Zg==", "f"},           {"Zm8=", "fo"},        {"Zm9v", "foo"},
                {"Zm9vYg==", "foob"},    {"Zm9vYmE=", "fooba"}, {"Zm9vYmFy", "foobar"},
                {"+/+/", "\xfb\xff\xbf"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = {0};
        assert_null(base64_decode(&out, rows[i].text, strlen(rows[i].text)));
        assert_int_equal(out.len, strlen(rows[i].bytes));
        assert_memory_equal(out.ptr, rows[i].bytes, out.len);
        buf_clear(&out);
    }
}

static void base64_says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text, *words;
    } rows[] = {
        {"nothing", "", "empty"},
        {"a data: prefix", "data:image/png;base64,Zm9v", "data: prefix"},
        {"a line break", "Zm9v\r\nZm9v", "line breaks"},
        {"the URL-safe alphabet", "Zm9v-_==", "URL-safe"},
        {"no padding", "Zm9vYg", "padding is wrong"},
        {"padding within", "Zg==Zg==", "padding before its end"},
        {"too much padding", "Z===", "padding before its end"},
        {"a space", "Zm9v Zm9", "outside the alphabet"},
        {"bits of nothing", "Zh==", "bits that belong to nothing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = {0};
        const char *why = base64_decode(&out, rows[i].text, strlen(rows[i].text));
        if (!why || !strstr(why, rows[i].words))
            fail_msg("%s: \"%s\" and not \"%s\"", rows[i].why, why ? why : "fine", rows[i].words);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_reads_the_vectors_of_rfc_4648),
        cmocka_unit_test(base64_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
