/* Tests of the banner: whatever kind of picture goes in comes out again as the same kind, upright
 * banner included, and nothing but the banner's rows changes. How beautiful it is must be looked
 * at; that letters are there and have the right size is tested. */
#include "images/banner.h"

#include "banner_pictures.h"
#include "images/banner_font.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jpeglib.h>
#include <png.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define TITLE "12 Big Grin"
#define SUBTITLE "ailab-mock: not a real result"

/* ---- Helpers ---- */

/* No more of the upright picture's lower edge than this may change. Written down independently of
 * the code: an eighth of the shorter side, but room for a line, or two from 160 px on. */
static uint32_t most_rows(uint32_t width, uint32_t height)
{
    const uint32_t shorter = width < height ? width : height;
    const uint32_t least = shorter >= 160 ? 28 : 14;
    return shorter / 8 > least ? shorter / 8 : least;
}

static unsigned difference(unsigned a, unsigned b)
{
    return a > b ? a - b : b - a;
}

/* What four channels mean. */
enum ink { NO_INK = 0, INK_LEFT_OUT /* Adobe's way: 255 no ink */, INK };

/* 0 black to 255 white. */
static unsigned brightness(const struct banner_picture *picture, const uint16_t *pixel,
                           enum ink ink)
{
    const unsigned shift = picture->depth == 16 ? 8 : 0;
    if (picture->channels < 3)
        return (unsigned)pixel[0] >> shift;
    const unsigned sum = ((unsigned)pixel[0] >> shift) + ((unsigned)pixel[1] >> shift) +
                         ((unsigned)pixel[2] >> shift);
    if (ink == INK)
        return (765 - sum) * (255u - pixel[3]) / 765;
    return ink == INK_LEFT_OUT ? sum * pixel[3] / 765 : sum / 3;
}

/* The share of very bright and of very dark pixels in the rows below start, in percent. */
static void count_tones(const struct banner_picture *picture, uint32_t start, enum ink ink,
                        unsigned *bright, unsigned *dark)
{
    size_t count[2] = {0, 0};
    for (uint32_t y = start; y < picture->height; y++) {
        for (uint32_t x = 0; x < picture->width; x++) {
            const unsigned value = brightness(picture, banner_at(picture, x, y), ink);
            count[0] += value > 200;
            count[1] += value < 60;
        }
    }
    const size_t all = (size_t)(picture->height - start) * picture->width;
    if (all == 0) {
        *bright = *dark = 0;
        return;
    }
    *bright = (unsigned)(count[0] * 100 / all);
    *dark = (unsigned)(count[1] * 100 / all);
}

static void assert_has_banner(const char *why, const struct banner_picture *after, enum ink ink)
{
    unsigned bright, dark;
    const uint32_t rows = most_rows(after->width, after->height);
    count_tones(after, after->height - rows + 2, ink, &bright, &dark);
    if (bright < 3 || bright > 45 || dark < 45)
        fail_msg("%s: of the banner %u %% are bright and %u %% dark", why, bright, dark);
}

/* ---- Kinds of pictures ---- */

static const struct {
    const char *why;
    unsigned channels;
    struct banner_jpeg_flavour flavour;
} jpeg_kinds[] = {
    {"gray", 1, {0}},
    {"gray with sampling factors 2x2, as cameras write it", 1, {.h = 2, .v = 2}},
    {"4:4:4", 3, {0}},
    {"4:2:2", 3, {.h = 2}},
    {"4:2:0", 3, {.h = 2, .v = 2}},
    {"4:4:0", 3, {.v = 2}},
    {"4:1:1", 3, {.h = 4}},
    {"progressive 4:2:0", 3, {.h = 2, .v = 2, .progressive = true}},
    {"progressive gray", 1, {.progressive = true}},
    {"restart markers and tables of its own", 3, {.h = 2, .restarts = true, .optimised = true}},
    {"RGB, not converted", 3, {.space = JCS_RGB}},
    {"CMYK with Adobe's marker", 4, {0}},
    {"CMYK without it", 4, {.plain_cmyk = true}},
    {"YCCK", 4, {.space = JCS_YCCK}},
    {"YCCK, subsampled", 4, {.space = JCS_YCCK, .h = 2, .v = 2}},
    {"a scan for each component", 3, {.h = 2, .v = 2, .separate = true}},
    {"too many blocks to interleave", 4, {.space = JCS_YCCK, .h = 4, .v = 2, .separate = true}},
    {"two components of no known meaning", 2, {0}},
    {"finest quality", 3, {.quality = 100}},
};

