/* Setting up, calling, looking, taking down. */
#include "fixture.h"
#include "testing/files.h"
#include <cjson/cJSON.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SETTLE_MS 5000

long long fixture_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct image_file fixture_small_jpeg(void)
{
    return image_make_jpeg(&(struct image_jpeg_recipe){.width = 64, .height = 48});
}

struct image_file fixture_padded_jpeg(size_t size)
{
    struct image_file file = fixture_small_jpeg();
    void *padding = calloc(1, size);
    assert_non_null(padding);
    assert_true(size > file.len);
    image_make_insert(&file, file.len, padding, size - file.len);
    free(padding);
    return file;
}

static void leave_live_servers_alone(void)
{
    const char *live = getenv("AILAB_LIVE");
    if (!live || strcmp(live, "1") != 0)
        return;
    print_message("skipped: this test arms the mock, which a live server does not allow\n");
    skip();
}

/* options may be NULL. */
static void start(struct fixture *fixture, const struct ailab_mock_options *options)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct ailab_mock_options complete = options ? *options : (struct ailab_mock_options){0};
    if (!complete.drain_timeout_ms)
        complete.drain_timeout_ms = 1; /* no wait for a stall that a test asked for */
    complete.https = fixture->folder != NULL;
    complete.ca_dir = fixture->folder;
    if (ailab_mock_start(&fixture->mock, &complete, why) != AILAB_MOCK_OK)
        fail_msg("no mock: %s", why);
    fixture->picture = fixture_small_jpeg();
}

void fixture_open(struct fixture *fixture, const struct ailab_mock_options *options)
{
    leave_live_servers_alone();
    memset(fixture, 0, sizeof *fixture);
    start(fixture, options);
    fixture->way.base_url = ailab_mock_url(fixture->mock);
    fixture_client(fixture, (struct ailab_options){.api_key = FIXTURE_KEY});
}

void fixture_open_tls(struct fixture *fixture, enum fixture_way way,
                      const struct ailab_mock_options *options)
{
    leave_live_servers_alone();
    memset(fixture, 0, sizeof *fixture);
    fixture->folder = folder_new();
    start(fixture, options);
    fixture->way.ca_file = ailab_mock_ca_file(fixture->mock);
    fixture->way.base_url = ailab_mock_https_url(fixture->mock);
    if (way == FIXTURE_TUNNEL) {
        fixture->way.base_url = AILAB_DEFAULT_BASE_URL;
        fixture->way.proxy = ailab_mock_url(fixture->mock);
    }
    fixture_client(fixture, (struct ailab_options){.api_key = FIXTURE_KEY});
}

void fixture_close(struct fixture *fixture)
{
    ailab_result_free(fixture->result);
    ailab_free(fixture->client);
    ailab_mock_stop(fixture->mock);
    free(fixture->picture.data);
    if (fixture->folder)
        folder_free(fixture->folder);
    memset(fixture, 0, sizeof *fixture);
}

void fixture_client(struct fixture *fixture, struct ailab_options options)
{
    if (options.api_key)
        snprintf(fixture->key, sizeof fixture->key, "%s", options.api_key);
    options.api_key = fixture->key;
    if (!options.base_url) {
        options.base_url = fixture->way.base_url;
        options.ca_file = fixture->way.ca_file;
        options.proxy = fixture->way.proxy;
    }
    if (!options.timeout_ms)
        options.timeout_ms = 20000;
    assert_string_equal(ailab_options_problem(&options), "");
    ailab_free(fixture->client);
    fixture->client = NULL;
    assert_int_equal(ailab_new(&fixture->client, &options), AILAB_OK);
}

void fixture_picture(struct fixture *fixture, struct image_file picture)
{
    free(fixture->picture.data);
    fixture->picture = picture;
}

enum ailab_error fixture_call_with(struct fixture *fixture, const char *why, int service_choice,
                                   const char *file_name)
{
    char problem[FIXTURE_PROBLEM_SIZE];
    struct ailab_image image = {
        .data = fixture->picture.data, .size = fixture->picture.len, .file_name = file_name};
    long long before = fixture_now_ms();
    ailab_result_free(fixture->result);
    fixture->result = NULL;
    enum ailab_error error = ailab_edit(&fixture->result, fixture->client, service_choice, &image);
    fixture->took_ms = fixture_now_ms() - before;
    fixture_problem(problem, fixture->result, error, fixture->key);
    if (*problem)
        fail_msg("%s: %s", why, problem);
    return error;
}

enum ailab_error fixture_call(struct fixture *fixture, const char *why)
{
    return fixture_call_with(fixture, why, 12, NULL);
}

void fixture_arm(struct fixture *fixture, const char *format, ...)
{
    char steps[2048], why[AILAB_MOCK_ERROR_SIZE] = "";
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(steps, sizeof steps, format, arguments);
    va_end(arguments);
    assert_true(length > 0 && (size_t)length < sizeof steps);
    if (ailab_mock_arm(fixture->mock, fixture->key, steps, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", steps, why);
}

void fixture_arm_tls(struct fixture *fixture, const char *fault)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    if (ailab_mock_arm_tls(fixture->mock, fault, 1, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", fault, why);
}

void fixture_arm_body(struct fixture *fixture, int status, const char *location, const char *body)
{
    cJSON *text = cJSON_CreateString(body);
    char *quoted = cJSON_PrintUnformatted(text);
    assert_non_null(quoted);
    fixture_arm(fixture, "[{\"status\":%d,\"headers\":{\"%s\":\"%s\"},\"body\":%s}]", status,
                location ? "Location" : "Content-Type", location ? location : "application/json",
                quoted);
    cJSON_free(quoted);
    cJSON_Delete(text);
}

static bool is_in_flight(struct fixture *fixture)
{
    static const char gauge[] = "requests_in_flight ";
    char *metrics = NULL;
    int status = 0;
    assert_int_equal(ailab_mock_admin(fixture->mock, "GET", "/metrics", NULL, &status, &metrics),
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

size_t fixture_count(struct fixture *fixture, const char *match)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    size_t count = 0;
    long long until = fixture_now_ms() + SETTLE_MS;
    while (is_in_flight(fixture) && fixture_now_ms() < until)
        sched_yield();
    if (ailab_mock_count(fixture->mock, match, &count, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", match, why);
    return count;
}

bool fixture_got(const struct ailab_result *result, const struct image_file *picture)
{
    size_t size = 0;
    const void *image = ailab_result_image(result, &size);
    return image && size == picture->len && memcmp(image, picture->data, size) == 0;
}

const char *fixture_describe(char out[FIXTURE_PROBLEM_SIZE], const struct ailab_result *result)
{
    snprintf(out, FIXTURE_PROBLEM_SIZE, "%s (HTTP %ld, '%s', attempts %u, %sretryable): %.400s",
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

void fixture_problem(char out[FIXTURE_PROBLEM_SIZE], const struct ailab_result *result,
                     enum ailab_error returned, const char *key)
{
    char description[FIXTURE_PROBLEM_SIZE];
    const char *broken = broken_promise(result, returned);
    out[0] = '\0';
    if (!broken && shows_key(result, key))
        broken = "a text shows the key";
    if (broken)
        snprintf(out, FIXTURE_PROBLEM_SIZE, "%s: %.500s", broken,
                 fixture_describe(description, result));
}
