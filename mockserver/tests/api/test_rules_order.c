/* Tests of the rules' order: of two that refuse the earlier one answers, and a rule that is
 * switched off lets the request go further. */
#include "mock_wrong.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* Pairs that no single request can break apart: the left one is the case of the right one that has
 * a name of its own, or both are about the same byte. */
static bool exclude_each_other(const char *left, const char *right)
{
    static const char *const pairs[][2] = {
        {"body_received", "body_whole"}, /* how reading the body ended is one thing */
        {"body_announced", "body_received"},    {"body_announced", "body_whole"},
        {"image_missing", "image_empty"},       {"image_missing", "image_size"},
        {"image_missing", "image_type"},        {"image_missing", "image_decoding"},
        {"image_missing", "image_resolution"},  {"image_empty", "image_size"},
        {"image_empty", "image_type"},          {"image_empty", "image_decoding"},
        {"image_empty", "image_resolution"},    {"choice_missing", "choice_empty"},
        {"choice_missing", "choice_text"},      {"choice_missing", "choice_scope"},
        {"choice_empty", "choice_text"},        {"choice_empty", "choice_scope"},
        {"choice_text", "choice_scope"},        {"image_size", "image_type"},
        {"image_size", "image_decoding"},       {"image_size", "image_resolution"},
        {"image_type", "image_decoding"},       {"image_type", "image_resolution"},
        {"image_decoding", "image_resolution"}, {"field_twice", "choice_missing"},
    };
    for (size_t i = 0; i < ROWS(pairs); i++)
        if (strcmp(left, pairs[i][0]) == 0 && strcmp(right, pairs[i][1]) == 0)
            return true;
    return false;
}

/* Every pair, neighbours included: the earlier rule refuses, and with it switched off the later
 * one does, so that both were really broken. */

static void rules_order_prefers_the_earlier_of_two_that_refuse(void **state)
{
    size_t count;
    const struct mock_rule_row *rows = mock_rule_rows(&count);
    unsigned pairs = 0;
    for (size_t late = 0; late < count; late++)
        for (size_t early = 0; early < late; early++) {
            if (exclude_each_other(rows[early].rule, rows[late].rule))
                continue;
            struct mock_wrong wrong = mock_right_in(REVISION_R2026_01, *state);
            mock_break(&wrong, rows[late].rule);
            mock_break(&wrong, rows[early].rule);
            struct verdict first = mock_judge(&wrong.call, &wrong.world);
            wrong.world.off[rule_find(rows[early].rule)] = true;
            struct verdict second = mock_judge(&wrong.call, &wrong.world);
            if (strcmp(mock_rule_name(&first), rows[early].rule) != 0)
                fail_msg("%s and %s: refused by %s", rows[early].rule, rows[late].rule,
                         mock_rule_name(&first));
            /* A form that stays unreadable has no fields. */
            if (strcmp(rows[early].rule, "multipart") == 0)
                assert_true(second.rule > first.rule);
            else if (early == RULE_choice_empty - 1) /* no number either */
                assert_string_equal(mock_rule_name(&second), "choice_text");
            else if (early == RULE_path - 1 &&
                     (late == RULE_method - 1 || late == RULE_credits - 1))
                assert_string_equal(mock_rule_name(&second),
                                    "nothing"); /* no endpoint, no such rule */
            else if (strcmp(mock_rule_name(&second), rows[late].rule) != 0)
                fail_msg("%s and %s, the first switched off: refused by %s", rows[early].rule,
                         rows[late].rule, mock_rule_name(&second));
            pairs++;
        }
    assert_int_equal(pairs, 22 * 21 / 2 - 25);
}

/* The neighbours of the exclusive pairs that one picture or one text can break all the same. */

