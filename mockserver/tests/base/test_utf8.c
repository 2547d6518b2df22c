/* Texts that may go into a header or onto a screen: one control character anywhere is too many. */
#include "base/utf8.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LENGTH 5

static void plain_text_has_no_control_character_in_any_place(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < LENGTH; at++) {
            char text[LENGTH] = {'a', 'b', 'c', 'd', 'e'};
            const bool expected = byte >= ' ' && byte != 0x7f;
            text[at] = (char)byte;
            if (is_plain_text(slice_make(text, LENGTH)) != expected)
                fail_msg("byte 0x%02x at %zu is %s", (unsigned)byte, at,
                         expected ? "refused" : "taken");
            if (is_plain_text(slice_make(text + at, 1)) != expected)
                fail_msg("byte 0x%02x alone is %s", (unsigned)byte, expected ? "refused" : "taken");
        }
    assert_true(is_plain_text(slice_make("", 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_has_no_control_character_in_any_place),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
