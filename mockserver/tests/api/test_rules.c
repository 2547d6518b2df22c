/* Tests of the rules: each row of rules.def refuses its one wrong request with the documented code
 * and status in every revision and says what was wrong. What is expected stands in mock_wrong.c. */
#include "mock_wrong.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static const char *judge_name(const struct mock_wrong *wrong)
{
    struct verdict verdict = mock_judge(&wrong->call, &wrong->world);
    return mock_rule_name(&verdict);
}

static void rules_are_all_tested_here_in_their_order(void **state)
{
    size_t count;
    const struct mock_rule_row *rows = mock_rule_rows(&count);
    (void)state;
    assert_int_equal(RULE_COUNT - 1, count);
    for (size_t i = 0; i < count; i++) {
        enum rule_id id = rule_find(rows[i].rule);
        assert_int_equal(id, i + 1);
        assert_string_equal(rule_info(id)->name, rows[i].rule);
        assert_int_equal(rule_info(id)->stage, rows[i].body_stage ? STAGE_BODY : STAGE_HEAD);
    }
    assert_null(rule_info(RULE_NONE));
    assert_null(rule_info(RULE_COUNT));
    assert_int_equal(rule_find(""), RULE_NONE);
    assert_int_equal(rule_find("Framing"), RULE_NONE);
}

static void rules_accept_a_right_request_in_each_revision(void **state)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock_wrong right = mock_right_in(id, *state);
        struct verdict verdict = mock_judge(&right.call, &right.world);
        assert_string_equal(mock_rule_name(&verdict), "nothing");
        assert_int_equal(verdict.code, ERROR_NONE);
        assert_int_equal(verdict.status, 200);
        assert_string_equal(verdict.message, "");
    }
}

static void check_refusal(const struct mock_rule_row *row, const struct verdict *verdict,
                          enum revision_id id)
{
    const char *revision = revision_info(id)->name;
    int status = id >= REVISION_R2026_01 ? row->since : row->before;
    if (strcmp(mock_rule_name(verdict), row->rule) != 0)
        fail_msg("%s in %s: refused by %s", row->rule, revision, mock_rule_name(verdict));
    assert_string_equal(error_info(verdict->code)->name, row->code);
    if (verdict->status != status)
        fail_msg("%s in %s: status %d, not %d", row->rule, revision, verdict->status, status);
    const char *description = error_info(verdict->code)->description;
    assert_memory_equal(verdict->message, description, strlen(description));
    assert_memory_equal(verdict->message + strlen(description), " - ", 3);
    for (size_t i = 0; i < ROWS(row->says) && row->says[i]; i++) {
        char list[128];
        const char *wanted = row->says[i];
        if (strcmp(wanted, MOCK_CHOICES) == 0)
            wanted = expression_list(list, sizeof list, revision_info(id));
        if (!strstr(verdict->message, wanted))
            fail_msg("%s in %s: '%s' does not say '%s'", row->rule, revision, verdict->message,
                     wanted);
    }
}

static void rules_refuse_each_wrong_request_in_each_revision(void **state)
{
    size_t count;
    const struct mock_rule_row *rows = mock_rule_rows(&count);
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (size_t i = 0; i < count; i++) {
            struct mock_wrong wrong = mock_right_in(id, *state);
            mock_break(&wrong, rows[i].rule);
            struct verdict verdict = mock_judge(&wrong.call, &wrong.world);
            if (strcmp(rows[i].rule, "choice_missing") == 0 && id < REVISION_R2025_09)
                continue; /* see rules_default_service_choice_to_0_where_it_is_optional */
            check_refusal(&rows[i], &verdict, id);
        }
}

static void rules_default_service_choice_to_0_where_it_is_optional(void **state)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock_wrong wrong = mock_right_in(id, *state);
        mock_break(&wrong, "choice_missing");
        struct verdict verdict = mock_judge(&wrong.call, &wrong.world);
        bool optional = strcmp(revision_info(id)->name, "1.0.0") == 0 ||
                        strcmp(revision_info(id)->name, "1.0.1") == 0;
        assert_string_equal(mock_rule_name(&verdict), optional ? "nothing" : "choice_missing");
    }
}

