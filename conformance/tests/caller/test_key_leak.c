/* A key in a stream of text: found however the stream is cut, masked in what is shown. */
#include "caller/process/leak.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define KEY "0123456789abcdef0123456789abcdef"

static void leak_is_found_however_the_text_is_cut(void **state)
{
    (void)state;
    static const char text[] = "something before, then the key " KEY " and something behind it";
    for (size_t step = 1; step < sizeof text; step++) {
        struct leak leak;
        leak_init(&leak, KEY);
        for (size_t at = 0; at < sizeof text - 1; at += step)
            leak_feed(&leak, text + at, sizeof text - 1 - at < step ? sizeof text - 1 - at : step);
        if (!leak.found || !leak.in_parts)
            fail_msg("not found in pieces of %zu bytes", step);
    }
}

static void leak_looks_for_no_key_that_is_too_short(void **state)
{
    (void)state;
    struct leak leak;
    leak_init(&leak, "1234567");
    leak_feed(&leak, "1234567", 7);
    assert_false(leak.found || leak.in_parts);
    leak_init(&leak, NULL);
    leak_feed(&leak, "text", 4);
    assert_false(leak.found || leak.in_parts);
}

static void leak_masks_the_key_and_its_pieces(void **state)
{
    (void)state;
    static const struct {
        const char *text, *masked;
    } rows[] = {
        {"no key", "no key"},
        {"key=" KEY "!", "key=***!"},
        {"0123456", "0123456"},
        {"01234567", "***"},
        {"0123456789abcdef0123 456789abcdef", "*** ***"},
        {"30313233", "***"},
        {"MDEyMzQ1Njc4OWFiY2RlZjAx", "***"},
        {"", ""},
    };
    struct leak leak;
    leak_init(&leak, KEY);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = {0};
        leak_mask(&out, &leak, rows[i].text, strlen(rows[i].text));
        assert_string_equal(buf_str(&out), rows[i].masked);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leak_is_found_however_the_text_is_cut),
        cmocka_unit_test(leak_looks_for_no_key_that_is_too_short),
        cmocka_unit_test(leak_masks_the_key_and_its_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