/* Colour model, component ids, sampling factors; and plain sequential in any case. */
static void assert_stored_alike(const char *why, struct slice bytes, struct slice result)
{
    const struct slice files[2] = {bytes, result};
    struct jpeg_decompress_struct d[2];
    struct jpeg_error_mgr errors;
    for (size_t i = 0; i < 2; i++) {
        d[i].err = jpeg_std_error(&errors);
        jpeg_create_decompress(&d[i]);
        jpeg_mem_src(&d[i], (const unsigned char *)files[i].ptr, files[i].len);
        jpeg_read_header(&d[i], TRUE);
    }
    bool same = d[0].jpeg_color_space == d[1].jpeg_color_space &&
                d[0].saw_Adobe_marker == d[1].saw_Adobe_marker && !d[1].progressive_mode;
    for (int c = 0; c < d[0].num_components; c++)
        same = same && d[0].comp_info[c].component_id == d[1].comp_info[c].component_id &&
               d[0].comp_info[c].h_samp_factor == d[1].comp_info[c].h_samp_factor &&
               d[0].comp_info[c].v_samp_factor == d[1].comp_info[c].v_samp_factor;
    if (!same)
        fail_msg("%s: stored in another way", why);
    jpeg_destroy_decompress(&d[0]);
    jpeg_destroy_decompress(&d[1]);
}

static void banner_jpeg_keeps_its_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(jpeg_kinds); i++) {
        const char *why = jpeg_kinds[i].why;
        struct banner_picture picture = banner_gradient(250, 131, jpeg_kinds[i].channels, 8);
        struct slice bytes = banner_encode_jpeg(&picture, &jpeg_kinds[i].flavour);
        struct slice result = banner_apply(bytes, 250, 131, 1, TITLE, SUBTITLE);
        struct banner_picture before = banner_decode(bytes), after = banner_decode(result);

        banner_assert_same_shape(why, &before, &after);
        const enum ink ink = jpeg_kinds[i].channels != 4        ? NO_INK
                             : jpeg_kinds[i].flavour.plain_cmyk ? INK
                                                                : INK_LEFT_OUT;
        assert_stored_alike(why, bytes, result);
        assert_has_banner(why, &after, ink);
        const uint32_t start = 131 - most_rows(250, 131);
        /* Two rows may share their colour, and a block of 16 rows is quantised as one. */
        const unsigned near = banner_worst_above(&before, &after, start - 1);
        const unsigned far = banner_worst_above(&before, &after, start - 16);
        if (near > 40 || far > 4)
            fail_msg("%s: above the banner samples changed by %u, well above by %u", why, near,
                     far);
        free(picture.samples), free(before.samples), free(after.samples);
        banner_free(bytes), banner_free(result);
    }
}

static const struct {
    const char *why;
    unsigned channels, depth;
    struct banner_png_flavour flavour;
    int color_type, bits; /* of the result */
} png_kinds[] = {
    {"gray", 1, 8, {0}, PNG_COLOR_TYPE_GRAY, 8},
    {"1 bit", 1, 8, {.bits = 1}, PNG_COLOR_TYPE_GRAY, 8},
    {"2 bits", 1, 8, {.bits = 2}, PNG_COLOR_TYPE_GRAY, 8},
    {"4 bits, interlaced", 1, 8, {.bits = 4, .interlaced = true}, PNG_COLOR_TYPE_GRAY, 8},
    {"16-bit gray", 1, 16, {0}, PNG_COLOR_TYPE_GRAY, 16},
    {"gray with a key", 1, 8, {.transparent = true}, PNG_COLOR_TYPE_GRAY_ALPHA, 8},
    {"gray and alpha", 2, 8, {0}, PNG_COLOR_TYPE_GRAY_ALPHA, 8},
    {"16-bit gray and alpha", 2, 16, {0}, PNG_COLOR_TYPE_GRAY_ALPHA, 16},
    {"RGB", 3, 8, {0}, PNG_COLOR_TYPE_RGB, 8},
    {"RGB with a key", 3, 8, {.transparent = true}, PNG_COLOR_TYPE_RGB_ALPHA, 8},
    {"16-bit RGB", 3, 16, {0}, PNG_COLOR_TYPE_RGB, 16},
    {"16-bit RGB with a key", 3, 16, {.transparent = true}, PNG_COLOR_TYPE_RGB_ALPHA, 16},
    {"interlaced RGB", 3, 8, {.interlaced = true}, PNG_COLOR_TYPE_RGB, 8},
    {"RGBA", 4, 8, {0}, PNG_COLOR_TYPE_RGB_ALPHA, 8},
    {"interlaced 16-bit RGBA", 4, 16, {.interlaced = true}, PNG_COLOR_TYPE_RGB_ALPHA, 16},
    {"palette", 1, 8, {.palette = true}, PNG_COLOR_TYPE_RGB, 8},
    {"palette of 4", 1, 8, {.palette = true, .bits = 2}, PNG_COLOR_TYPE_RGB, 8},
    {"palette with transparency",
     1,
     8,
     {.palette = true, .transparent = true},
     PNG_COLOR_TYPE_RGB_ALPHA,
     8},
};

