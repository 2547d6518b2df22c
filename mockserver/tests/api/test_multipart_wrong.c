/* Wrong bodies are refused with a reason that names the fault. */
#include "multipart_checks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void multipart_parse_says_why_when_body_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct slice body;
        const char *reason;
    } rows[] = {
        {"empty", {NULL, 0}, "holds no line \"--X\" ended by CRLF"},
        {"no delimiter", BYTES("service_choice=10"), "holds no line \"--X\""},
        {"another boundary", BYTES("--Y\r\n" FORM "name=c\r\n\r\n1\r\n--Y--\r\n"),
         "Content-Type names"},
        {"only a longer boundary", BYTES("--XY\r\n" FORM "name=c\r\n\r\n1\r\n--XY--"), "no line"},
        {"delimiter and nothing else", BYTES("--X\r\n"), "ends in the headers of part 1"},
        {"headers cut", BYTES("--X\r\n" FORM "name=c\r\n"), "ends in the headers of part 1"},
        {"no closing delimiter", BYTES(FIELD("c", "1") FIELD("d", "2")),
         "ends in part 2; expected the closing delimiter \"--X--\""},
        {"half a closing delimiter", BYTES(FIELD("c", "1") "--X-\r\n"), "expected the closing"},
        {"padding before the closing dashes", BYTES(FIELD("c", "1") "--X --\r\n"),
         "expected the clos"},
        {"next part cut at its delimiter", BYTES(FIELD("c", "1") "--X\r\n"), "headers of part 2"},
        {"bare LF throughout", BYTES("--X\n" FORM "name=c\n\n1\n--X--\n"),
         "the delimiter before part 1 ends in a bare LF; expected CRLF"},
        {"bare LF after a later delimiter",
         BYTES(FIELD("c", "1") "--X\n" FORM "name=d\r\n\r\n2\r\n--X--"),
         "the delimiter after part 1 ends in a bare LF"},
        {"bare LF after a header", BYTES(PART("name=c\nA: b", "1") END),
         "part 1: a header line ends in a bare LF"},
        {"bare LF as the empty line", BYTES("--X\r\n" FORM "name=c\r\n\n1\r\n--X--"), "bare LF"},
        {"zero headers", BYTES("--X\r\n\r\n1\r\n--X--"), "part 1 has no Content-Disposition"},
        {"zero headers, no body", BYTES("--X\r\n\r\n\r\n--X--"),
         "part 1 has no Content-Disposition"},
        {"nothing between delimiters", BYTES("--X\r\n--X--"),
         "part 1: its headers run into a delim"},
        {"empty line shared with the delimiter", BYTES("--X\r\n\r\n--X--"), "part 1"},
        {"no empty line", BYTES(FIELD("c", "1") "--X\r\n" FORM "name=d\r\n--X--"),
         "part 2: its headers run into a delimiter; expected an empty line"},
        {"empty line runs into the closing delimiter", BYTES("--X\r\n" FORM "name=c\r\n\r\n--X--"),
         "part 1: its empty line runs into a delimiter; expected CRLF"},
        {"empty line runs into the next part",
         BYTES("--X\r\n" FORM "name=c\r\n\r\n" FIELD("image_target", "1") END),
         "part 1: its empty"},
        {"missing empty line before the bytes", BYTES("--X\r\n" FORM "name=c\r\n10\r\n--X--"),
         "part 1: \"10\" is no header"},
        {"space before the colon",
         BYTES("--X\r\nContent-Disposition : form-data\r\n\r\n1\r\n--X--"), "is no header"},
        {"fold before any header", BYTES("--X\r\n " FORM "name=c\r\n\r\n1\r\n--X--"),
         "is no header"},
        {"header without a name", BYTES("--X\r\n: a\r\n\r\n1\r\n--X--"), "is no header"},
        {"no Content-Disposition", BYTES("--X\r\nContent-Type: text/plain\r\n\r\n1\r\n--X--"),
         "part 1 has no Content-Disposition; expected form-data"},
        {"nameless attachment", BYTES("--X\r\nContent-Disposition: attachment\r\n\r\n1\r\n--X--"),
         "Content-Disposition is \"attachment\"; expected form-data with a name"},
        {"empty disposition", BYTES("--X\r\nContent-Disposition:\r\n\r\n1\r\n--X--"),
         "Content-Disposition is \"\"; expected form-data"},
        {"no name", BYTES(PART("filename=\"a\"", "1") END),
         "part 1: Content-Disposition has no name"},
        {"name* is no name", BYTES(PART("name*=utf-8''c", "1") END), "has no name"},
        {"name* beside a name", BYTES(PART("name=c; name*=utf-8''d", "1") END),
         "parameter name is also given as name*"},
        {"a continued name beside a name", BYTES(PART("Name*0=d; name=c", "1") END),
         "parameter name is also given as name*"},
        {"name without a value", BYTES(PART("name", "1") END),
         "parameter name is not of the form name=value"},
        {"name without a value, before others", BYTES(PART("name; filename=\"a\"", "1") END),
         "parameter name is not of the form name=value"},
        {"a name that is no token", BYTES(PART("name=c; a<b=d", "1") END),
         "parameter a<b is not of the form name=value"},
        {"two names", BYTES(PART("name=c; Name=d", "1") END), "parameter name is given twice"},
        {"two file names", BYTES(PART("name=c; filename=a; filename=b", "1") END),
         "parameter filename is given twice"},
        {"two dispositions", BYTES("--X\r\n" FORM "name=c\r\n" FORM "name=d\r\n\r\n1\r\n--X--"),
         "part 1: header Content-Disposition is given twice, with different values"},
        {"unclosed quote", BYTES(PART("name=\"c", "1") END),
         "parameter name has an opening quote and no closing one"},
        {"unescaped quote in a file name", BYTES(PART("name=c; filename=\"a\"b\"", "1") END),
         "parameter filename is followed by text; expected ';'"},
        {"unquoted name with a space", BYTES(PART("name=a b", "1") END), "followed by text"},
        {"NUL in a name", BYTES(PART("name=\"c\0d\"", "1") END),
         "part 1: a header holds a NUL or a bare CR"},
        {"NUL alone on a line", BYTES("--X\r\n\0\r\n" FORM "name=c\r\n\r\n1\r\n--X--"),
         "part 1: a header holds a NUL or a bare CR"},
        {"cut in a fold's first blank", BYTES("--X\r\nA\r\n "), "ends in the headers of part 1"},
        {"CR in a name", BYTES(PART("name=\"c\rd\"", "1") END), "bare CR"},
        {"a control character in a name",
         BYTES(PART("name=\"c\x01"
                    "d\"",
                    "1") END),
         "part 1: header Content-Disposition holds a control character"},
        {"a control character in a type", BYTES(PART("name=c\r\nContent-Type: a\x7f", "1") END),
         "part 1: header Content-Type holds a control character"},
        {"LF in a name", BYTES(PART("name=\"c\nd\"", "1") END), "bare LF"},
        {"line break in a name", BYTES(PART("name=\"c\r\n d\"", "1") END),
         "parameter name breaks its line inside quotes"},
        {"line break behind a backslash", BYTES(PART("name=\"c\\\r\n d\"", "1") END),
         "breaks its line inside quotes"},
        {"NUL in another header", BYTES("--X\r\nA: \0\r\n" FORM "name=c\r\n\r\n1\r\n--X--"), "NUL"},
        {"a field that is an attachment",
         BYTES("--X\r\nContent-Disposition: attachment; name=image_target\r\n\r\n1\r\n--X--"),
         "is \"attachment\"; expected form-data"},
        {"what is echoed is as it came where it can be printed",
         BYTES("--X\r\n!~ \x1f\x7f\x80|\r\n\r\n1\r\n--X--"), "\"!~ ???|\" is no header"},
        {"what is echoed is made printable and short",
         BYTES("--X\r\n\xff\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee\r\n\r\n1\r\n--X--"),
         "\"?\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeee...\" is no header"},
    };
    struct fence fence;
    fence_init(&fence, 4096);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        struct slice body = fence_put(&fence, rows[i].body, true);
        if (parse_checked(&form, body, slice_of("X"), why))
            fail_msg("%s: accepted with %zu parts", rows[i].why, form.count);
        if (!strstr(why, rows[i].reason))
            fail_msg("%s: reason \"%s\" lacks \"%s\"", rows[i].why, why, rows[i].reason);
    }
    fence_clear(&fence);
}

static void multipart_parse_refuses_a_boundary_that_cannot_be_one(void **state)
{
    (void)state;
    struct multipart form;
    char why[MULTIPART_WHY_SIZE], longer[MULTIPART_BOUNDARY_MAX + 1];
    memset(longer, 'b', sizeof longer);
    struct slice body = slice_of("--\r\n--b--\r\n");
    assert_false(parse_checked(&form, body, slice_make(NULL, 0), why));
    assert_non_null(strstr(why, "0 characters"));
    assert_false(parse_checked(&form, body, slice_make(longer, sizeof longer), why));
    assert_non_null(strstr(why, "1025 characters"));
    assert_false(parse_checked(&form, body, slice_of("b\r\n--b"), why));
    assert_non_null(strstr(why, "0x0d"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_parse_says_why_when_body_is_wrong),
        cmocka_unit_test(multipart_parse_refuses_a_boundary_that_cannot_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
