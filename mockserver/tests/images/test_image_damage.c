/* That damage is found and told: structure by a table of one wrong thing each, cut-off files at
 * every place, flipped, zeroed, missing and swapped bytes. What no decoder can notice in a JPEG,
 * whose image data carries no checksum, is bounded by rates that were measured. */
#include "images/image.h"
#include "testing/image_make.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct image_facts judge(struct slice bytes)
{
    /* A block of its exact size, so that a sanitizer sees one byte too far. */
    struct image_file copy = image_make_copy(bytes);
    struct image_facts facts;
    image_inspect(&facts, image_make_slice(&copy));
    if (facts.state == IMAGE_SOUND)
        assert_true(image_decode(&facts, image_make_slice(&copy)));
    free(copy.data);
    return facts;
}

static void expect_damaged(const char *expected, const struct image_file *file)
{
    struct image_facts facts = judge(image_make_slice(file));
    if (facts.state != IMAGE_DAMAGED || !strstr(facts.why, expected))
        fail_msg("expected \"%s\", not state %d \"%s\"", expected, facts.state, facts.why);
}

static void expect_no_prefix_is_sound(struct image_file *file, size_t step)
{
    size_t whole = file->len;
    for (size_t len = 0; len < whole; len += step) {
        struct image_facts facts = judge(slice_make(file->data, len));
        char ends[40];
        snprintf(ends, sizeof ends, "ends at byte %zu ", len);
        if (len >= 8)
            assert_int_equal(facts.state, IMAGE_DAMAGED);
        else
            assert_int_not_equal(facts.state, IMAGE_SOUND);
        if (facts.state == IMAGE_DAMAGED && !strstr(facts.why, ends))
            fail_msg("cut at %zu of %zu: %s", len, whole, facts.why);
    }
    assert_int_equal(judge(image_make_slice(file)).state, IMAGE_SOUND);
    free(file->data);
}

static void image_jpeg_is_damaged_when_cut_off_anywhere(void **state)
{
    (void)state;
    static const struct image_jpeg_recipe recipes[] = {
        {.why = "baseline"},
        {.why = "progressive", .progressive = true},
        {.why = "restarts", .restart_mcus = 3},
        {.why = "arithmetic", .arithmetic = true},
        {.why = "CMYK", .components = 4},
    };
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++) {
        struct image_file file = image_make_jpeg(&recipes[i]);
        expect_no_prefix_is_sound(&file, file.len / 200);
    }
    struct image_file tiny =
        image_make_jpeg(&(struct image_jpeg_recipe){.width = 16, .height = 16});
    expect_no_prefix_is_sound(&tiny, 1);
}

static void image_png_is_damaged_when_cut_off_anywhere(void **state)
{
    (void)state;
    static const struct image_png_recipe recipes[] = {
        {.why = "RGB", .colour = 2, .depth = 8},
        {.why = "interlaced", .colour = 6, .depth = 16, .interlaced = true},
        {.why = "palette", .colour = 3, .depth = 8, .transparent = true, .idat_size = 500},
    };
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++) {
        struct image_file file = image_make_png(&recipes[i]);
        expect_no_prefix_is_sound(&file, file.len / 200);
    }
    struct image_file tiny = image_make_png(&(struct image_png_recipe){
        .width = 8, .height = 8, .colour = 3, .depth = 2, .extras = true});
    expect_no_prefix_is_sound(&tiny, 1);
}

/* As a cut-off file that a tool closed again. */
static void image_jpeg_is_damaged_when_rows_are_missing_before_the_end(void **state)
{
    (void)state;
    struct image_file file = image_make_jpeg(&(struct image_jpeg_recipe){.why = "baseline"});
    size_t scan = image_make_scan_at(&file);
    for (unsigned i = 1; i < 100; i++) {
        struct image_file cut =
            image_make_copy(slice_make(file.data, scan + (file.len - scan) * i / 100));
        image_make_insert(&cut, cut.len, "\xff\xd9", 2);
        assert_int_equal(judge(image_make_slice(&cut)).state, IMAGE_DAMAGED);
        free(cut.data);
    }
    free(file.data);
}

