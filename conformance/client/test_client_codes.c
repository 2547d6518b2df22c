/* Every code of the vendor's table through the client: in the envelopes and with the statuses of
 * two revisions that share neither, inside a 200, and with retries allowed. */
#include "codes.h"
#include "fixture.h"
#include <stdio.h>
#include <string.h>

static void check_code(const struct ailab_result *result, const struct code_row *row, long status,
                       bool retryable)
{
    char text[FIXTURE_PROBLEM_SIZE];
    if (ailab_result_error(result) != AILAB_REFUSED || ailab_result_http_status(result) != status ||
        strcmp(ailab_result_code_text(result), row->name) != 0 ||
        strcmp(ailab_code_name(ailab_result_code(result)), row->name) != 0 ||
        strcmp(ailab_result_code_message(result), row->description) != 0 ||
        ailab_result_retryable(result) != retryable || ailab_result_attempts(result) != 1)
        fail_msg("%s, expected %ld and %sretryable: %s", row->name, status, retryable ? "" : "not ",
                 fixture_describe(text, result));
    if (!*ailab_result_message(result) || strlen(ailab_result_request_id(result)) != 36 ||
        strlen(ailab_result_log_id(result)) != 8)
        fail_msg("%s: message '%s', request_id '%s', log_id '%s'", row->name,
                 ailab_result_message(result), ailab_result_request_id(result),
                 ailab_result_log_id(result));
}

/* How the mock is made to answer with a code. */
enum by { BY_STEP, BY_KEY, IN_200 };

/* Each code of the table, asked for once. */
static void check_codes(const char *revision, bool is_old, enum by by)
{
    char key[128];
    size_t count;
    struct fixture fixture;
    const struct code_row *rows = code_rows(&count);
    fixture_open(&fixture, &(struct ailab_mock_options){.revision = revision});
    for (size_t i = 0; i < count; i++) {
        const struct code_row *row = &rows[i];
        long status = is_old ? row->status_2025_09 : row->status_2026_01;
        snprintf(key, sizeof key, "mock:%s@" FIXTURE_KEY, row->name);
        if (by == BY_KEY)
            fixture_client(&fixture, (struct ailab_options){.api_key = key});
        else
            fixture_arm(&fixture, "[{\"error\":\"%s\"%s}]", row->name,
                        by == IN_200 ? ",\"deviation\":\"error-in-200\"" : "");
        fixture_call_with(&fixture, row->name, 100, NULL); /* in scope in each revision */
        check_code(fixture.result, row, by == IN_200 ? 200 : status,
                   is_old ? row->passing_2025_09 : row->passing_2026_01);
    }
    assert_int_equal(fixture_count(&fixture, NULL), count);
    fixture_close(&fixture);
}

static void client_flow_reports_every_code_as_the_table_of_2025_says(void **state)
{
    (void)state;
    check_codes("1.0.0", true, BY_STEP);
}

static void client_flow_reports_every_code_as_the_table_of_2026_says(void **state)
{
    (void)state;
    check_codes("2026-05", false, BY_KEY);
}

/* An error in a 200 has no status of its own to judge by. */
static void client_error_in_200_is_a_failure_for_every_code(void **state)
{
    (void)state;
    check_codes("2026-05", false, IN_200);
}

#define RETRIES 2

/* Each code of the kind, with retries allowed: the client asks once for a lasting one, and again
 * for a passing one. */
static void check_kind(bool transient)
{
    char text[FIXTURE_PROBLEM_SIZE];
    size_t count, met = 0;
    struct fixture fixture;
    const struct code_row *rows = code_rows(&count);
    unsigned attempts = transient ? RETRIES + 1 : 1;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){.retries = RETRIES, .retry_wait_ms = 1});
    for (size_t i = 0; i < count; i++) {
        if (rows[i].passing_2026_01 != transient)
            continue;
        fixture_arm(&fixture, "[{\"error\":\"%s\",\"times\":%u}]", rows[i].name,
                    transient ? RETRIES : 1u);
        enum ailab_error error = fixture_call(&fixture, rows[i].name);
        if (error != (transient ? AILAB_OK : AILAB_REFUSED) ||
            ailab_result_attempts(fixture.result) != attempts)
            fail_msg("%s: %s", rows[i].name, fixture_describe(text, fixture.result));
        met++;
    }
    assert_true(met > 0);
    assert_int_equal(fixture_count(&fixture, NULL), met * attempts);
    fixture_close(&fixture);
}

static void client_retry_never_repeats_a_lasting_code(void **state)
{
    (void)state;
    check_kind(false);
}

static void client_retry_transient_repeats_a_passing_code(void **state)
{
    (void)state;
    check_kind(true);
}

/* The client hands a code outside the table on letter by letter, with any status. */
static void client_unknown_code_is_handed_on(void **state)
{
    static const struct {
        const char *why, *code, *more;
        long status;
    } rows[] = {
        {"with a status of its kind", "A_CODE_OF_TOMORROW", "", 422},
        {"with a server's status", "A_CODE_OF_TOMORROW", "", 503},
        {"inside HTTP 200", "A_CODE_OF_TOMORROW", "\"deviation\":\"error-in-200\",", 422},
        {"not in capitals", "tomorrow.v2-code", "", 400},
        {"nearly one of the table", "ERROR_NO_FACE_IN_FILES", "", 422},
        {"in small letters", "error_no_face_in_file", "", 422},
        {"a long one",
         "A_CODE_THAT_IS_MUCH_LONGER_THAN_ANY_OF_THE_TABLE_SO_THAT_IT_NEEDS_MORE_ROOM_AA", "", 422},
    };
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    for (size_t i = 0; i < ROWS(rows); i++) {
        fixture_arm(&fixture, "[{%s\"error\":\"%s\",\"status\":%ld}]", rows[i].more, rows[i].code,
                    rows[i].status);
        if (fixture_call(&fixture, rows[i].why) != AILAB_REFUSED ||
            ailab_result_code(fixture.result) != AILAB_CODE_UNKNOWN ||
            strcmp(ailab_result_code_text(fixture.result), rows[i].code) != 0 ||
            ailab_result_http_status(fixture.result) != (*rows[i].more ? 200 : rows[i].status))
            fail_msg("%s: %s", rows[i].why, fixture_describe(text, fixture.result));
    }
    fixture_close(&fixture);
}

/* The look-up compares the whole name: some codes begin like others. */
static void codes_are_found_by_their_whole_name(void **state)
{
    size_t count;
    const struct code_row *rows = code_rows(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        char name[128];
        enum ailab_code code = ailab_code_find(rows[i].name);
        assert_string_equal(ailab_code_name(code), rows[i].name);
        assert_string_equal(ailab_code_description(code), rows[i].description);
        snprintf(name, sizeof name, "%s_", rows[i].name);
        assert_int_equal(ailab_code_find(name), AILAB_CODE_UNKNOWN);
    }
}

CLIENT_SUITE("client_codes",
             cmocka_unit_test(client_flow_reports_every_code_as_the_table_of_2025_says),
             cmocka_unit_test(client_flow_reports_every_code_as_the_table_of_2026_says),
             cmocka_unit_test(client_error_in_200_is_a_failure_for_every_code),
             cmocka_unit_test(client_retry_never_repeats_a_lasting_code),
             cmocka_unit_test(client_retry_transient_repeats_a_passing_code),
             cmocka_unit_test(client_unknown_code_is_handed_on),
             cmocka_unit_test(codes_are_found_by_their_whole_name))
