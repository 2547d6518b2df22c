/* The fault that takes the listening socket away. It stands apart because the thread sanitizer
 * cannot run it: civetweb is not instrumented, so the sanitizer does not see that it hands its
 * listening socket from one thread to another. */
#include "faults.h"

/* The socket goes when the answer is out: until then a call may still find it, with new clients so
 * that no kept connection is used. */
static void wait_for_refusal(struct fixture *fixture, const char *why)
{
    char text[FIXTURE_PROBLEM_SIZE];
    long long until = fixture_now_ms() + FAULTS_LONG_MS;
    enum ailab_error error = AILAB_OK;
    while (error == AILAB_OK && fixture_now_ms() < until) {
        fixture_client(fixture, (struct ailab_options){.retries = 0});
        error = fixture_call(fixture, why);
    }
    if (error != AILAB_UNREACHABLE)
        fail_msg("%s: %s", why, fixture_describe(text, fixture->result));
}

static void client_retry_transient_tries_refused_connections_again(void **state)
{
    size_t count;
    char text[FIXTURE_PROBLEM_SIZE];
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    for (size_t i = 0; i < 2 * count; i++) {
        struct fixture fixture;
        if (rows[i / 2].kind != FAULT_REFUSES)
            continue;
        fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
        faults_check(&fixture, &rows[i / 2], i % 2);
        wait_for_refusal(&fixture, rows[i / 2].name);
        fixture_client(&fixture, (struct ailab_options){.retries = 2, .retry_wait_ms = 1});
        size_t before = fixture_count(&fixture, NULL);
        if (fixture_call(&fixture, rows[i / 2].name) != AILAB_UNREACHABLE ||
            !ailab_result_retryable(fixture.result) || ailab_result_attempts(fixture.result) != 3 ||
            ailab_result_http_status(fixture.result) != 0)
            fail_msg("after %s: %s", rows[i / 2].name, fixture_describe(text, fixture.result));
        assert_int_equal(fixture_count(&fixture, NULL), before);
        fixture_close(&fixture);
    }
}

CLIENT_SUITE("client_refused",
             cmocka_unit_test(client_retry_transient_tries_refused_connections_again))
