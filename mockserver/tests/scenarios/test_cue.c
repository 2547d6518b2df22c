/* Cues: found in each of the four places, in right and in hostile bytes; written into a picture
 * they are found again, and the picture stays sound. */
#include "scenarios/cue.h"
#include "testing/guarded.h"
#include "testing/image_cases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

struct text_case {
    const char *text, *name; /* name NULL: no cue */
    bool always;
    const char *key;
};

static void check_texts(const struct text_case *table, size_t count,
                        bool (*find)(struct cue *, struct slice), enum cue_source source)
{
    for (size_t i = 0; i < count; i++) {
        struct cue cue = {CUE_NONE, {NULL, 0}, false, {NULL, 0}};
        bool found = find(&cue, slice_of(table[i].text));
        bool right = found == (table[i].name != NULL) && (found || cue.source != CUE_HEADER);
        if (right && found)
            right = cue.source == source && cue.always == table[i].always &&
                    slice_equal(cue.name, slice_of(table[i].name)) &&
                    (!table[i].key || slice_equal(cue.key, slice_of(table[i].key)));
        if (!right)
            fail_msg("\"%s\": %d \"%.*s\" for \"%.*s\"", table[i].text, found, (int)cue.name.len,
                     cue.name.ptr, (int)cue.key.len, cue.key.ptr);
    }
}

static void cue_is_found_in_a_key(void **state)
{
    (void)state;
    static const struct text_case table[] = {
        {"mock:stall", "stall", false, "mock:stall"},
        {"mock!stall", "stall", true, "mock!stall"},
        {"mock:stall@team-a", "stall", false, "team-a"},
        {"mock!stall@a@b", "stall", true, "a@b"},
        {"mock:stall@", "stall", false, ""},
        {"mock:x y", "x y", false, "mock:x y"},
        {"mock:x", "x", false, "mock:x"},
        {"mock:@team-a", NULL, false, NULL},
        {"mock:", NULL, false, NULL},
        {"mock!", NULL, false, NULL},
        {"mock", NULL, false, NULL},
        {"mock-stall", NULL, false, NULL},
        {"Mock:stall", NULL, false, NULL},
        {"a mock:stall", NULL, false, NULL},
        {"mockup", NULL, false, NULL},
        {"", NULL, false, NULL},
    };
    check_texts(table, ROWS(table), cue_from_key, CUE_KEY);
}

static void cue_is_found_in_a_header(void **state)
{
    (void)state;
    static const struct text_case table[] = {
        {"stall", "stall", false, NULL},   {"!stall", "stall", true, NULL},
        {"!!stall", "!stall", true, NULL}, {"mock:stall", "mock:stall", false, NULL},
        {"x", "x", false, NULL},           {"!x", "x", true, NULL},
        {"!", NULL, false, NULL},          {"", NULL, false, NULL},
    };
    check_texts(table, ROWS(table), cue_from_header, CUE_HEADER);
}

static void cue_is_found_in_a_file_name(void **state)
{
    (void)state;
    static const struct text_case table[] = {
        {"mock-stall.jpg", "stall", false, NULL},
        {"mock!stall.jpg", "stall", true, NULL},
        {"mock-stall", "stall", false, NULL},
        {"mock-a.b-c.png", "a.b-c", false, NULL},
        {"C:\\photos\\mock-stall.jpg", "stall", false, NULL},
        {"/tmp.d/mock-stall.jpg", "stall", false, NULL},
        {"/mock-x", "x", false, NULL},
        {"\\mock-x.jpg", "x", false, NULL},
        {"mock-stall (1).jpg", "stall (1)", false, NULL},
        {"mock-stall/portrait.jpg", NULL, false, NULL},
        {"mock:stall.jpg", NULL, false, NULL},
        {"mock-.jpg", NULL, false, NULL},
        {"mock-", NULL, false, NULL},
        {"a-mock-stall.jpg", NULL, false, NULL},
        {".jpg", NULL, false, NULL},
        {"/", NULL, false, NULL},
        {"", NULL, false, NULL},
    };
    check_texts(table, ROWS(table), cue_from_file_name, CUE_FILE_NAME);
}

