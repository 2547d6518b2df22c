/* Every fault below the envelope, on an answer that would have been a success and on one that would
 * have been a refusal: the outcome, the time it took, and the same client at work again after it.
 */
#include "ailab_mock.h"
#include "outcomes.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STALL_TIMEOUT_MS 250
#define LARGE_BYTES ((size_t)1536 * 1024)
#define MEMORY_BYTES (24L * 1024 * 1024)
#define LONG_WAIT_MS 10000 /* for what should be over much sooner, on the slowest machine */

static void arm_fault(struct stage *stage, const struct fault_outcome *row, bool refusal)
{
    const char *answer = refusal ? "\"error\":\"ERROR_NO_FACE_IN_FILE\"," : "";
    if (row->amount >= 0)
        stage_arm(stage, "[{%s\"fault\":{\"name\":\"%s\",\"amount\":%ld}}]", answer, row->name,
                  row->amount);
    else
        stage_arm(stage, "[{%s\"fault\":\"%s\"}]", answer, row->name);
}

static void check_fault(struct stage *stage, const struct fault_outcome *row, bool refusal)
{
    char text[STAGE_PROBLEM_SIZE];
    const struct fault_verdict *expected = refusal ? &row->refusal : &row->success;
    const char *on = refusal ? "a refusal" : "a success";
    long timeout_ms = row->kind == FAULT_STALLS ? STALL_TIMEOUT_MS : LONG_WAIT_MS;
    bool early = strcmp(row->name, "early-413") == 0;
    stage_client(stage, (struct ailab_options){.timeout_ms = timeout_ms});
    stage_picture(stage,
                  row->kind == FAULT_LARGE ? stage_padded_jpeg(LARGE_BYTES) : stage_small_jpeg());
    arm_fault(stage, row, refusal);
    enum ailab_error error = stage_call(stage, row->name);
    const struct ailab_result *result = stage->result;
    if (error != expected->error || ailab_result_retryable(result) != expected->retryable ||
        ailab_result_attempts(result) != 1)
        fail_msg("%s on %s: %s", row->name, on, stage_describe(text, result));
    if (error == AILAB_OK && !stage_got(result, &stage->picture))
        fail_msg("%s: another picture than was sent", row->name);
    if (error == AILAB_REFUSED &&
        ailab_result_code(result) !=
            (early ? AILAB_CODE_FILE_SIZE_EXCEEDS_LIMIT : AILAB_CODE_ERROR_NO_FACE_IN_FILE))
        fail_msg("%s on %s: %s", row->name, on, stage_describe(text, result));
    if (row->kind == FAULT_STALLS && stage->took_ms < STALL_TIMEOUT_MS - 20)
        fail_msg("%s on %s: over after %lld ms", row->name, on, stage->took_ms);
    if (stage->took_ms > (row->kind == FAULT_STALLS ? STALL_TIMEOUT_MS + 2000 : LONG_WAIT_MS))
        fail_msg("%s on %s: %lld ms", row->name, on, stage->took_ms);
}

static void faults_become_the_right_error(void **state)
{
    size_t count;
    struct stage stage;
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    size_t calls = 0;
    for (size_t i = 0; i < count; i++)
        for (int refusal = 0; refusal < 2 && rows[i].kind != FAULT_REFUSES; refusal++, calls++)
            check_fault(&stage, &rows[i], refusal);
    assert_int_equal(stage_count(&stage, NULL), calls); /* and none was sent twice */
    stage_close(&stage);
}

static void faults_leave_the_client_fit_for_the_next_call(void **state)
{
    size_t count;
    char text[STAGE_PROBLEM_SIZE];
    struct stage stage;
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    stage_client(&stage, (struct ailab_options){.timeout_ms = LONG_WAIT_MS});
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == FAULT_STALLS || rows[i].kind == FAULT_REFUSES)
            continue;
        for (int refusal = 0; refusal < 2; refusal++) {
            arm_fault(&stage, &rows[i], refusal);
            stage_call(&stage, rows[i].name);
            if (stage_call(&stage, rows[i].name) != AILAB_OK ||
                !stage_got(stage.result, &stage.picture))
                fail_msg("after %s: %s", rows[i].name, stage_describe(text, stage.result));
        }
    }
    stage_close(&stage);
}

