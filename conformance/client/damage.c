/* The cases that follow from client_tables.c: the mock commits a fault or deviation, or stands in a
 * situation, and the client is called. Each is met on a success, on a refusal, and with retries
 * allowed, so that error, picture, number of requests and time are all seen. */
#include "judge/error_table.h"
#include "stage.h"
#include "tables.h"
#include <string.h>

/* A machine that is too busy to come as far as the stall is no fault of the client: what is not as
 * it must be with the first time-out is tried with the second, and only that counts. */
static const long stall_timeouts_ms[] = {250, 1500};

#define NO_FACE "ERROR_NO_FACE_IN_FILE"

static bool arm(struct client_stage *stage, const struct client_fault *fault, bool refusal)
{
    const char *answer = refusal ? "\"error\":\"" NO_FACE "\"," : "";
    if (fault->amount < 0)
        return client_stage_arm(stage, "[{%s\"fault\":\"%s\"}]", answer, fault->name);
    return client_stage_arm(stage, "[{%s\"fault\":{\"name\":\"%s\",\"amount\":%ld}}]", answer,
                            fault->name, fault->amount);
}

/* The code that goes with the error: what was refused is known, anything else has none. */
static const char *code_of(const struct client_fault *fault, enum ailab_error error)
{
    if (error != AILAB_REFUSED)
        return "";
    return strcmp(fault->name, "early-413") == 0 ? "FILE_SIZE_EXCEEDS_LIMIT" : NO_FACE;
}

static bool meet(struct client_stage *stage, const struct client_fault *fault, bool refusal,
                 unsigned retries, long timeout_ms)
{
    struct ailab_options options = {
        .retries = retries, .retry_wait_ms = 1, .timeout_ms = timeout_ms};
    struct client_outcome expected = {.error = refusal ? fault->refusal : fault->success,
                                      .attempts = 1,
                                      .what = refusal   ? "on a refusal"
                                              : retries ? "on a success, with retries"
                                                        : "on a success"};
    expected.code = code_of(fault, expected.error);
    if (retries > 0 && fault->again) { /* the second attempt is answered as usual */
        expected.error = AILAB_OK;
        expected.code = "";
        expected.attempts = 2;
        expected.least_ms = (double)timeout_ms;
    }
    return client_stage_client(stage, options) && arm(stage, fault, refusal) &&
           client_stage_call(stage, &expected);
}

/* Nobody listens after the answer, and a client of its own must find that out in time. */
static bool meet_nobody(struct client_stage *stage)
{
    const struct client_outcome expected = {.error = AILAB_UNREACHABLE,
                                            .code = "",
                                            .attempts = 3,
                                            .nobody_listens = true,
                                            .what = "afterwards, with two retries"};
    return client_stage_client(stage, (struct ailab_options){.retries = 2, .retry_wait_ms = 1}) &&
           client_stage_call(stage, &expected);
}

/* One play of the fault, on a stage of its own. True when another is wanted. */
static bool play(struct trial *trial, const struct client_fault *fault, long timeout_ms,
                 bool tentative)
{
    struct client_stage stage;
    bool going = client_stage_open(&stage, trial, "2026-01") &&
                 (fault->kind != DAMAGE_LARGE || client_stage_picture(&stage, PICTURE_JPEG_LARGE));
    stage.tentative = tentative;
    if (fault->kind == DAMAGE_REFUSES) {
        if (going && meet(&stage, fault, false, 0, timeout_ms))
            meet_nobody(&stage);
    } else if (going && meet(&stage, fault, false, 0, timeout_ms) &&
               meet(&stage, fault, true, 0, timeout_ms)) {
        meet(&stage, fault, false, 1, timeout_ms);
    }
    bool missed = stage.missed;
    client_stage_close(&stage);
    return missed;
}

void run_client_fault(struct trial *trial, const struct case_def *def)
{
    size_t count = 0, at = 0;
    const struct client_fault *faults = client_faults(&count);
    while (strcmp(faults[at].name, def->text) != 0)
        at++;
    if (faults[at].kind != DAMAGE_STALLS)
        play(trial, &faults[at], 0, false);
    else if (play(trial, &faults[at], stall_timeouts_ms[0], true))
        play(trial, &faults[at], stall_timeouts_ms[1], false);
}

static bool meet_deviation(struct client_stage *stage, const struct client_deviation *row,
                           bool refusal)
{
    const char *answer = refusal ? "\"error\":\"" NO_FACE "\"," : "";
    struct client_outcome expected = {.error = AILAB_REFUSED,
                                      .code = row->code,
                                      .status = row->status,
                                      .attempts = 1,
                                      .what = "on a refusal"};
    if (!refusal)
        expected = (struct client_outcome){.error = row->success,
                                           .code = row->success == AILAB_REFUSED ? NULL : "",
                                           .status = 200,
                                           .attempts = 1,
                                           .what = "on a success"};
    return client_stage_arm(stage, "[{%s\"deviation\":\"%s\"}]", answer, row->name) &&
           client_stage_call(stage, &expected);
}

/* A code that the table lacks is still handed on. */
static void look_at_unknown(struct client_stage *stage)
{
    const char *text = ailab_result_code_text(stage->result);
    if (ailab_result_code(stage->result) != AILAB_CODE_UNKNOWN || !text[0] || code_find(text))
        trial_fail(stage->trial, "client_unknown_code", "a code outside the table, as text",
                   "\"%s\"", text);
}

void run_client_deviation(struct trial *trial, const struct case_def *def)
{
    size_t count = 0, at = 0;
    struct client_stage stage;
    const struct client_deviation *rows = client_deviations(&count);
    while (strcmp(rows[at].name, def->text) != 0)
        at++;
    bool going =
        client_stage_open(&stage, trial, "2026-01") &&
        client_stage_client(&stage, (struct ailab_options){.retries = 1, .retry_wait_ms = 1}) &&
        meet_deviation(&stage, &rows[at], false) && meet_deviation(&stage, &rows[at], true);
    if (going && !rows[at].code)
        look_at_unknown(&stage);
    client_stage_close(&stage);
}

static bool stand(struct trial *trial, const struct client_situation *row, long timeout_ms,
                  bool tentative)
{
    struct client_stage stage;
    struct buf key = {0};
    const struct client_outcome expected = {.error = row->error,
                                            .code = row->code,
                                            .status = row->status,
                                            .attempts = 1,
                                            .retry_after = row->retry_after};
    buf_printf(&key, "mock:%s", row->name);
    bool going = client_stage_open(&stage, trial, "2026-01") &&
                 client_stage_client(&stage, (struct ailab_options){.api_key = buf_str(&key),
                                                                    .timeout_ms = timeout_ms});
    stage.tentative = tentative;
    if (going)
        client_stage_call(&stage, &expected);
    bool missed = stage.missed;
    client_stage_close(&stage);
    buf_clear(&key);
    return missed;
}

void run_client_situation(struct trial *trial, const struct case_def *def)
{
    size_t count = 0, at = 0;
    const struct client_situation *rows = client_situations(&count);
    while (strcmp(rows[at].name, def->text) != 0)
        at++;
    if (rows[at].error != AILAB_TIMEOUT)
        stand(trial, &rows[at], 0, false);
    else if (stand(trial, &rows[at], stall_timeouts_ms[0], true))
        stand(trial, &rows[at], stall_timeouts_ms[1], false);
}
