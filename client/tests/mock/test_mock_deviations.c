/* Every situation and every deviation by name: the client's verdict, and in each revision what must
 * hold whatever the envelope looks like. */
#include "ailab_mock.h"
#include "outcomes.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SHORT_TIMEOUT_MS 250

static void situations_become_the_right_error(void **state)
{
    size_t count;
    char key[128], text[STAGE_PROBLEM_SIZE];
    struct stage stage;
    const struct situation_outcome *rows = situation_outcomes(&count);
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    for (size_t i = 0; i < count; i++) {
        snprintf(key, sizeof key, "mock:%s@" STAGE_KEY, rows[i].name);
        stage_client(&stage,
                     (struct ailab_options){.api_key = key,
                                            .timeout_ms = rows[i].is_slow ? SHORT_TIMEOUT_MS : 0});
        enum ailab_error error = stage_call(&stage, rows[i].name);
        const struct ailab_result *result = stage.result;
        if (error != rows[i].error || ailab_result_http_status(result) != rows[i].http_status ||
            ailab_result_code(result) != rows[i].code ||
            ailab_result_retryable(result) != rows[i].retryable ||
            ailab_result_retry_after_s(result) != rows[i].retry_after_s)
            fail_msg("%s: %s", rows[i].name, stage_describe(text, result));
        if (error == AILAB_REFUSED && !*ailab_result_message(result))
            fail_msg("%s: no message", rows[i].name);
        if (error == AILAB_OK && !stage_got(result, &stage.picture))
            fail_msg("%s: another picture than was sent", rows[i].name);
    }
    stage_close(&stage);
}

static void arm_deviation(struct stage *stage, const char *name, bool refusal)
{
    stage_arm(stage, "[{%s\"deviation\":\"%s\"}]",
              refusal ? "\"error\":\"ERROR_NO_FACE_IN_FILE\"," : "", name);
}

static void check_refusal(const struct deviation_outcome *row, const struct ailab_result *result)
{
    char text[STAGE_PROBLEM_SIZE];
    bool unknown = row->code == AILAB_CODE_UNKNOWN;
    if (ailab_result_error(result) != row->refusal || ailab_result_code(result) != row->code ||
        ailab_result_http_status(result) != row->http_status || ailab_result_retryable(result))
        fail_msg("%s on a refusal: %s", row->name, stage_describe(text, result));
    if (unknown && strcmp(ailab_result_code_text(result), "ERROR_NOBODY_KNOWS") != 0)
        fail_msg("%s: %s", row->name, stage_describe(text, result));
    if (!*ailab_result_message(result))
        fail_msg("%s: no message though another field has the text", row->name);
}

static void deviations_become_the_right_error(void **state)
{
    size_t count;
    char text[STAGE_PROBLEM_SIZE];
    struct stage stage;
    const struct deviation_outcome *rows = deviation_outcomes(&count);
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    for (size_t i = 0; i < count; i++) {
        arm_deviation(&stage, rows[i].name, false);
        enum ailab_error error = stage_call(&stage, rows[i].name);
        if (error != rows[i].success || ailab_result_http_status(stage.result) != 200 ||
            ailab_result_retryable(stage.result))
            fail_msg("%s on a success: %s", rows[i].name, stage_describe(text, stage.result));
        if (error == AILAB_OK && !stage_got(stage.result, &stage.picture))
            fail_msg("%s: another picture than was sent", rows[i].name);
        arm_deviation(&stage, rows[i].name, true);
        stage_call(&stage, rows[i].name);
        check_refusal(&rows[i], stage.result);
    }
    assert_int_equal(stage_count(&stage, NULL), 2 * count);
    stage_close(&stage);
}

/* In another envelope fields are missing anyway, so the verdicts differ; these things do not. */
static void deviations_are_survived_in_every_revision(void **state)
{
    static const char *const revisions[] = {"1.0.0", "1.0.1", "2025-09", "2026-01", "2026-05"};
    size_t count;
    char text[STAGE_PROBLEM_SIZE];
    const struct deviation_outcome *rows = deviation_outcomes(&count);
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct stage stage;
        stage_open(&stage,
                   &(struct ailab_mock_options){.result = "echo", .revision = revisions[r]});
        for (size_t i = 0; i < 2 * count; i++) {
            bool refusal = i % 2;
            arm_deviation(&stage, rows[i / 2].name, refusal);
            enum ailab_error error =
                stage_call_with(&stage, rows[i / 2].name, 100, NULL); /* in scope everywhere */
            bool sound = refusal ? error == AILAB_REFUSED || error == AILAB_BAD_ANSWER
                                 : error != AILAB_OK || stage_got(stage.result, &stage.picture);
            /* What breaks the most complete envelope may pass in another, but not the reverse. */
            if (!sound || (!refusal && rows[i / 2].success == AILAB_OK && error != AILAB_OK))
                fail_msg("%s, %s on a %s: %s", revisions[r], rows[i / 2].name,
                         refusal ? "refusal" : "success", stage_describe(text, stage.result));
        }
        stage_close(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(situations_become_the_right_error),
        cmocka_unit_test(deviations_become_the_right_error),
        cmocka_unit_test(deviations_are_survived_in_every_revision),
    };
    return cmocka_run_group_tests_name("mock_deviations", tests, NULL, NULL);
}
