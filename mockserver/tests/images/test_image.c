/* What image_inspect() and image_decode() say of whole files: every flavour that cameras, phones,
 * browsers and editors write is sound and its facts are right; everything else is named for what
 * it is. Damage is in test_image_damage.c. */
#include "images/image.h"
#include "testing/image_make.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <png.h>

static struct image_facts judge(struct slice bytes)
{
    struct image_facts facts;
    image_inspect(&facts, bytes);
    if (facts.state == IMAGE_SOUND)
        assert_true(image_decode(&facts, bytes));
    return facts;
}

static void expect_sound(const char *why, const struct image_file *file)
{
    struct image_facts facts = judge(image_make_slice(file));
    if (facts.state != IMAGE_SOUND)
        fail_msg("%s: %s", why, facts.why);
    assert_string_equal(facts.why, "");
}

static void image_foreign_is_named_when_it_is_neither_jpeg_nor_png(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *expected;
    } cases[] = {
        {"", 0, "is empty"},
        {"GIF89a\1\0\1\0", 10, "looks like GIF"},
        {"RIFF\x24\0\0\0WEBPVP8 ", 16, "looks like WebP"},
        {"BM\x36\0\0\0\0\0\0\0", 10, "looks like BMP"},
        {"II*\0\x08\0\0\0", 8, "looks like TIFF or a camera's raw file"},
        {"MM\0*\0\0\0\x08", 8, "looks like TIFF or a camera's raw file"},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0",
         16, "looks like HEIC"},
        {"\0\0\0\x1c"
         "ftypavif\0\0\0\0",
         16, "looks like AVIF"},
        {"\0\0\0\x1c"
         "ftypmif1\0\0\0\0",
         16, "looks like HEIC or AVIF"},
        {"\0\0\0\x1c"
         "ftypisom\0\0\0\0",
         16, "looks like MP4 or another ISO media file"},
        {"%PDF-1.7\n", 9, "looks like PDF"},
        {"PK\3\4\x14\0\0\0", 8, "looks like ZIP"},
        {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 41, "looks like SVG"},
        {"<?xml version=\"1.0\"?><svg/>", 27, "looks like SVG"},
        {"<?xml version=\"1.0\"?><a/>", 25, "looks like XML"},
        {"\xef\xbb\xbf <!DOCTYPE HTML><p>", 22, "looks like HTML"},
        {"<html>", 6, "looks like HTML"},
        {"{\"a\": 1}", 8, "looks like JSON"},
        {"hello", 5, "looks like text"},
        {"gr\xc3\xbc\xc3", 5, "looks like text"},
        {"\x80\x80", 2, "is an unknown kind of file, starts with 80 80"},
        {"/9j/4AAQSkZJRg", 14, "looks like JPEG in Base64; the bytes themselves would be right"},
        {"\x89PNG\n\x1a\n\0", 8,
         "looks like PNG with a wrong signature, as after a transfer in text mode"},
        {"\x89PNG\r\n\x1a", 7,
         "looks like PNG with a wrong signature, as after a transfer in text mode"},
        {"\xff\xd8", 2, "is an unknown kind of file, starts with FF D8"},
        {"\0\1\2\3\4\5\6\7\x08", 9,
         "is an unknown kind of file, starts with 00 01 02 03 04 05 06 07"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_file file = image_make_copy(slice_make(cases[i].bytes, cases[i].len));
        struct image_facts facts = judge(image_make_slice(&file));
        assert_string_equal(facts.why, cases[i].expected);
        assert_int_equal(facts.state, IMAGE_FOREIGN);
        assert_int_equal(facts.format, IMAGE_OTHER);
        free(file.data);
    }
}

static void image_inspect_takes_null_when_the_length_is_zero(void **state)
{
    (void)state;
    struct image_facts facts = judge(slice_make(NULL, 0));
    assert_int_equal(facts.state, IMAGE_FOREIGN);
    assert_string_equal(facts.why, "is empty");
}

static void image_format_name_names_every_format(void **state)
{
    (void)state;
    assert_string_equal(image_format_name(IMAGE_JPEG), "JPEG");
    assert_string_equal(image_format_name(IMAGE_PNG), "PNG");
    assert_string_equal(image_format_name(IMAGE_OTHER), "neither JPEG nor PNG");
}

