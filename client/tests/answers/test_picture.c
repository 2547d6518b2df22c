/* Pictures by their bytes. */
#include "picture.h"
#include "samples.h"
#include "testing/guarded.h"
#include "testing/image_cases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Looks at a copy behind which nothing can be read. */
static struct ai_picture look(const void *bytes, size_t size)
{
    struct ai_picture picture;
    struct guarded copy = guarded_copy(bytes, size);
    ai_picture_look(&picture, copy.bytes, size);
    guarded_free(&copy);
    return picture;
}

static void picture_recognises_whole_files(void **state)
{
    struct ai_picture png = look(SAMPLE_PNG, SAMPLE_PNG_SIZE);
    struct ai_picture jpeg = look(SAMPLE_JPEG, SAMPLE_JPEG_SIZE);
    struct ai_picture longer = look(SAMPLE_JPEG "after the end", SAMPLE_JPEG_SIZE + 13);
    (void)state;
    assert_true(png.whole && png.format == AILAB_FORMAT_PNG);
    assert_true(png.width == 3 && png.height == 2);
    assert_true(jpeg.whole && jpeg.format == AILAB_FORMAT_JPEG);
    assert_true(jpeg.width == 5 && jpeg.height == 4);
    assert_true(longer.whole);
}

/* Decoders skip these, and so does the service. */
static void picture_is_whole_with_odd_bytes_between_its_segments(void **state)
{
    static const struct {
        const char *why, *bytes;
        size_t size;
    } rows[] = {
#define ROW(why, bytes) {why, bytes, sizeof(bytes) - 1}
        ROW("zeros", "\0\0\0"),    ROW("one stray byte", "\x2a"),
        ROW("stuffing", "\xff\0"), ROW("fill bytes", "\xff\xff"),
        ROW("TEM", "\xff\x01"),    ROW("RST", "\xff\xd0\xff\xd7"),
#undef ROW
    };
    const size_t head = 20; /* SOI and APP0 */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char bytes[SAMPLE_JPEG_SIZE + 8];
        memcpy(bytes, SAMPLE_JPEG, head);
        memcpy(bytes + head, rows[i].bytes, rows[i].size);
        memcpy(bytes + head + rows[i].size, &SAMPLE_JPEG[head], SAMPLE_JPEG_SIZE - head);
        struct ai_picture picture = look(bytes, SAMPLE_JPEG_SIZE + rows[i].size);
        if (!picture.whole || picture.width != 5 || picture.height != 4)
            fail_msg("%s: %ux%u, \"%s\"", rows[i].why, picture.width, picture.height, picture.why);
    }
}

static void picture_is_not_whole_when_cut_off_anywhere(void **state)
{
    (void)state;
    for (size_t size = 0; size < SAMPLE_PNG_SIZE; size++) {
        struct ai_picture cut = look(SAMPLE_PNG, size);
        assert_true(!cut.whole && *cut.why);
        assert_int_equal(cut.format, size < 8 ? AILAB_FORMAT_NONE : AILAB_FORMAT_PNG);
    }
    for (size_t size = 0; size < SAMPLE_JPEG_SIZE; size++) {
        struct ai_picture cut = look(SAMPLE_JPEG, size);
        assert_true(!cut.whole && *cut.why);
        assert_int_equal(cut.format, size < 3 ? AILAB_FORMAT_NONE : AILAB_FORMAT_JPEG);
    }
}

/* Decoders read on behind a marker whose length is less than the length's own two bytes. */
static void picture_goes_on_behind_a_segment_that_is_too_short(void **state)
{
    static const char segments[][5] = {"\xff\xe1\x00\x00", "\xff\xe1\x00\x01", "\xff\xfe\x00\x00"};
    const size_t at = 20; /* behind SOI and APP0, before the frame */
    (void)state;
    for (size_t i = 0; i < sizeof segments / sizeof *segments; i++) {
        char bytes[SAMPLE_JPEG_SIZE + 4];
        memcpy(bytes, SAMPLE_JPEG, at);
        memcpy(bytes + at, segments[i], 4);
        memcpy(bytes + at + 4, &SAMPLE_JPEG[at], SAMPLE_JPEG_SIZE - at);
        struct ai_picture right = look(SAMPLE_JPEG, SAMPLE_JPEG_SIZE);
        struct ai_picture picture = look(bytes, sizeof bytes);
        if (!picture.whole || picture.width != right.width || picture.height != right.height)
            fail_msg("row %zu: %ux%u, \"%s\"", i, picture.width, picture.height, picture.why);
    }
}

