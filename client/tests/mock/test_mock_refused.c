/* The fault that takes the listening socket away. Apart from the others, and not among the tests
 * that run under the thread sanitizer: it cannot see how civetweb, which is not instrumented, hands
 * its listening socket from one thread to another. */
#include "faults.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The socket goes when the answer is out: until then a call may still find it, with new clients so
 * that no kept connection is used. */
static void wait_for_refusal(struct stage *stage, const char *why)
{
    char text[STAGE_PROBLEM_SIZE];
    long long until = stage_now_ms() + FAULTS_LONG_MS;
    enum ailab_error error = AILAB_OK;
    while (error == AILAB_OK && stage_now_ms() < until) {
        stage_client(stage, (struct ailab_options){.retries = 0});
        error = stage_call(stage, why);
    }
    if (error != AILAB_UNREACHABLE)
        fail_msg("%s: %s", why, stage_describe(text, stage->result));
}

static void refused_connections_follow_a_whole_answer(void **state)
{
    size_t count;
    char text[STAGE_PROBLEM_SIZE];
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    for (size_t i = 0; i < 2 * count; i++) {
        struct stage stage;
        if (rows[i / 2].kind != FAULT_REFUSES)
            continue;
        stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
        faults_check(&stage, &rows[i / 2], i % 2);
        wait_for_refusal(&stage, rows[i / 2].name);
        stage_client(&stage, (struct ailab_options){.retries = 2, .retry_wait_ms = 1});
        size_t before = stage_count(&stage, NULL);
        if (stage_call(&stage, rows[i / 2].name) != AILAB_UNREACHABLE ||
            !ailab_result_retryable(stage.result) || ailab_result_attempts(stage.result) != 3 ||
            ailab_result_http_status(stage.result) != 0)
            fail_msg("after %s: %s", rows[i / 2].name, stage_describe(text, stage.result));
        assert_int_equal(stage_count(&stage, NULL), before);
        stage_close(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_connections_follow_a_whole_answer),
    };
    return cmocka_run_group_tests_name("mock_refused", tests, NULL, NULL);
}