static void rules_order_holds_where_one_value_breaks_two(void **state)
{
    const struct mock_wrong_pictures *pictures = *state;
    char *large_wide = calloc(1, (size_t)LIMIT_IMAGE_BYTES_MAX + 1);
    memcpy(large_wide, pictures->wide.data, pictures->wide.len);
    const struct {
        const char *why;
        struct slice image, choice;
        const char *rules[4]; /* that refuse one after the other, each being switched off */
    } values[] = {
        {"an empty choice is no number either",
         slice_of("x"),
         slice_of(""),
         {"choice_empty", "choice_text", "image_type"}},
        {"a signed 99", slice_of("GIF8"), slice_of("+99"), {"choice_text", "image_type"}},
        {"an empty image is none of the types",
         slice_of(""),
         slice_of("12"),
         {"image_empty", "image_type", "nothing"}},
        {"large and foreign",
         slice_make(pictures->large, (size_t)LIMIT_IMAGE_BYTES_MAX + 1),
         slice_of("12"),
         {"image_size", "image_type", "nothing"}},
        {"large and 4096 wide",
         slice_make(large_wide, (size_t)LIMIT_IMAGE_BYTES_MAX + 1),
         slice_of("12"),
         {"image_size", "image_resolution", "nothing"}},
        {"cut off and 4096 wide",
         image_make_slice(&pictures->cut_wide),
         slice_of("12"),
         {"image_decoding", "image_resolution", "nothing"}},
        {"out of scope and cut off",
         image_make_slice(&pictures->cut_wide),
         slice_of("17"),
         {"choice_scope", "image_decoding", "image_resolution", "nothing"}},
    };
    for (size_t i = 0; i < ROWS(values); i++) {
        struct mock_wrong wrong = mock_right_in(REVISION_R2026_01, pictures);
        wrong.call.image = values[i].image;
        wrong.call.choice = values[i].choice;
        for (size_t k = 0; k < ROWS(values[i].rules) && values[i].rules[k]; k++) {
            struct verdict verdict = mock_judge(&wrong.call, &wrong.world);
            if (strcmp(mock_rule_name(&verdict), values[i].rules[k]) != 0)
                fail_msg("%s: %s instead of %s", values[i].why, mock_rule_name(&verdict),
                         values[i].rules[k]);
            wrong.world.off[verdict.rule] = true;
        }
    }
    free(large_wide);
}

static void rules_order_lets_a_request_go_further_when_switched_off(void **state)
{
    size_t count;
    const struct mock_rule_row *rows = mock_rule_rows(&count);
    static const struct {
        const char *rule, *next;
    } others[] = {
        {"body_received", "nothing"},   {"body_whole", "nothing"},
        {"multipart", "image_missing"}, {"choice_empty", "choice_text"},
        {"image_empty", "image_type"},  {"image_size", "image_type"},
    };
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (size_t i = 0; i < count; i++) {
            const char *next = "nothing";
            struct mock_wrong wrong = mock_right_in(id, *state);
            mock_break(&wrong, rows[i].rule);
            wrong.world.off[rule_find(rows[i].rule)] = true;
            struct verdict verdict = mock_judge(&wrong.call, &wrong.world);
            for (size_t k = 0; k < ROWS(others); k++)
                if (strcmp(others[k].rule, rows[i].rule) == 0)
                    next = others[k].next;
            if (strcmp(mock_rule_name(&verdict), next) != 0)
                fail_msg("without %s in %s: %s instead of %s", rows[i].rule,
                         revision_info(id)->name, mock_rule_name(&verdict), next);
        }
}

static void rules_order_gives_a_reason_whichever_rules_are_off(void **state)
{
    static const enum body_end ends[] = {BODY_CUT, BODY_TOO_LARGE, BODY_TIMED_OUT, BODY_BAD_CHUNK};
    for (size_t i = 0; i < ROWS(ends); i++) {
        struct mock_wrong wrong = mock_right_in(REVISION_R2026_01, *state);
        wrong.call.end = ends[i];
        wrong.call.not_closed = true;
        wrong.world.off[RULE_body_received] = wrong.world.off[RULE_body_whole] = true;
        struct verdict verdict = mock_judge(&wrong.call, &wrong.world);
        assert_string_equal(mock_rule_name(&verdict), "multipart");
        if (!strstr(verdict.message, "boundary"))
            fail_msg("'%s' gives no reason", verdict.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_order_prefers_the_earlier_of_two_that_refuse),
        cmocka_unit_test(rules_order_holds_where_one_value_breaks_two),
        cmocka_unit_test(rules_order_lets_a_request_go_further_when_switched_off),
        cmocka_unit_test(rules_order_gives_a_reason_whichever_rules_are_off),
    };
    return cmocka_run_group_tests_name("rules_order", tests, mock_make_pictures,
                                       mock_free_pictures);
}