static void rules_judge_the_account_for_credits_only_where_a_call_is_charged(void **state)
{
    struct mock_wrong wrong = mock_right_in(REVISION_R2026_01, *state);
    struct request request = {0};
    struct verdict verdict;
    char length_text[24];
    struct rule_context context = {.revision = wrong.world.revision,
                                   .account = &wrong.world.account,
                                   .max_body_bytes = MOCK_BODY_MAX};
    mock_break(&wrong, "credits");
    wrong.call.method = "GET";
    wrong.call.path = MOCK_CREDITS_PATH;
    wrong.call.not_announced = true;
    mock_call_head(&request.head, &wrong.call, 0, length_text);
    request_head_derive(&request.head);
    rules_judge(&verdict, STAGE_HEAD, &request, &context);
    assert_string_equal(mock_rule_name(&verdict), "nothing");
    mock_break(&wrong, "rate");
    rules_judge(&verdict, STAGE_HEAD, &request, &context);
    assert_string_equal(mock_rule_name(&verdict), "rate");
}

static bool judge_without_memory(void *context, struct image_facts *facts, struct slice bytes)
{
    (void)context, (void)facts, (void)bytes;
    return false;
}

static void rules_blame_the_service_when_memory_runs_out(void **state)
{
    const struct image_judge judge = {judge_without_memory, NULL};
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock_wrong right = mock_right_in(id, *state);
        right.world.judge = &judge;
        struct verdict verdict = mock_judge(&right.call, &right.world);
        assert_string_equal(error_info(verdict.code)->name, "SERVICE_INTERNAL_ERROR");
        assert_int_equal(verdict.status, 500);
        assert_non_null(strstr(verdict.message, "memory"));
    }
}

static void rules_decode_nothing_when_pictures_are_trusted(void **state)
{
    struct mock_wrong wrong = mock_right_in(REVISION_R2026_01, *state);
    wrong.world.judge = NULL;
    assert_string_equal(judge_name(&wrong), "nothing");
    mock_break(&wrong, "image_decoding");
    assert_string_equal(judge_name(&wrong), "nothing");
    wrong.call.image.len = 20; /* headers are looked at all the same */
    assert_string_equal(judge_name(&wrong), "image_decoding");
}

static unsigned decoded;

static bool judge_and_count(void *context, struct image_facts *facts, struct slice bytes)
{
    (void)context;
    decoded++;
    return image_decode(facts, bytes);
}

static void rules_never_decode_what_is_refused_for_its_size(void **state)
{
    const struct image_judge judge = {judge_and_count, NULL};
    const struct {
        const char *rule;
        unsigned decoded;
    } cases[] = {
        {"image_resolution", 0}, {"image_size", 0},
        {"image_type", 0},       {"image_decoding", 0}, /* cut off: seen without a codec */
        {"choice_scope", 0},     {"image_missing", 0},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        struct mock_wrong wrong = mock_right_in(REVISION_R2026_01, *state);
        wrong.world.judge = &judge;
        mock_break(&wrong, cases[i].rule);
        decoded = 0;
        mock_judge(&wrong.call, &wrong.world);
        if (decoded != cases[i].decoded)
            fail_msg("case %zu: decoded %u times", i, decoded);
    }
    struct mock_wrong right = mock_right_in(REVISION_R2026_01, *state);
    right.world.judge = &judge;
    mock_judge(&right.call, &right.world);
    assert_int_equal(decoded, 1);
}

