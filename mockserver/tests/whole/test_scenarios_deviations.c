/* Every deviation, as it arrives over a socket: the one clause that it names is broken, on a
 * success and on an error, and everything else of the answer is as it was. The names of faults and
 * deviations are typed again here; the mock must know these and no others. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct field_row {
    const char *name, *object, *field; /* object NULL: the root */
    bool on_success, on_error, is_text;
} fields[] = {
    {"request-id", NULL, "request_id", true, true, true},
    {"log-id", NULL, "log_id", true, true, true},
    {"error-code", NULL, "error_code", true, true, false},
    {"error-code-str", NULL, "error_code_str", true, true, true},
    {"error-msg", NULL, "error_msg", true, true, true},
    {"error-detail", NULL, "error_detail", true, true, false},
    {"status-code", "error_detail", "status_code", true, true, false},
    {"detail-code", "error_detail", "code", true, true, true},
    {"code-message", "error_detail", "code_message", true, true, true},
    {"message", "error_detail", "message", true, true, true},
    {"data", NULL, "data", true, false, false},
    {"image", "data", "image", true, false, true},
};

static const char *const kinds[] = {"missing", "null", "type"};

static const char *const specials[] = {
    "error-code-text", "error-in-200",  "status-mismatch", "extra-fields",
    "unknown-code",    "empty-message", "same-request-id", "data-on-error",
};

static const char *const faults[] = {
    "reset-upload",        "close-upload",        "stall-upload",       "slow-upload",
    "early-413",           "no-continue",         "late-continue",      "reset-before-answer",
    "reset-mid-answer",    "close-before-answer", "close-mid-answer",   "cut-after",
    "stall-before-answer", "stall-mid-head",      "stall-mid-answer",   "dribble",
    "length-too-long",     "length-too-short",    "broken-chunk",       "garbage-status",
    "wrong-content-type",  "gzip-undeclared",     "html-body",          "empty-body",
    "json-truncated",      "json-garbage",        "json-array",         "json-duplicate-key",
    "json-invalid-utf8",   "json-huge",           "base64-data-prefix", "base64-line-breaks",
    "base64-url-alphabet", "base64-bad-padding",  "base64-no-image",    "base64-half-image",
    "refuse-afterwards",
};

static const char *const situations[] = {
    "success", "no-face",          "two-faces",          "side-profile",
    "retired", "no-credits",       "upstream-file-type", "rate-limited",
    "locked",  "gateway-html-502", "gateway-empty-504",  "stall",
    "slow",
};

static void ask_for(struct scenarios_answer *out, struct ailab_mock *mock, const char *step)
{
    scenarios_arm(mock, SCENARIOS_KEY, "[{%s}]", step);
    scenarios_ask(out, ailab_mock_port(mock), &(struct scenarios_call){0});
    if (!out->status || !out->json || out->end != SCENARIOS_KEPT)
        fail_msg("%s: %.600s", step, out->size ? out->bytes : "(nothing)");
}

static const char *step_text(char out[160], const char *deviation, bool error)
{
    snprintf(out, 160, "%s%s\"deviation\": \"%s\"", error ? "\"error\": \"ERROR_BLURRY_FACE\"" : "",
             error ? ", " : "", deviation);
    return out;
}

/* Two answers are the same but for ids and what stands at object/field. */
static bool same_but(const cJSON *a, const cJSON *b, const char *skip)
{
    const cJSON *one = a ? a->child : NULL, *other = b ? b->child : NULL;
    for (;; one = one->next, other = other->next) {
        if (one && skip && strcmp(one->string, skip) == 0 &&
            (!other || strcmp(other->string, skip) != 0))
            one = one->next; /* it is missing */
        if (!one || !other)
            return !one && !other;
        if (strcmp(one->string, other->string) != 0)
            return false;
        bool id = strcmp(one->string, "request_id") == 0 || strcmp(one->string, "log_id") == 0;
        bool skipped = skip && strcmp(one->string, skip) == 0;
        bool nested = cJSON_IsObject(one) && cJSON_IsObject(other);
        if (!skipped && !id && !nested && !cJSON_Compare(one, other, 1))
            return false;
    }
}