static void assert_opaque_below(const char *why, const struct banner_picture *after, uint32_t start)
{
    const unsigned top = after->depth == 16 ? 65535 : 255;
    for (uint32_t y = start; y < after->height; y++)
        for (uint32_t x = 0; x < after->width; x++)
            if (banner_at(after, x, y)[after->channels - 1] != top)
                fail_msg("%s: the banner is transparent at %u,%u", why, x, y);
}

static void banner_png_keeps_its_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(png_kinds); i++) {
        const char *why = png_kinds[i].why;
        struct banner_picture picture =
            banner_gradient(250, 131, png_kinds[i].channels, png_kinds[i].depth);
        struct slice bytes = banner_encode_png(&picture, &png_kinds[i].flavour);
        struct slice result = banner_apply(bytes, 250, 131, 1, TITLE, SUBTITLE);
        struct banner_picture before = banner_decode(bytes), after = banner_decode(result);

        banner_assert_same_shape(why, &before, &after);
        if (result.ptr[24] != png_kinds[i].bits || result.ptr[25] != png_kinds[i].color_type)
            fail_msg("%s: colour type %d with %d bits instead of %d with %d", why, result.ptr[25],
                     result.ptr[24], png_kinds[i].color_type, png_kinds[i].bits);
        assert_has_banner(why, &after, NO_INK);
        const uint32_t start = 131 - most_rows(250, 131);
        const unsigned worst = banner_worst_above(&before, &after, start);
        if (worst != 0)
            fail_msg("%s: above the banner a sample changed by %u", why, worst);
        if (after.channels == 2 || after.channels == 4)
            assert_opaque_below(why, &after, start);
        free(picture.samples), free(before.samples), free(after.samples);
        banner_free(bytes), banner_free(result);
    }
}

/* ---- Orientation ---- */

static void banner_png_is_upright_in_every_orientation(void **state)
{
    (void)state;
    struct banner_picture upright = banner_gradient(230, 170, 3, 8), expected = {0};
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        struct banner_picture stored = banner_unturn(&upright, orientation);
        struct slice bytes = banner_encode_png(&stored, &(struct banner_png_flavour){0});
        struct slice result =
            banner_apply(bytes, stored.width, stored.height, orientation, TITLE, SUBTITLE);
        struct banner_picture after = banner_decode(result);
        struct banner_picture seen = banner_turn(&after, orientation);
        banner_assert_same_shape("turned", &upright, &seen);
        if (orientation == 1) {
            expected = banner_turn(&after, 1);
            assert_has_banner("orientation 1", &seen, NO_INK);
        } else if (banner_worst_above(&expected, &seen, seen.height) != 0) {
            fail_msg("orientation %u looks different from orientation 1", orientation);
        }
        free(stored.samples), free(after.samples), free(seen.samples);
        banner_free(bytes), banner_free(result);
    }
    free(upright.samples), free(expected.samples);
}

