/* The boundary in Content-Type: found as clients write it, and a reason that names the fault. */
#include "multipart_checks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void multipart_boundary_is_found_when_content_type_is_right(void **state)
{
    (void)state;
    static const struct {
        const char *why, *value, *boundary;
    } rows[] = {
        {"curl", TYPE_TEXT "boundary=------------------------d74496d66958873e",
         "------------------------d74496d66958873e"},
        {"type in capitals", "Multipart/FORM-data; boundary=X", "X"},
        {"parameter name in capitals", TYPE_TEXT "BOUNDARY=X", "X"},
        {"the boundary keeps its case", TYPE_TEXT "boundary=AbC", "AbC"},
        {"quoted", TYPE_TEXT "boundary=\"X\"", "X"},
        {"quoted with a space inside", TYPE_TEXT "boundary=\"a b=(c)?\"", "a b=(c)?"},
        {"all punctuation that may occur", TYPE_TEXT "boundary=\"'()+_,-./:=?\"", "'()+_,-./:=?"},
        {"unquoted with '=', as Java mail sends", TYPE_TEXT "boundary=----=_Part_1_2.3",
         "----=_Part_1_2.3"},
        {"parameter before", TYPE_TEXT "charset=utf-8; boundary=X", "X"},
        {"parameter after", TYPE_TEXT "boundary=X; charset=utf-8", "X"},
        {"quoted parameter with a boundary in it",
         TYPE_TEXT "note=\"; boundary=Y; \\\"\"; boundary=X", "X"},
        {"white space around semicolons", " multipart/form-data \t;\t boundary=X \t;  a=b  ", "X"},
        {"no white space", "multipart/form-data;boundary=X", "X"},
        {"empty parameters", "multipart/form-data;; boundary=X;", "X"},
        {"70 characters", TYPE_TEXT "boundary=" SEVENTY, SEVENTY},
        {"71 characters", TYPE_TEXT "boundary=" SEVENTY "1", SEVENTY "1"},
        {"unquoted characters of a token", TYPE_TEXT "boundary=X!#$%&*^`|~", "X!#$%&*^`|~"},
        {"quoted characters of no token", TYPE_TEXT "boundary=\"a;b{}@[]<>\"", "a;b{}@[]<>"},
        {"a backslash that escapes nothing", TYPE_TEXT "boundary=\"a\\b\"", "a\\b"},
        {"a backslash behind what one might escape", TYPE_TEXT "boundary=\"(\\b\"", "(\\b"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[MULTIPART_WHY_SIZE] = "";
        struct slice value = slice_of(rows[i].value), out = {NULL, 0};
        bool ok = multipart_boundary(&out, value, why);
        if (!ok || !slice_equal(out, slice_of(rows[i].boundary)) || !lies_inside(out, value))
            fail_msg("%s: got \"%.*s\", reason \"%s\"", rows[i].why, (int)out.len, out.ptr, why);
    }
}

static void multipart_boundary_says_why_when_content_type_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct slice value;
        const char *reason;
    } rows[] = {
        {"none", {NULL, 0}, "no Content-Type; expected multipart/form-data"},
        {"blank", BYTES(" \t "), "no Content-Type"},
        {"JSON", BYTES("application/json; charset=utf-8"),
         "Content-Type is application/json; expected multipart/form-data with a boundary "
         "parameter"},
        {"urlencoded", BYTES("application/x-www-form-urlencoded"),
         "Content-Type is application/x-www-form-urlencoded; expected"},
        {"another multipart", BYTES("multipart/mixed; boundary=X"), "is multipart/mixed;"},
        {"a longer type", BYTES("multipart/form-data2; boundary=X"), "is multipart/form-data2;"},
        {"comma", BYTES("multipart/form-data, boundary=X"), "is multipart/form-data, boundary=X;"},
        {"no boundary", BYTES("multipart/form-data"), "without a boundary"},
        {"only other parameters", TYPE("charset=utf-8; xboundary=X"), "without a boundary"},
        {"extended parameter", TYPE("boundary*=utf-8''X"), "without a boundary"},
        {"empty", TYPE("boundary="), "0 characters; expected 1 to 1024"},
        {"empty in quotes", TYPE("boundary=\"\""), "0 characters"},
        {"1050 characters",
         TYPE("boundary=" SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY
                  SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY),
         "1050 characters; expected 1 to 1024"},
        {"twice", TYPE("boundary=X; boundary=X"), "boundary is given twice; expected once"},
        {"twice in another case", TYPE("boundary=X; Boundary=Y"), "boundary is given twice"},
        {"in a second spelling", TYPE("boundary=X; boundary*=utf-8''Y"),
         "parameter boundary is also given as boundary*"},
        {"continued beside it", TYPE("Boundary*0=Y; boundary=X"), "boundary is also given as"},
        {"escape", TYPE("boundary=\"\\(X\""), "holds an escape"},
        {"escape in the middle", TYPE("boundary=\"X\\(Y\""), "holds an escape"},
        {"escape at the end", TYPE("boundary=\"X\\(\""), "holds an escape"},
        {"escaped quote", TYPE("boundary=\"X\\\"Y\""), "the byte 0x22"},
        {"unquoted backslash", TYPE("boundary=X\\Y"), "holds '\\' without quotes"},
        {"unquoted brace", TYPE("boundary=X{Y"), "holds '{' without quotes"},
        {"byte beyond ASCII", TYPE("boundary=\xc3\xa9"), "the byte 0xc3"},
        {"space at the end", TYPE("boundary=\"X \""), "ends in a space"},
        {"a quote alone", TYPE("boundary=\""), "no closing"},
        {"unclosed quote", TYPE("boundary=\"X"), "no closing"},
        {"quote closed by an escape", TYPE("boundary=\"X\\\""), "no closing"},
        {"lone backslash at the end", TYPE("boundary=\"X\\"), "no closing"},
        {"text after the quotes", TYPE("boundary=\"X\"Y"), "followed by text"},
        {"space inside", TYPE("boundary=X Y"), "followed by text"},
        {"quote inside", TYPE("boundary=X\"Y\""), "quote inside"},
        {"no equals sign", TYPE("boundary"), "boundary is not of the form"},
        {"space before the equals sign", TYPE("boundary =X"), "not of the form name=value"},
        {"no parameter name", TYPE("=X"), "not of the form"},
        {"malformed neighbour", TYPE("a=\"b; boundary=X"), "parameter a has"},
        {"NUL", TYPE("boundary=X\0Y"), "control character"},
        {"a line break first", BYTES("\nmultipart/form-data; boundary=X"), "control character"},
        {"line break", TYPE("boundary=X\r\nA: b"), "control character"},
        {"control characters in the type", BYTES("a\x1b[31m\r\n\x7f\xff/b"), "a?[31m\?\?\?\?/b"},
        {"long type", BYTES("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"),
         "ddddddddddeeeeeeee...; expected"},
    };
    struct fence fence;
    fence_init(&fence, 4096);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[MULTIPART_WHY_SIZE] = "";
        struct slice value = fence_put(&fence, rows[i].value, true), out = {NULL, 0};
        if (multipart_boundary(&out, value, why) || !strstr(why, rows[i].reason) ||
            fault_of_reason(why))
            fail_msg("%s: got \"%.*s\", reason \"%s\"", rows[i].why, (int)out.len, out.ptr, why);
    }
    fence_clear(&fence);
}

static void multipart_boundary_has_at_most_1024_characters(void **state)
{
    static const size_t lengths[] = {1, 1023, 1024, 1025};
    (void)state;
    for (size_t i = 0; i < ROWS(lengths); i++) {
        char why[MULTIPART_WHY_SIZE] = "", value[1100] = TYPE_TEXT "boundary=";
        const size_t used = strlen(value);
        struct slice out = {NULL, 0};
        memset(value + used, 'b', lengths[i]);
        const bool ok = multipart_boundary(&out, slice_of(value), why);
        assert_int_equal(ok, lengths[i] <= 1024);
        assert_int_equal(out.len, ok ? lengths[i] : 0);
        assert_int_equal(strstr(why, "1025 characters; expected 1 to 1024") != NULL, !ok);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_boundary_is_found_when_content_type_is_right),
        cmocka_unit_test(multipart_boundary_says_why_when_content_type_is_wrong),
        cmocka_unit_test(multipart_boundary_has_at_most_1024_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
