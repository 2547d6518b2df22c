/* Tests of the rules: each row of rules.def refuses its one wrong request with the documented code
 * and status in every revision and says what was wrong; rows come in order; a row switched off
 * lets the request go further. What is expected is written down here again, not read from
 * rules.def. */
#include "api/rules.h"
#include "core_requests.h"
#include "image_make.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BYTES(literal) slice_make(literal, sizeof(literal) - 1)

struct pictures_of_tests {
    struct image_file sound, wide, cut_wide;
    char *large; /* zeros, one byte over the limit */
};

/* What a wrong request is made of. */
struct wrong {
    struct core_call call;
    struct core_world world;
    const struct pictures_of_tests *pictures;
};

static void break_framing(struct wrong *w)
{
    core_call_header(&w->call, "Host", NULL);
}

static void break_path(struct wrong *w)
{
    w->call.path = "/api/portrait/effects/emotion-editors";
}

static void break_method(struct wrong *w)
{
    w->call.method = "PUT";
}

static void break_key(struct wrong *w)
{
    w->world.account.known = false;
}

static void break_account(struct wrong *w)
{
    w->world.account.locked = true;
}

static void break_credits(struct wrong *w)
{
    w->world.account.out_of_credits = true;
}

static void break_rate(struct wrong *w)
{
    w->world.account.over_limit = true;
    snprintf(w->world.account.limit_text, sizeof w->world.account.limit_text,
             "at most 3 requests a second");
}

static void break_announced(struct wrong *w)
{
    core_call_header(&w->call, "Content-Length", "6291457");
}

static void break_received(struct wrong *w)
{
    w->call.end = BODY_TOO_LARGE;
}

static void break_whole(struct wrong *w)
{
    w->call.end = BODY_CUT;
}

static void break_multipart(struct wrong *w)
{
    w->call.not_closed = true;
}

static void break_twice(struct wrong *w)
{
    w->call.choice_twice = true;
}

static void break_image_missing(struct wrong *w)
{
    w->call.image = (struct slice){NULL, 0};
}

static void break_choice_missing(struct wrong *w)
{
    w->call.choice = (struct slice){NULL, 0};
}

static void break_image_empty(struct wrong *w)
{
    w->call.image = slice_of("");
}

static void break_choice_empty(struct wrong *w)
{
    w->call.choice = slice_of("");
}

static void break_choice_text(struct wrong *w)
{
    w->call.choice = slice_of("12 ");
}

static void break_choice_scope(struct wrong *w)
{
    w->call.choice = slice_of("99");
}

static void break_image_size(struct wrong *w)
{
    w->call.image = slice_make(w->pictures->large, (size_t)LIMIT_IMAGE_BYTES_MAX + 1);
}

static void break_image_type(struct wrong *w)
{
    w->call.image = slice_of("GIF89a, which is no JPEG");
}

static void break_image_decoding(struct wrong *w)
{
    w->call.image = slice_make(w->pictures->sound.data, w->pictures->sound.len - 1);
}

static void break_image_resolution(struct wrong *w)
{
    w->call.image = image_make_slice(&w->pictures->wide);
}

struct rule_row {
    const char *rule;
    void (*breaks)(struct wrong *w);
    const char *code;
    int before, since;   /* statuses of 2025-09 and 2026-01 */
    const char *says[4]; /* field, value, size, limit */
    bool body_stage;
};

#define CHOICES "10, 11, 12, 13, 14, 15, 16, 100"