static void rules_make_verdicts_of_their_own(void **state)
{
    (void)state;
    struct verdict verdict;
    const struct revision *revision = revision_info(REVISION_R2025_09);
    verdict_make(&verdict, revision, CODE_EXCEEDING_LIMITS, 0, NULL);
    assert_int_equal(verdict.status, 422);
    assert_string_equal(verdict.message, "Exceeds limit.");
    verdict_make(&verdict, revision, CODE_EXCEEDING_LIMITS, 200, "");
    assert_int_equal(verdict.status, 200);
    assert_string_equal(verdict.message, "Exceeds limit.");
    verdict_make(&verdict, revision, CODE_EXCEEDING_LIMITS, 0, "three at once");
    assert_string_equal(verdict.message, "three at once");
    verdict_make(&verdict, revision, ERROR_NONE, 0, "nothing to say");
    assert_int_equal(verdict.status, 200);
    assert_string_equal(verdict.message, "");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        verdict_make(&verdict, revision, code, 0, NULL);
        assert_true(strlen(verdict.message) > 0);
    }
}

/* A form that came without a coding is read, whatever its head says. */
static void rules_take_a_readable_form_for_one_without_a_coding(void **state)
{
    static const struct {
        const char *why, *coding, *before;
        bool accepted;
    } rows[] = {
        {"a form", "gzip", "", true},
        {"a form behind a line end", "gzip", "\r\n", true},
        {"a form behind other bytes", "gzip", "\x1f\x8b\r\n", false},
        {"a form behind a byte and a dash", "gzip", "\x1f-\r\n", false},
        {"a form behind a byte and a line end", "gzip", "\x1f\r\n", false},
        {"no coding by name", "Identity", "preamble\r\n", true},
        {"no coding at all", NULL, "preamble\r\n", true},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_wrong right = mock_right_in(REVISION_R2026_01, *state);
        struct mock_text form = mock_call_body(&right.call), body = {0};
        mock_text_add(&body, slice_of(rows[i].before));
        mock_text_add(&body, mock_text_slice(&form));
        right.call.body_replaced = true;
        right.call.body = mock_text_slice(&body);
        if (rows[i].coding)
            mock_call_header(&right.call, "Content-Encoding", rows[i].coding);
        struct verdict verdict = mock_judge(&right.call, &right.world);
        if (strcmp(mock_rule_name(&verdict), rows[i].accepted ? "nothing" : "multipart") != 0)
            fail_msg("%s: %s", rows[i].why, mock_rule_name(&verdict));
        assert_int_equal(strstr(verdict.message, "'gzip'") != NULL, !rows[i].accepted);
        mock_text_clear(&body);
        mock_text_clear(&form);
    }
}

static void rules_say_how_a_body_was_left_unfinished(void **state)
{
    static const struct {
        enum body_end end;
        bool chunked;
        const char *says;
    } rows[] = {
        {BODY_CUT, false, "ends after 9 of the 10 bytes that Content-Length announces."},
        {BODY_CUT, true, "ends before the last chunk."},
        {BODY_TIMED_OUT, false, "not complete in time; 9 of 10 bytes came."},
        {BODY_TIMED_OUT, true, "not complete in time; the last chunk has not come."},
        {BODY_BAD_CHUNK, true, "a chunk of the chunked transfer coding is malformed"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_wrong wrong = mock_right_in(REVISION_R2026_01, *state);
        wrong.call.end = rows[i].end;
        wrong.call.chunked = rows[i].chunked;
        wrong.call.body_replaced = wrong.call.not_announced = true;
        wrong.call.body = slice_of("--mock-bo");
        if (!rows[i].chunked)
            mock_call_header(&wrong.call, "Content-Length", "10");
        struct verdict verdict = mock_judge(&wrong.call, &wrong.world);
        assert_string_equal(mock_rule_name(&verdict), "body_whole");
        if (!strstr(verdict.message, rows[i].says))
            fail_msg("'%s' does not say '%s'", verdict.message, rows[i].says);
    }
}

static void rules_accept_a_picture_up_to_its_limits(void **state)
{
    static const struct {
        unsigned width, height;
        const char *rule;
    } rows[] = {
        {4095, 1, "nothing"},
        {1, 4095, "nothing"},
        {4096, 1, "image_resolution"},
        {1, 4096, "image_resolution"},
    };
    const struct mock_wrong_pictures *pictures = *state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_wrong right = mock_right_in(REVISION_R2026_01, pictures);
        struct image_file png = image_make_png(&(struct image_png_recipe){
            .width = rows[i].width, .height = rows[i].height, .depth = 8, .flat = true});
        right.call.image = image_make_slice(&png);
        assert_string_equal(judge_name(&right), rows[i].rule);
        free(png.data);
    }
    struct mock_wrong large = mock_right_in(REVISION_R2026_01, pictures);
    large.call.image = slice_make(pictures->large, (size_t)LIMIT_IMAGE_BYTES_MAX);
    assert_string_equal(judge_name(&large), "image_type"); /* so not for its size */
}