/* Odd dimensions and subsampling: the band's edges lie inside of blocks and of samples. */
static void banner_jpeg_is_upright_in_every_orientation(void **state)
{
    (void)state;
    struct banner_picture upright = banner_gradient(235, 171, 3, 8), expected = {0};
    for (unsigned orientation = 1; orientation <= 8; orientation++) {
        struct banner_picture stored = banner_unturn(&upright, orientation);
        struct slice bytes =
            banner_encode_jpeg(&stored, &(struct banner_jpeg_flavour){.h = 2, .v = 2});
        struct slice result =
            banner_apply(bytes, stored.width, stored.height, orientation, TITLE, SUBTITLE);
        struct banner_picture after = banner_decode(result);
        struct banner_picture seen = banner_turn(&after, orientation);
        banner_assert_same_shape("turned", &upright, &seen);
        char why[32];
        snprintf(why, sizeof why, "orientation %u", orientation);
        assert_has_banner(why, &seen, NO_INK);
        if (orientation == 1)
            expected = banner_turn(&after, 1);
        double sum = 0;
        const size_t count = (size_t)seen.width * seen.height * 3;
        for (size_t i = 0; i < count; i++)
            sum += difference(seen.samples[i], expected.samples[i]);
        if (sum / (double)count > 2.0)
            fail_msg("%s differs from orientation 1 by %.2f on average", why, sum / (double)count);
        free(stored.samples), free(after.samples), free(seen.samples);
        banner_free(bytes), banner_free(result);
    }
    free(upright.samples), free(expected.samples);
}

/* ---- Sizes and texts ---- */

static const struct {
    const char *why;
    uint32_t width, height;
} sizes[] = {
    {"a single pixel", 1, 1},
    {"smaller than any band", 2, 3},
    {"one row", 300, 1},
    {"one column", 1, 300},
    {"an icon", 16, 16},
    {"the first with text", 40, 24},
    {"one too narrow for text", 39, 24},
    {"one too low for text", 40, 23},
    {"the last with one line", 159, 159},
    {"the first with two lines", 160, 160},
    {"wide and low", 4095, 20},
    {"high and narrow", 20, 4095},
    {"wide, one line", 4095, 30},
    {"high, one line", 44, 4095},
    {"no multiple of a block", 517, 263},
};

static void check_size(const char *why, struct slice bytes, uint32_t width, uint32_t height,
                       unsigned orientation)
{
    struct slice result = banner_apply(bytes, width, height, orientation, TITLE, SUBTITLE);
    struct banner_picture before = banner_decode(bytes), after = banner_decode(result);
    banner_assert_same_shape(why, &before, &after);
    struct banner_picture seen_before = banner_turn(&before, orientation);
    struct banner_picture seen = banner_turn(&after, orientation);
    const uint32_t rows = most_rows(seen.width, seen.height);
    const uint32_t start = seen.height > rows ? seen.height - rows : 0;
    const bool png = (unsigned char)bytes.ptr[0] != 0xFF;
    if (png && banner_worst_above(&seen_before, &seen, start) != 0)
        fail_msg("%s, orientation %u: changed above the banner", why, orientation);
    if (banner_worst_above(&seen_before, &seen, seen.height) < 30)
        fail_msg("%s, orientation %u: nothing changed", why, orientation);
    free(before.samples), free(after.samples), free(seen_before.samples), free(seen.samples);
    banner_free(result);
}

static void banner_fits_pictures_of_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(sizes); i++) {
        struct banner_picture picture = banner_gradient(sizes[i].width, sizes[i].height, 3, 8);
        struct slice png = banner_encode_png(&picture, &(struct banner_png_flavour){0});
        struct slice jpeg =
            banner_encode_jpeg(&picture, &(struct banner_jpeg_flavour){.h = 2, .v = 2});
        for (unsigned orientation = 1; orientation <= 8; orientation++) {
            check_size(sizes[i].why, png, sizes[i].width, sizes[i].height, orientation);
            check_size(sizes[i].why, jpeg, sizes[i].width, sizes[i].height, orientation);
        }
        free(picture.samples);
        banner_free(png), banner_free(jpeg);
    }
}

static struct slice draw_on_gray(uint32_t width, uint32_t height, const char *title,
                                 const char *subtitle)
{
    struct banner_picture picture = banner_gradient(width, height, 1, 8);
    struct slice bytes = banner_encode_png(&picture, &(struct banner_png_flavour){0});
    struct slice result = banner_apply(bytes, width, height, 1, title, subtitle);
    free(picture.samples);
    banner_free(bytes);
    return result;
}