static const struct rule_row rows[] = {
    {"framing", break_framing, "ERROR_PARAMETERS", 400, 400, {"HTTP framing", "Host"}, false},
    {"path",
     break_path,
     "ERROR_AI_NOT_EXISTS",
     404,
     404,
     {"path", "/api/portrait/effects/emotion-editors", "POST " CORE_PATH "."},
     false},
    {"method", break_method, "ERROR_ILLEGAL_OPERATION", 405, 405, {"method", "PUT", "use POST"}, false},
    {"key", break_key, "ERROR_USER_NOT_EXISTS", 401, 401, {"ailabapi-api-key", "13 characters"}, false},
    {"account_locked", break_account, "ERROR_USER_LOCKED", 403, 403, {"locked"}, false},
    {"credits", break_credits, "ERROR_NOT_ENOUGH_CREDITS", 429, 429, {"12 credits"}, false},
    {"rate", break_rate, "EXCEEDING_LIMITS", 422, 429, {"at most 3 requests a second"}, false},
    {"body_announced",
     break_announced,
     "FILE_SIZE_EXCEEDS_LIMIT",
     413,
     413,
     {"request body", "6291457 bytes", "at most 5242880", "at most 6291456"},
     false},
    {"body_received",
     break_received,
     "FILE_SIZE_EXCEEDS_LIMIT",
     413,
     413,
     {"request body", "longer than 6291456 bytes", "at most 5242880"},
     true},
    {"body_whole", break_whole, "ERROR_PARAMETERS", 400, 400, {"request body", "Content-Length"}, true},
    {"multipart", break_multipart, "ERROR_PARAMETERS", 400, 400, {"request body"}, true},
    {"field_twice", break_twice, "ERROR_PARAMETERS", 400, 400, {"service_choice", "more than once"}, true},
    {"image_missing",
     break_image_missing,
     "MISSING_PARAMETERS",
     400,
     400,
     {"image_target", "missing", "JPEG or PNG"},
     true},
    {"choice_missing",
     break_choice_missing,
     "MISSING_PARAMETERS",
     400,
     400,
     {"service_choice", "missing", CHOICES},
     true},
    {"image_empty",
     break_image_empty,
     "PARAMETERS_CANNOT_EMPTY",
     400,
     400,
     {"image_target: Cannot be empty."},
     true},
    {"choice_empty",
     break_choice_empty,
     "PARAMETERS_CANNOT_EMPTY",
     400,
     400,
     {"service_choice: Cannot be empty."},
     true},
    {"choice_text", break_choice_text, "ERROR_INVALID_PARAMETER", 400, 400, {"service_choice", "'12 '"}, true},
    {"choice_scope", break_choice_scope, "ERROR_INVALID_PARAMETER", 400, 400, {"service_choice", "99", "100"}, true},
    {"image_size",
     break_image_size,
     "FILE_SIZE_EXCEEDS_LIMIT",
     413,
     413,
     {"image_target", "5242881 bytes", "at most 5242880"},
     true},
    {"image_type", break_image_type, "UNSUPPORTED_FILE_TYPES", 415, 415, {"image_target", "GIF"}, true},
    {"image_decoding",
     break_image_decoding,
     "FILE_DECODING_FAILURE",
     400,
     422,
     {"image_target", "PNG", "does not decode"},
     true},
    {"image_resolution",
     break_image_resolution,
     "FILE_RESOLUTION_EXCEEDS_LIMITS",
     422,
     413,
     {"image_target", "4096x16 px", "at most 4095 px"},
     true},
};

static struct wrong right_in(enum revision_id revision, const struct pictures_of_tests *pictures)
{
    return (struct wrong){
        .call = core_call_right(image_make_slice(&pictures->sound)),
        .world = core_world_in(revision),
        .pictures = pictures,
    };
}

static struct image_file make_png(unsigned width, unsigned height)
{
    return image_make_png(&(struct image_png_recipe){
        .width = width, .height = height, .colour = 0, .depth = 8, .flat = true});
}

static int make_pictures(void **state)
{
    struct pictures_of_tests *pictures = calloc(1, sizeof *pictures);
    pictures->sound = make_png(16, 16);
    pictures->wide = make_png(4096, 16);
    pictures->cut_wide = (struct image_file){pictures->wide.data, pictures->wide.len - 1};
    pictures->large = calloc(1, (size_t)LIMIT_IMAGE_BYTES_MAX + 1);
    assert_non_null(pictures->large);
    *state = pictures;
    return 0;
}

static int free_pictures(void **state)
{
    struct pictures_of_tests *pictures = *state;
    free(pictures->sound.data);
    free(pictures->wide.data);
    free(pictures->large);
    free(pictures);
    return 0;
}

static const char *name_of(enum rule_id id)
{
    return id == RULE_NONE ? "nothing" : rule_info(id)->name;
}

static void rules_are_all_tested_here_in_their_order(void **state)
{
    (void)state;
    assert_int_equal(RULE_COUNT - 1, ROWS(rows));
    for (size_t i = 0; i < ROWS(rows); i++) {
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
        struct wrong right = right_in(id, *state);
        struct verdict verdict = core_judge(&right.call, &right.world);
        assert_string_equal(name_of(verdict.rule), "nothing");
        assert_int_equal(verdict.code, ERROR_NONE);
        assert_int_equal(verdict.status, 200);
        assert_string_equal(verdict.message, "");
    }
}