static bool in_ancillary_chunk(const struct image_file *file, size_t byte)
{
    size_t at = 8;
    while (at < byte) {
        const unsigned char *d = file->data + at;
        const size_t next = at + 12 + ((size_t)d[2] << 8 | d[3]);
        if (byte < next)
            return (d[4] & 0x20) != 0;
        at = next;
    }
    return false;
}

/* Where a decoder must look, a wrong byte is damage; elsewhere it is told all the same. */
static void image_png_damage_is_told_when_any_byte_differs(void **state)
{
    (void)state;
    struct image_file file = image_make_png(&(struct image_png_recipe){
        .width = 40, .height = 30, .colour = 3, .depth = 8, .extras = true, .transparent = true});
    for (size_t at = 0; at < file.len; at++)
        for (unsigned char flip = 1; flip; flip = (unsigned char)(flip << 3)) {
            file.data[at] ^= flip;
            struct image_facts facts = judge(image_make_slice(&file));
            file.data[at] ^= flip;
            const bool forgiven =
                facts.state == IMAGE_SOUND && facts.oddities != 0 && in_ancillary_chunk(&file, at);
            if (facts.state == IMAGE_SOUND && !forgiven)
                fail_msg("bits %02X of byte %zu differ and nothing is said", flip, at);
        }
    free(file.data);
}

/* Damages the image data, which lies between `from` and `to`, at `at`. */
typedef void make_damage(struct image_file *file, size_t at, size_t from, size_t to);

static void zero_64(struct image_file *file, size_t at, size_t from, size_t to)
{
    (void)from;
    (void)to;
    memset(file->data + at, 0, 64);
}

static void zero_512(struct image_file *file, size_t at, size_t from, size_t to)
{
    (void)from;
    (void)to;
    memset(file->data + at, 0, 512);
}

static void cut_64(struct image_file *file, size_t at, size_t from, size_t to)
{
    (void)from;
    (void)to;
    memmove(file->data + at, file->data + at + 64, file->len - at - 64);
    file->len -= 64;
}

static void repeat_64(struct image_file *file, size_t at, size_t from, size_t to)
{
    (void)from;
    (void)to;
    unsigned char twice[64];
    memcpy(twice, file->data + at, 64);
    image_make_insert(file, at, twice, 64);
}

static void swap_parts(struct image_file *file, size_t at, size_t from, size_t to)
{
    struct image_file first = image_make_copy(slice_make(file->data + from, at - from));
    memmove(file->data + from, file->data + at, to - at);
    memcpy(file->data + from + (to - at), first.data, first.len);
    free(first.data);
}

static void flip_bit(struct image_file *file, size_t at, size_t from, size_t to)
{
    (void)from;
    (void)to;
    file->data[at] ^= 0x10;
}

/* Found is damage that is refused, or told as an oddity: data that lost its place may decode to the
 * last row and leave some over. */
static unsigned percent_found(const struct image_file *file, make_damage *damage)
{
    enum { TRIES = 200 };
    unsigned found = 0;
    size_t from = image_make_scan_at(file), to = file->len - 2;
    for (unsigned i = 0; i < TRIES; i++) {
        struct image_file copy = image_make_copy(image_make_slice(file));
        damage(&copy, from + 1 + (to - from - 600) * i / TRIES, from, to);
        const struct image_facts facts = judge(image_make_slice(&copy));
        found += facts.state == IMAGE_DAMAGED || facts.oddities != 0;
        free(copy.data);
    }
    return found * 100 / TRIES;
}