/* Pictures */

static struct slice find_in(const struct image_file *file, bool *always)
{
    struct cue cue;
    if (!cue_from_picture(&cue, image_make_slice(file)))
        return slice_make(NULL, 0);
    assert_int_equal(cue.source, CUE_PICTURE);
    if (always)
        *always = cue.always;
    return cue.name;
}

static struct image_file marked(const struct image_file *file, const char *name, bool always)
{
    struct image_file out;
    assert_true(cue_write(&out.data, &out.len, image_make_slice(file), slice_of(name), always));
    return out;
}

/* How often needle stands in the file. */
static size_t occurrences(const struct image_file *file, const char *needle)
{
    size_t found = 0, len = strlen(needle);
    for (size_t i = 0; i + len <= file->len; i++)
        found += memcmp(file->data + i, needle, len) == 0;
    return found;
}

static void require_same_picture(const struct image_file *a, const struct image_file *b)
{
    struct image_facts before, after;
    image_inspect(&before, image_make_slice(a));
    image_inspect(&after, image_make_slice(b));
    if (after.state != IMAGE_SOUND)
        fail_msg("%s", after.why);
    assert_true(image_decode(&after, image_make_slice(b)));
    if (after.state != IMAGE_SOUND)
        fail_msg("%s", after.why);
    assert_int_equal(before.format, after.format);
    assert_int_equal(before.width, after.width);
    assert_int_equal(before.height, after.height);
    assert_int_equal(before.orientation, after.orientation);
    image_decode(&before, image_make_slice(a));
    assert_int_equal(after.oddities & ~before.oddities, 0); /* such as a wrong CRC */
}

static const char *const pictures[] = {
    "portrait.jpg",
    "portrait.png",
    "cat.png",
};

static void cue_survives_being_written_into_a_picture(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pictures); i++) {
        bool always = true;
        struct image_file plain = image_make_read(pictures[i]);
        assert_null(find_in(&plain, NULL).ptr);
        struct image_file one = marked(&plain, "ERROR_BLURRY_FACE", false);
        assert_true(slice_equal(find_in(&one, &always), slice_of("ERROR_BLURRY_FACE")));
        assert_false(always);
        require_same_picture(&plain, &one);
        struct image_file two = marked(&one, "stall", true);
        assert_true(slice_equal(find_in(&two, &always), slice_of("stall")));
        assert_true(always);
        require_same_picture(&plain, &two);
        /* Replaced, not piled up. */
        assert_int_equal(occurrences(&two, "mock:ERROR_BLURRY_FACE"), 0);
        assert_int_equal(occurrences(&two, "mock!stall"), 1);
        struct image_file again = marked(&two, "ERROR_BLURRY_FACE", false);
        assert_int_equal(again.len, one.len);
        assert_memory_equal(again.data, one.data, one.len);
        free(again.data);
        free(two.data);
        free(one.data);
        free(plain.data);
    }
}

static void cue_comes_behind_the_segments_that_must_lead_a_jpeg(void **state)
{
    (void)state;
    unsigned char exif[26];
    struct image_file file = image_make_read("portrait.jpg");
    assert_memory_equal(file.data + 2, "\xff\xe0", 2); /* JFIF */
    size_t app0_end = 4 + ((size_t)file.data[4] << 8 | file.data[5]);
    size_t exif_size = image_make_exif(exif, true, 6);
    image_make_segment(&file, app0_end, 0xe1, slice_make(exif, exif_size));
    image_make_segment(&file, 2, 0xfe, slice_of("mock:before-app0"));

    struct image_file out = marked(&file, "new", false);
    assert_memory_equal(out.data + 2, "\xff\xe0", 2);
    assert_memory_equal(out.data + app0_end, "\xff\xe1", 2);
    size_t exif_end = app0_end + 2 + ((size_t)out.data[app0_end + 2] << 8 | out.data[app0_end + 3]);
    assert_memory_equal(out.data + exif_end, "\xff\xfe\x00\x0amock:new", 12);
    assert_int_equal(occurrences(&out, "mock:before-app0"), 0);
    require_same_picture(&file, &out);
    free(out.data);
    free(file.data);
}