static void check_refusal(const struct rule_row *row, const struct verdict *verdict,
                          enum revision_id id, bool with_list)
{
    const char *revision = revision_info(id)->name;
    int status = id >= REVISION_R2026_01 ? row->since : row->before;
    if (strcmp(name_of(verdict->rule), row->rule) != 0)
        fail_msg("%s in %s: refused by %s", row->rule, revision, name_of(verdict->rule));
    assert_string_equal(error_info(verdict->code)->name, row->code);
    if (verdict->status != status)
        fail_msg("%s in %s: status %d, not %d", row->rule, revision, verdict->status, status);
    const char *description = error_info(verdict->code)->description;
    assert_memory_equal(verdict->message, description, strlen(description));
    assert_memory_equal(verdict->message + strlen(description), " - ", 3);
    for (size_t i = 0; i < ROWS(row->says) && row->says[i]; i++)
        if (!strstr(verdict->message, row->says[i]) &&
            (with_list || strcmp(row->says[i], CHOICES) != 0))
            fail_msg("%s in %s: '%s' does not say '%s'", row->rule, revision, verdict->message,
                     row->says[i]);
}

static void rules_refuse_each_wrong_request_in_each_revision(void **state)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (size_t i = 0; i < ROWS(rows); i++) {
            struct wrong wrong = right_in(id, *state);
            rows[i].breaks(&wrong);
            if (rows[i].breaks == break_key)
                core_call_header(&wrong.call, "ailabapi-api-key", CORE_KEY);
            struct verdict verdict = core_judge(&wrong.call, &wrong.world);
            if (strcmp(rows[i].rule, "choice_missing") == 0 && id < REVISION_R2025_09)
                continue; /* see rules_default_service_choice_to_0_where_it_is_optional */
            check_refusal(&rows[i], &verdict, id, id >= REVISION_R2025_09);
        }
}

static void rules_default_service_choice_to_0_where_it_is_optional(void **state)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct wrong wrong = right_in(id, *state);
        break_choice_missing(&wrong);
        struct verdict verdict = core_judge(&wrong.call, &wrong.world);
        bool optional = strcmp(revision_info(id)->name, "1.0.0") == 0 ||
                        strcmp(revision_info(id)->name, "1.0.1") == 0;
        assert_string_equal(name_of(verdict.rule), optional ? "nothing" : "choice_missing");
    }
}

/* Pairs that no one request can break apart: the left one is the case of the right one that has a
 * name of its own, or both are about the same byte. */
static bool exclude_each_other(const char *left, const char *right)
{
    static const char *const pairs[][2] = {
        {"body_received", "body_whole"}, /* how reading the body ended is one thing */
        {"body_announced", "body_received"},
        {"body_announced", "body_whole"},
        {"image_missing", "image_empty"},
        {"image_missing", "image_size"},
        {"image_missing", "image_type"},
        {"image_missing", "image_decoding"},
        {"image_missing", "image_resolution"},
        {"image_empty", "image_size"},
        {"image_empty", "image_type"},
        {"image_empty", "image_decoding"},
        {"image_empty", "image_resolution"},
        {"choice_missing", "choice_empty"},
        {"choice_missing", "choice_text"},
        {"choice_missing", "choice_scope"},
        {"choice_empty", "choice_text"},
        {"choice_empty", "choice_scope"},
        {"choice_text", "choice_scope"},
        {"image_size", "image_type"},
        {"image_size", "image_decoding"},
        {"image_size", "image_resolution"},
        {"image_type", "image_decoding"},
        {"image_type", "image_resolution"},
        {"image_decoding", "image_resolution"},
        {"field_twice", "choice_missing"},
    };
    for (size_t i = 0; i < ROWS(pairs); i++)
        if (strcmp(left, pairs[i][0]) == 0 && strcmp(right, pairs[i][1]) == 0)
            return true;
    return false;
}

/* Every pair, neighbours included: the earlier rule refuses, and with it switched off the later
 * one does, so that both were really broken. */
static void rules_prefer_the_earlier_of_two_that_refuse(void **state)
{
    unsigned pairs = 0;
    for (size_t late = 0; late < ROWS(rows); late++)
        for (size_t early = 0; early < late; early++) {
            if (exclude_each_other(rows[early].rule, rows[late].rule))
                continue;
            struct wrong wrong = right_in(REVISION_R2026_01, *state);
            rows[late].breaks(&wrong);
            rows[early].breaks(&wrong);
            struct verdict first = core_judge(&wrong.call, &wrong.world);
            wrong.world.off[rule_find(rows[early].rule)] = true;
            struct verdict second = core_judge(&wrong.call, &wrong.world);
            if (strcmp(name_of(first.rule), rows[early].rule) != 0)
                fail_msg("%s and %s: refused by %s", rows[early].rule, rows[late].rule,
                         name_of(first.rule));
            /* A form that stays unreadable has no fields. */
            if (strcmp(rows[early].rule, "multipart") == 0)
                assert_true(second.rule > first.rule);
            else if (early == RULE_choice_empty - 1) /* no number either */
                assert_string_equal(name_of(second.rule), "choice_text");
            else if (early == RULE_path - 1 && (late == RULE_method - 1 || late == RULE_credits - 1))
                assert_string_equal(name_of(second.rule), "nothing"); /* no endpoint, no such rule */
            else if (strcmp(name_of(second.rule), rows[late].rule) != 0)
                fail_msg("%s and %s, the first switched off: refused by %s", rows[early].rule,
                         rows[late].rule, name_of(second.rule));
            pairs++;
        }
    assert_int_equal(pairs, 22 * 21 / 2 - 25);
}

