/* Every situation and every deviation by name: the client's verdict, and in each revision the
 * promises that hold for any envelope. */
#include "ailab_mock.h"
#include "fixture.h"
#include "outcomes.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_TIMEOUT_MS 250

static void client_flow_turns_situations_into_the_right_error(void **state)
{
    size_t count;
    char key[128], text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    const struct situation_outcome *rows = situation_outcomes(&count);
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    for (size_t i = 0; i < count; i++) {
        snprintf(key, sizeof key, "mock:%s@" FIXTURE_KEY, rows[i].name);
        fixture_client(
            &fixture, (struct ailab_options){.api_key = key,
                                             .timeout_ms = rows[i].is_slow ? SHORT_TIMEOUT_MS : 0});
        enum ailab_error error = fixture_call(&fixture, rows[i].name);
        const struct ailab_result *result = fixture.result;
        if (error != rows[i].error || ailab_result_http_status(result) != rows[i].http_status ||
            ailab_result_code(result) != rows[i].code ||
            ailab_result_retryable(result) != rows[i].retryable ||
            ailab_result_retry_after_s(result) != rows[i].retry_after_s)
            fail_msg("%s: %s", rows[i].name, fixture_describe(text, result));
        if (rows[i].is_slow && fixture.took_ms > SHORT_TIMEOUT_MS + 2000)
            fail_msg("%s: a time-out of %d ms took %lld ms", rows[i].name, SHORT_TIMEOUT_MS,
                     fixture.took_ms);
        if (error == AILAB_REFUSED && !*ailab_result_message(result))
            fail_msg("%s: no message", rows[i].name);
        if (error == AILAB_OK && !fixture_got(result, &fixture.picture))
            fail_msg("%s: another picture than was sent", rows[i].name);
    }
    fixture_close(&fixture);
}

static void arm_deviation(struct fixture *fixture, const char *name, bool refusal)
{
    fixture_arm(fixture, "[{%s\"deviation\":\"%s\"}]",
                refusal ? "\"error\":\"ERROR_NO_FACE_IN_FILE\"," : "", name);
}

static void check_refusal(const struct deviation_outcome *row, const struct ailab_result *result)
{
    char text[FIXTURE_PROBLEM_SIZE];
    bool unknown = row->code == AILAB_CODE_UNKNOWN;
    if (ailab_result_error(result) != row->refusal || ailab_result_code(result) != row->code ||
        ailab_result_http_status(result) != row->http_status || ailab_result_retryable(result))
        fail_msg("%s on a refusal: %s", row->name, fixture_describe(text, result));
    if (unknown && strcmp(ailab_result_code_text(result), "ERROR_NOT_IN_THE_TABLE") != 0)
        fail_msg("%s: %s", row->name, fixture_describe(text, result));
    if (!*ailab_result_message(result))
        fail_msg("%s: no message though another field has the text", row->name);
}

static void client_flow_turns_deviations_into_the_right_error(void **state)
{
    size_t count;
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    const struct deviation_outcome *rows = deviation_outcomes(&count);
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    fixture_client(&fixture, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    for (size_t i = 0; i < count; i++) {
        arm_deviation(&fixture, rows[i].name, false);
        enum ailab_error error = fixture_call(&fixture, rows[i].name);
        if (error != rows[i].success || ailab_result_http_status(fixture.result) != 200 ||
            ailab_result_attempts(fixture.result) != 1 || ailab_result_retryable(fixture.result))
            fail_msg("%s on a success: %s", rows[i].name, fixture_describe(text, fixture.result));
        if (error == AILAB_OK && !fixture_got(fixture.result, &fixture.picture))
            fail_msg("%s: another picture than was sent", rows[i].name);
        arm_deviation(&fixture, rows[i].name, true);
        fixture_call(&fixture, rows[i].name);
        check_refusal(&rows[i], fixture.result);
    }
    assert_int_equal(fixture_count(&fixture, NULL), 2 * count);
    fixture_close(&fixture);
}

/* Another envelope lacks some fields, so the verdicts differ; these promises do not. */
static void client_flow_survives_deviations_in_every_revision(void **state)
{
    static const char *const revisions[] = {"1.0.0", "1.0.1", "2025-09", "2026-01", "2026-05"};
    size_t count;
    char text[FIXTURE_PROBLEM_SIZE];
    const struct deviation_outcome *rows = deviation_outcomes(&count);
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct fixture fixture;
        fixture_open(&fixture,
                     &(struct ailab_mock_options){.result = "echo", .revision = revisions[r]});
        for (size_t i = 0; i < 2 * count; i++) {
            bool refusal = i % 2;
            arm_deviation(&fixture, rows[i / 2].name, refusal);
            enum ailab_error error =
                fixture_call_with(&fixture, rows[i / 2].name, 100, NULL); /* in scope everywhere */
            bool sound = refusal
                             ? error == AILAB_REFUSED || error == AILAB_BAD_ANSWER
                             : error != AILAB_OK || fixture_got(fixture.result, &fixture.picture);
            /* A deviation that breaks the most complete envelope may pass in another, but not the
             * reverse. */
            if (!sound || (!refusal && rows[i / 2].success == AILAB_OK && error != AILAB_OK))
                fail_msg("%s, %s on a %s: %s", revisions[r], rows[i / 2].name,
                         refusal ? "refusal" : "success", fixture_describe(text, fixture.result));
        }
        fixture_close(&fixture);
    }
}

CLIENT_SUITE("client_deviations",
             cmocka_unit_test(client_flow_turns_situations_into_the_right_error),
             cmocka_unit_test(client_flow_turns_deviations_into_the_right_error),
             cmocka_unit_test(client_flow_survives_deviations_in_every_revision))
