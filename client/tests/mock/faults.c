/* The picture, the time-out and the plan that a row wants; then the outcome against the row. */
#include "faults.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define STALL_TIMEOUT_MS 250
#define LARGE_BYTES ((size_t)1536 * 1024)

void faults_arm(struct stage *stage, const struct fault_outcome *row, bool refusal)
{
    const char *answer = refusal ? "\"error\":\"ERROR_NO_FACE_IN_FILE\"," : "";
    if (row->amount >= 0)
        stage_arm(stage, "[{%s\"fault\":{\"name\":\"%s\",\"amount\":%ld}}]", answer, row->name,
                  row->amount);
    else
        stage_arm(stage, "[{%s\"fault\":\"%s\"}]", answer, row->name);
}

void faults_check(struct stage *stage, const struct fault_outcome *row, bool refusal)
{
    char text[STAGE_PROBLEM_SIZE];
    const struct fault_verdict *expected = refusal ? &row->refusal : &row->success;
    const char *on = refusal ? "a refusal" : "a success";
    long timeout_ms = row->kind == FAULT_STALLS ? STALL_TIMEOUT_MS : FAULTS_LONG_MS;
    bool early = strcmp(row->name, "early-413") == 0;
    stage_client(stage, (struct ailab_options){.timeout_ms = timeout_ms});
    stage_picture(stage,
                  row->kind == FAULT_LARGE ? stage_padded_jpeg(LARGE_BYTES) : stage_small_jpeg());
    faults_arm(stage, row, refusal);
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
    if (stage->took_ms > (row->kind == FAULT_STALLS ? STALL_TIMEOUT_MS + 2000 : FAULTS_LONG_MS))
        fail_msg("%s on %s: %lld ms", row->name, on, stage->took_ms);
}