static bool is_deviated(const cJSON *value, size_t kind, bool is_text)
{
    if (kind == 0)
        return value == NULL;
    if (kind == 1)
        return cJSON_IsNull(value);
    return value && !cJSON_IsNull(value) &&
           (is_text ? cJSON_IsNumber(value) : cJSON_IsString(value));
}

static const cJSON *inside(const cJSON *root, const char *object)
{
    return object ? cJSON_GetObjectItemCaseSensitive(root, object) : root;
}

static void check_field(struct ailab_mock *mock, const struct field_row *row, size_t kind,
                        bool error, const struct scenarios_answer *usual)
{
    char name[64], step[160];
    struct scenarios_answer answer;
    snprintf(name, sizeof name, "%s-%s", kinds[kind], row->name);
    ask_for(&answer, mock, step_text(step, name, error));
    const cJSON *object = inside(answer.json, row->object);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, row->field);
    bool shows = error ? row->on_error : row->on_success;
    if (answer.status != usual->status)
        fail_msg("%s: status %d", step, answer.status);
    if (shows && (!cJSON_IsObject(object) || !is_deviated(value, kind, row->is_text)))
        fail_msg("%s: not deviated: %.300s", step, answer.body.ptr);
    if (!same_but(usual->json, answer.json, row->object ? NULL : row->field) ||
        (row->object && shows && !same_but(inside(usual->json, row->object), object, row->field)))
        fail_msg("%s: something else has changed: %.300s", step, answer.body.ptr);
    scenarios_clear(&answer);
}

static void deviations_of_fields_break_that_field_alone(void **state)
{
    for (int error = 0; error < 2; error++) {
        struct scenarios_answer usual;
        ask_for(&usual, *state,
                error ? "\"error\": \"ERROR_BLURRY_FACE\"" : "\"answer\": \"success\"");
        for (size_t i = 0; i < ROWS(fields); i++)
            for (size_t kind = 0; kind < ROWS(kinds); kind++)
                check_field(*state, &fields[i], kind, error, &usual);
        scenarios_clear(&usual);
    }
}

static bool has_text(const cJSON *object, const char *name, const char *expected)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text && strcmp(text, expected) == 0;
}

static int number_of(const cJSON *object, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(number) ? number->valueint : -1;
}

static const cJSON *detail_of(const struct scenarios_answer *answer)
{
    return cJSON_GetObjectItemCaseSensitive(answer->json, "error_detail");
}

static void deviations_of_codes_contradict_as_named(void **state)
{
    char step[160];
    struct scenarios_answer answer;
    for (int error = 0; error < 2; error++) {
        int status = error ? 422 : 200;
        ask_for(&answer, *state, step_text(step, "error-code-text", error));
        assert_int_equal(answer.status, status);
        assert_true(has_text(answer.json, "error_code", error ? "422" : "0"));
        assert_int_equal(number_of(detail_of(&answer), "status_code"), status);
        scenarios_clear(&answer);

        ask_for(&answer, *state, step_text(step, "status-mismatch", error));
        assert_int_equal(answer.status, status);
        assert_int_not_equal(number_of(answer.json, "error_code"), status);
        assert_int_not_equal(number_of(answer.json, "error_code"), 0);
        assert_int_equal(number_of(answer.json, "error_code"),
                         number_of(detail_of(&answer), "status_code"));
        scenarios_clear(&answer);
    }
    ask_for(&answer, *state, step_text(step, "error-in-200", true));
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(answer.json, "error_code"), 422);
    assert_int_equal(number_of(detail_of(&answer), "status_code"), 422);
    assert_string_equal(scenarios_code(&answer), "ERROR_BLURRY_FACE");
    scenarios_clear(&answer);

    ask_for(&answer, *state, step_text(step, "unknown-code", true));
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++)
        assert_string_not_equal(scenarios_code(&answer), scenarios_errors()[i].code);
    assert_true(scenarios_code(&answer)[0] != '\0');
    scenarios_clear(&answer);
}