static void image_jpeg_damage_is_found_as_often_as_measured(void **state)
{
    (void)state;
    enum { PICTURES = 4 };
    static const struct image_jpeg_recipe recipes[PICTURES] = {
        {.why = "baseline"},
        {.why = "4:4:4, quality 90", .quality = 90, .h = 1, .v = 1},
        {.why = "restarts", .restart_mcus = 16},
        {.why = "progressive", .progressive = true},
    };
    static const struct {
        const char *why;
        make_damage *damage;
        unsigned least[PICTURES]; /* percent, some points below what was measured */
    } cases[] = {
        {"512 bytes zeroed", zero_512, {90, 90, 90, 85}},
        {"64 bytes repeated", repeat_64, {90, 90, 80, 80}},
        {"64 bytes missing", cut_64, {65, 85, 65, 65}},
        {"64 bytes zeroed", zero_64, {40, 65, 40, 60}},
        {"two parts swapped", swap_parts, {75, 65, 95, 95}},
        {"one bit flipped", flip_bit, {8, 15, 8, 30}},
    };
    for (size_t p = 0; p < PICTURES; p++) {
        struct image_file file = image_make_jpeg(&recipes[p]);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            unsigned found = percent_found(&file, cases[i].damage);
            print_message("%s, %s: %u %% found\n", recipes[p].why, cases[i].why, found);
            if (found < cases[i].least[p])
                fail_msg("%s, %s: found %u %%, least %u %%", recipes[p].why, cases[i].why, found,
                         cases[i].least[p]);
        }
        free(file.data);
    }
}

/* Segments after SOI, by hand: one gray 8x8 block; its table has one code, 0, for "no change". */
#define JPEG_DQT                                                                                   \
    "\xff\xdb\0\x43\0"                                                                             \
    "1111111111111111111111111111111111111111111111111111111111111111"
#define JPEG_SOF "\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x11\0"
#define JPEG_DHT_DC "\xff\xc4\0\x14\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define JPEG_DHT_AC "\xff\xc4\0\x14\x10\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define JPEG_SOS "\xff\xda\0\x08\1\1\0\0\x3f\0"
#define JPEG_TABLES JPEG_DQT JPEG_DHT_DC JPEG_DHT_AC