/* Bytes behind the picture in the program's memory are no part of it. */
static void picture_ends_where_its_size_says(void **state)
{
    (void)state;
    for (size_t size = 0; size < SAMPLE_JPEG_SIZE; size++) {
        struct ai_picture picture;
        ai_picture_look(&picture, SAMPLE_JPEG, size);
        if (picture.whole)
            fail_msg("%zu bytes of %zu are whole", size, SAMPLE_JPEG_SIZE);
    }
}

/* Of the markers from FFC0 to FFCF three begin tables or nothing: DHT, JPG and DAC. The markers
 * beside them begin none. */
static void picture_knows_every_kind_of_frame(void **state)
{
    const size_t at = 21; /* behind SOI, APP0 and the FF of the frame */
    (void)state;
    for (unsigned marker = 0xBF; marker <= 0xD0; marker++) {
        const bool is_frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        char bytes[SAMPLE_JPEG_SIZE];
        memcpy(bytes, SAMPLE_JPEG, sizeof bytes);
        bytes[at] = (char)marker;
        const struct ai_picture picture = look(bytes, sizeof bytes);
        if (picture.whole != is_frame || (is_frame && picture.width != 5))
            fail_msg("FF%X: whole %d, %u wide, \"%s\"", marker, picture.whole, picture.width,
                     picture.why);
    }
}

#define PNG_HEAD "\x89PNG\r\n\x1a\n"
#define IHDR(width, height) "\0\0\0\rIHDR" width height "\x08\x02\0\0\0crc_"
#define IDAT "\0\0\0\1IDATxcrc_"
#define IEND "\0\0\0\0IENDcrc_"

static void picture_takes_sides_as_long_as_those_of_a_jpeg(void **state)
{
    static const char longest[] = PNG_HEAD IHDR("\0\0\xff\xff", "\0\0\xff\xff") IDAT IEND;
    const struct ai_picture picture = look(longest, sizeof longest - 1);
    (void)state;
    assert_true(picture.whole && picture.width == 65535 && picture.height == 65535);
}

/* The shortest frame header has no component; the walk leaves that to decoders. */
static void picture_takes_the_shortest_frame_header(void **state)
{
    static const char bytes[] = "\xff\xd8\xff\xc0\0\x08\x08\0\4\0\5\0"
                                "\xff\xda\0\x08\1\1\0\0\x3f\0\x2a\xff\xd9";
    const struct ai_picture picture = look(bytes, sizeof bytes - 1);
    (void)state;
    assert_true(picture.whole && picture.width == 5 && picture.height == 4);
}