/* Right behind SOI they would make the picture no JPEG. */
static void cue_that_is_replaced_takes_stray_bytes_behind_it_along(void **state)
{
    (void)state;
    struct image_file file = image_make_read("portrait.jpg");
    image_make_insert(&file, 2, "stray", 5);
    image_make_segment(&file, 2, 0xfe, slice_of("mock:old"));
    struct image_file out = marked(&file, "new", false);
    assert_true(slice_equal(find_in(&out, NULL), slice_of("new")));
    assert_memory_equal(out.data + 2, "\xff\xe0", 2);
    assert_int_equal(occurrences(&out, "stray"), 0);
    require_same_picture(&file, &out);
    free(out.data);
    free(file.data);
}

/* Elsewhere stray bytes are no matter of a cue. */
static void cue_that_is_replaced_leaves_other_stray_bytes(void **state)
{
    (void)state;
    struct image_file file = image_make_read("portrait.jpg");
    const size_t app0_end = 4 + ((size_t)file.data[4] << 8 | file.data[5]);
    image_make_insert(&file, app0_end, "stray", 5);
    image_make_segment(&file, 2, 0xfe, slice_of("mock:old"));
    struct image_file out = marked(&file, "new", false);
    assert_int_equal(occurrences(&out, "stray"), 1);
    require_same_picture(&file, &out);
    free(out.data);
    free(file.data);
}

/* The comment comes at the end of such a picture, as long as it is anywhere else. */
static void cue_is_written_where_only_leading_segments_are(void **state)
{
    static const char jpeg[] = "\xff\xd8\xff\xe0\0\3x\xff\xd9", png[] = "\x89PNG\r\n\x1a\n",
                      app15[] = "\xff\xd8\xff\xef\0\3x\xff\xd9", cut[] = "\xff\xd8\xff\xe0\0\2",
                      fill[] = "\xff\xd8\xff\xff\xe0\0\3x\xff\xd9",
                      ihdr[] = "\x89PNG\r\n\x1a\n\0\0\0\0IHDRcrc!",
                      other[] = "\x89PNG\r\n\x1a\n\0\0\0\0IHDXcrc!";
    static const struct {
        const char *bytes;
        size_t size, more, leads; /* bytes that stay before the comment */
    } rows[] = {{jpeg, sizeof jpeg - 1, 4 + 8, 7},   {png, sizeof png - 1, 12 + 8 + 8, 8},
                {app15, sizeof app15 - 1, 4 + 8, 7}, {cut, sizeof cut - 1, 4 + 8, 6},
                {fill, sizeof fill - 1, 4 + 8, 8},   {ihdr, sizeof ihdr - 1, 28, 20},
                {other, sizeof other - 1, 28, 8}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct image_file out;
        struct cue cue;
        assert_true(cue_write(&out.data, &out.len, slice_make(rows[i].bytes, rows[i].size),
                              slice_of("new"), false));
        assert_int_equal(out.len, rows[i].size + rows[i].more);
        assert_memory_equal(out.data, rows[i].bytes, rows[i].leads);
        assert_memory_equal(out.data + rows[i].leads + rows[i].more, rows[i].bytes + rows[i].leads,
                            rows[i].size - rows[i].leads);
        assert_true(cue_from_picture(&cue, image_make_slice(&out)));
        assert_true(slice_equal(cue.name, slice_of("new")));
        free(out.data);
    }
}

static void cue_comes_right_behind_ihdr_with_a_right_crc(void **state)
{
    (void)state;
    struct image_file file = image_make_read("portrait.png");
    struct image_file out = marked(&file, "new", false);
    assert_memory_equal(out.data, file.data, 33);
    assert_memory_equal(out.data + 33, "\x00\x00\x00\x10tEXtComment\0mock:new", 24);
    assert_memory_equal(out.data + 33 + 28, file.data + 33, file.len - 33);
    require_same_picture(&file, &out); /* inspecting checks the CRC */
    free(out.data);
    free(file.data);
}