static void image_jpeg_damage_is_told_when_one_thing_is_wrong(void **state)
{
    (void)state;
#define CASE(body, expected)                                                                       \
    {                                                                                              \
        body, sizeof(body) - 1, expected                                                           \
    }
    static const struct {
        const char *body;
        size_t len;
        const char *expected; /* "" when sound */
    } cases[] = {
        CASE(JPEG_TABLES JPEG_SOF JPEG_SOS "\x3f\xff\xd9", ""),
        CASE(JPEG_TABLES JPEG_SOF JPEG_SOS "\x3f\xff\xff\xd9", ""),
        CASE("\xff\xd9", "without a frame header (SOF)"),
        CASE(JPEG_TABLES JPEG_SOF "\xff\xd9", "without image data of every component"),
        CASE(JPEG_TABLES JPEG_SOS "\x3f\xff\xd9", "scan (SOS) before the frame header"),
        CASE(JPEG_TABLES JPEG_SOF JPEG_SOF JPEG_SOS "\x3f\xff\xd9", "second frame header at byte"),
        CASE("\xff\xdb\0\1", "segment DQT at byte 2 of length 1"),
        CASE("\xff\xe5\0", "ends at byte 5 inside segment APP5"),
        CASE("\xff\xfe\0\x09 abc", "ends at byte 10 inside segment COM"),
        CASE("\xff\x02\0\2", "unknown marker FF02 at byte 2"),
        CASE("\xff\xd8\xff\xd9", "unknown marker FFD8 at byte 2"),
        CASE("\xff\xfe\0\2*", "ends at byte 7 without the end marker"),
        CASE("\xff\xfe\0\2\xff\0\0", "ends at byte 9 without the end marker"),
        CASE("\xff\xc0\0\x0b\x08\0\0\0\x08\1\1\x11\0", "the height is 0"),
        CASE("\xff\xc0\0\x0b\x08\0\x08\0\0\1\1\x11\0", "the width is 0"),
        CASE("\xff\xc1\0\x0b\x0c\0\x08\0\x08\1\1\x11\0", "12 bits per sample"),
        CASE("\xff\xc3\0\x0b\x08\0\x08\0\x08\1\1\x11\0", "lossless"),
        CASE("\xff\xcb\0\x0b\x08\0\x08\0\x08\1\1\x11\0", "lossless"),
        CASE("\xff\xc0\0\x0e\x08\0\x08\0\x08\2\1\x11\0\2\x11\0", "2 components"),
        CASE("\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x01\0", "sampling 0x1 of component 1"),
        CASE("\xff\xc0\0\x11\x08\0\x08\0\x08\3\1\x31\0\2\x21\0\3\x11\0", "broken fraction"),
        CASE("\xff\xc0\0\x0c\x08\0\x08\0\x08\1\1\x11\0\0", "frame header (SOF0) of wrong length"),
        CASE(JPEG_TABLES JPEG_SOF "\xff\xda\0\x07\1\1\0\0\x3f\x3f\xff\xd9",
             "scan header (SOS) of wrong length"),
        CASE(JPEG_TABLES JPEG_SOF "\xff\xda\0\x08\1\7\0\0\x3f\0\x3f\xff\xd9",
             "component that the frame header lacks"),
        CASE(JPEG_DQT JPEG_SOF JPEG_SOS "\x2b\xff\xd9", "") /* the tables everybody knows */,
        CASE(JPEG_DHT_DC JPEG_DHT_AC JPEG_SOF JPEG_SOS "\x3f\xff\xd9", "antization table"),
        CASE(JPEG_TABLES JPEG_SOF JPEG_SOS "\xff\xd9", "premature end"),
        CASE(JPEG_TABLES JPEG_SOF JPEG_SOS "\xbf\xbf\xbf\xbf\xff\xd9", "bad Huffman code"),
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_file file = image_make_copy(slice_make("\xff\xd8", 2));
        image_make_insert(&file, 2, cases[i].body, cases[i].len);
        if (*cases[i].expected) {
            expect_damaged(cases[i].expected, &file);
        } else {
            struct image_facts facts = judge(image_make_slice(&file));
            assert_string_equal(facts.why, "");
        }
        free(file.data);
    }
}

static void image_jpeg_is_damaged_when_scans_have_no_end(void **state)
{
    (void)state;
    struct image_file file =
        image_make_copy(slice_make("\xff\xd8" JPEG_TABLES "\xff\xc2\0\x0b\x08\0\x08\0\x08\1\1\x11\0"
                                   "\xff\xda\0\x08\1\1\0\0\0\0\x3f\xff\xd9",
                                   2 + sizeof(JPEG_TABLES) - 1 + 13 + 10 + 3));
    size_t end = file.len - 2;
    for (int i = 1; i < 100; i++)
        image_make_insert(&file, end, "\xff\xda\0\x08\1\1\0\1\x3f\0\x3f", 11);
    assert_string_equal(judge(image_make_slice(&file)).why, "");
    image_make_insert(&file, end, "\xff\xda\0\x08\1\1\0\1\x3f\0\x3f", 11);
    expect_damaged("more than 100 scans", &file);
    free(file.data);
}

static struct image_file small_png(int colour)
{
    return image_make_png(
        &(struct image_png_recipe){.width = 8, .height = 8, .depth = 8, .colour = colour});
}

/* Removes the chunk and returns its place. */
static size_t drop_chunk(struct image_file *file, const char *type)
{
    size_t at = image_make_chunk_at(file, type);
    const unsigned char *d = file->data + at;
    size_t size = 12 + ((size_t)d[2] << 8 | d[3]);
    memmove(file->data + at, file->data + at + size, file->len - at - size);
    file->len -= size;
    return at;
}

