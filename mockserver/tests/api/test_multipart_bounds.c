/* Bounds of the multipart parser, what it notes as odd, and that hostile bodies take linear time.
 */
#include "multipart_checks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#define DASHES "----------------------------------------------------------------------"

static void multipart_parse_notes_what_is_odd(void **state)
{
    static const struct {
        const char *why;
        struct slice boundary, body;
        unsigned oddities;
    } rows[] = {
        {"nothing", BYTES("X"), BYTES(FIELD("c", "1") END), 0},
        {"another header", BYTES("X"), BYTES("--X\r\nA: b\r\n" FORM "name=c\r\n\r\n1\r\n--X--"), 0},
        {"a boundary with a star", BYTES("X*"), BYTES("--X*\r\n" FORM "name=c\r\n\r\n1\r\n--X*--"),
         1u << MULTIPART_ODDITY_boundary_characters},
        {"a boundary that begins with a star", BYTES("*X"),
         BYTES("--*X\r\n" FORM "name=c\r\n\r\n1\r\n--*X--"),
         1u << MULTIPART_ODDITY_boundary_characters},
        {"a boundary of 70 characters", BYTES(DASHES),
         BYTES("--" DASHES "\r\n" FORM "name=c\r\n\r\n1\r\n--" DASHES "--"), 0},
        {"a boundary of 71 characters", BYTES(DASHES "X"),
         BYTES("--" DASHES "X\r\n" FORM "name=c\r\n\r\n1\r\n--" DASHES "X--"),
         1u << MULTIPART_ODDITY_boundary_length},
        {"two types", BYTES("X"),
         BYTES(PART("name=c\r\nContent-Type: a/b\r\nContent-Type: c/d", "1") END),
         1u << MULTIPART_ODDITY_repeated_header},
        {"the same disposition twice", BYTES("X"),
         BYTES("--X\r\n" FORM "name=c\r\n" FORM "name=c\r\n\r\n1\r\n--X--"),
         1u << MULTIPART_ODDITY_repeated_header},
        {"DEL in another header", BYTES("X"),
         BYTES("--X\r\nA: \x7f\r\n" FORM "name=c\r\n\r\n1\r\n--X--"),
         1u << MULTIPART_ODDITY_control_characters},
        {"an attachment", BYTES("X"),
         BYTES("--X\r\nContent-Disposition: attachment; name=c\r\n\r\n1\r\n--X--"),
         1u << MULTIPART_ODDITY_no_form_data},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        if (!parse_checked(&form, rows[i].body, rows[i].boundary, why))
            fail_msg("%s: %s", rows[i].why, why);
        if (form.oddities != rows[i].oddities)
            fail_msg("%s: oddities 0x%x", rows[i].why, form.oddities);
    }
}

/* Repeats text up to size bytes after a well-formed head, without a closing delimiter. */
static char *make_body(const char *head, const char *text, size_t size)
{
    char *body = test_malloc(size);
    size_t used = strlen(head), len = strlen(text);
    memcpy(body, head, used);
    for (; used < size; used++)
        body[used] = text[(used - strlen(head)) % len];
    return body;
}

/* More than 32 parts, and more than 8 KiB of headers. */
static void multipart_parse_notes_many_parts_and_long_headers(void **state)
{
    (void)state;
    enum { EACH = sizeof(FIELD("a", "")) - 1 };
    static const char head[] = "--X\r\n", end[] = "\r\n\r\n\r\n--X--";
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    for (size_t count = 32; count <= 33; count++) {
        char *body = make_body("", FIELD("a", ""), EACH * count + sizeof END - 1);
        memcpy(body + EACH * count, END, sizeof END - 1);
        assert_true(parse_checked(&form, slice_make(body, EACH * count + sizeof END - 1),
                                  slice_of("X"), why));
        assert_int_equal(form.oddities, count > 32 ? 1u << MULTIPART_ODDITY_many_parts : 0);
        test_free(body);
    }
    for (size_t block = 8192; block <= 8193; block++) {
        const size_t kept = block - 4; /* 4: the two CRLF that end the block */
        const size_t size = sizeof head - 1 + kept + sizeof end - 1;
        char *body = make_body("--X\r\n" FORM "name=c\r\nA:", "a", size);
        memcpy(body + sizeof head - 1 + kept, end, sizeof end - 1);
        assert_true(parse_checked(&form, slice_make(body, size), slice_of("X"), why));
        assert_int_equal(form.oddities,
                         block > 8192 ? 1u << MULTIPART_ODDITY_long_part_headers : 0);
        test_free(body);
    }
}