/* The neighbours of the exclusive pairs that one picture or one text can break all the same. */
static void rules_keep_their_order_where_one_value_breaks_two(void **state)
{
    const struct pictures_of_tests *pictures = *state;
    char *large_wide = calloc(1, (size_t)LIMIT_IMAGE_BYTES_MAX + 1);
    memcpy(large_wide, pictures->wide.data, pictures->wide.len);
    const struct {
        const char *why;
        struct slice image, choice;
        const char *rules[4]; /* that refuse one after the other, each being switched off */
    } values[] = {
        {"an empty choice is no number either", slice_of("x"), slice_of(""),
         {"choice_empty", "choice_text", "image_type"}},
        {"a signed 99", slice_of("GIF8"), slice_of("+99"), {"choice_text", "image_type"}},
        {"an empty image is none of the types", slice_of(""), slice_of("12"),
         {"image_empty", "image_type", "nothing"}},
        {"large and foreign", slice_make(pictures->large, (size_t)LIMIT_IMAGE_BYTES_MAX + 1),
         slice_of("12"), {"image_size", "image_type", "nothing"}},
        {"large and 4096 wide", slice_make(large_wide, (size_t)LIMIT_IMAGE_BYTES_MAX + 1),
         slice_of("12"), {"image_size", "image_resolution", "nothing"}},
        {"cut off and 4096 wide", image_make_slice(&pictures->cut_wide), slice_of("12"),
         {"image_decoding", "image_resolution", "nothing"}},
        {"out of scope and cut off", image_make_slice(&pictures->cut_wide), slice_of("17"),
         {"choice_scope", "image_decoding", "image_resolution", "nothing"}},
    };
    for (size_t i = 0; i < ROWS(values); i++) {
        struct wrong wrong = right_in(REVISION_R2026_01, pictures);
        wrong.call.image = values[i].image;
        wrong.call.choice = values[i].choice;
        for (size_t k = 0; k < ROWS(values[i].rules) && values[i].rules[k]; k++) {
            struct verdict verdict = core_judge(&wrong.call, &wrong.world);
            if (strcmp(name_of(verdict.rule), values[i].rules[k]) != 0)
                fail_msg("%s: %s instead of %s", values[i].why, name_of(verdict.rule),
                         values[i].rules[k]);
            wrong.world.off[verdict.rule] = true;
        }
    }
    free(large_wide);
}

static void rules_let_a_request_go_further_when_switched_off(void **state)
{
    static const struct {
        const char *rule, *next;
    } others[] = {
        {"body_received", "nothing"}, {"body_whole", "nothing"},   {"multipart", "image_missing"},
        {"choice_empty", "choice_text"}, {"image_empty", "image_type"}, {"image_size", "image_type"},
    };
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (size_t i = 0; i < ROWS(rows); i++) {
            const char *next = "nothing";
            struct wrong wrong = right_in(id, *state);
            rows[i].breaks(&wrong);
            wrong.world.off[rule_find(rows[i].rule)] = true;
            struct verdict verdict = core_judge(&wrong.call, &wrong.world);
            for (size_t k = 0; k < ROWS(others); k++)
                if (strcmp(others[k].rule, rows[i].rule) == 0)
                    next = others[k].next;
            if (strcmp(name_of(verdict.rule), next) != 0)
                fail_msg("without %s in %s: %s instead of %s", rows[i].rule,
                         revision_info(id)->name, name_of(verdict.rule), next);
        }
}

static void rules_say_something_whichever_rules_are_off(void **state)
{
    static const enum body_end ends[] = {BODY_CUT, BODY_TOO_LARGE, BODY_TIMED_OUT, BODY_BAD_CHUNK};
    for (size_t i = 0; i < ROWS(ends); i++) {
        struct wrong wrong = right_in(REVISION_R2026_01, *state);
        wrong.call.end = ends[i];
        wrong.call.not_closed = true;
        wrong.world.off[RULE_body_received] = wrong.world.off[RULE_body_whole] = true;
        struct verdict verdict = core_judge(&wrong.call, &wrong.world);
        assert_string_equal(name_of(verdict.rule), "multipart");
        if (!strstr(verdict.message, "boundary"))
            fail_msg("'%s' gives no reason", verdict.message);
    }
}