static void image_png_damage_is_told_when_a_chunk_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *drop, *at, *add; /* remove; before which chunk; add, may be NULL */
        struct slice body;
        const char *expected;
    } cases[] = {
        {"IHDR", NULL, NULL, {0}, "starts with chunk PLTE: IHDR would be right"},
        {"PLTE", NULL, NULL, {0}, "without a palette (PLTE) before"},
        {"IDAT", NULL, NULL, {0}, "without image data (IDAT)"},
        {"IEND", NULL, NULL, {0}, "without the end chunk (IEND)"},
        {NULL, "IDAT", "IHDR", {"0123456789abc", 13}, "may stand only once"},
        {NULL, "IDAT", "PLTE", {"rgb", 3}, "there was one before"},
        {"PLTE", "IDAT", "PLTE", {"rgb!", 4}, "chunk PLTE of 4 bytes"},
        {"PLTE", "IDAT", "PLTE", {NULL, 0}, "chunk PLTE of 0 bytes"},
        {NULL, "IDAT", "ABcD", {"x", 1}, "no decoder knows but must"},
        {NULL, "IDAT", "a1cD", {"x", 1}, "type is not four letters"},
        {"IEND", NULL, "IEND", {"x", 1}, "chunk IEND of 1 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_file file = small_png(3);
        if (cases[i].drop)
            drop_chunk(&file, cases[i].drop);
        if (cases[i].add) {
            size_t at = cases[i].at ? image_make_chunk_at(&file, cases[i].at) : file.len;
            image_make_chunk(&file, at, cases[i].add, cases[i].body);
        }
        expect_damaged(cases[i].expected, &file);
        free(file.data);
    }
    struct image_file file = small_png(0);
    image_make_chunk(&file, image_make_chunk_at(&file, "IDAT"), "IDAT", slice_make(NULL, 0));
    image_make_chunk(&file, image_make_chunk_at(&file, "IDAT") + 12, "tEXt", slice_of("k"));
    expect_damaged("after another kind of chunk", &file);
    free(file.data);
}

static void image_png_damage_is_told_when_the_header_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *header; /* 13 bytes */
        const char *expected;
    } cases[] = {
        {"\0\0\0\0\0\0\0\x08\x08\0\0\0\0", "the width is 0"},
        {"\0\0\0\x08\0\0\0\0\x08\0\0\0\0", "the height is 0"},
        {"\x80\0\0\0\0\0\0\x08\x08\0\0\0\0", "a side of 2147483648 pixels"},
        {"\0\0\0\x08\0\0\0\x08\x03\0\0\0\0", "colour type 0 with 3 bits"},
        {"\0\0\0\x08\0\0\0\x08\x04\2\0\0\0", "colour type 2 with 4 bits"},
        {"\0\0\0\x08\0\0\0\x08\x10\3\0\0\0", "colour type 3 with 16 bits"},
        {"\0\0\0\x08\0\0\0\x08\x08\1\0\0\0", "colour type 1 with 8 bits"},
        {"\0\0\0\x08\0\0\0\x08\x08\7\0\0\0", "colour type 7 with 8 bits"},
        {"\0\0\0\x08\0\0\0\x08\x08\0\1\0\0", "compression method 1"},
        {"\0\0\0\x08\0\0\0\x08\x08\0\0\1\0", "filter method 1"},
        {"\0\0\0\x08\0\0\0\x08\x08\0\0\0\2", "interlace method 2"},
        {"\0\0\0\x08\0\0\0\x09\x08\0\0\0\0", "ends 1 rows too early"},
        {"\0\0\0\x09\0\0\0\x08\x08\0\0\0\0", "ends 1 rows too early"},
        {"\0\0\0\x09\0\0\0\x08\x08\0\0\0\1", "too early in an interlace pass"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_file file = image_make_png(
            &(struct image_png_recipe){.width = 8, .height = 8, .depth = 8, .flat = true});
        image_make_chunk(&file, drop_chunk(&file, "IHDR"), "IHDR", slice_make(cases[i].header, 13));
        expect_damaged(cases[i].expected, &file);
        free(file.data);
    }
}

