/* The picture, the time-out and the plan that a row wants; then the outcome against the row. */
#include "faults.h"
#include <string.h>

#define STALL_TIMEOUT_MS 250
#define LARGE_BYTES ((size_t)1536 * 1024)

void faults_arm(struct fixture *fixture, const struct fault_outcome *row, bool refusal)
{
    const char *answer = refusal ? "\"error\":\"ERROR_NO_FACE_IN_FILE\"," : "";
    if (row->amount >= 0)
        fixture_arm(fixture, "[{%s\"fault\":{\"name\":\"%s\",\"amount\":%ld}}]", answer, row->name,
                    row->amount);
    else
        fixture_arm(fixture, "[{%s\"fault\":\"%s\"}]", answer, row->name);
}

static long timeout_of(const struct fault_outcome *row)
{
    return row->kind == FAULT_STALLS ? STALL_TIMEOUT_MS : FAULTS_LONG_MS;
}

void faults_set_up(struct fixture *fixture, const struct fault_outcome *row, unsigned retries)
{
    fixture_client(fixture, (struct ailab_options){.timeout_ms = timeout_of(row),
                                                   .retries = retries,
                                                   .retry_wait_ms = 1});
    fixture_picture(fixture, row->kind == FAULT_LARGE ? fixture_padded_jpeg(LARGE_BYTES)
                                                      : fixture_small_jpeg());
}

void faults_check(struct fixture *fixture, const struct fault_outcome *row, bool refusal)
{
    char text[FIXTURE_PROBLEM_SIZE];
    const struct fault_verdict *expected = refusal ? &row->refusal : &row->success;
    const char *on = refusal ? "a refusal" : "a success";
    bool early = strcmp(row->name, "early-413") == 0;
    faults_set_up(fixture, row, 0);
    faults_arm(fixture, row, refusal);
    enum ailab_error error = fixture_call(fixture, row->name);
    const struct ailab_result *result = fixture->result;
    if (error != expected->error || ailab_result_retryable(result) != expected->retryable ||
        ailab_result_attempts(result) != 1)
        fail_msg("%s on %s: %s", row->name, on, fixture_describe(text, result));
    if (error == AILAB_OK && !fixture_got(result, &fixture->picture))
        fail_msg("%s: another picture than was sent", row->name);
    if (error == AILAB_REFUSED &&
        ailab_result_code(result) !=
            (early ? AILAB_CODE_FILE_SIZE_EXCEEDS_LIMIT : AILAB_CODE_ERROR_NO_FACE_IN_FILE))
        fail_msg("%s on %s: %s", row->name, on, fixture_describe(text, result));
    if (row->kind == FAULT_STALLS && fixture->took_ms < STALL_TIMEOUT_MS - 20)
        fail_msg("%s on %s: over after %lld ms", row->name, on, fixture->took_ms);
    if (fixture->took_ms > (row->kind == FAULT_STALLS ? STALL_TIMEOUT_MS + 2000 : FAULTS_LONG_MS))
        fail_msg("%s on %s: %lld ms", row->name, on, fixture->took_ms);
}
