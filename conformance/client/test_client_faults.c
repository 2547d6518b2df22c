/* Every fault below the envelope, on an answer that would have been a success and on one that would
 * have been a refusal: the outcome, the time it took, and the same client at work again after it.
 */
#include "ailab_mock.h"
#include "faults.h"
#include "fixture.h"
#include "testing/sanitized.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_BYTES (24L * 1024 * 1024)
#define HUGE_BYTES 52428800L

static void client_flow_turns_faults_into_the_right_error(void **state)
{
    size_t count;
    struct fixture fixture;
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    size_t calls = 0;
    for (size_t i = 0; i < count; i++)
        for (int refusal = 0; refusal < 2 && rows[i].kind != FAULT_REFUSES; refusal++, calls++)
            faults_check(&fixture, &rows[i], refusal);
    assert_int_equal(fixture_count(&fixture, NULL), calls); /* and none was sent twice */
    fixture_close(&fixture);
}

/* The client asks again for a damaged success only if it saw nothing of it. */
static void client_retry_transient_asks_again_only_where_no_success_was_seen(void **state)
{
    size_t count;
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    for (size_t i = 0; i < count; i++) {
        unsigned attempts = rows[i].again ? 2 : 1;
        if (rows[i].kind == FAULT_REFUSES)
            continue;
        size_t before = fixture_count(&fixture, NULL);
        faults_set_up(&fixture, &rows[i], 1);
        faults_arm(&fixture, &rows[i], false);
        enum ailab_error error = fixture_call(&fixture, rows[i].name);
        if (error != (rows[i].again ? AILAB_OK : rows[i].success.error) ||
            ailab_result_attempts(fixture.result) != attempts ||
            fixture_count(&fixture, NULL) != before + attempts)
            fail_msg("%s, with a retry allowed: %s", rows[i].name,
                     fixture_describe(text, fixture.result));
    }
    fixture_close(&fixture);
}

static void client_flow_faults_leave_the_client_fit_for_the_next_call(void **state)
{
    size_t count;
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    fixture_client(&fixture, (struct ailab_options){.timeout_ms = FAULTS_LONG_MS});
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == FAULT_STALLS || rows[i].kind == FAULT_REFUSES)
            continue;
        for (int refusal = 0; refusal < 2; refusal++) {
            faults_arm(&fixture, &rows[i], refusal);
            fixture_call(&fixture, rows[i].name);
            if (fixture_call(&fixture, rows[i].name) != AILAB_OK ||
                !fixture_got(fixture.result, &fixture.picture))
                fail_msg("after %s: %s", rows[i].name, fixture_describe(text, fixture.result));
        }
    }
    fixture_close(&fixture);
}

static void client_retry_transient_never_sends_twice_on_a_kept_connection(void **state)
{
    static const char *const names[] = {"reset-before-answer", "close-before-answer",
                                        "garbage-status", "reset-upload", "close-upload"};
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    for (size_t i = 0; i < ROWS(names); i++) {
        size_t before = fixture_count(&fixture, NULL);
        assert_int_equal(fixture_call(&fixture, "a connection to keep"), AILAB_OK);
        fixture_arm(&fixture, "[{\"fault\":\"%s\"}]", names[i]);
        if (fixture_call(&fixture, names[i]) == AILAB_OK ||
            fixture_count(&fixture, NULL) != before + 2)
            fail_msg("%s: %zu requests, %s", names[i], fixture_count(&fixture, NULL) - before,
                     fixture_describe(text, fixture.result));
    }
    fixture_close(&fixture);
}

/* The place of the cut does not matter: only a whole answer is a success. */
static void client_flow_takes_no_success_that_was_cut(void **state)
{
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    for (long at = 0; at < 700; at += at < 450 ? 9 : 61) {
        fixture_arm(&fixture, "[{\"fault\":{\"name\":\"cut-after\",\"amount\":%ld}}]", at);
        enum ailab_error error = fixture_call(&fixture, "cut-after");
        if (error != AILAB_UNREACHABLE || !ailab_result_retryable(fixture.result))
            fail_msg("cut after %ld: %s", at, fixture_describe(text, fixture.result));
    }
    fixture_close(&fixture);
}

/* Peak of the process since the last time; the kernel counts from here on. */
static long peak_bytes(void)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    assert_non_null(status);
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    fclose(status);
    return kib * 1024;
}

static bool forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    bool done = file && fputs("5", file) >= 0;
    return file && fclose(file) == 0 && done;
}

static void client_flow_takes_50_mib_in_bounded_memory(void **state)
{
    static const struct {
        const char *why;
        size_t max_answer_bytes;
        enum ailab_error error;
        long memory_bytes; /* the client holds one body, and no second copy of it */
    } rows[] = {
        {"beyond the bound", (size_t)1024 * 1024, AILAB_BAD_ANSWER, MEMORY_BYTES},
        {"within the usual bound, most of it an unknown field", 0, AILAB_OK,
         HUGE_BYTES + MEMORY_BYTES},
    };
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    assert_int_equal(fixture_call(&fixture, "so that everything is set up"), AILAB_OK);
    for (size_t i = 0; i < ROWS(rows); i++) {
        fixture_client(&fixture,
                       (struct ailab_options){.max_answer_bytes = rows[i].max_answer_bytes});
        fixture_arm(&fixture, "[{\"fault\":\"json-huge\"}]");
        if (!forget_peak())
            skip(); /* a kernel that does not let one count */
        long before = peak_bytes();
        enum ailab_error error = fixture_call(&fixture, rows[i].why);
        long grown = peak_bytes() - before;
        if (error != rows[i].error)
            fail_msg("%s: %s", rows[i].why, fixture_describe(text, fixture.result));
        if (!SHADOWED && grown > rows[i].memory_bytes)
            fail_msg("%s: %ld KiB more", rows[i].why, grown / 1024);
    }
    fixture_close(&fixture);
}

CLIENT_SUITE("client_faults",
             cmocka_unit_test(client_retry_transient_asks_again_only_where_no_success_was_seen),
             cmocka_unit_test(client_flow_turns_faults_into_the_right_error),
             cmocka_unit_test(client_flow_faults_leave_the_client_fit_for_the_next_call),
             cmocka_unit_test(client_retry_transient_never_sends_twice_on_a_kept_connection),
             cmocka_unit_test(client_flow_takes_no_success_that_was_cut),
             cmocka_unit_test(client_flow_takes_50_mib_in_bounded_memory))