static void image_jpeg_is_sound_in_every_flavour(void **state)
{
    (void)state;
    static const struct image_jpeg_recipe recipes[] = {
        {.why = "baseline 4:2:0"},
        {.why = "4:4:4", .h = 1, .v = 1},
        {.why = "4:2:2", .h = 2, .v = 1},
        {.why = "4:4:0", .h = 1, .v = 2},
        {.why = "4:1:1", .h = 4, .v = 1},
        {.why = "4:1:0", .h = 4, .v = 2},
        {.why = "optimised Huffman", .optimised = true},
        {.why = "quality 100", .quality = 100},
        {.why = "quality 1", .quality = 1},
        {.why = "grayscale", .components = 1},
        {.why = "grayscale with odd sampling", .components = 1, .h = 2, .v = 2},
        {.why = "stored as RGB", .rgb = true},
        {.why = "CMYK", .components = 4},
        {.why = "YCCK", .components = 4, .ycck = true},
        {.why = "YCCK 4:2:0", .components = 4, .ycck = true, .h = 2, .v = 2},
        {.why = "restart markers", .restart_mcus = 7},
        {.why = "a restart marker after every MCU", .restart_mcus = 1},
        {.why = "one scan for each component", .separate_scans = true},
        {.why = "progressive", .progressive = true},
        {.why = "progressive 4:4:4", .progressive = true, .h = 1, .v = 1},
        {.why = "progressive grayscale", .progressive = true, .components = 1},
        {.why = "progressive CMYK", .progressive = true, .components = 4},
        {.why = "progressive with restarts", .progressive = true, .restart_mcus = 5},
        {.why = "arithmetic", .arithmetic = true},
        {.why = "progressive arithmetic", .arithmetic = true, .progressive = true},
        {.why = "1x1", .width = 1, .height = 1},
        {.why = "odd sides", .width = 333, .height = 17},
        {.why = "one row", .width = 700, .height = 1},
        {.why = "one column", .width = 1, .height = 700},
    };
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++) {
        const struct image_jpeg_recipe *recipe = &recipes[i];
        struct image_file file = image_make_jpeg(recipe);
        expect_sound(recipe->why, &file);
        struct image_facts facts = judge(image_make_slice(&file));
        assert_int_equal(facts.format, IMAGE_JPEG);
        assert_int_equal(facts.width, recipe->width ? recipe->width : IMAGE_MAKE_SIDE);
        assert_int_equal(facts.height, recipe->height ? recipe->height : IMAGE_MAKE_SIDE);
        assert_int_equal(facts.channels, recipe->components ? recipe->components : 3);
        assert_int_equal(facts.bit_depth, 8);
        assert_int_equal(facts.orientation, 1);
        assert_int_equal(facts.progressive, recipe->progressive);
        free(file.data);
    }
}