/* A length that makes no sense is forgiven where decoders look at no byte of the segment. */
static void picture_knows_which_segments_decoders_skip(void **state)
{
    (void)state;
    for (unsigned marker = 0xD8; marker <= 0xFE; marker++) {
        const bool is_skipped =
            marker == 0xDC || (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
        char bytes[SAMPLE_JPEG_SIZE + 4];
        if (marker == 0xD9) /* the end */
            continue;
        memcpy(bytes, SAMPLE_JPEG, 2);
        memcpy(bytes + 2, (const char[]){'\xff', (char)marker, 0, 1}, 4);
        memcpy(bytes + 6, &SAMPLE_JPEG[2], SAMPLE_JPEG_SIZE - 2);
        const struct ai_picture picture = look(bytes, sizeof bytes);
        if (picture.whole != is_skipped)
            fail_msg("FF%X of length 1: whole %d, \"%s\"", marker, picture.whole, picture.why);
    }
}

#define JPEG_WITH(frame, scan, end)                                                                \
    "\xff\xd8\xff" frame "\0\x0b\x08\0\4\0\5\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0" scan end
#define JPEG_OF(scan) JPEG_WITH("\xc0", scan, "\xff\xd9")

/* A scan may begin with an FF of its own, or with a restart. */
static void picture_knows_what_belongs_to_a_scan(void **state)
{
    static const struct {
        const char *why, *bytes;
        size_t size;
        bool whole;
    } rows[] = {
#define ROW(why, scan, whole) {why, JPEG_OF(scan), sizeof(JPEG_OF(scan)) - 1, whole}
        ROW("a byte", "\x2a", true),
        ROW("an FF of its own", "\xff\0", true),
        ROW("an FF of its own behind a fill byte", "\xff\xff\0", true),
        ROW("the first restart", "\xff\xd0", true),
        ROW("the last restart", "\xff\xd7", true),
        ROW("the marker before the restarts", "\xff\xcf\0\x0b\x08\0\4\0\5\1\1\x11\0", false),
        ROW("the marker behind the restarts", "\xff\xd8", false),
        ROW("a comment", "\xff\xfe\0\2", false),
#undef ROW
#define ROW(why, jpeg, whole) {why, jpeg, sizeof(jpeg) - 1, whole}
        /* Arithmetic coding leaves trailing zeros out, and so perhaps all of a scan. */
        ROW("an arithmetic frame's nothing", JPEG_WITH("\xc9", "", "\xff\xd9"), true),
        ROW("a progressive arithmetic frame's nothing", JPEG_WITH("\xca", "", "\xff\xd9"), true),
        ROW("a Huffman frame's nothing", JPEG_WITH("\xc1", "", "\xff\xd9"), false),
        ROW("a broken segment before the end", JPEG_WITH("\xc0", "\x2a\xff\xdb\0\0", "\xff\xd9"),
            true),
        ROW("a broken segment and no end", JPEG_WITH("\xc0", "\x2a\xff\xdb\0\0", "\xff"), false),
#undef ROW
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ai_picture picture = look(rows[i].bytes, rows[i].size);
        if (picture.whole != rows[i].whole)
            fail_msg("%s: whole %d, \"%s\"", rows[i].why, picture.whole, picture.why);
    }
}

/* Chunks whose names end otherwise are other chunks. */
static void picture_knows_a_chunk_by_its_whole_name(void **state)
{
#define CHUNK(name) "\0\0\0\1" name "xcrc_"
    static const char whole[] = PNG_HEAD IHDR("\0\0\0\1", "\0\0\0\1") CHUNK("IENd") IDAT IEND;
    static const char empty[] = PNG_HEAD IHDR("\0\0\0\1", "\0\0\0\1") CHUNK("IDAt") IEND;
    static const char headless[] =
        PNG_HEAD "\0\0\0\rIHDr\0\0\0\1\0\0\0\1\x08\x02\0\0\0crc_" IDAT IEND;
#undef CHUNK
    (void)state;
    assert_true(look(whole, sizeof whole - 1).whole);
    assert_false(look(empty, sizeof empty - 1).whole);
    assert_false(look(headless, sizeof headless - 1).whole);
}

static void picture_says_what_is_wrong(void **state)
{
    static const struct {
        const char *why;
        const char *bytes;
        size_t size;
        enum ailab_format format;
        const char *expected; /* part of the sentence */
    } rows[] = {
#define ROW(why, bytes, format, expected) {why, bytes, sizeof(bytes) - 1, format, expected}
        ROW("nothing", "", AILAB_FORMAT_NONE, "neither"),
        ROW("a text", "hello, world", AILAB_FORMAT_NONE, "neither"),
        ROW("a GIF", "GIF89a\1\0\1\0", AILAB_FORMAT_NONE, "neither"),
        ROW("a PNG ruined by text mode", "\x89PNG\n\x1a\n\0\0\0\0", AILAB_FORMAT_NONE, "neither"),
        ROW("half a JPEG signature", "\xff\xd8", AILAB_FORMAT_NONE, "neither"),
        ROW("two thirds of a JPEG signature", "\xff\xd8\xfe\xe0\0\2", AILAB_FORMAT_NONE, "neither"),
        ROW("seven eighths of a PNG signature", "\x89PNG\r\n\x1a\r\0\0\0\0", AILAB_FORMAT_NONE,
            "neither"),
        ROW("a PNG that begins with data", PNG_HEAD IDAT IEND, AILAB_FORMAT_PNG, "IHDR"),
        ROW("a PNG of no width", PNG_HEAD IHDR("\0\0\0\0", "\0\0\0\1") IDAT IEND, AILAB_FORMAT_PNG,
            "0x1"),
        ROW("a PNG of no height", PNG_HEAD IHDR("\0\0\0\1", "\0\0\0\0") IDAT IEND, AILAB_FORMAT_PNG,
            "1x0"),
        ROW("a PNG of two thousand million pixels a side",
            PNG_HEAD IHDR("\x7f\xff\xff\xff", "\x7f\xff\xff\xff") IDAT IEND, AILAB_FORMAT_PNG,
            "pixels"),
        ROW("a PNG one pixel too wide", PNG_HEAD IHDR("\0\1\0\0", "\0\0\0\1") IDAT IEND,
            AILAB_FORMAT_PNG, "65536x1"),
        ROW("a PNG one pixel too high", PNG_HEAD IHDR("\0\0\0\1", "\0\1\0\0") IDAT IEND,
            AILAB_FORMAT_PNG, "1x65536"),
        ROW("a PNG without data", PNG_HEAD IHDR("\0\0\0\1", "\0\0\0\1") IEND, AILAB_FORMAT_PNG,
            "IDAT"),
        ROW("a PNG chunk as long as a number can be",
            PNG_HEAD IHDR("\0\0\0\1", "\0\0\0\1") "\xff\xff\xff\xffIDATxcrc_" IEND,
            AILAB_FORMAT_PNG, "cut off in the chunk at byte 34 of "),
        ROW("a JPEG without pictures", "\xff\xd8\xff\xd9", AILAB_FORMAT_JPEG, "data"),
        ROW("a JPEG with rubbish between segments", "\xff\xd8\xff\xe0\0\2rubbish",
            AILAB_FORMAT_JPEG, "marker at byte 7"),
        ROW("a JPEG segment of length 0", "\xff\xd8\xff\xdb\0\0\xff\xd9", AILAB_FORMAT_JPEG,
            "cut off or broken at byte 3 of 8"),
        ROW("a JPEG frame header too short", "\xff\xd8\xff\xc0\0\5\x08\0\4\xff\xd9",
            AILAB_FORMAT_JPEG, "a frame header of 5 bytes at byte 3"),
        ROW("a JPEG that ends behind a segment", "\xff\xd8\xff\xdb\0\2", AILAB_FORMAT_JPEG,
            "broken at byte 7 of 6"),
        ROW("a JPEG frame header one byte too short before a right one",
            "\xff\xd8\xff\xc0\0\7\x08\0\4\0\5\xff\xc0\0\x0b\x08\0\4\0\5\1\1\x11\0"
            "\xff\xda\0\x08\1\1\0\0\x3f\0\x2a\xff\xd9",
            AILAB_FORMAT_JPEG, "a frame header of 7 bytes"),
        ROW("a JPEG frame header too short before a right one",
            "\xff\xd8\xff\xc0\0\5\x08\0\4\xff\xc0\0\x0b\x08\0\4\0\5\1\1\x11\0"
            "\xff\xda\0\x08\1\1\0\0\x3f\0\x2a\xff\xd9",
            AILAB_FORMAT_JPEG, "frame header"),
        ROW("a JPEG of no height", "\xff\xd8\xff\xc0\0\x0b\x08\0\0\0\5\1\1\x11\0\xff\xd9",
            AILAB_FORMAT_JPEG, "5x0"),
        ROW("a JPEG scan before its frame", "\xff\xd8\xff\xda\0\x08\1\1\0\0\x3f\0\x2a\xff\xd9",
            AILAB_FORMAT_JPEG, "before"),
        ROW("a JPEG scan that never ends",
            "\xff\xd8\xff\xc0\0\x0b\x08\0\4\0\5\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0\x2a\xff\0",
            AILAB_FORMAT_JPEG, "cut off or broken at byte 29 of 28"),
        ROW("a JPEG scan that ends with the file",
            "\xff\xd8\xff\xc0\0\x0b\x08\0\4\0\5\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0\x2a",
            AILAB_FORMAT_JPEG, "cut off or broken at byte 27 of 26"),
        ROW("a JPEG scan without a byte",
            "\xff\xd8\xff\xc0\0\x0b\x08\0\4\0\5\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0\xff\xd9",
            AILAB_FORMAT_JPEG, "data"),
#undef ROW
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ai_picture picture = look(rows[i].bytes, rows[i].size);
        if (picture.whole || picture.format != rows[i].format ||
            !strstr(picture.why, rows[i].expected))
            fail_msg("%s: whole %d, format %d, \"%s\"", rows[i].why, picture.whole, picture.format,
                     picture.why);
    }
}

static void picture_is_whole_when_only_a_decoder_could_refuse_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < image_case_count(); i++) {
        struct image_file file;
        const struct image_case *expected = image_case_make(&file, i);
        const struct ai_picture picture = look(file.data, file.len);
        if (picture.whole != (expected->verdict != IMAGE_CASE_REFUSED) ||
            picture.whole != (*picture.why == '\0'))
            fail_msg("%s: whole %d, \"%s\"", expected->name, picture.whole, picture.why);
        free(file.data);
    }
}