static void cue_is_found_wherever_other_tools_put_it(void **state)
{
    (void)state;
    struct image_file jpeg = image_make_read("portrait.jpg"), png = image_make_read("portrait.png");
    struct {
        const char *why;
        struct slice comment, text;
        const char *name;
    } table[] = {
        {"plain", slice_of("mock:a"), slice_make("Comment\0mock:a", 14), "a"},
        {"line feed at the end", slice_of("mock:a\n"), slice_make("k\0mock:a\n", 9), "a"},
        {"NUL at the end", slice_make("mock:a\0", 7), slice_make("k\0mock:a\0", 9), "a"},
        {"another comment", slice_of("a mock:a"), slice_make("k\0a mock:a", 10), NULL},
        {"empty name", slice_of("mock:"), slice_make("k\0mock:", 7), NULL},
        {"empty comment", slice_make("", 0), slice_make("k\0", 2), NULL},
        {"another case, no keyword", slice_of("Mock:a"), slice_of("mock:a"), NULL},
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        struct image_file one = image_make_copy(image_make_slice(&jpeg));
        struct image_file two = image_make_copy(image_make_slice(&png));
        image_make_segment(&one, 2, 0xfe, table[i].comment);
        image_make_chunk(&two, image_make_chunk_at(&two, "IEND"), "tEXt", table[i].text);
        const char *name = table[i].name;
        if (!slice_equal(find_in(&two, NULL), slice_of(name)))
            fail_msg("PNG: %s", table[i].why);
        if (!slice_equal(find_in(&one, NULL), slice_of(name)))
            fail_msg("JPEG: %s", table[i].why);
        free(one.data);
        free(two.data);
    }
    free(jpeg.data);
    free(png.data);
}

static void cue_is_in_no_chunk_but_text(void **state)
{
    static const char *const types[] = {"tEXu", "tEYt", "text", "zTXt", "iTXt"};
    (void)state;
    for (size_t i = 0; i < ROWS(types); i++) {
        struct image_file png = image_make_read("portrait.png");
        image_make_chunk(&png, image_make_chunk_at(&png, "IEND"), types[i],
                         slice_make("k\0mock:a", 8));
        if (find_in(&png, NULL).ptr)
            fail_msg("%s", types[i]);
        free(png.data);
    }
}

static void cue_is_found_behind_a_chunk_of_any_name(void **state)
{
    static const char *const types[] = {"IENX", "IXND", "iEND", "abcd"};
    (void)state;
    for (size_t i = 0; i < ROWS(types); i++) {
        struct image_file png = image_make_read("portrait.png");
        image_make_chunk(&png, image_make_chunk_at(&png, "IEND"), "tEXt",
                         slice_make("k\0mock:a", 8));
        image_make_chunk(&png, image_make_chunk_at(&png, "tEXt"), types[i], slice_of("x"));
        if (!slice_equal(find_in(&png, NULL), slice_of("a")))
            fail_msg("%s", types[i]);
        free(png.data);
    }
}

static void cue_is_looked_for_up_to_the_end_of_a_picture(void **state)
{
    (void)state;
    struct image_file png = image_make_read("portrait.png");
    struct image_file jpeg = image_make_read("portrait.jpg");
    image_make_chunk(&png, png.len, "tEXt", slice_make("k\0mock:a", 8));
    image_make_segment(&jpeg, jpeg.len, 0xfe, slice_of("mock:a"));
    assert_null(find_in(&png, NULL).ptr);
    assert_null(find_in(&jpeg, NULL).ptr);
    free(png.data);
    free(jpeg.data);
}

/* A segment may be the last thing of a file, but no byte of it may be missing. */
static void cue_is_found_at_the_end_of_a_cut_picture(void **state)
{
    static unsigned char bytes[] = "\xff\xd8\xff\xfe\0\10mock:a";
    (void)state;
    for (size_t len = sizeof bytes - 2; len < sizeof bytes; len++) {
        struct image_file cut = {.data = bytes, .len = len};
        assert_true(
            slice_equal(find_in(&cut, NULL), slice_of(len == sizeof bytes - 1 ? "a" : NULL)));
    }
}

