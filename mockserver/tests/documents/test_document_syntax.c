/* What is no JSON is refused with line and column, also where cJSON would take it. */
#include "document_wrong.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static void document_refuses_and_says_where_when_it_is_no_json(void **state)
{
    (void)state;
    static const struct wrong table[] = {
        {"nothing", "", "", {"line 1, column 1", "found the end", "expected a value"}},
        {"a comma too many", "{'seed': 1,}", "", {"line 1, column 12", "found }", "double quotes"}},
        {"no closing bracket", "{\n 'scenarios': [", "", {"line 2, column 16", "found the end"}},
        {"single word", "{'seed': nul}", "", {"column 10", "found n", "a value"}},
        {"a comment", "{ // seed\n}", "", {"column 3", "found /", "double quotes"}},
        {"leading zero", "{'seed': 042}", "", {"column 11", "leading zero"}},
        {"plus sign", "{'seed': +1}", "", {"column 10", "found +", "a value"}},
        {"point without digits", "{'seed': 1.}", "", {"column 12", "a digit"}},
        {"exponent without digits", "{'seed': 1e}", "", {"column 12", "a digit"}},
        {"a number of 41 digits",
         "{'seed': 10000000000000000000000000000000000000000}",
         "",
         {"column 10", "at most 40 characters"}},
        {"bare word as name", "{seed: 1}", "", {"column 2", "found s", "double quotes"}},
        {"no colon", "{'seed' 1}", "", {"column 9", "a colon"}},
        {"no comma", "{'seed': 1 'accounts': {}}", "", {"column 12", "a comma or }"}},
        {"no comma in an array", "{'scenarios': [1 2]}", "", {"a comma or ]"}},
        {"unknown escape", "{'se\\xed': 1}", "", {"column 6", "after \\"}},
        {"half an escape", "{'\\u12g4': 1}", "", {"column 7", "four hexadecimal"}},
        {"escaped NUL", "{'\\u0000': 1}", "", {"column 4", "\\u0000"}},
        {"half a surrogate pair", "{'\\ud83d': 1}", "", {"column 4", "surrogate"}},
        {"second half alone", "{'\\udc00': 1}", "", {"column 4", "surrogate"}},
        {"two first halves", "{'\\ud83d\\ud83d': 1}", "", {"column 4", "surrogate"}},
        {"line feed in a text", "{'a\nb': 1}", "", {"column 4", "byte 0x0a", "escaped"}},
        {"text without end", "{'seed", "", {"column 7", "closing double quote"}},
        {"no UTF-8", "{'se\xff\xfe': 1}", "", {"column 5", "byte 0xff", "UTF-8"}},
        {"overlong UTF-8", "{'\xc0\xaf': 1}", "", {"column 3", "byte 0xc0", "UTF-8"}},
        {"surrogate in UTF-8", "{'\xed\xa0\x80': 1}", "", {"column 3", "byte 0xed", "UTF-8"}},
        {"columns count characters", "{'\xc3\xa4\xe2\x82\xac': x}", "", {"column 8", "found x"}},
        {"two documents", "{} {}", "", {"column 4", "nothing after the document"}},
        {"17 levels", "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "", {"column 17", "16 levels"}},
    };
    wrong_check(table, ROWS(table), wrong_document);
}

static void document_refuses_a_nul_byte(void **state)
{
    (void)state;
    static const struct wrong wrong = {"NUL", "", "", {"column 3", "byte 0x00", "double quotes"}};
    static const char json[] = "{ \0}";
    assert_true(wrong_complains(&wrong, slice_make(json, sizeof json - 1), wrong_document));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_refuses_and_says_where_when_it_is_no_json),
        cmocka_unit_test(document_refuses_a_nul_byte),
    };
    return cmocka_run_group_tests_name("document_syntax", tests, NULL, NULL);
}
