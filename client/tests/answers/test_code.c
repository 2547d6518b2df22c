/* The names of the contract. */
#include "ailab.h"
#include "code.h"
#include "witness/revisions.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Programs are compiled with the numbers. */
static void code_has_the_number_and_status_that_were_typed_by_hand(void **state)
{
    static const struct {
        int number;
        const char *name;
        int status;
        const char *description;
    } rows[] = {
#define AILAB_ERROR_WITNESS(number, name, status_2025_09, status_2026_01, endpoint, passing,       \
                            description)                                                           \
    {number, #name, status_2026_01, description},
#include "witness/errors.def"
    };
    const size_t count = sizeof rows / sizeof *rows;
    size_t known = 0;
    (void)state;
    for (size_t i = 0; i < count; i++) {
        enum ailab_code code = ailab_code_find(rows[i].name);
        if ((int)code != rows[i].number || ai_code_status(code) != rows[i].status)
            fail_msg("%s is %d with HTTP %d", rows[i].name, (int)code, ai_code_status(code));
        assert_string_equal(ailab_code_name(code), rows[i].name);
        assert_string_equal(ailab_code_description(code), rows[i].description);
    }
    for (int number = AILAB_CODE_UNKNOWN + 1; number < 1000; number++)
        known += strcmp(ailab_code_name((enum ailab_code)number), "UNKNOWN") != 0;
    assert_int_equal(known, count);
}

static void code_that_is_none_has_no_description(void **state)
{
    (void)state;
    assert_string_equal(ailab_code_description(AILAB_CODE_NONE), "");
    assert_string_equal(ailab_code_description(AILAB_CODE_UNKNOWN), "");
}

static void code_find_is_honest_when_the_name_is_not_in_the_table(void **state)
{
    (void)state;
    assert_int_equal(ailab_code_find(""), AILAB_CODE_NONE);
    assert_int_equal(ailab_code_find(NULL), AILAB_CODE_NONE);
    assert_int_equal(ailab_code_find("ERROR_OF_TOMORROW"), AILAB_CODE_UNKNOWN);
    assert_int_equal(ailab_code_find("exceeding_limits"), AILAB_CODE_UNKNOWN);
    assert_int_equal(ailab_code_find("UNKNOWN"), AILAB_CODE_UNKNOWN);
    assert_string_equal(ailab_code_name(AILAB_CODE_NONE), "");
    assert_string_equal(ailab_code_name(AILAB_CODE_UNKNOWN), "UNKNOWN");
    assert_string_equal(ailab_code_name((enum ailab_code)9999), "UNKNOWN");
    assert_string_equal(ailab_code_description((enum ailab_code)9999), "");
}

static void code_expressions_are_those_that_were_typed_by_hand(void **state)
{
    static const struct {
        int number;
        const char *slug, *label;
        unsigned revisions;
    } rows[] = {
#define AILAB_EXPRESSION_WITNESS(number, slug, label, revisions) {number, slug, label, revisions},
#include "witness/expressions.def"
    };
    size_t count = 0;
    const struct ailab_expression *list = ailab_expressions(&count);
    (void)state;
    assert_int_equal(count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || list[i - 1].number < list[i].number);
        assert_int_equal(list[i].number, rows[i].number);
        assert_string_equal(list[i].slug, rows[i].slug);
        assert_string_equal(list[i].label, rows[i].label);
        assert_int_equal(list[i].current, rows[i].revisions >> WITNESS_DEFAULT & 1);
    }
}

static void code_expression_is_found_by_slug_label_and_number(void **state)
{
    static const struct {
        const char *text;
        int number; /* -1: none */
    } rows[] = {
        {"big-grin", 12}, {"Big Grin", 12}, {"bIG gRIN", 12},    {"12", 12},
        {"100", 100},     {"0", 0},         {"smile", 3},        {"opening-eyes", 100},
        {"", -1},         {"012", -1},      {" 12", -1},         {"+12", -1},
        {"12x", -1},      {"9", -1},        {"99999999999", -1}, {"Big-Grin", 12},
        {"-1", -1},       {"03", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ailab_expression *found = ailab_expression_find(rows[i].text);
        if ((found ? found->number : -1) != rows[i].number)
            fail_msg("\"%s\" was taken for %d", rows[i].text, found ? found->number : -1);
    }
    assert_null(ailab_expression_find(NULL));
}

static void code_every_outcome_has_its_own_name(void **state)
{
    (void)state;
    for (int a = AILAB_OK; a <= AILAB_BAD_ANSWER; a++) {
        assert_true(*ailab_error_name((enum ailab_error)a));
        for (int b = AILAB_OK; b < a; b++)
            assert_string_not_equal(ailab_error_name((enum ailab_error)a),
                                    ailab_error_name((enum ailab_error)b));
    }
    for (int error = AILAB_BAD_ANSWER + 1; error < 99; error++)
        assert_string_equal(ailab_error_name((enum ailab_error)error), "unknown");
    assert_string_equal(ailab_version(), AILAB_VERSION_STRING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_has_the_number_and_status_that_were_typed_by_hand),
        cmocka_unit_test(code_that_is_none_has_no_description),
        cmocka_unit_test(code_find_is_honest_when_the_name_is_not_in_the_table),
        cmocka_unit_test(code_expressions_are_those_that_were_typed_by_hand),
        cmocka_unit_test(code_expression_is_found_by_slug_label_and_number),
        cmocka_unit_test(code_every_outcome_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