static void faults_that_refuse_connections_answer_first(void **state)
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
        check_fault(&stage, &rows[i / 2], i % 2);
        stage_client(&stage, (struct ailab_options){.retries = 2, .retry_wait_ms = 1});
        if (stage_call(&stage, rows[i / 2].name) != AILAB_UNREACHABLE ||
            !ailab_result_retryable(stage.result) || ailab_result_attempts(stage.result) != 3 ||
            ailab_result_http_status(stage.result) != 0)
            fail_msg("after %s: %s", rows[i / 2].name, stage_describe(text, stage.result));
        assert_int_equal(stage_count(&stage, NULL), 1);
        stage_close(&stage);
    }
}

static void faults_of_a_kept_connection_are_no_second_request(void **state)
{
    static const char *const names[] = {"reset-before-answer", "close-before-answer",
                                        "garbage-status", "reset-upload", "close-upload"};
    char text[STAGE_PROBLEM_SIZE];
    struct stage stage;
    (void)state;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < ROWS(names); i++) {
        size_t before = stage_count(&stage, NULL);
        assert_int_equal(stage_call(&stage, "a connection to keep"), AILAB_OK);
        stage_arm(&stage, "[{\"fault\":\"%s\"}]", names[i]);
        if (stage_call(&stage, names[i]) == AILAB_OK || stage_count(&stage, NULL) != before + 2)
            fail_msg("%s: %zu requests, %s", names[i], stage_count(&stage, NULL) - before,
                     stage_describe(text, stage.result));
    }
    stage_close(&stage);
}

/* Where the answer's cut comes must not matter: nothing short of the whole is a success. */
static void faults_that_cut_a_success_anywhere_are_no_success(void **state)
{
    char text[STAGE_PROBLEM_SIZE];
    struct stage stage;
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    for (long at = 0; at < 700; at += at < 450 ? 9 : 61) {
        stage_arm(&stage, "[{\"fault\":{\"name\":\"cut-after\",\"amount\":%ld}}]", at);
        enum ailab_error error = stage_call(&stage, "cut-after");
        if (error != AILAB_UNREACHABLE || !ailab_result_retryable(stage.result))
            fail_msg("cut after %ld: %s", at, stage_describe(text, stage.result));
    }
    stage_close(&stage);
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

static void faults_of_50_mb_take_bounded_memory(void **state)
{
    static const struct {
        const char *why;
        size_t max_answer_bytes;
        enum ailab_error error;
    } rows[] = {
        {"beyond the bound", (size_t)1024 * 1024, AILAB_BAD_ANSWER},
        {"within the usual bound, with a field nobody asked for", 0, AILAB_OK},
    };
    char text[STAGE_PROBLEM_SIZE];
    struct stage stage;
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    assert_int_equal(stage_call(&stage, "so that everything is set up"), AILAB_OK);
    for (size_t i = 0; i < ROWS(rows); i++) {
        stage_client(&stage, (struct ailab_options){.max_answer_bytes = rows[i].max_answer_bytes});
        stage_arm(&stage, "[{\"fault\":\"json-huge\"}]");
        if (!forget_peak())
            skip(); /* a kernel that does not let one count */
        long before = peak_bytes();
        enum ailab_error error = stage_call(&stage, rows[i].why);
        long grown = peak_bytes() - before;
        if (error != rows[i].error)
            fail_msg("%s: %s", rows[i].why, stage_describe(text, stage.result));
        if (grown > MEMORY_BYTES)
            fail_msg("%s: %ld KiB more", rows[i].why, grown / 1024);
    }
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_become_the_right_error),
        cmocka_unit_test(faults_leave_the_client_fit_for_the_next_call),
        cmocka_unit_test(faults_that_refuse_connections_answer_first),
        cmocka_unit_test(faults_of_a_kept_connection_are_no_second_request),
        cmocka_unit_test(faults_that_cut_a_success_anywhere_are_no_success),
        cmocka_unit_test(faults_of_50_mb_take_bounded_memory),
    };
    return cmocka_run_group_tests_name("mock_faults", tests, NULL, NULL);
}
