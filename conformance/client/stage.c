/* See client_stage.h. */
#include "stage.h"
#include "base/clock.h"
#include "evidence/curl_line.h"
#include "judge/error_table.h"
#include <ailab_mock.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define KEY "k3y-of-the-client-cases-0123456789"
#define CHOICE 100 /* known to every revision */
#define TIMEOUT_MS 8000L
#define SLACK_MS 5000 /* on top of what the time-outs allow, for a machine that is busy */
#define CLOCK_MS 5    /* between two clocks that count the same time */
#define SETTLE_MS 5000

/* Ends a call that would outlast the case, so that a client that waits too long is a failure and
 * no hang. */
static int watch(void *context, const struct ailab_progress *progress)
{
    const struct trial *trial = context;
    struct pollfd fd = {trial->run->cancel_fd, POLLIN, 0};
    (void)progress;
    return clock_left_ms(trial->deadline_ms) == 0 || poll(&fd, 1, 0) > 0;
}

bool client_stage_picture(struct client_stage *stage, enum picture which)
{
    struct picture_bytes picture = {0};
    if (!pictures_get(&picture, stage->trial->run->pictures, which)) {
        trial_error(stage->trial, "%s could not be made", picture_title(which));
        return false;
    }
    stage->picture = picture.data;
    stage->picture_size = picture.size;
    return true;
}

bool client_stage_client(struct client_stage *stage, struct ailab_options options)
{
    ailab_free(stage->client);
    stage->client = NULL;
    if (!options.api_key)
        options.api_key = KEY;
    if (!options.base_url)
        options.base_url = ailab_mock_url(stage->mock);
    if (!options.timeout_ms)
        options.timeout_ms = TIMEOUT_MS;
    options.progress = watch;
    options.progress_context = stage->trial;
    stage->options = options;
    if (ailab_new(&stage->client, &options) == AILAB_OK)
        return true;
    trial_error(stage->trial, "no client: %s", ailab_options_problem(&options));
    return false;
}

bool client_stage_open(struct client_stage *out, struct trial *trial, const char *revision)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    const struct ailab_mock_options options = {
        .revision = revision,
        .result = "echo",
        .trust_images = true,
        .max_connections = 8,
        .drain_timeout_ms = 1, /* whoever stalls on purpose is not waited for */
    };
    *out = (struct client_stage){.trial = trial};
    if (ailab_mock_start(&out->mock, &options, why) != AILAB_MOCK_OK) {
        trial_error(trial, "the mock of this case could not be started: %s", why);
        return false;
    }
    return client_stage_picture(out, PICTURE_JPEG) &&
           client_stage_client(out, (struct ailab_options){0});
}

/* A shell line that repeats the case, in the place where others have one of curl. */
static void cite(struct client_stage *stage)
{
    struct result *result = stage->trial->result;
    struct buf line = {0};
    if (!stage->trial->decided || result->verdict != VERDICT_FAIL)
        return;
    repeat_program(&line, stage->trial->run);
    buf_printf(&line, " --target mock --level info --run '%s'", result->slug);
    free(result->curl);
    result->curl = buf_take(&line);
    free(result->exchange);
    result->exchange = client_stage_journal(stage);
}

void client_stage_close(struct client_stage *stage)
{
    if (stage->mock)
        cite(stage);
    ailab_result_free(stage->result);
    ailab_free(stage->client);
    ailab_mock_stop(stage->mock);
    *stage = (struct client_stage){0};
}

bool client_stage_arm(struct client_stage *stage, const char *format, ...)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct buf steps = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&steps, format, args);
    va_end(args);
    bool armed =
        ailab_mock_arm(stage->mock, stage->options.api_key, buf_str(&steps), why) == AILAB_MOCK_OK;
    if (!armed)
        trial_error(stage->trial, "the mock cannot be armed with %s: %s", buf_str(&steps), why);
    buf_clear(&steps);
    return armed;
}