static void image_png_damage_is_told_when_the_image_data_is_wrong(void **state)
{
    (void)state;
    /* zlib streams of a 1x1 gray picture: the filter type and one pixel, stored. */
    static const struct {
        const char *data;
        size_t len;
        const char *expected; /* "" when sound */
    } cases[] = {
        {"\x78\1\1\2\0\xfd\xff\0\7\0\x09\0\x08", 13, ""},
        {"\x78\1\1\2\0\xfd\xff\0\7\0\x09\0\x08 surplus", 21, ""},
        {"\x78\1\1\3\0\xfc\xff\0\7\7\0\x18\0\x0f", 14, ""}, /* a pixel too many */
        {"\x78\1\1\3\0\xfc\xff\0\7\7", 10, "without its checksum"},
        {"\x78\1\1\2\0\xfd\xff\5\7\0\x13\0\x0d", 13, "filter type 5"},
        {"\x78\1\1\2\0\xfd\xff\0\7\0\x09\0\x09", 13, "incorrect data check"},
        {"\x78\1\1\2\0\xfd\xff\0\7\0\x09\0", 12, "without its checksum"},
        {"\x78\1\1\2\0\xfd\xfe\0\7\0\x09\0\x08", 13, "invalid stored block lengths"},
        {"\x78\1\1\1\0\xfe\xff\0\0\1\0\1", 12, "ends 1 rows too early"},
        {"\x79\1\1\2\0\xfd\xff\0\7\0\x09\0\x08", 13, "incorrect header check"},
        {"\x78\x20\0\0\0\1", 6, "needs a dictionary"},
        {"", 0, "ends 1 rows too early"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_file file =
            image_make_png(&(struct image_png_recipe){.width = 1, .height = 1, .depth = 8});
        size_t at = drop_chunk(&file, "IDAT");
        image_make_chunk(&file, at, "IDAT", slice_make(cases[i].data, cases[i].len));
        if (*cases[i].expected)
            expect_damaged(cases[i].expected, &file);
        else
            assert_string_equal(judge(image_make_slice(&file)).why, "");
        free(file.data);
    }
}

/* The data of a 600x600 picture in a file that claims 8x8. */
static void image_png_is_damaged_when_its_data_goes_on_and_on(void **state)
{
    (void)state;
    struct image_file file = image_make_png(
        &(struct image_png_recipe){.width = 600, .height = 600, .depth = 8, .flat = true});
    image_make_chunk(&file, drop_chunk(&file, "IHDR"), "IHDR",
                     slice_make("\0\0\0\x08\0\0\0\x08\x08\0\0\0\0", 13));
    expect_damaged("goes on for more than 65536 bytes behind the last row", &file);
    free(file.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_jpeg_is_damaged_when_cut_off_anywhere),
        cmocka_unit_test(image_png_is_damaged_when_cut_off_anywhere),
        cmocka_unit_test(image_jpeg_is_damaged_when_rows_are_missing_before_the_end),
        cmocka_unit_test(image_png_damage_is_told_when_any_byte_differs),
        cmocka_unit_test(image_jpeg_damage_is_found_as_often_as_measured),
        cmocka_unit_test(image_jpeg_damage_is_told_when_one_thing_is_wrong),
        cmocka_unit_test(image_jpeg_is_damaged_when_scans_have_no_end),
        cmocka_unit_test(image_png_damage_is_told_when_a_chunk_is_wrong),
        cmocka_unit_test(image_png_damage_is_told_when_the_header_is_wrong),
        cmocka_unit_test(image_png_damage_is_told_when_the_image_data_is_wrong),
        cmocka_unit_test(image_png_is_damaged_when_its_data_goes_on_and_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