static void cue_is_found_behind_fill_bytes(void **state)
{
    (void)state;
    struct image_file file = image_make_read("portrait.jpg");
    image_make_segment(&file, 2, 0xfe, slice_of("mock:a"));
    image_make_insert(&file, 2, "\xff\xff\xff", 3);
    assert_true(slice_equal(find_in(&file, NULL), slice_of("a")));
    struct image_file out = marked(&file, "b", false);
    assert_true(slice_equal(find_in(&out, NULL), slice_of("b")));
    assert_int_equal(occurrences(&out, "mock:a"), 0);
    require_same_picture(&file, &out);
    free(out.data);
    free(file.data);
}

/* The marker that begins the first segment of this kind. */
static size_t find_marker(const struct image_file *file, const char marker[2])
{
    const unsigned char *found = memmem(file->data, file->len, marker, 2);
    assert_non_null(found);
    return (size_t)(found - file->data);
}

/* A picture that the mock takes with an oddity before its comment has its cue all the same. */
static void cue_is_found_behind_all_that_the_image_reader_takes(void **state)
{
    (void)state;
    for (size_t i = 0; i < image_case_count(); i++) {
        struct image_file odd;
        const struct image_case *row = image_case_make(&odd, i);
        const bool jpeg = odd.data[0] == 0xff;
        if (row->verdict == IMAGE_CASE_TAKEN) {
            size_t at = jpeg ? find_marker(&odd, "\xff\xda") : image_make_chunk_at(&odd, "IDAT");
            if (jpeg)
                image_make_segment(&odd, at, 0xfe, slice_of("mock:a"));
            else
                image_make_chunk(&odd, at, "tEXt", slice_make("k\0mock:a", 8));
            if (!slice_equal(find_in(&odd, NULL), slice_of("a")))
                fail_msg("%s: there is no cue", row->name);
            struct image_file out = marked(&odd, "b", false);
            if (!slice_equal(find_in(&out, NULL), slice_of("b")))
                fail_msg("%s: the cue is not replaced", row->name);
            require_same_picture(&odd, &out);
            free(out.data);
        }
        free(odd.data);
    }
}

/* Where one byte too far ends the test. */
static void look_everywhere(const char *bytes, size_t len)
{
    struct cue cue;
    unsigned char *written = NULL;
    size_t written_size;
    struct guarded copy = guarded_copy(bytes, len);
    struct slice text = slice_make(copy.bytes, len);
    cue_from_key(&cue, text);
    cue_from_header(&cue, text);
    cue_from_file_name(&cue, text);
    cue_from_picture(&cue, text);
    if (cue_write(&written, &written_size, text, slice_of("x"), false)) {
        assert_in_range(written_size, 3, len + 64);
        assert_true(cue_from_picture(&cue, slice_make(written, written_size)));
        assert_true(slice_equal(cue.name, slice_of("x")));
    } else
        assert_null(written);
    free(written);
    guarded_free(&copy);
}

static void cue_survives_hostile_bytes(void **state)
{
    (void)state;
    static const struct slice table[] = {
        {"", 0},
        {"\xff\xd8\xff", 3},
        {"\xff\xd8\xff\xff", 4},
        {"\xff\xd8\xff\xe0\0\2stray", 11},
        {"\xff\xd8\xff\xfe", 4},
        {"\xff\xd8\xff\xfe\x00\x00", 6},
        {"\xff\xd8\xff\xfe\x00\x01", 6},
        {"\xff\xd8\xff\xfe\x00\x02", 6},
        {"\xff\xd8\xff\xfe\x00\x03", 6},
        {"\xff\xd8\xff\xfe\xff\xffmock:a", 12},
        {"\xff\xd8\xff\xfe\x00\x08mock:", 11},
        {"\xff\xd8\xff\xff\xff\xfe\x00\x08mock:a", 14},
        {"\x89PNG\r\n\x1a\n", 8},
        {"\x89PNG\r\n\x1a\n\xff\xff\xff\xfftEXt", 16},
        {"\x89PNG\r\n\x1a\n\x00\x00\x00\x00tEXt\x00\x00\x00\x00", 20},
        {"\x89PNG\r\n\x1a\n\x00\x00\x00\x01tEXt\x00\x00\x00\x00\x00", 21},
        {"\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND\x00\x00\x00\x00", 20},
        {"\x89PNG\r\n\x1a\n\x7f\xff\xff\xffIDAT\x00\x00\x00\x00", 20},
        {"mock:\0", 6},
        {"mock:@", 6},
        {"/\\.", 3},
    };
    for (size_t i = 0; i < ROWS(table); i++)
        look_everywhere(table[i].ptr, table[i].len);
}

