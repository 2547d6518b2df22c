/* Which calls the client repeats and which it does not, and how long that takes. The journal of the
 * mock counts the requests; the test does not rely on the client's own figure. */
#include "ailab_mock.h"
#include "fixture.h"
#include <cjson/cJSON.h>
#include <stdlib.h>

#define BUSY "{\"error\":\"ERROR_INSUFFICIENT_RESOURCES\"}"
#define LIMITED "{\"error\":\"EXCEEDING_LIMITS\",\"headers\":{\"Retry-After\":\"%d\"}}"

struct course {
    const char *why;
    const char *steps;
    unsigned retries;
    long timeout_ms; /* 0: plenty */
    enum ailab_error error;
    unsigned requests;
};

static const struct course courses[] = {
    {"busy twice, then done", "[" BUSY "," BUSY "]", 5, 0, AILAB_OK, 3},
    {"limited without a Retry-After", "[{\"error\":\"EXCEEDING_LIMITS\"}]", 5, 0, AILAB_OK, 2},
    {"each of the errors at the service",
     "[{\"error\":\"SERVICE_INTERNAL_ERROR\"},{\"error\":\"ERROR_GATEWAY\"},"
     "{\"error\":\"AI_SERVICE_TIMEOUT\"},{\"error\":\"AI_SERVICE_FLOW_RESTRICTION\"}]",
     5, 0, AILAB_OK, 5},
    {"a gateway's pages", "[{\"status\":502,\"body\":\"<html>\"},{\"status\":504}]", 5, 0, AILAB_OK,
     3},
    {"429 and 408 without an envelope", "[{\"status\":429},{\"status\":408}]", 5, 0, AILAB_OK, 3},
    {"broken before an answer",
     "[{\"fault\":\"reset-before-answer\"},"
     "{\"fault\":\"close-before-answer\"}]",
     5, 0, AILAB_OK, 3},
    {"broken within a refusal",
     "[{\"error\":\"ERROR_GATEWAY\",\"fault\":\"close-mid-answer\"},"
     "{\"error\":\"ERROR_NO_FACE_IN_FILE\",\"fault\":\"reset-mid-answer\"}]",
     5, 0, AILAB_OK, 3},
    {"a time-out", "[{\"fault\":\"stall-before-answer\"}]", 5, 400, AILAB_OK, 2},
    {"no more than were asked for", "[" BUSY "," BUSY "," BUSY "," BUSY "]", 2, 0, AILAB_REFUSED,
     3},
    {"none were asked for", "[" BUSY "]", 0, 0, AILAB_REFUSED, 1},
    {"an error that is not to be tried again after one that is",
     "[" BUSY ",{\"error\":\"ERROR_BLURRY_FACE\"}]", 5, 0, AILAB_REFUSED, 2},

    {"a parameter", "[{\"error\":\"ERROR_INVALID_PARAMETER\"}]", 5, 0, AILAB_REFUSED, 1},
    {"authentication", "[{\"error\":\"ERROR_USER_NOT_EXISTS\"}]", 5, 0, AILAB_REFUSED, 1},
    {"a locked account", "[{\"error\":\"ERROR_USER_LOCKED\"}]", 5, 0, AILAB_REFUSED, 1},
    {"content", "[{\"error\":\"ERROR_NO_FACE_IN_FILE\"}]", 5, 0, AILAB_REFUSED, 1},
    {"credits", "[{\"error\":\"ERROR_NOT_ENOUGH_CREDITS\"}]", 5, 0, AILAB_REFUSED, 1},
    {"credits, with a Retry-After",
     "[{\"error\":\"ERROR_NOT_ENOUGH_CREDITS\",\"headers\":{\"Retry-After\":\"1\"}}]", 5, 0,
     AILAB_REFUSED, 1},
    {"a limit that no waiting lifts", "[{\"error\":\"ERROR_BATCH_TASK_LIMIT_EXCEEDED\"}]", 5, 0,
     AILAB_REFUSED, 1},
    {"501", "[{\"error\":\"ERROR_IMAGE_STORAGE_NOT_SUPPORTED\"}]", 5, 0, AILAB_REFUSED, 1},
    {"an error in a 200", "[{\"error\":\"SERVICE_INTERNAL_ERROR\",\"deviation\":\"error-in-200\"}]",
     5, 0, AILAB_REFUSED, 1},
    {"a 200 that was reset", "[{\"fault\":\"reset-mid-answer\"}]", 5, 0, AILAB_UNREACHABLE, 1},
    {"a 200 that was closed", "[{\"fault\":\"close-mid-answer\"}]", 5, 0, AILAB_UNREACHABLE, 1},
    {"a 200 that broke in its head", "[{\"fault\":\"cut-after\"}]", 5, 0, AILAB_UNREACHABLE, 1},
    {"a 200 that stalled", "[{\"fault\":\"stall-mid-answer\"}]", 5, 400, AILAB_TIMEOUT, 1},
    {"a 200 that is nonsense", "[{\"fault\":\"json-garbage\"}]", 5, 0, AILAB_BAD_ANSWER, 1},
    {"a 200 that is no picture", "[{\"fault\":\"base64-no-image\"}]", 5, 0, AILAB_BAD_ANSWER, 1},
    {"a redirect", "[{\"status\":302,\"headers\":{\"Location\":\"/\"}}]", 5, 0, AILAB_BAD_ANSWER,
     1},
    {"a Retry-After beyond the longest wait",
     "[{\"error\":\"EXCEEDING_LIMITS\",\"headers\":{\"Retry-After\":\"100\"}}]", 5, 0,
     AILAB_REFUSED, 1},
};