bool client_stage_arm_body(struct client_stage *stage, int status, const char *location,
                           const char *body)
{
    cJSON *text = cJSON_CreateString(body);
    char *quoted = cJSON_PrintUnformatted(text);
    cJSON_Delete(text);
    bool armed = quoted && client_stage_arm(
                               stage, "[{\"status\":%d,\"headers\":{\"%s\":\"%s\"},\"body\":%s}]",
                               status, location ? "Location" : "Content-Type",
                               location ? location : "application/json", quoted);
    cJSON_free(quoted);
    return armed;
}

char *client_stage_journal(struct client_stage *stage)
{
    int status = 0;
    char *answer = NULL;
    if (ailab_mock_admin(stage->mock, "GET", "/__admin/requests", NULL, &status, &answer) !=
            AILAB_MOCK_OK ||
        status != 200) {
        free(answer);
        return NULL;
    }
    return answer;
}

static bool is_in_flight(struct client_stage *stage)
{
    static const char gauge[] = "requests_in_flight ";
    int status = 0;
    char *metrics = NULL;
    bool busy = true;
    if (ailab_mock_admin(stage->mock, "GET", "/metrics", NULL, &status, &metrics) != AILAB_MOCK_OK)
        return busy;
    for (const char *at = metrics; (at = strstr(at, gauge)) != NULL;) {
        at += sizeof gauge - 1;
        if (*at >= '0' && *at <= '9') /* lines about the gauge have words there */
            busy = *at != '0';
    }
    free(metrics);
    return busy;
}

/* The mock enters a request in its journal when it is done with it, a moment after the answer. */
static bool count_requests(size_t *out, struct client_stage *stage)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    double deadline_ms = clock_ms() + SETTLE_MS;
    while (is_in_flight(stage)) {
        if (clock_left_ms(deadline_ms) == 0) {
            trial_error(stage->trial, "the mock is still busy %d ms after the call", SETTLE_MS);
            return false;
        }
        poll(NULL, 0, 1);
    }
    if (ailab_mock_count(stage->mock, NULL, out, why) == AILAB_MOCK_OK)
        return true;
    trial_error(stage->trial, "the mock's requests cannot be counted: %s", why);
    return false;
}