static const struct {
    const char *why, *title, *same_as;
} texts[] = {
    {"nothing", "", NULL},
    {"no title at all", NULL, ""},
    {"control characters show as ?", "a\tb\nc\x7F", "a?b?c?"},
    {"a character of several bytes shows as one ?", "gr\xC3\xBC\xE2\x82\xAC!", "gr?\?!"},
    {"bytes that are no text", "\xFF\x01\xFE", "???"},
    {"spaces only", "     ", "     "},
    {"every character",
     " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefgh"
     "ijklmnopqrstuvwxyz{|}~",
     NULL},
};

static void banner_shows_odd_text_when_it_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(texts); i++) {
        struct slice result = draw_on_gray(300, 200, texts[i].title, SUBTITLE);
        struct slice swapped = draw_on_gray(300, 200, SUBTITLE, texts[i].title);
        struct slice same =
            draw_on_gray(300, 200, texts[i].same_as ? texts[i].same_as : texts[i].title, SUBTITLE);
        if (!slice_equal(result, same))
            fail_msg("%s: looks different from \"%s\"", texts[i].why, texts[i].same_as);
        banner_free(result), banner_free(swapped), banner_free(same);
    }
}

static void banner_cuts_text_when_it_is_endless(void **state)
{
    (void)state;
    char *text = malloc(100001);
    assert_non_null(text);
    memset(text, 'W', 100000);
    text[100000] = '\0';
    static const uint32_t widths[] = {1, 24, 40, 41, 160, 999, 4095};
    for (size_t i = 0; i < ROWS(widths); i++) {
        struct slice result = draw_on_gray(widths[i], 170, text, text);
        struct banner_picture after = banner_decode(result);
        assert_int_equal(after.width, widths[i]);
        free(after.samples);
        banner_free(result);
    }
    free(text);
}

static void banner_differs_when_the_title_differs(void **state)
{
    (void)state;
    static const char *const titles[] = {"10 Dimple Smile",  "11 Pear Dimple Smile", "12 Big Grin",
                                         "13 Standard Grin", "14 Cool Pose",         "15 Sad",
                                         "16 Forced Smile",  "100 Opening eyes"};
    static const uint32_t widths[] = {1, 16, 64, 512};
    for (size_t w = 0; w < ROWS(widths); w++) {
        struct banner_picture picture = banner_gradient(widths[w], widths[w], 3, 8);
        struct slice bytes = banner_encode_png(&picture, &(struct banner_png_flavour){0});
        struct slice results[ROWS(titles)];
        for (size_t i = 0; i < ROWS(titles); i++) {
            results[i] = banner_apply(bytes, widths[w], widths[w], 1, titles[i], SUBTITLE);
            for (size_t k = 0; k < i; k++)
                if (slice_equal(results[i], results[k]))
                    fail_msg("%u px: \"%s\" looks like \"%s\"", widths[w], titles[i], titles[k]);
        }
        for (size_t i = 0; i < ROWS(titles); i++)
            banner_free(results[i]);
        free(picture.samples);
        banner_free(bytes);
    }
}

static void banner_is_the_same_when_drawn_again(void **state)
{
    (void)state;
    struct banner_picture picture = banner_gradient(300, 200, 3, 8);
    struct slice inputs[] = {
        banner_encode_jpeg(&picture, &(struct banner_jpeg_flavour){.h = 2, .v = 2}),
        banner_encode_png(&picture, &(struct banner_png_flavour){0})};
    for (size_t i = 0; i < ROWS(inputs); i++) {
        struct slice first = banner_apply(inputs[i], 300, 200, 6, TITLE, SUBTITLE);
        struct slice second = banner_apply(inputs[i], 300, 200, 6, TITLE, SUBTITLE);
        assert_true(slice_equal(first, second));
        banner_free(first), banner_free(second), banner_free(inputs[i]);
    }
    free(picture.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(banner_jpeg_keeps_its_kind),
        cmocka_unit_test(banner_png_keeps_its_kind),
        cmocka_unit_test(banner_png_is_upright_in_every_orientation),
        cmocka_unit_test(banner_jpeg_is_upright_in_every_orientation),
        cmocka_unit_test(banner_fits_pictures_of_every_size),
        cmocka_unit_test(banner_shows_odd_text_when_it_must),
        cmocka_unit_test(banner_cuts_text_when_it_is_endless),
        cmocka_unit_test(banner_differs_when_the_title_differs),
        cmocka_unit_test(banner_is_the_same_when_drawn_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
