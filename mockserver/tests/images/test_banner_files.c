/* Tests of the banner's files: what they carry besides pixels, how pixels are stored in them, how
 * large they become, and that a broken one is refused without harm. */
#include "images/banner.h"

#include "banner_pictures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define TITLE "12 Big Grin"
#define SUBTITLE "ailab-mock: not a real result"

/* ---- What a file carries besides its pixels ---- */

#define EXIF_BODY "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
#define ICC_BODY "ICC_PROFILE\0\x01\x01not really a profile, but carried unread"

static bool contains(struct slice bytes, struct slice part)
{
    return memmem(bytes.ptr, bytes.len, part.ptr, part.len) != NULL;
}

static void banner_jpeg_keeps_exif_and_profile(void **state)
{
    (void)state;
    struct banner_picture picture = banner_gradient(64, 48, 3, 8);
    const struct slice exif = BYTES(EXIF_BODY), icc = BYTES(ICC_BODY);
    struct slice bytes = banner_encode_jpeg(
        &picture, &(struct banner_jpeg_flavour){.exif = exif, .icc = icc, .progressive = true});
    struct slice result = banner_apply(bytes, 64, 48, 6, TITLE, SUBTITLE);
    assert_true(contains(result, exif));
    assert_true(contains(result, icc));
    free(picture.samples);
    banner_free(bytes), banner_free(result);
}

static void banner_jpeg_drops_other_markers(void **state)
{
    (void)state;
    struct banner_picture picture = banner_gradient(64, 48, 3, 8);
    const struct slice xmp = BYTES("http://ns.adobe.com/xap/1.0/\0secret"),
                       mpf = BYTES("MPF\0second");
    struct slice bytes =
        banner_encode_jpeg(&picture, &(struct banner_jpeg_flavour){.exif = xmp, .icc = mpf});
    struct slice result = banner_apply(bytes, 64, 48, 1, TITLE, SUBTITLE);
    assert_false(contains(result, xmp));
    assert_false(contains(result, mpf));
    free(picture.samples);
    banner_free(bytes), banner_free(result);
}

static const struct {
    const char *why;
    struct slice type, body;
    bool late, kept;
} chunks[] = {
    {"gamma", BYTES("gAMA"), BYTES("\x00\x00\xB1\x8F"), false, true},
    {"primaries", BYTES("cHRM"),
     BYTES("\0\0z&\0\0\x80\x84\0\0\xFA\0\0\0\x80\xE8\0\0u0\0\0\xEA`\0\0:\x98\0\0\x17p"), false,
     true},
    {"sRGB", BYTES("sRGB"), BYTES("\x01"), false, true},
    {"a profile, not looked into", BYTES("iCCP"), BYTES("name\0\0packed profile"), false, true},
    {"EXIF before the image", BYTES("eXIf"), BYTES("II*\0early"), false, true},
    {"EXIF behind the image", BYTES("eXIf"), BYTES("II*\0late"), true, true},
    {"resolution", BYTES("pHYs"), BYTES("\0\0\x0B\x13\0\0\x0B\x13\x01"), false, true},
    {"text", BYTES("tEXt"), BYTES("Author\0somebody"), false, false},
    {"animation", BYTES("acTL"), BYTES("\0\0\0\x02\0\0\0\0"), false, false},
};

static void banner_png_keeps_chunks_that_tell_how_to_show_it(void **state)
{
    (void)state;
    struct banner_picture picture = banner_gradient(64, 48, 3, 8);
    for (size_t i = 0; i < ROWS(chunks); i++) {
        struct banner_png_flavour flavour = {.early_type = chunks[i].type, .early = chunks[i].body};
        if (chunks[i].late)
            flavour =
                (struct banner_png_flavour){.late_type = chunks[i].type, .late = chunks[i].body};
        struct slice bytes = banner_encode_png(&picture, &flavour);
        struct slice result = banner_apply(bytes, 64, 48, 1, TITLE, SUBTITLE);
        char whole[64];
        memcpy(whole, chunks[i].type.ptr, 4);
        memcpy(whole + 4, chunks[i].body.ptr, chunks[i].body.len);
        if (contains(result, slice_make(whole, 4 + chunks[i].body.len)) != chunks[i].kept)
            fail_msg("%s: %s", chunks[i].why, chunks[i].kept ? "lost" : "kept");
        struct banner_picture after = banner_decode(result);
        free(after.samples);
        banner_free(bytes), banner_free(result);
    }
    free(picture.samples);
}