static void image_jpeg_is_sound_when_it_carries_what_devices_add(void **state)
{
    (void)state;
    static unsigned char big[60000];
    struct image_file plain = image_make_jpeg(&(struct image_jpeg_recipe){.width = 64});
    struct image_file thumbnail =
        image_make_jpeg(&(struct image_jpeg_recipe){.width = 32, .height = 32});
    memcpy(big, "ICC_PROFILE\0\1\1", 14);
    struct {
        const char *why;
        size_t at; /* where it goes; after the end when SIZE_MAX */
        unsigned marker;
        struct slice body;
    } cases[] = {
        {"ICC profile", 2, 0xE2, slice_make(big, sizeof big)},
        {"comment", 2, 0xFE, slice_of("made by a test")},
        {"empty comment", 2, 0xFE, slice_of("")},
        {"Adobe marker of unknown transform", 2, 0xEE, slice_make("Adobe\0d\0\0\0\0\x09", 12)},
        {"JFIF of an unknown major version", 2, 0xE0,
         slice_make("JFIF\0\x09\x09\1\0\1\0\1\0\0", 14)},
        {"thumbnail in a segment", 2, 0xE1, image_make_slice(&thumbnail)},
        {"fill bytes", 2, 0, slice_make("\xff\xff\xff", 3)},
        {"zeros between segments", 20, 0, slice_make("\0\0\0\0", 4)},
        {"zeros after the image data", plain.len - 2, 0, slice_make("\0\0\0\0\0\0\0\0\0\0", 10)},
        {"a stray byte after the image data", plain.len - 2, 0, slice_of("\x7f")},
        {"fill bytes before the end", plain.len - 2, 0, slice_make("\xff\xff", 2)},
        {"second picture behind the first", SIZE_MAX, 0, image_make_slice(&plain)},
        {"trailing text", SIZE_MAX, 0, slice_of("SEFH trailer of a phone")},
        {"trailing FF", SIZE_MAX, 0, slice_make("\xff", 1)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_file file = image_make_copy(image_make_slice(&plain));
        size_t at = cases[i].at == SIZE_MAX ? file.len : cases[i].at;
        if (cases[i].marker)
            image_make_segment(&file, at, cases[i].marker, cases[i].body);
        else
            image_make_insert(&file, at, cases[i].body.ptr, cases[i].body.len);
        expect_sound(cases[i].why, &file);
        free(file.data);
    }
    free(thumbnail.data);
    free(plain.data);
}

static void image_orientation_is_read_when_exif_states_it(void **state)
{
    (void)state;
    for (unsigned orientation = 0; orientation <= 9; orientation++)
        for (int little = 0; little <= 1; little++) {
            unsigned char exif[6 + 26] = "Exif";
            size_t len = image_make_exif(exif + 6, little, orientation);
            unsigned expected = orientation >= 1 && orientation <= 8 ? orientation : 1;
            struct image_file jpeg = image_make_jpeg(&(struct image_jpeg_recipe){.width = 8});
            image_make_segment(&jpeg, 2, 0xE1, slice_of("http://ns.adobe.com/xap/1.0/"));
            image_make_segment(&jpeg, 2, 0xE1, slice_make(exif, 6 + len));
            assert_int_equal(judge(image_make_slice(&jpeg)).orientation, expected);
            struct image_file png = image_make_png(&(struct image_png_recipe){.depth = 8});
            image_make_chunk(&png, 33, "eXIf", slice_make(exif + 6, len));
            assert_int_equal(judge(image_make_slice(&png)).orientation, expected);
            free(jpeg.data);
            free(png.data);
        }
}

static void image_orientation_is_one_when_exif_is_cut_or_points_outside(void **state)
{
    (void)state;
    unsigned char exif[6 + 26] = "Exif";
    image_make_exif(exif + 6, true, 6);
    for (size_t len = 0; len <= sizeof exif - 4; len++) { /* the last four bytes say "no more" */
        struct image_file jpeg = image_make_jpeg(&(struct image_jpeg_recipe){.width = 8});
        image_make_segment(&jpeg, 2, 0xE1, slice_make(exif, len));
        struct image_facts facts = judge(image_make_slice(&jpeg));
        assert_int_equal(facts.state, IMAGE_SOUND);
        assert_int_equal(facts.orientation, len == sizeof exif - 4 ? 6 : 1);
        free(jpeg.data);
    }
    static const unsigned char offsets[][4] = {
        {0xff, 0xff, 0xff, 0xff}, {25, 0, 0, 0}, {24, 0, 0, 0}, {0, 0, 0, 0x80}};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        struct image_file jpeg = image_make_jpeg(&(struct image_jpeg_recipe){.width = 8});
        memcpy(exif + 10, offsets[i], 4);
        image_make_segment(&jpeg, 2, 0xE1, slice_make(exif, sizeof exif));
        assert_int_equal(judge(image_make_slice(&jpeg)).orientation, 1);
        free(jpeg.data);
    }
}