/* Many other parts do not hide a documented field, nor that it is there twice. */
static void multipart_parse_keeps_the_fields_behind_many_parts(void **state)
{
    (void)state;
    enum { EACH = sizeof(FIELD("a", "")) - 1, MANY = 900 };
    static const char tail[] =
        FIELD("image_target", "1") FIELD("image_target", "2") FIELD("service_choice", "3") END;
    char *body = make_body("", FIELD("a", ""), EACH * MANY + sizeof tail);
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    memcpy(body + EACH * MANY, tail, sizeof tail);
    assert_true(
        parse_checked(&form, slice_make(body, EACH * MANY + sizeof tail - 1), slice_of("X"), why));
    assert_int_equal(form.count, MANY + 3);
    for (size_t i = 1; i <= 3; i++)
        assert_true(slice_equal(form.parts[form.kept - i].name,
                                slice_of(i == 1 ? "service_choice" : "image_target")));
    assert_int_equal(form.oddities, 1u << MULTIPART_ODDITY_many_parts);
    test_free(body);
}

/* Fields that come again and again take the places that are left, and no more. */
static void multipart_parse_keeps_no_more_parts_than_it_can(void **state)
{
    (void)state;
    enum { EACH = sizeof(FIELD("a", "")) - 1, FIELD_EACH = sizeof(FIELD("image_target", "")) - 1 };
    enum { MANY = 100, FIELDS = 40 };
    const size_t size = (size_t)EACH * MANY + (size_t)FIELD_EACH * FIELDS + sizeof END - 1;
    char *body = make_body("", FIELD("a", ""), size);
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    char *fields = make_body("", FIELD("image_target", ""), (size_t)FIELD_EACH * FIELDS);
    memcpy(body + EACH * MANY, fields, (size_t)FIELD_EACH * FIELDS);
    memcpy(body + size - (sizeof END - 1), END, sizeof END - 1);
    assert_true(parse_checked(&form, slice_make(body, size), slice_of("X"), why));
    assert_int_equal(form.count, MANY + FIELDS);
    assert_int_equal(form.kept, MULTIPART_KEPT_MAX);
    for (size_t i = 1; i <= 8; i++)
        assert_true(slice_equal(form.parts[MULTIPART_KEPT_MAX - i].name, slice_of("image_target")));
    assert_true(slice_equal(form.parts[0].name, slice_of("a")));
    test_free(fields);
    test_free(body);
}

static void multipart_parse_counts_parts_up_to_its_limit(void **state)
{
    (void)state;
    enum { EACH = sizeof(FIELD("a", "")) - 1, MANY = 10000 };
    char *body = make_body("", FIELD("a", ""), EACH * MANY + 5);
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    for (size_t count = MULTIPART_PARTS_MAX - 1; count <= MULTIPART_PARTS_MAX + 1; count++) {
        char kept[5];
        memcpy(kept, body + EACH * count, 5);
        memcpy(body + EACH * count, END, 5);
        bool ok = parse_checked(&form, slice_make(body, EACH * count + 5), slice_of("X"), why);
        memcpy(body + EACH * count, kept, 5);
        assert_int_equal(ok, count <= MULTIPART_PARTS_MAX);
        assert_int_equal(ok ? form.count : count, count);
        assert_true(!ok || form.kept < MULTIPART_KEPT_MAX); /* places are left for fields */
    }
    assert_non_null(strstr(why, "more than 1000 parts"));
    memcpy(body + EACH * MANY, END, 5);
    assert_false(parse_checked(&form, slice_make(body, EACH * MANY + 5), slice_of("X"), why));
    assert_non_null(strstr(why, "more than 1000 parts"));
    test_free(body);
}