/* ---- Size, failure ---- */

static void banner_jpeg_grows_little_when_drawn(void **state)
{
    (void)state;
    static const int qualities[] = {20, 50, 75, 90, 100};
    struct banner_picture picture = banner_gradient(800, 600, 3, 8);
    for (size_t i = 0; i < (size_t)800 * 600 * 3; i++) /* grain, as a sensor gives it */
        picture.samples[i] = (uint16_t)((picture.samples[i] * 7 + i * 2654435761u % 251) / 8);
    for (size_t i = 0; i < ROWS(qualities); i++) {
        struct slice bytes = banner_encode_jpeg(
            &picture, &(struct banner_jpeg_flavour){.quality = qualities[i], .optimised = true});
        struct slice result = banner_apply(bytes, 800, 600, 1, TITLE, SUBTITLE);
        if (result.len > bytes.len * 3 / 2 + 20000)
            fail_msg("quality %d: %zu bytes became %zu", qualities[i], bytes.len, result.len);
        banner_free(bytes), banner_free(result);
    }
    free(picture.samples);
}

static struct slice read_fixture(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/fixtures/images/%s", AILAB_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    char *bytes = malloc(2 << 20);
    assert_non_null(bytes);
    const size_t size = fread(bytes, 1, 2 << 20, file);
    fclose(file);
    return slice_make(bytes, size);
}

static void banner_draws_on_a_portrait(void **state)
{
    (void)state;
    static const char *const names[] = {"portrait.jpg", "portrait.png"};
    for (size_t i = 0; i < ROWS(names); i++) {
        struct slice bytes = read_fixture(names[i]);
        struct slice result = banner_apply(bytes, 512, 512, 1, TITLE, SUBTITLE);
        struct banner_picture before = banner_decode(bytes), after = banner_decode(result);
        banner_assert_same_shape(names[i], &before, &after);
        assert_true(banner_worst_above(&before, &after, 512) > 100);
        assert_true(banner_worst_above(&before, &after, 512 - 64) <= (i == 0 ? 12 : 0));
        free(before.samples), free(after.samples);
        banner_free(bytes), banner_free(result);
    }
}

static void banner_returns_nothing_when_the_picture_is_cut_or_other(void **state)
{
    (void)state;
    struct banner_picture picture = banner_gradient(64, 48, 3, 8);
    struct slice inputs[] = {
        banner_encode_jpeg(&picture, &(struct banner_jpeg_flavour){.h = 2, .v = 2}),
        banner_encode_jpeg(&picture, &(struct banner_jpeg_flavour){.progressive = true}),
        banner_encode_png(&picture, &(struct banner_png_flavour){0})};
    for (size_t i = 0; i < ROWS(inputs); i++) {
        struct image_facts facts = banner_facts(inputs[i], 64, 48, 1);
        unsigned char *out = NULL;
        size_t size = 1;
        for (size_t cut = 0; cut < inputs[i].len; cut += 1 + cut / 50) {
            unsigned char *copy = malloc(cut + 1);
            assert_non_null(copy);
            memcpy(copy, inputs[i].ptr, cut);
            const bool drawn =
                banner_draw(&out, &size, slice_make(copy, cut), &facts, TITLE, SUBTITLE);
            assert_true(drawn == (out != NULL) && drawn == (size > 0));
            free(out);
            free(copy);
        }
        facts.width = 65;
        assert_false(banner_draw(&out, &size, inputs[i], &facts, TITLE, SUBTITLE));
        assert_null(out);
        facts = (struct image_facts){.format = IMAGE_OTHER, .width = 64, .height = 48};
        assert_false(banner_draw(&out, &size, inputs[i], &facts, TITLE, SUBTITLE));
        assert_null(out);
        banner_free(inputs[i]);
    }
    free(picture.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(banner_jpeg_keeps_exif_and_profile),
        cmocka_unit_test(banner_jpeg_drops_other_markers),
        cmocka_unit_test(banner_png_keeps_chunks_that_tell_how_to_show_it),
        cmocka_unit_test(banner_jpeg_grows_little_when_drawn),
        cmocka_unit_test(banner_draws_on_a_portrait),
        cmocka_unit_test(banner_returns_nothing_when_the_picture_is_cut_or_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