static void client_retry_transient_follows_the_policy(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(courses); i++) {
        const struct course *row = &courses[i];
        char text[FIXTURE_PROBLEM_SIZE];
        struct fixture fixture;
        fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
        fixture_client(&fixture, (struct ailab_options){.retries = row->retries,
                                                        .retry_wait_ms = 2,
                                                        .retry_wait_max_ms = 10000,
                                                        .timeout_ms = row->timeout_ms});
        fixture_arm(&fixture, "%s", row->steps);
        enum ailab_error error = fixture_call(&fixture, row->why);
        if (error != row->error || ailab_result_attempts(fixture.result) != row->requests ||
            fixture_count(&fixture, NULL) != row->requests)
            fail_msg("%s: %zu requests, %s", row->why, fixture_count(&fixture, NULL),
                     fixture_describe(text, fixture.result));
        if (error == AILAB_OK)
            assert_true(fixture_got(fixture.result, &fixture.picture));
        fixture_close(&fixture);
    }
}

static void client_retry_transient_waits_as_long_as_the_server_asks(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    fixture_client(&fixture, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    fixture_arm(&fixture, "[" LIMITED "]", 1);
    assert_int_equal(fixture_call(&fixture, "limited, then done"), AILAB_OK);
    assert_int_equal(ailab_result_attempts(fixture.result), 2);
    assert_true(fixture.took_ms >= 980);
    assert_int_equal(fixture_count(&fixture, "{\"code\":\"EXCEEDING_LIMITS\",\"status\":429}"), 1);
    assert_int_equal(fixture_count(&fixture, "{\"status\":200}"), 1);
    fixture_close(&fixture);
}

/* When the requests came, by the mock's clock, in order. */
static size_t arrivals_ms(double *out, size_t max, struct fixture *fixture)
{
    int status = 0;
    size_t count = 0;
    char *text = NULL;
    assert_int_equal(
        ailab_mock_admin(fixture->mock, "GET", "/__admin/requests", NULL, &status, &text),
        AILAB_MOCK_OK);
    cJSON *journal = cJSON_Parse(text);
    const cJSON *entry;
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(journal, "requests"))
    {
        double ms = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(entry, "time_ms"));
        size_t at = count++;
        assert_true(count <= max);
        for (; at > 0 && out[at - 1] > ms; at--)
            out[at] = out[at - 1];
        out[at] = ms;
    }
    cJSON_Delete(journal);
    free(text);
    return count;
}

/* 40, 80 and 160 ms, each at least by half, and no longer than a busy machine needs. */
static void client_retry_transient_backs_off_longer_each_time(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){.retries = 3, .retry_wait_ms = 40});
    fixture_arm(&fixture, "[" BUSY "," BUSY "," BUSY "]");
    assert_int_equal(fixture_call(&fixture, "busy three times"), AILAB_OK);
    assert_true(fixture.took_ms >= 20 + 40 + 80);
    double at_ms[4] = {0};
    assert_int_equal(fixture_count(&fixture, NULL), 4);
    assert_int_equal(arrivals_ms(at_ms, ROWS(at_ms), &fixture), 4);
    for (size_t i = 1; i < ROWS(at_ms); i++) {
        double step_ms = 40 << (i - 1), waited_ms = at_ms[i] - at_ms[i - 1];
        if (waited_ms < step_ms / 2 - 2 || waited_ms > step_ms + 2000)
            fail_msg("wait %zu took %.0f ms, expected %.0f to %.0f ms", i, waited_ms, step_ms / 2,
                     step_ms);
    }
    fixture_close(&fixture);
}