static void cue_survives_a_picture_that_is_cut_off_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(pictures); i++) {
        struct image_file plain = image_make_read(pictures[i]);
        struct image_file file = marked(&plain, "stall", false);
        for (size_t len = 0; len < 1024 && len < file.len; len++)
            look_everywhere((const char *)file.data, len);
        free(file.data);
        free(plain.data);
    }
}

static void cue_is_written_into_pictures_only(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct slice bytes;
        size_t name_len;
    } table[] = {
        {"GIF", {"GIF89a", 6}, 1},
        {"nothing", {"", 0}, 1},
        {"no name", {"\xff\xd8\xff\xd9", 4}, 0},
        {"a name of 1025 bytes", {"\xff\xd8\xff\xd9", 4}, 1025},
    };
    char name[1025];
    struct image_file longest;
    struct cue found;
    memset(name, 'n', sizeof name);
    assert_true(cue_write(&longest.data, &longest.len, slice_make("\xff\xd8\xff\xd9", 4),
                          slice_make(name, CUE_NAME_BYTES_MAX), false));
    assert_true(cue_from_picture(&found, image_make_slice(&longest)));
    assert_int_equal(found.name.len, CUE_NAME_BYTES_MAX);
    free(longest.data);
    for (size_t i = 0; i < ROWS(table); i++) {
        struct cue cue;
        unsigned char *out = (unsigned char *)name;
        assert_false(cue_from_picture(&cue, table[i].bytes));
        size_t size;
        bool written =
            cue_write(&out, &size, table[i].bytes, slice_make(name, table[i].name_len), false);
        if (written || out)
            fail_msg("%s is written to", table[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cue_is_found_in_a_key),
        cmocka_unit_test(cue_is_found_in_a_header),
        cmocka_unit_test(cue_is_found_in_a_file_name),
        cmocka_unit_test(cue_survives_being_written_into_a_picture),
        cmocka_unit_test(cue_comes_behind_the_segments_that_must_lead_a_jpeg),
        cmocka_unit_test(cue_that_is_replaced_takes_stray_bytes_behind_it_along),
        cmocka_unit_test(cue_that_is_replaced_leaves_other_stray_bytes),
        cmocka_unit_test(cue_is_written_where_only_leading_segments_are),
        cmocka_unit_test(cue_comes_right_behind_ihdr_with_a_right_crc),
        cmocka_unit_test(cue_is_found_wherever_other_tools_put_it),
        cmocka_unit_test(cue_is_in_no_chunk_but_text),
        cmocka_unit_test(cue_is_found_behind_a_chunk_of_any_name),
        cmocka_unit_test(cue_is_looked_for_up_to_the_end_of_a_picture),
        cmocka_unit_test(cue_is_found_at_the_end_of_a_cut_picture),
        cmocka_unit_test(cue_is_found_behind_fill_bytes),
        cmocka_unit_test(cue_is_found_behind_all_that_the_image_reader_takes),
        cmocka_unit_test(cue_survives_hostile_bytes),
        cmocka_unit_test(cue_survives_a_picture_that_is_cut_off_anywhere),
        cmocka_unit_test(cue_is_written_into_pictures_only),
    };
    return cmocka_run_group_tests_name("cue", tests, NULL, NULL);
}
