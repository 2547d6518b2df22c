/* Tests of the banner's letters: they are as high and as wide as they are said to be. */
#include "images/banner_font.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A capital fills the rows it is said to fill, at every size, and stands on its baseline. */
static void banner_font_capital_is_as_high_as_asked(void **state)
{
    (void)state;
    struct banner_font font;
    assert_true(banner_font_init(&font));
    for (uint32_t cap = BANNER_FONT_MIN_CAP; cap <= 210; cap++) {
        struct banner_canvas canvas = {.width = 300, .height = 300};
        canvas.pixels = calloc(300, 300);
        assert_non_null(canvas.pixels);
        banner_font_draw(&font, &canvas, slice_of("H"), 20, 250, cap, 255);
        for (uint32_t y = 0; y < 300; y++) {
            unsigned most = 0;
            for (uint32_t x = 0; x < 300; x++)
                if (canvas.pixels[y * 300 + x] > most)
                    most = canvas.pixels[y * 300 + x];
            const bool inside = y >= 250 - cap && y < 250;
            if (inside ? most < 128 : most > 127)
                fail_msg("H of %u px: row %d from the baseline is %u", cap, (int)y - 250, most);
        }
        free(canvas.pixels);
    }
    banner_font_clear(&font);
}

static void banner_font_text_is_as_wide_as_said(void **state)
{
    (void)state;
    struct banner_font font;
    assert_true(banner_font_init(&font));
    const struct slice text = slice_of("Wide @ text|");
    for (uint32_t cap = BANNER_FONT_MIN_CAP; cap <= 60; cap++) {
        const uint32_t width = banner_font_width(text, cap);
        struct banner_canvas canvas = {.width = width + 40, .height = 100};
        canvas.pixels = calloc(canvas.width, canvas.height);
        assert_non_null(canvas.pixels);
        banner_font_draw(&font, &canvas, text, 10, 70, cap, 255);
        uint32_t first = canvas.width, last = 0;
        for (size_t i = 0; i < (size_t)canvas.width * canvas.height; i++) {
            const uint32_t x = (uint32_t)(i % canvas.width);
            if (canvas.pixels[i] < 128)
                continue;
            first = x < first ? x : first;
            last = x > last ? x : last;
        }
        if (first + 1 < 10 || first > 11 || last > 10 + width || last + cap / 2 + 2 < 10 + width)
            fail_msg("at %u px marks reach from %u to %u instead of 10 to %u", cap, first, last,
                     10 + width);
        free(canvas.pixels);
    }
    banner_font_clear(&font);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(banner_font_capital_is_as_high_as_asked),
        cmocka_unit_test(banner_font_text_is_as_wide_as_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