static void multipart_parse_reads_headers_up_to_their_limit(void **state)
{
    (void)state;
    static const char head[] = "--X\r\n",
                      start[] = FORM "name=c\r\nA:", end[] = "\r\n\r\n\r\n--X--";
    for (int over = -1; over <= 1; over++) {
        size_t block = (size_t)(MULTIPART_PART_HEADER_MAX + over);
        size_t filler = block - (sizeof start - 1) - 4; /* 4: the two CRLF that end the block */
        size_t size = sizeof head - 1 + block + sizeof "\r\n--X--" - 1;
        char *body = make_body("--X\r\n" FORM "name=c\r\nA:", "a", size);
        memcpy(body + sizeof head - 1 + sizeof start - 1 + filler, end, sizeof end - 1);
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        bool ok = parse_checked(&form, slice_make(body, size), slice_of("X"), why);
        assert_int_equal(ok, over <= 0);
        if (!ok)
            assert_non_null(strstr(why, "longer than 65536 bytes"));
        test_free(body);
    }
}

/* A body that ends within its headers is cut, as long as they may go on. */
static void multipart_parse_tells_cut_headers_from_long_ones(void **state)
{
    (void)state;
    static const char head[] = "--X\r\n";
    for (size_t block = MULTIPART_PART_HEADER_MAX - 1; block <= MULTIPART_PART_HEADER_MAX + 1;
         block++) {
        char *body = make_body("--X\r\nA:", "a", sizeof head - 1 + block);
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        assert_false(
            parse_checked(&form, slice_make(body, sizeof head - 1 + block), slice_of("X"), why));
        if (!strstr(why, block > MULTIPART_PART_HEADER_MAX ? "longer than 65536 bytes"
                                                           : "ends in the headers of part 1"))
            fail_msg("%zu bytes: %s", block, why);
        test_free(body);
    }
}

/* 5 MB of what is almost a delimiter must take time like 5 MB of anything: about 20 ms. The bound
 * is that high because AddressSanitizer's memmem looks at all of its range on every call (4 s);
 * a quadratic search of our own would take minutes. */
static void multipart_parse_takes_linear_time_when_body_is_hostile(void **state)
{
    (void)state;
    enum { SIZE = 5 * 1024 * 1024 };
    const double bound_ms = 20000;
    static const struct {
        const char *why, *boundary, *head, *text;
    } rows[] = {
        {"dashes alone on a line", "X", FIELD("a", ""), "\r\n--"},
        {"dashes as boundary", "--", "----\r\n" FORM "name=a\r\n\r\n", "\r\n---"},
        {"longer boundaries", "X", START, "\r\n--XY"},
        {"padding to the end", "X", START "\r\n--X", " "},
        {"padding, then text", "X", START, "\r\n--X \t y"},
        {"dashes only", SEVENTY, "", "-"},
        {"seventy dashes sought in dashes", DASHES, "x", "-"},
        {"nearly seventy dashes", DASHES, "", "\r\n-" DASHES},
        {"boundary that ends like its middle",
         "aaaaaaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
         "\r\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {"line breaks in the preamble", "X", "", "\r\n"},
        {"header without an end", "X", "--X\r\nA: ", "a"},
        {"folds without an end", "X", "--X\r\nA: ", "\r\n "},
        {"empty parts", "X", "", "--X\r\n\r\n\r\n"},
        {"parts with a name", "X", "", FIELD("a", "")},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *body = make_body(rows[i].head, rows[i].text, SIZE);
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        struct timespec before, after;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        bool ok = parse_checked(&form, slice_make(body, SIZE), slice_of(rows[i].boundary), why);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        double ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
                    (double)(after.tv_nsec - before.tv_nsec) / 1e6;
        test_free(body);
        if (ok || ms > bound_ms)
            fail_msg("%s: %s after %.0f ms", rows[i].why, ok ? "accepted" : why, ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_parse_notes_what_is_odd),
        cmocka_unit_test(multipart_parse_notes_many_parts_and_long_headers),
        cmocka_unit_test(multipart_parse_keeps_no_more_parts_than_it_can),
        cmocka_unit_test(multipart_parse_tells_cut_headers_from_long_ones),
        cmocka_unit_test(multipart_parse_keeps_the_fields_behind_many_parts),
        cmocka_unit_test(multipart_parse_counts_parts_up_to_its_limit),
        cmocka_unit_test(multipart_parse_reads_headers_up_to_their_limit),
        cmocka_unit_test(multipart_parse_takes_linear_time_when_body_is_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
