/* The colours of the HTML report, in both schemes: text stands out from what is behind it as WCAG
 * 2.2, 1.4.3, wants, by a contrast of 4.5:1. */
#include "testing/files.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* The red, green or blue of a colour, from its eight bits. */
static double linear(unsigned long bits)
{
    const double value = (double)(bits & 0xff) / 255;
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

/* The luminance of --name in a block of declarations, of three or six digits. */
static double luminance(const char *block, const char *name)
{
    char declaration[32], *end = NULL;
    snprintf(declaration, sizeof declaration, "--%s:#", name);
    const char *found = strstr(block, declaration);
    assert_non_null(found);
    const char *digits = found + strlen(declaration);
    unsigned long color = strtoul(digits, &end, 16);
    if (end - digits == 3)
        color = (color >> 8) * 0x110000 + (color >> 4 & 15) * 0x1100 + (color & 15) * 0x11;
    else
        assert_int_equal(end - digits, 6);
    return 0.2126 * linear(color >> 16) + 0.7152 * linear(color >> 8) + 0.0722 * linear(color);
}

static double contrast(const char *block, const char *text, const char *behind)
{
    const double a = luminance(block, text) + 0.05, b = luminance(block, behind) + 0.05;
    return a > b ? a / b : b / a;
}

static void page_has_readable_colors(void **state)
{
    (void)state;
    static const char *const texts[] = {"fg", "soft", "good", "bad", "dim"};
    static const char *const grounds[] = {"bg", "card"};
    char *page = file_read(AILAB_SOURCE_DIR "/fixtures/page.css", NULL);
    size_t schemes = 0;
    assert_non_null(page);
    for (const char *block = page; (block = strstr(block, ":root{")) != NULL; block++, schemes++)
        for (size_t i = 0; i < ROWS(texts) * ROWS(grounds); i++) {
            const char *text = texts[i / ROWS(grounds)], *ground = grounds[i % ROWS(grounds)];
            const double found = contrast(block, text, ground);
            if (found < 4.5)
                fail_msg("scheme %zu: %s on %s has a contrast of %.2f:1", schemes, text, ground,
                         found);
        }
    assert_int_equal(schemes, 2);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(page_has_readable_colors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