static void image_png_is_sound_in_every_flavour(void **state)
{
    (void)state;
    static const struct {
        int colour, depth;
        unsigned channels;
    } kinds[] = {{0, 1, 1}, {0, 2, 1},  {0, 4, 1}, {0, 8, 1},  {0, 16, 1},
                 {4, 8, 2}, {4, 16, 2}, {2, 8, 3}, {2, 16, 3}, {3, 1, 3},
                 {3, 2, 3}, {3, 4, 3},  {3, 8, 3}, {6, 8, 4},  {6, 16, 4}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (unsigned variant = 0; variant < 4; variant++) {
            bool transparent = (variant & 1) && !(kinds[i].colour & 4);
            struct image_png_recipe recipe = {.why = "a colour type, depth and interlacing",
                                              .colour = kinds[i].colour,
                                              .depth = kinds[i].depth,
                                              .transparent = transparent,
                                              .interlaced = variant & 2,
                                              .width = variant & 1 ? 37 : 0};
            struct image_file file = image_make_png(&recipe);
            expect_sound(recipe.why, &file);
            struct image_facts facts = judge(image_make_slice(&file));
            assert_int_equal(facts.format, IMAGE_PNG);
            assert_int_equal(facts.width, recipe.width ? 37 : 200);
            assert_int_equal(facts.height, 150);
            assert_int_equal(facts.channels, kinds[i].channels + transparent);
            assert_int_equal(facts.bit_depth, kinds[i].depth);
            assert_int_equal(facts.progressive, recipe.interlaced);
            free(file.data);
        }
}

static void image_png_is_sound_when_sides_are_tiny_and_interlaced(void **state)
{
    (void)state;
    for (unsigned width = 1; width <= 9; width++)
        for (unsigned height = 1; height <= 9; height++) {
            struct image_file file = image_make_png(&(struct image_png_recipe){
                .width = width, .height = height, .depth = 1, .interlaced = true});
            expect_sound("tiny and interlaced", &file);
            free(file.data);
        }
}

static void image_png_is_sound_when_it_is_written_unusually(void **state)
{
    (void)state;
    static const struct image_png_recipe recipes[] = {
        {.why = "many small IDATs", .colour = 2, .depth = 8, .idat_size = 6},
        {.why = "one IDAT", .colour = 2, .depth = 8, .idat_size = 1 << 20},
        {.why = "ancillary chunks", .colour = 2, .depth = 8, .extras = true},
        {.why = "filter none", .colour = 2, .depth = 8, .filters = PNG_FILTER_NONE},
        {.why = "filter Paeth", .colour = 2, .depth = 8, .filters = PNG_FILTER_PAETH},
        {.why = "all filters", .colour = 6, .depth = 8, .filters = PNG_ALL_FILTERS},
    };
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++) {
        struct image_file file = image_make_png(&recipes[i]);
        expect_sound(recipes[i].why, &file);
        image_make_insert(&file, file.len, "trailing bytes", 14);
        expect_sound("trailing bytes", &file);
        size_t idat = image_make_chunk_at(&file, "IDAT");
        image_make_chunk(&file, idat, "IDAT", slice_make(NULL, 0));
        expect_sound("an empty IDAT", &file);
        image_make_chunk(&file, idat, "fcTL", slice_make("0123456789012345678901234", 26));
        image_make_chunk(&file, idat, "acTL", slice_make("\0\0\0\2\0\0\0\0", 8));
        image_make_chunk(&file, image_make_chunk_at(&file, "IEND"), "fdAT", slice_of("\1\1\1\1x"));
        expect_sound("animated (APNG)", &file);
        image_make_chunk(&file, 33, "iCCP", slice_make("p\0\0not a zlib stream", 20));
        expect_sound("colour profile that does not inflate", &file);
        free(file.data);
    }
}

static void image_fixtures_are_sound(void **state)
{
    (void)state;
    static const char *const names[] = {"portrait.jpg", "portrait.png", "cat.png"};
    for (size_t i = 0; i < 3; i++) {
        struct image_file file = image_make_read(names[i]);
        expect_sound(names[i], &file);
        free(file.data);
    }
}

static void image_largest_is_sound_when_it_is_flat(void **state)
{
    (void)state;
    struct image_file jpeg =
        image_make_jpeg(&(struct image_jpeg_recipe){.width = 4095, .height = 4095, .flat = true});
    expect_sound("4095x4095 JPEG", &jpeg);
    struct image_file png = image_make_png(&(struct image_png_recipe){
        .width = 4095, .height = 4095, .colour = 2, .depth = 8, .flat = true});
    expect_sound("4095x4095 PNG", &png);
    free(jpeg.data);
    free(png.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_foreign_is_named_when_it_is_neither_jpeg_nor_png),
        cmocka_unit_test(image_inspect_takes_null_when_the_length_is_zero),
        cmocka_unit_test(image_format_name_names_every_format),
        cmocka_unit_test(image_jpeg_is_sound_in_every_flavour),
        cmocka_unit_test(image_jpeg_is_sound_when_it_carries_what_devices_add),
        cmocka_unit_test(image_orientation_is_read_when_exif_states_it),
        cmocka_unit_test(image_orientation_is_one_when_exif_is_cut_or_points_outside),
        cmocka_unit_test(image_png_is_sound_in_every_flavour),
        cmocka_unit_test(image_png_is_sound_when_sides_are_tiny_and_interlaced),
        cmocka_unit_test(image_png_is_sound_when_it_is_written_unusually),
        cmocka_unit_test(image_fixtures_are_sound),
        cmocka_unit_test(image_largest_is_sound_when_it_is_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