static bool shows_key(const struct client_stage *stage)
{
    const struct ailab_result *result = stage->result;
    const char *const texts[] = {
        ailab_result_request_id(result), ailab_result_log_id(result),
        ailab_result_code_text(result),  ailab_result_code_message(result),
        ailab_result_message(result),    ailab_result_error_text(result),
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (strstr(texts[i], stage->options.api_key))
            return true;
    return false;
}

/* What holds for every call, whatever came of it. NULL, or what does not. */
static const char *broken_promise(const struct client_stage *stage)
{
    const struct ailab_result *result = stage->result;
    size_t size = 0;
    const void *image = ailab_result_image(result, &size);
    bool good = ailab_result_error(result) == AILAB_OK;
    const void *wanted = stage->wanted ? stage->wanted : stage->picture;
    size_t wanted_size = stage->wanted ? stage->wanted_size : stage->picture_size;
    if (!result)
        return "there is no result";
    if (good != (image != NULL))
        return good ? "a success without an image" : "an image, although the call failed";
    if (good && (size != wanted_size || memcmp(image, wanted, size) != 0))
        return "another image than the service sent";
    if (good != (ailab_result_format(result) != AILAB_FORMAT_NONE))
        return "a format that does not go with the error";
    if (good != (ailab_result_error_text(result)[0] == '\0'))
        return "an error text that does not go with the error";
    if (good && (ailab_result_code(result) != AILAB_CODE_NONE || ailab_result_retryable(result)))
        return "a success with a code, or one that may be tried again";
    if (shows_key(stage))
        return "a text shows the key";
    return NULL;
}

/* The code's text, and its number where the table has it. */
static bool is_code(const struct ailab_result *result, const char *code)
{
    enum ailab_code number = ailab_result_code(result);
    if (strcmp(ailab_result_code_text(result), code) != 0)
        return false;
    if (!code[0])
        return number == AILAB_CODE_NONE;
    if (!code_find(code))
        return number == AILAB_CODE_UNKNOWN;
    return strcmp(ailab_code_name(number), code) == 0;
}

static void describe(struct buf *out, const struct client_outcome *expected)
{
    if (expected->what)
        buf_printf(out, "%s: ", expected->what);
    buf_text(out, ailab_error_name(expected->error));
    if (expected->code)
        buf_printf(out, ", code \"%s\"", expected->code);
    if (expected->status)
        buf_printf(out, ", HTTP %ld", expected->status);
    buf_printf(out, ", %u attempt%s", expected->attempts, expected->attempts == 1 ? "" : "s");
}

static bool fail(struct client_stage *stage, const struct client_outcome *expected,
                 const char *detail, double ms, size_t seen)
{
    const struct ailab_result *result = stage->result;
    struct buf text = {0};
    if (stage->tentative) {
        stage->missed = true;
        return false;
    }
    describe(&text, expected);
    trial_fail(stage->trial, NULL, buf_str(&text),
               "%s%s, code \"%s\", HTTP %ld, %u attempts, %zu requests, %.0f ms: %s", detail,
               ailab_error_name(ailab_result_error(result)), ailab_result_code_text(result),
               ailab_result_http_status(result), ailab_result_attempts(result), seen, ms,
               ailab_result_error_text(result));
    buf_clear(&text);
    return false;
}

/* NULL, or what about its duration is wrong. */
static const char *wrong_time(const struct client_stage *stage,
                              const struct client_outcome *expected, double ms)
{
    double timeouts = expected->error == AILAB_TIMEOUT ? expected->attempts : 0;
    double least = timeouts * (double)stage->options.timeout_ms;
    if (ms < least - CLOCK_MS || ms < expected->least_ms - CLOCK_MS)
        return "too early: ";
    if (ms > expected->attempts * (double)stage->options.timeout_ms + expected->least_ms + SLACK_MS)
        return "too late: ";
    return NULL;
}

static bool as_expected(const struct ailab_result *result, const struct client_outcome *expected)
{
    return ailab_result_error(result) == expected->error &&
           ailab_result_attempts(result) == expected->attempts &&
           (!expected->code || is_code(result, expected->code)) &&
           (!expected->status || ailab_result_http_status(result) == expected->status) &&
           (!expected->retry_after || ailab_result_retry_after_s(result) == expected->retry_after);
}

bool client_stage_call(struct client_stage *stage, const struct client_outcome *expected)
{
    const struct ailab_image image = {stage->picture, stage->picture_size, stage->file_name};
    size_t seen = 0;
    double start = clock_ms();
    ailab_result_free(stage->result);
    stage->result = NULL;
    enum ailab_error error = ailab_edit(&stage->result, stage->client, CHOICE, &image);
    double ms = clock_ms() - start;
    struct pollfd cancelled = {stage->trial->run->cancel_fd, POLLIN, 0};
    if (poll(&cancelled, 1, 0) > 0) {
        trial_skip(stage->trial, "interrupted");
        return false;
    }
    if (!count_requests(&seen, stage))
        return false;
    size_t made = seen - stage->requests;
    stage->requests = seen;
    if (error != ailab_result_error(stage->result))
        return fail(stage, expected, "another error was returned than the result holds: ", ms,
                    made);
    const char *broken = broken_promise(stage);
    if (broken) {
        char detail[96];
        snprintf(detail, sizeof detail, "%s: ", broken);
        return fail(stage, expected, detail, ms, made);
    }
    if (!as_expected(stage->result, expected) ||
        made != (expected->nobody_listens ? 0 : expected->attempts))
        return fail(stage, expected, "", ms, made);
    const char *late = wrong_time(stage, expected, ms);
    return late ? fail(stage, expected, late, ms, made) : true;
}