/* Answers without an envelope: the status alone says whether waiting helps. */
static void client_retry_transient_goes_by_the_status_of_a_gateway(void **state)
{
    static const struct {
        int status;
        bool again;
    } rows[] = {{500, true}, {502, true},  {503, true},  {504, true},  {408, true},
                {429, true}, {501, false}, {505, false}, {404, false}, {403, false}};
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[FIXTURE_PROBLEM_SIZE];
        fixture_arm_body(&fixture, rows[i].status, NULL, "<h1>gateway</h1>");
        enum ailab_error error = fixture_call(&fixture, "a gateway's page");
        if (error != (rows[i].again ? AILAB_OK : AILAB_BAD_ANSWER) ||
            ailab_result_attempts(fixture.result) != (rows[i].again ? 2 : 1))
            fail_msg("a bare %d: %s", rows[i].status, fixture_describe(text, fixture.result));
    }
    fixture_close(&fixture);
}

/* Never more retries than are allowed. */
static void client_retry_transient_stops_at_the_number_allowed(void **state)
{
    static const unsigned retries[] = {0, 1, 3};
    (void)state;
    for (size_t i = 0; i < ROWS(retries); i++) {
        struct fixture fixture;
        fixture_open(&fixture, NULL);
        fixture_client(&fixture, (struct ailab_options){.retries = retries[i], .retry_wait_ms = 1});
        fixture_arm(&fixture, "[{\"error\":\"EXCEEDING_LIMITS\",\"times\":100}]");
        assert_int_equal(fixture_call(&fixture, "a limit that stays"), AILAB_REFUSED);
        assert_int_equal(ailab_result_attempts(fixture.result), retries[i] + 1);
        assert_int_equal(fixture_count(&fixture, NULL), retries[i] + 1);
        fixture_close(&fixture);
    }
}

/* A client without options waits about a second. */
static void client_retry_transient_waits_a_second_by_default(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){.retries = 1});
    fixture_arm(&fixture, "[{\"error\":\"EXCEEDING_LIMITS\"}]");
    assert_int_equal(fixture_call(&fixture, "limited once"), AILAB_OK);
    assert_int_equal(ailab_result_attempts(fixture.result), 2);
    assert_true(fixture.took_ms >= 495);
    fixture_close(&fixture);
}

static void client_retry_transient_ignores_a_retry_after_that_is_no_time(void **state)
{
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    fixture_arm(&fixture,
                "[{\"error\":\"EXCEEDING_LIMITS\",\"headers\":{\"Retry-After\":\"soon\"}}]");
    assert_int_equal(fixture_call(&fixture, "a word"), AILAB_OK);
    assert_int_equal(ailab_result_attempts(fixture.result), 2);
    fixture_client(&fixture, (struct ailab_options){
                                 .retries = 1, .retry_wait_ms = 1, .retry_wait_max_ms = 5000});
    fixture_arm(&fixture, "[" LIMITED "]", 3600);
    assert_int_equal(fixture_call(&fixture, "an hour, which is too long"), AILAB_REFUSED);
    assert_int_equal(ailab_result_attempts(fixture.result), 1);
    assert_int_equal(ailab_result_retry_after_s(fixture.result), 3600);
    fixture_close(&fixture);
}

/* A limit of the account: after its Retry-After the next call succeeds. */
static void client_retry_transient_succeeds_when_the_account_allows(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    assert_int_equal(ailab_mock_set_accounts(fixture.mock,
                                             "{\"accounts\":{\"" FIXTURE_KEY
                                             "\":{\"rate\":{\"requests\":1,\"window_ms\":900}}}}",
                                             why),
                     AILAB_MOCK_OK);
    assert_int_equal(fixture_call(&fixture, "within the limit"), AILAB_OK);
    assert_int_equal(ailab_result_attempts(fixture.result), 1);
    assert_int_equal(fixture_call(&fixture, "beyond it"), AILAB_OK);
    assert_int_equal(ailab_result_attempts(fixture.result), 2);
    fixture_close(&fixture);
}

CLIENT_SUITE("client_retries",
             cmocka_unit_test(client_retry_transient_goes_by_the_status_of_a_gateway),
             cmocka_unit_test(client_retry_transient_stops_at_the_number_allowed),
             cmocka_unit_test(client_retry_transient_waits_a_second_by_default),
             cmocka_unit_test(client_retry_transient_ignores_a_retry_after_that_is_no_time),
             cmocka_unit_test(client_retry_transient_follows_the_policy),
             cmocka_unit_test(client_retry_transient_waits_as_long_as_the_server_asks),
             cmocka_unit_test(client_retry_transient_backs_off_longer_each_time),
             cmocka_unit_test(client_retry_transient_succeeds_when_the_account_allows))
