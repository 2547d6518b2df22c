/* Every fault below the envelope, on an answer that would have been a success and on one that would
 * have been a refusal: the outcome, the time it took, and the same client at work again after it.
 */
#include "ailab_mock.h"
#include "faults.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MEMORY_BYTES (24L * 1024 * 1024)
#define HUGE_BYTES 52428800L

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
            faults_check(&stage, &rows[i], refusal);
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
    stage_client(&stage, (struct ailab_options){.timeout_ms = FAULTS_LONG_MS});
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == FAULT_STALLS || rows[i].kind == FAULT_REFUSES)
            continue;
        for (int refusal = 0; refusal < 2; refusal++) {
            faults_arm(&stage, &rows[i], refusal);
            stage_call(&stage, rows[i].name);
            if (stage_call(&stage, rows[i].name) != AILAB_OK ||
                !stage_got(stage.result, &stage.picture))
                fail_msg("after %s: %s", rows[i].name, stage_describe(text, stage.result));
        }
    }
    stage_close(&stage);
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
        long memory_bytes; /* the client holds one body, and no second copy of it */
    } rows[] = {
        {"beyond the bound", (size_t)1024 * 1024, AILAB_BAD_ANSWER, MEMORY_BYTES},
        {"within the usual bound, most of it an unknown field", 0, AILAB_OK,
         HUGE_BYTES + MEMORY_BYTES},
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
        if (grown > rows[i].memory_bytes)
            fail_msg("%s: %ld KiB more", rows[i].why, grown / 1024);
    }
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_become_the_right_error),
        cmocka_unit_test(faults_leave_the_client_fit_for_the_next_call),
        cmocka_unit_test(faults_of_a_kept_connection_are_no_second_request),
        cmocka_unit_test(faults_that_cut_a_success_anywhere_are_no_success),
        cmocka_unit_test(faults_of_50_mb_take_bounded_memory),
    };
    return cmocka_run_group_tests_name("mock_faults", tests, NULL, NULL);
}
