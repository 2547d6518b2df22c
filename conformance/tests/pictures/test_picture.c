/* The pictures that cases upload are what they claim to be: sound ones decode to the last row, the
 * others do not, and sizes are exact. */
#include "pictures/picture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = picture_set_new();
    return *state ? 0 : -1;
}

static int clear(void **state)
{
    picture_set_free(*state);
    return 0;
}

static void picture_decodes_to_its_size(void **state)
{
    static const struct {
        enum picture which;
        enum picture_format format;
        unsigned width, height;
        size_t size; /* 0: any */
    } rows[] = {
        {PICTURE_JPEG, PICTURE_FORMAT_JPEG, 512, 512, 0},
        {PICTURE_PNG, PICTURE_FORMAT_PNG, 512, 512, 0},
        {PICTURE_JPEG_PROGRESSIVE, PICTURE_FORMAT_JPEG, 320, 240, 0},
        {PICTURE_JPEG_GRAY, PICTURE_FORMAT_JPEG, 320, 240, 0},
        {PICTURE_PNG_ALPHA, PICTURE_FORMAT_PNG, 320, 240, 0},
        {PICTURE_PNG_PALETTE, PICTURE_FORMAT_PNG, 320, 240, 0},
        {PICTURE_PNG_INTERLACED, PICTURE_FORMAT_PNG, 320, 240, 0},
        {PICTURE_JPEG_LARGE, PICTURE_FORMAT_JPEG, 512, 512, 1572864},
        {PICTURE_JPEG_5_MB, PICTURE_FORMAT_JPEG, 512, 512, 5000000},
        {PICTURE_JPEG_5_MIB, PICTURE_FORMAT_JPEG, 512, 512, 5242880},
        {PICTURE_JPEG_OVER_5_MIB, PICTURE_FORMAT_JPEG, 512, 512, 5242881},
        {PICTURE_JPEG_OVER, PICTURE_FORMAT_JPEG, 512, 512, 5767168},
        {PICTURE_JPEG_FAR_OVER, PICTURE_FORMAT_JPEG, 512, 512, 12582912},
        {PICTURE_PNG_5_MIB, PICTURE_FORMAT_PNG, 512, 512, 5242880},
        {PICTURE_PNG_OVER_5_MIB, PICTURE_FORMAT_PNG, 512, 512, 5242881},
        {PICTURE_PNG_OVER, PICTURE_FORMAT_PNG, 512, 512, 5767168},
        {PICTURE_JPEG_4095_WIDE, PICTURE_FORMAT_JPEG, 4095, 64, 0},
        {PICTURE_JPEG_4095_HIGH, PICTURE_FORMAT_JPEG, 64, 4095, 0},
        {PICTURE_JPEG_4096_WIDE, PICTURE_FORMAT_JPEG, 4096, 64, 0},
        {PICTURE_JPEG_4096_HIGH, PICTURE_FORMAT_JPEG, 64, 4096, 0},
        {PICTURE_JPEG_4095_BOTH, PICTURE_FORMAT_JPEG, 4095, 4095, 0},
        {PICTURE_JPEG_4096_BOTH, PICTURE_FORMAT_JPEG, 4096, 4096, 0},
        {PICTURE_PNG_4095_BOTH, PICTURE_FORMAT_PNG, 4095, 4095, 0},
        {PICTURE_PNG_4096_WIDE, PICTURE_FORMAT_PNG, 4096, 64, 0},
        {PICTURE_PNG_4096_HIGH, PICTURE_FORMAT_PNG, 64, 4096, 0},
        {PICTURE_PNG_4096_BOTH, PICTURE_FORMAT_PNG, 4096, 4096, 0},
        {PICTURE_PNG_20000_WIDE, PICTURE_FORMAT_PNG, 20000, 16, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct picture_bytes bytes;
        struct picture_facts facts;
        const char *what = picture_title(rows[i].which);
        assert_true(pictures_get(&bytes, *state, rows[i].which));
        if (!picture_decodes(&facts, bytes.data, bytes.size))
            fail_msg("%s does not decode", what);
        if (facts.format != rows[i].format || facts.width != rows[i].width ||
            facts.height != rows[i].height)
            fail_msg("%s is %ux%u", what, facts.width, facts.height);
        if (rows[i].size && rows[i].size != bytes.size)
            fail_msg("%s has %zu bytes", what, bytes.size);
        if (!rows[i].size && bytes.size > 5000000)
            fail_msg("%s is too large: %zu bytes", what, bytes.size);
    }
}

static void picture_is_broken_where_it_should_be(void **state)
{
    static const struct {
        enum picture which;
        enum picture_format format;
    } rows[] = {
        {PICTURE_JPEG_HALF, PICTURE_FORMAT_JPEG},
        {PICTURE_JPEG_THEN_TEXT, PICTURE_FORMAT_JPEG},
        {PICTURE_JPEG_NO_SCAN, PICTURE_FORMAT_JPEG},
        {PICTURE_JPEG_BAD_HUFFMAN, PICTURE_FORMAT_JPEG},
        {PICTURE_JPEG_NO_WIDTH, PICTURE_FORMAT_JPEG},
        {PICTURE_PNG_HALF, PICTURE_FORMAT_PNG},
        {PICTURE_PNG_SIGNATURE, PICTURE_FORMAT_PNG},
        {PICTURE_PNG_BAD_CHECKSUM, PICTURE_FORMAT_PNG},
        {PICTURE_PNG_BAD_DEFLATE, PICTURE_FORMAT_PNG},
        {PICTURE_PNG_NO_DATA, PICTURE_FORMAT_PNG},
        {PICTURE_PNG_4096_HALF, PICTURE_FORMAT_PNG},
        {PICTURE_GIF, PICTURE_FORMAT_NONE},
        {PICTURE_BMP, PICTURE_FORMAT_NONE},
        {PICTURE_WEBP, PICTURE_FORMAT_NONE},
        {PICTURE_TIFF, PICTURE_FORMAT_NONE},
        {PICTURE_HEIC, PICTURE_FORMAT_NONE},
        {PICTURE_SVG, PICTURE_FORMAT_NONE},
        {PICTURE_PDF, PICTURE_FORMAT_NONE},
        {PICTURE_TEXT, PICTURE_FORMAT_NONE},
        {PICTURE_ONE_BYTE, PICTURE_FORMAT_NONE},
        {PICTURE_ZEROS, PICTURE_FORMAT_NONE},
        {PICTURE_ZEROS_OVER, PICTURE_FORMAT_NONE},
        {PICTURE_BASE64, PICTURE_FORMAT_NONE},
        {PICTURE_SPACE_JPEG, PICTURE_FORMAT_NONE},
        {PICTURE_EMPTY, PICTURE_FORMAT_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct picture_bytes bytes;
        struct picture_facts facts;
        assert_true(pictures_get(&bytes, *state, rows[i].which));
        if (picture_decodes(&facts, bytes.data, bytes.size))
            fail_msg("%s decodes", picture_title(rows[i].which));
        if (facts.format != rows[i].format)
            fail_msg("%s begins like another format", picture_title(rows[i].which));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_decodes_to_its_size),
        cmocka_unit_test(picture_is_broken_where_it_should_be),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