static void picture_reads_real_files(void **state)
{
    static const struct {
        const char *name;
        enum ailab_format format;
        unsigned width, height;
    } rows[] = {
        {"portrait.jpg", AILAB_FORMAT_JPEG, 512, 512},
        {"portrait.png", AILAB_FORMAT_PNG, 512, 512},
        {"cat.png", AILAB_FORMAT_PNG, 451, 300},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[512];
        static unsigned char bytes[2000000];
        snprintf(path, sizeof path, "%s/fixtures/images/%s", AILAB_SOURCE_DIR, rows[i].name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        struct ai_picture picture = look(bytes, size);
        if (!picture.whole || picture.format != rows[i].format || picture.width != rows[i].width ||
            picture.height != rows[i].height)
            fail_msg("%s: %ux%u, \"%s\"", rows[i].name, picture.width, picture.height, picture.why);
        assert_false(look(bytes, size / 2).whole);
        assert_false(look(bytes, size - 1).whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_recognises_whole_files),
        cmocka_unit_test(picture_is_whole_with_odd_bytes_between_its_segments),
        cmocka_unit_test(picture_takes_sides_as_long_as_those_of_a_jpeg),
        cmocka_unit_test(picture_is_not_whole_when_cut_off_anywhere),
        cmocka_unit_test(picture_goes_on_behind_a_segment_that_is_too_short),
        cmocka_unit_test(picture_ends_where_its_size_says),
        cmocka_unit_test(picture_knows_every_kind_of_frame),
        cmocka_unit_test(picture_takes_the_shortest_frame_header),
        cmocka_unit_test(picture_knows_which_segments_decoders_skip),
        cmocka_unit_test(picture_knows_what_belongs_to_a_scan),
        cmocka_unit_test(picture_knows_a_chunk_by_its_whole_name),
        cmocka_unit_test(picture_says_what_is_wrong),
        cmocka_unit_test(picture_is_whole_when_only_a_decoder_could_refuse_it),
        cmocka_unit_test(picture_reads_real_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