static void rules_judge_the_account_for_credits_only_where_a_call_is_charged(void **state)
{
    struct wrong wrong = right_in(REVISION_R2026_01, *state);
    struct request request = {0};
    struct verdict verdict;
    char length_text[24];
    struct rule_context context = {.revision = wrong.world.revision,
                                   .account = &wrong.world.account,
                                   .max_body_bytes = CORE_BODY_MAX};
    break_credits(&wrong);
    wrong.call.method = "GET";
    wrong.call.path = CORE_CREDITS_PATH;
    wrong.call.not_announced = true;
    core_call_head(&request.head, &wrong.call, 0, length_text);
    request_head_derive(&request.head);
    rules_judge(&verdict, STAGE_HEAD, &request, &context);
    assert_string_equal(name_of(verdict.rule), "nothing");
    break_rate(&wrong);
    rules_judge(&verdict, STAGE_HEAD, &request, &context);
    assert_string_equal(name_of(verdict.rule), "rate");
}

static bool judge_without_memory(void *context, struct image_facts *facts, struct slice bytes)
{
    (void)context, (void)facts, (void)bytes;
    return false;
}

static void rules_blame_nobody_when_memory_runs_out(void **state)
{
    const struct image_judge judge = {judge_without_memory, NULL};
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct wrong right = right_in(id, *state);
        right.world.judge = &judge;
        struct verdict verdict = core_judge(&right.call, &right.world);
        assert_string_equal(error_info(verdict.code)->name, "SERVICE_INTERNAL_ERROR");
        assert_int_equal(verdict.status, 500);
        assert_non_null(strstr(verdict.message, "memory"));
    }
}

static void rules_decode_nothing_when_pictures_are_trusted(void **state)
{
    struct wrong wrong = right_in(REVISION_R2026_01, *state);
    wrong.world.judge = NULL;
    assert_string_equal(name_of(core_judge(&wrong.call, &wrong.world).rule), "nothing");
    break_image_decoding(&wrong);
    assert_string_equal(name_of(core_judge(&wrong.call, &wrong.world).rule), "nothing");
    wrong.call.image.len = 20; /* headers are looked at all the same */
    assert_string_equal(name_of(core_judge(&wrong.call, &wrong.world).rule), "image_decoding");
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
        void (*breaks)(struct wrong *w);
        unsigned decoded;
    } cases[] = {
        {break_image_resolution, 0}, {break_image_size, 0},     {break_image_type, 0},
        {break_image_decoding, 0}, /* cut off: seen without a codec */
        {break_choice_scope, 0},     {break_image_missing, 0},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        struct wrong wrong = right_in(REVISION_R2026_01, *state);
        wrong.world.judge = &judge;
        cases[i].breaks(&wrong);
        decoded = 0;
        core_judge(&wrong.call, &wrong.world);
        if (decoded != cases[i].decoded)
            fail_msg("case %zu: decoded %u times", i, decoded);
    }
    struct wrong right = right_in(REVISION_R2026_01, *state);
    right.world.judge = &judge;
    core_judge(&right.call, &right.world);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_all_tested_here_in_their_order),
        cmocka_unit_test(rules_accept_a_right_request_in_each_revision),
        cmocka_unit_test(rules_refuse_each_wrong_request_in_each_revision),
        cmocka_unit_test(rules_default_service_choice_to_0_where_it_is_optional),
        cmocka_unit_test(rules_prefer_the_earlier_of_two_that_refuse),
        cmocka_unit_test(rules_keep_their_order_where_one_value_breaks_two),
        cmocka_unit_test(rules_let_a_request_go_further_when_switched_off),
        cmocka_unit_test(rules_say_something_whichever_rules_are_off),
        cmocka_unit_test(rules_judge_the_account_for_credits_only_where_a_call_is_charged),
        cmocka_unit_test(rules_blame_nobody_when_memory_runs_out),
        cmocka_unit_test(rules_decode_nothing_when_pictures_are_trusted),
        cmocka_unit_test(rules_never_decode_what_is_refused_for_its_size),
        cmocka_unit_test(rules_make_verdicts_of_their_own),
    };
    return cmocka_run_group_tests_name("rules", tests, make_pictures, free_pictures);
}