static void deviations_of_content_show_as_named(void **state)
{
    char step[160], id[64] = "";
    struct scenarios_answer answer;
    ask_for(&answer, *state, step_text(step, "empty-message", true));
    assert_true(has_text(detail_of(&answer), "message", ""));
    assert_string_equal(scenarios_code(&answer), "ERROR_BLURRY_FACE");
    scenarios_clear(&answer);

    ask_for(&answer, *state, step_text(step, "data-on-error", true));
    assert_int_equal(answer.status, 422);
    assert_non_null(cJSON_GetObjectItemCaseSensitive(answer.json, "data"));
    scenarios_clear(&answer);

    for (int error = 0; error < 2; error++) {
        ask_for(&answer, *state, step_text(step, "same-request-id", error));
        const char *got =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer.json, "request_id"));
        assert_non_null(got);
        if (error)
            assert_string_equal(got, id);
        snprintf(id, sizeof id, "%s", got);
        scenarios_clear(&answer);

        ask_for(&answer, *state, step_text(step, "extra-fields", error));
        const cJSON *data = cJSON_GetObjectItemCaseSensitive(answer.json, "data");
        assert_int_equal(cJSON_GetArraySize(answer.json), (error ? 6 : 7) + 4);
        assert_int_equal(cJSON_GetArraySize(detail_of(&answer)), 4 + 4);
        assert_int_equal(data ? cJSON_GetArraySize(data) : 1 + 4, 1 + 4);
        scenarios_clear(&answer);
    }
}

/* By name alone, as a cue does it: all that show on errors only bring an error along. */
static void deviations_show_by_their_name_alone(void **state)
{
    static const struct {
        const char *name;
        int status;
    } rows[] = {{"error-in-200", 200},   {"unknown-code", 422},  {"empty-message", 422},
                {"data-on-error", 422},  {"missing-image", 200}, {"type-error-code", 200},
                {"same-request-id", 200}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_answer answer;
        scenarios_ask(&answer, ailab_mock_port(*state),
                      &(struct scenarios_call){.header = rows[i].name});
        assert_int_equal(answer.status, rows[i].status);
        assert_true(scenarios_header_is(&answer, "X-Mock-Scenario", rows[i].name));
        if (i < 4 && !scenarios_code(&answer)[0])
            fail_msg("%s: no error: %.300s", rows[i].name, answer.bytes);
        scenarios_clear(&answer);
    }
}

/* Names */

static bool is_listed(const cJSON *list, const char *name)
{
    for (const cJSON *item = list->child; item; item = item->next)
        if (has_text(item, "name", name)) {
            const char *summary =
                cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "summary"));
            return summary && *summary && !strchr(summary, '\n') &&
                   cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "built_in"));
        }
    return false;
}

static void deviations_faults_codes_and_situations_are_all_names(void **state)
{
    cJSON *answer = scenarios_admin(*state, "GET", "/__admin/scenarios", NULL, 200);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, "scenarios");
    size_t count = SCENARIOS_ERRORS;
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++)
        if (!is_listed(list, scenarios_errors()[i].code))
            fail_msg("%s is not listed", scenarios_errors()[i].code);
    for (size_t i = 0; i < ROWS(fields) * ROWS(kinds); i++, count++) {
        char name[64];
        snprintf(name, sizeof name, "%s-%s", kinds[i % 3], fields[i / 3].name);
        if (!is_listed(list, name))
            fail_msg("%s is not listed", name);
    }
    const struct {
        const char *const *names;
        size_t count;
    } others[] = {
        {specials, ROWS(specials)}, {faults, ROWS(faults)}, {situations, ROWS(situations)}};
    for (size_t k = 0; k < ROWS(others); k++)
        for (size_t i = 0; i < others[k].count; i++, count++)
            if (!is_listed(list, others[k].names[i]))
                fail_msg("%s is not listed", others[k].names[i]);
    assert_int_equal(cJSON_GetArraySize(list), count); /* and nothing that is not tested */
    cJSON_Delete(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deviations_faults_codes_and_situations_are_all_names),
        cmocka_unit_test(deviations_of_fields_break_that_field_alone),
        cmocka_unit_test(deviations_of_codes_contradict_as_named),
        cmocka_unit_test(deviations_of_content_show_as_named),
        cmocka_unit_test(deviations_show_by_their_name_alone),
    };
    return cmocka_run_group_tests_name("scenarios_deviations", tests, scenarios_setup,
                                       scenarios_teardown);
}