/* 0, which is the documented default, where service_choice may be left out. */
static void rules_know_the_expression_that_is_asked_for(void **state)
{
    const struct mock_wrong_pictures *pictures = *state;
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (int left_out = 0; left_out < 2; left_out++) {
            struct mock_wrong right = mock_right_in(id, pictures);
            if (left_out)
                mock_break(&right, "choice_missing");
            struct mock_text body = mock_call_body(&right.call);
            struct request request = {.body = mock_text_slice(&body)};
            struct rule_context context = {.revision = right.world.revision,
                                           .account = &right.world.account,
                                           .max_body_bytes = MOCK_BODY_MAX};
            struct verdict verdict;
            char length_text[24];
            mock_call_head(&request.head, &right.call, body.len, length_text);
            request_head_derive(&request.head);
            rules_judge(&verdict, STAGE_BODY, &request, &context);
            if (verdict.rule == RULE_NONE) {
                assert_non_null(request.expression);
                assert_int_equal(request.expression->number, left_out ? 0 : request.choice_number);
            }
            mock_text_clear(&body);
        }
}

/* Where the rules of the form are off, what cannot be read has asked for nothing wrong. */
static void rules_find_the_default_in_scope_where_no_form_is_needed(void **state)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock_wrong wrong = mock_right_in(id, *state);
        wrong.world.off[RULE_multipart] = wrong.world.off[RULE_image_missing] = true;
        wrong.world.off[RULE_choice_missing] = true;
        wrong.call.body_replaced = true;
        wrong.call.body = slice_of("{}");
        struct verdict verdict = mock_judge(&wrong.call, &wrong.world);
        if (verdict.rule)
            fail_msg("%s: %s", revision_info(id)->name, verdict.message);
    }
}

static void rules_name_the_methods_of_each_endpoint(void **state)
{
    (void)state;
    assert_string_equal(endpoint_allowed_methods(ENDPOINT_EMOTION_EDITOR), "POST, OPTIONS");
    assert_string_equal(endpoint_allowed_methods(ENDPOINT_QUERY_CREDITS), "GET, HEAD, OPTIONS");
    assert_string_equal(endpoint_allowed_methods(ENDPOINT_UNKNOWN), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_all_tested_here_in_their_order),
        cmocka_unit_test(rules_accept_a_right_request_in_each_revision),
        cmocka_unit_test(rules_refuse_each_wrong_request_in_each_revision),
        cmocka_unit_test(rules_default_service_choice_to_0_where_it_is_optional),
        cmocka_unit_test(rules_judge_the_account_for_credits_only_where_a_call_is_charged),
        cmocka_unit_test(rules_blame_the_service_when_memory_runs_out),
        cmocka_unit_test(rules_decode_nothing_when_pictures_are_trusted),
        cmocka_unit_test(rules_never_decode_what_is_refused_for_its_size),
        cmocka_unit_test(rules_make_verdicts_of_their_own),
        cmocka_unit_test(rules_take_a_readable_form_for_one_without_a_coding),
        cmocka_unit_test(rules_say_how_a_body_was_left_unfinished),
        cmocka_unit_test(rules_accept_a_picture_up_to_its_limits),
        cmocka_unit_test(rules_know_the_expression_that_is_asked_for),
        cmocka_unit_test(rules_find_the_default_in_scope_where_no_form_is_needed),
        cmocka_unit_test(rules_name_the_methods_of_each_endpoint),
    };
    return cmocka_run_group_tests_name("rules", tests, mock_make_pictures, mock_free_pictures);
}
