/* Setting up, calling, looking, taking down. */
#include "stage.h"
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SETTLE_MS 5000

long long stage_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct image_file stage_small_jpeg(void)
{
    return image_make_jpeg(&(struct image_jpeg_recipe){.width = 64, .height = 48});
}

struct image_file stage_padded_jpeg(size_t size)
{
    struct image_file file = stage_small_jpeg();
    void *padding = calloc(1, size);
    assert_non_null(padding);
    assert_true(size > file.len);
    image_make_insert(&file, file.len, padding, size - file.len);
    free(padding);
    return file;
}

void stage_open(struct stage *stage, const struct ailab_mock_options *options)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct ailab_mock_options complete = options ? *options : (struct ailab_mock_options){0};
    if (!complete.drain_timeout_ms)
        complete.drain_timeout_ms = 1; /* whoever stalls on purpose is not waited for */
    memset(stage, 0, sizeof *stage);
    if (ailab_mock_start(&stage->mock, &complete, why) != AILAB_MOCK_OK)
        fail_msg("no mock: %s", why);
    stage->picture = stage_small_jpeg();
    stage_client(stage, (struct ailab_options){.api_key = STAGE_KEY});
}

void stage_close(struct stage *stage)
{
    ailab_result_free(stage->result);
    ailab_free(stage->client);
    ailab_mock_stop(stage->mock);
    free(stage->picture.data);
    memset(stage, 0, sizeof *stage);
}

void stage_client(struct stage *stage, struct ailab_options options)
{
    if (options.api_key)
        snprintf(stage->key, sizeof stage->key, "%s", options.api_key);
    options.api_key = stage->key;
    if (!options.base_url)
        options.base_url = ailab_mock_url(stage->mock);
    if (!options.timeout_ms)
        options.timeout_ms = 20000;
    assert_string_equal(ailab_options_problem(&options), "");
    ailab_free(stage->client);
    stage->client = NULL;
    assert_int_equal(ailab_new(&stage->client, &options), AILAB_OK);
}

void stage_picture(struct stage *stage, struct image_file picture)
{
    free(stage->picture.data);
    stage->picture = picture;
}

enum ailab_error stage_call_with(struct stage *stage, const char *why, int service_choice,
                                 const char *file_name)
{
    char problem[STAGE_PROBLEM_SIZE];
    struct ailab_image image = {
        .data = stage->picture.data, .size = stage->picture.len, .file_name = file_name};
    long long before = stage_now_ms();
    ailab_result_free(stage->result);
    stage->result = NULL;
    enum ailab_error error = ailab_edit(&stage->result, stage->client, service_choice, &image);
    stage->took_ms = stage_now_ms() - before;
    stage_problem(problem, stage->result, error, stage->key);
    if (*problem)
        fail_msg("%s: %s", why, problem);
    return error;
}

enum ailab_error stage_call(struct stage *stage, const char *why)
{
    return stage_call_with(stage, why, 12, NULL);
}

void stage_arm(struct stage *stage, const char *format, ...)
{
    char steps[2048], why[AILAB_MOCK_ERROR_SIZE] = "";
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(steps, sizeof steps, format, arguments);
    va_end(arguments);
    assert_true(length > 0 && (size_t)length < sizeof steps);
    if (ailab_mock_arm(stage->mock, stage->key, steps, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", steps, why);
}

static bool is_in_flight(struct stage *stage)
{
    static const char gauge[] = "requests_in_flight ";
    char *metrics = NULL;
    int status = 0;
    assert_int_equal(ailab_mock_admin(stage->mock, "GET", "/metrics", NULL, &status, &metrics),
                     AILAB_MOCK_OK);
    const char *line = metrics;
    do {
        line = strstr(line, gauge);
        assert_non_null(line);
        line += sizeof gauge - 1;
    } while (*line < '0' || *line > '9'); /* the lines about the gauge come first */
    bool found = strtol(line, NULL, 10) > 0;
    free(metrics);
    return found;
}

size_t stage_count(struct stage *stage, const char *match)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    size_t count = 0;
    long long until = stage_now_ms() + SETTLE_MS;
    while (is_in_flight(stage) && stage_now_ms() < until)
        sched_yield();
    if (ailab_mock_count(stage->mock, match, &count, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", match, why);
    return count;
}

bool stage_got(const struct ailab_result *result, const struct image_file *picture)
{
    size_t size = 0;
    const void *image = ailab_result_image(result, &size);
    return image && size == picture->len && memcmp(image, picture->data, size) == 0;
}

const char *stage_describe(char out[STAGE_PROBLEM_SIZE], const struct ailab_result *result)
{
    snprintf(out, STAGE_PROBLEM_SIZE, "%s (HTTP %ld, '%s', attempts %u, %sretryable): %.400s",
             ailab_error_name(ailab_result_error(result)), ailab_result_http_status(result),
             ailab_result_code_text(result), ailab_result_attempts(result),
             ailab_result_retryable(result) ? "" : "not ", ailab_result_error_text(result));
    return out;
}

/* The key, or the first half of it: a text may have been cut. */
static bool shows_key(const struct ailab_result *result, const char *key)
{
    const char *const texts[] = {
        ailab_result_request_id(result), ailab_result_log_id(result),
        ailab_result_code_text(result),  ailab_result_code_message(result),
        ailab_result_message(result),    ailab_result_error_text(result),
    };
    char half[128];
    snprintf(half, sizeof half, "%.*s", (int)(strlen(key) / 2), key);
    for (size_t i = 0; i < ROWS(texts); i++)
        if (strstr(texts[i], half))
            return true;
    return false;
}

static const char *broken_promise(const struct ailab_result *result, enum ailab_error returned)
{
    size_t size = 1;
    const void *image = ailab_result_image(result, &size);
    bool good = returned == AILAB_OK;
    enum ailab_code code = ailab_result_code(result);
    if (!result)
        return "there is no result";
    if (ailab_result_error(result) != returned)
        return "the result's error is not what was returned";
    if (good != (image != NULL) || good != (size > 0))
        return "a picture without success, or a success without picture";
    if (good != (ailab_result_format(result) != AILAB_FORMAT_NONE) ||
        good != (ailab_result_width(result) > 0) || good != (ailab_result_height(result) > 0))
        return "format and sides do not agree with the error";
    if (good != (*ailab_result_error_text(result) == '\0'))
        return "the error text does not agree with the error";
    if (good && (code != AILAB_CODE_NONE || ailab_result_retryable(result)))
        return "a success with a code, or one that may be retried";
    if (code != AILAB_CODE_UNKNOWN &&
        strcmp(ailab_code_name(code), ailab_result_code_text(result)) != 0)
        return "code and code_text do not agree";
    return NULL;
}

void stage_problem(char out[STAGE_PROBLEM_SIZE], const struct ailab_result *result,
                   enum ailab_error returned, const char *key)
{
    char description[STAGE_PROBLEM_SIZE];
    const char *broken = broken_promise(result, returned);
    out[0] = '\0';
    if (!broken && shows_key(result, key))
        broken = "a text shows the key";
    if (broken)
        snprintf(out, STAGE_PROBLEM_SIZE, "%s: %.500s", broken,
                 stage_describe(description, result));
}
