/* The admin API over HTTP: who may use it, what it says to wrong methods, paths and sizes, that it
 * does what the library does, and that it shares nothing with the mocked contract. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct scenarios_answer ask(struct ailab_mock *mock, const char *method, const char *path,
                                   const char *body, const char *more)
{
    struct scenarios_answer answer;
    const struct scenarios_call call = {
        .method = method, .path = path, .key = "", .body = body ? body : "", .more = more};
    scenarios_ask(&answer, ailab_mock_port(mock), &call);
    if (!answer.status)
        fail_msg("%s %s: no answer", method, path);
    return answer;
}

static int status_of(struct ailab_mock *mock, const char *method, const char *path,
                     const char *body, const char *more)
{
    struct scenarios_answer answer = ask(mock, method, path, body, more);
    int status = answer.status;
    if (answer.body.len && answer.body.ptr[0] == '{' && !answer.json)
        fail_msg("%s %s: broken JSON: %.300s", method, path, answer.bytes);
    if (scenarios_header(&answer, "Access-Control-Allow-Origin").ptr)
        fail_msg("%s %s is open to other origins", method, path);
    scenarios_clear(&answer);
    return status;
}

#define HEALTH "/__admin/health"
#define VERSION "/__admin/version"

static void admin_wants_its_token_where_there_is_one(void **state)
{
    static const struct {
        const char *listen, *token, *more;
        int status;
    } rows[] = {
        {"127.0.0.1:0", NULL, NULL, 200},
        {"127.0.0.1:0", NULL, "Authorization: Bearer whatever\r\n", 200},
        {"127.0.0.1:0", "t0ken-of-admin", NULL, 401},
        {"127.0.0.1:0", "t0ken-of-admin", "Authorization: Bearer t0ken-of-admin\r\n", 200},
        {"127.0.0.1:0", "t0ken-of-admin", "Authorization: bearer t0ken-of-admin\r\n", 200},
        {"127.0.0.1:0", "t0ken-of-admin", "Authorization: Bearer t0ken-of-admiN\r\n", 401},
        {"127.0.0.1:0", "t0ken-of-admin", "Authorization: Bearer t0ken-of-admin2\r\n", 401},
        {"127.0.0.1:0", "t0ken-of-admin", "Authorization: Bearer t0ken\r\n", 401},
        {"127.0.0.1:0", "t0ken-of-admin", "Authorization: Basic t0ken-of-admin\r\n", 401},
        {"127.0.0.1:0", "t0ken-of-admin", "Authorization: Bearer \r\n", 401},
        {"0.0.0.0:0", NULL, NULL, 403},
        {"0.0.0.0:0", NULL, "Authorization: Bearer whatever\r\n", 403},
        {"0.0.0.0:0", "t0ken-of-admin", NULL, 401},
        {"0.0.0.0:0", "t0ken-of-admin", "Authorization: Bearer t0ken-of-admin\r\n", 200},
    };
    static const char *const paths[] = {VERSION, "/metrics", "/__admin/requests",
                                        "/__admin/nowhere"};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct ailab_mock_options options = {.listen = rows[i].listen,
                                                   .admin_token = rows[i].token};
        struct ailab_mock *mock = scenarios_start(&options);
        for (size_t k = 0; k < ROWS(paths); k++) {
            int due = rows[i].status == 200 && k == 3 ? 404 : rows[i].status;
            int got = status_of(mock, "GET", paths[k], NULL, rows[i].more);
            if (got != due)
                fail_msg("row %zu, %s: %d, expected %d", i, paths[k], got, due);
        }
        /* Nothing of this concerns the mocked API. */
        scenarios_expect(mock, &(struct scenarios_call){0}, 200, "", "the API itself");
        ailab_mock_stop(mock);
    }
}

static void admin_wants_a_token_of_who_comes_through_a_proxy(void **state)
{
    static const char *const headers[] = {
        "Forwarded: for=192.0.2.1\r\n",
        "X-Forwarded-For: 127.0.0.1\r\n",
        "x-forwarded-proto: http\r\n",
        "X-Forwarded-Anything: \r\n",
        "X-REAL-IP: 127.0.0.1\r\n",
        "Via: 1.1 nginx\r\n",
        "Via:\r\n",
    };
    static const char *const local[] = {"X-Forwarded: yes\r\n", "X-Forwarder-For: 1\r\n",
                                        "Viaduct: 1\r\n"};
    (void)state;
    struct ailab_mock *open = scenarios_start(NULL);
    const struct ailab_mock_options options = {.admin_token = "t0ken-of-admin"};
    struct ailab_mock *closed = scenarios_start(&options);
    for (size_t i = 0; i < ROWS(headers); i++) {
        char more[200];
        snprintf(more, sizeof more, "%sAuthorization: Bearer t0ken-of-admin\r\n", headers[i]);
        print_message("%s", headers[i]);
        assert_int_equal(status_of(open, "GET", VERSION, NULL, headers[i]), 403);
        assert_int_equal(status_of(open, "POST", "/__admin/reset", "{}", headers[i]), 403);
        assert_int_equal(status_of(closed, "GET", VERSION, NULL, headers[i]), 401);
        assert_int_equal(status_of(closed, "GET", VERSION, NULL, more), 200);
        const struct scenarios_call call = {.more = headers[i]};
        scenarios_expect(open, &call, 200, "", "the API itself");
    }
    for (size_t i = 0; i < ROWS(local); i++)
        assert_int_equal(status_of(open, "GET", VERSION, NULL, local[i]), 200);
    ailab_mock_stop(closed);
    ailab_mock_stop(open);
}

static void expect_health(struct ailab_mock *mock, const char *more, bool has_version)
{
    struct scenarios_answer answer = ask(mock, "GET", HEALTH, NULL, more);
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(answer.json, "status");
    assert_int_equal(answer.status, 200);
    assert_string_equal(cJSON_GetStringValue(status), "ok");
    assert_int_equal(cJSON_HasObjectItem(answer.json, "version"), has_version);
    assert_int_equal(cJSON_GetArraySize(answer.json), has_version ? 4 : 1);
    scenarios_clear(&answer);
    char head[200];
    snprintf(head, sizeof head, "%sConnection: close\r\n", more ? more : "");
    assert_int_equal(status_of(mock, "HEAD", HEALTH, NULL, head), 200);
}

static void admin_tells_everybody_that_the_mock_is_well(void **state)
{
    static const struct {
        struct ailab_mock_options options;
        const char *more;
        bool has_version;
    } rows[] = {
        {{0}, NULL, true},
        {{0}, "Via: 1.1 nginx\r\n", false},
        {{0}, "Origin: http://evil.test\r\n", false},
        {{.listen = "0.0.0.0:0"}, NULL, false},
        {{.admin_token = "t"}, NULL, false},
        {{.admin_token = "t"}, "Authorization: Bearer t\r\n", true},
        {{.listen = "0.0.0.0:0", .admin_token = "t"}, "Authorization: Bearer t\r\n", true},
        {{.no_admin = true}, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        print_message("row %zu\n", i);
        struct ailab_mock *mock = scenarios_start(&rows[i].options);
        expect_health(mock, rows[i].more, rows[i].has_version);
        if (!rows[i].has_version) /* only asking is free */
            assert_int_not_equal(status_of(mock, "POST", HEALTH, "{}", rows[i].more), 200);
        ailab_mock_stop(mock);
    }
}

/* The paths of an admin API that is off are unknown ones of the mocked API, with its envelope. */
static void admin_can_be_switched_off(void **state)
{
    static const char *const paths[] = {"/__admin", "/__admin/version", "/__admin/health/",
                                        "/__admin/requests", "/metrics"};
    char why[AILAB_MOCK_ERROR_SIZE];
    const struct ailab_mock_options options = {.no_admin = true};
    const struct ailab_mock_options both = {.no_admin = true, .admin_token = "t"};
    struct ailab_mock *mock = scenarios_start(&options), *none;
    (void)state;
    for (size_t i = 0; i < ROWS(paths); i++) {
        struct scenarios_answer answer =
            ask(mock, i % 2 ? "GET" : "POST", paths[i], NULL, "Authorization: Bearer t\r\n");
        print_message("%s\n", paths[i]);
        assert_int_equal(answer.status, 404);
        assert_true(cJSON_HasObjectItem(answer.json, "error_detail"));
        scenarios_clear(&answer);
    }
    assert_int_equal(scenarios_count(mock, "{\"status\": 404, \"path\": \"/*\"}"), ROWS(paths));
    ailab_mock_stop(mock);
    assert_int_equal(ailab_mock_start(&none, &both, why), AILAB_MOCK_ARGUMENT);
    assert_string_equal(why, "found no_admin and admin_token, expected one of them");
}

static void admin_answers_no_page_of_another_origin(void **state)
{
    static const struct {
        const char *more;
        int status;
    } rows[] = {
        {"Origin: http://127.0.0.1\r\n", 200},
        {"Origin: http://evil.test\r\n", 403},
        {"Origin: null\r\n", 403},
        {"Origin: https://127.0.0.1\r\n", 403},
        {"Origin: http://127.0.0.1.evil.test\r\n", 403},
        {"Origin:\r\n", 403},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        int got = status_of(*state, "POST", "/__admin/reset", "{}", rows[i].more);
        if (got != rows[i].status)
            fail_msg("%s%d, expected %d", rows[i].more, got, rows[i].status);
    }
}

/* A page whose own name leads to this machine is of the same origin, and asks by that name. */
static void admin_without_a_token_answers_by_loopback_names_alone(void **state)
{
    static const struct {
        const char *host;
        int status;
    } rows[] = {
        {"localhost", 200},
        {"LocalHost:8080", 200},
        {"127.0.0.1:1", 200},
        {"127.255.0.3", 200},
        {"[::1]:8080", 200},
        {"evil.test", 403},
        {"evil.test:8080", 403},
        {"127.0.0.1.evil.test", 403},
        {"localhost.evil.test", 403},
        {"127.", 403},
        {"10.0.0.1", 403},
        {"[::2]", 403},
        {"evil.test:127.0", 403},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_call call = {
            .method = "GET", .path = VERSION, .host = rows[i].host, .key = "", .body = ""};
        struct scenarios_answer answer;
        scenarios_ask(&answer, ailab_mock_port(*state), &call);
        if (answer.status != rows[i].status)
            fail_msg("Host: %s: %d, expected %d", rows[i].host, answer.status, rows[i].status);
        scenarios_clear(&answer);
    }
    const struct ailab_mock_options options = {.admin_token = "t0ken-of-admin"};
    struct ailab_mock *mock = scenarios_start(&options);
    struct scenarios_answer answer;
    struct scenarios_call call = {.method = "GET",
                                  .path = VERSION,
                                  .host = "mock.test",
                                  .body = "",
                                  .more = "Authorization: Bearer t0ken-of-admin\r\n"};
    scenarios_ask(&answer, ailab_mock_port(mock), &call);
    assert_int_equal(answer.status, 200);
    scenarios_clear(&answer);
    ailab_mock_stop(mock);
}

/* Also where the method is none that civetweb has heard of; and none of it is journalled. */
static void admin_refuses_unknown_methods_as_its_own(void **state)
{
    static const char *const methods[] = {"FOO", "get", "TRACE"};
    size_t before = scenarios_count(*state, NULL);
    for (size_t i = 0; i < ROWS(methods); i++) {
        struct scenarios_answer answer = ask(*state, methods[i], HEALTH, NULL, NULL);
        const cJSON *why = cJSON_GetObjectItemCaseSensitive(answer.json, "error");
        if (answer.status != 405 || !cJSON_IsString(why) ||
            !cJSON_IsString(cJSON_GetObjectItemCaseSensitive(answer.json, "pointer")) ||
            scenarios_header(&answer, "Access-Control-Allow-Origin").ptr)
            fail_msg("%s: %.500s", methods[i], answer.bytes);
        scenarios_clear(&answer);
    }
    assert_int_equal(scenarios_count(*state, NULL), before);
}

/* What civetweb refuses must not be served a second time when the connection closes. */
static void admin_does_nothing_of_what_was_refused(void **state)
{
    static const char *const heads[] = {
        "POST /__admin/reset HTTP/3.7\r\nHost: 127.0.0.1\r\n\r\n",
        "POST /__admin/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
        "POST /__admin/reset HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    };
    scenarios_expect(*state, &(struct scenarios_call){0}, 200, "", "a call to be kept");
    for (size_t i = 0; i < ROWS(heads); i++) {
        size_t before = scenarios_count(*state, NULL);
        struct scenarios_answer answer;
        int fd = scenarios_connect(ailab_mock_port(*state));
        assert_true(scenarios_send(fd, heads[i], strlen(heads[i])));
        scenarios_read_to_end(&answer, fd);
        assert_int_equal(answer.status, 400);
        scenarios_clear(&answer);
        close(fd);
        scenarios_expect(*state, &(struct scenarios_call){0}, 200, "", "a call after it");
        if (scenarios_count(*state, NULL) != before + 2)
            fail_msg("%s: %zu entries became %zu", heads[i], before, scenarios_count(*state, NULL));
    }
}

static void admin_refuses_wrong_methods_and_paths(void **state)
{
    static const struct {
        const char *method, *path, *allow;
        int status;
    } rows[] = {
        {"PUT", "/__admin/requests", "GET, DELETE", 405},
        {"GET", "/__admin/requests/count", "POST", 405},
        {"PUT", "/__admin/queue", "POST, GET, DELETE", 405},
        {"POST", HEALTH, "GET", 405},
        {"DELETE", "/__admin/settings", "GET, POST", 405},
        {"POST", "/__admin", NULL, 404},
        {"POST", "/__admin/", NULL, 404},
        {"GET", "/__admin/nowhere", NULL, 404},
        {"GET", "/__admin/requests/1/more", NULL, 404},
        {"GET", "/__admin/requests/0", NULL, 404},
        {"GET", "/__admin/mappings/no-such-scenario", NULL, 404},
        {"GET", "/__admin/mappings/two-faces", NULL, 200},
        {"GET", "/__admin/requests?limit=0", NULL, 400},
        {"GET", "http://127.0.0.1/__admin/requests?limit=0", NULL, 400},
        {"GET", "/__admin/health?x=1", NULL, 400},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_answer answer = ask(*state, rows[i].method, rows[i].path, NULL, NULL);
        if (answer.status != rows[i].status || !answer.json ||
            (rows[i].allow != NULL) != (scenarios_header(&answer, "Allow").ptr != NULL) ||
            (rows[i].allow && !scenarios_header_is(&answer, "Allow", rows[i].allow)))
            fail_msg("%s %s: %.500s", rows[i].method, rows[i].path, answer.bytes);
        scenarios_clear(&answer);
    }
    struct scenarios_answer answer = ask(*state, "GET", "/__adminx", NULL, NULL);
    assert_string_equal(scenarios_code(&answer), "ERROR_AI_NOT_EXISTS"); /* not the admin API's */
    scenarios_clear(&answer);
}

/* 4 MiB and a byte, announced, is refused before it is sent. */
static void admin_refuses_documents_that_are_too_large(void **state)
{
    static const char head[] = "PUT /__admin/mappings HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               "Content-Length: 4194305\r\n\r\n";
    struct scenarios_answer answer;
    int fd = scenarios_connect(ailab_mock_port(*state));
    assert_true(scenarios_send(fd, head, sizeof head - 1));
    scenarios_read(&answer, fd);
    assert_int_equal(answer.status, 413);
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    scenarios_clear(&answer);
    close(fd);
    assert_int_equal(status_of(*state, "GET", HEALTH, NULL, NULL), 200);
}

/* The same document through both doors. */
static void admin_over_http_does_what_the_library_does(void **state)
{
    static const char own[] = "{\"name\": \"own\", \"match\": {\"api_key\": \"http\"}, \"then\": "
                              "\"repeat-last\", \"steps\": [{\"error\": \"ERROR_BLURRY_FACE\"}]}";
    const struct scenarios_call call = {.key = "http"};
    assert_int_equal(status_of(*state, "POST", "/__admin/mappings", own, NULL), 201);
    scenarios_expect(*state, &call, 422, "ERROR_BLURRY_FACE", "a mapping");
    assert_int_equal(
        status_of(*state, "POST", "/__admin/queue",
                  "{\"api_key\": \"http\", \"steps\": [{\"error\": \"AI_SERVICE_TIMEOUT\"}]}",
                  NULL),
        200);
    scenarios_expect(*state, &call, 504, "AI_SERVICE_TIMEOUT", "the queue");
    assert_int_equal(status_of(*state, "PUT", "/__admin/accounts",
                               "{\"accounts\": {\"http\": {\"locked\": true}}}", NULL),
                     200);
    scenarios_expect(*state, &call, 403, "ERROR_USER_LOCKED", "an account");
    assert_int_equal(status_of(*state, "POST", "/__admin/accounts/reset", NULL, NULL), 200);
    assert_int_equal(status_of(*state, "DELETE", "/__admin/mappings/own", NULL, NULL), 200);
    scenarios_expect(*state, &call, 200, "", "all taken back");
    assert_int_equal(status_of(*state, "POST", "/__admin/settings", "{\"strict\": true}", NULL),
                     200);
    scenarios_expect(*state, &(struct scenarios_call){.header = "two-faces"}, 200, "", "strict");
    assert_int_equal(status_of(*state, "POST", "/__admin/settings", "{\"strict\": false}", NULL),
                     200);
    scenarios_expect(*state, &(struct scenarios_call){.header = "two-faces"}, 422,
                     "ERROR_NO_FACE_IN_FILE", "not strict");
    assert_int_equal(status_of(*state, "PUT", "/__admin/mappings", "{\"x\": 1}", NULL), 400);
    assert_int_equal(scenarios_count(*state, NULL), 6); /* admin calls are not journalled */
}

static void admin_describes_itself_and_counts(void **state)
{
    scenarios_expect(*state, &(struct scenarios_call){.header = "two-faces"}, 422,
                     "ERROR_NO_FACE_IN_FILE", "for the metrics");
    struct scenarios_answer answer = ask(*state, "GET", "/metrics", NULL, NULL);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.bytes, "ailab_mock_requests_total{status=\"422\",code=\"ERROR_NO_"
                                         "FACE_IN_FILE\"} 1\n"));
    assert_non_null(strstr(answer.bytes, "\nContent-Type: text/plain"));
    scenarios_clear(&answer);
    answer = ask(*state, "GET", "/__admin/openapi.json", NULL, NULL);
    const cJSON *paths = cJSON_GetObjectItemCaseSensitive(answer.json, "paths");
    assert_non_null(cJSON_GetObjectItemCaseSensitive(paths, "/__admin/requests/count"));
    assert_non_null(cJSON_GetObjectItemCaseSensitive(answer.json, "openapi"));
    scenarios_clear(&answer);
    answer = ask(*state, "HEAD", HEALTH, NULL, "Connection: close\r\n");
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body.len, 0);
    scenarios_clear(&answer);
}

/* Shutting down */

struct bell {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    unsigned count;
};

static void ring(void *context)
{
    struct bell *bell = context;
    pthread_mutex_lock(&bell->lock);
    bell->count++;
    pthread_cond_signal(&bell->rung);
    pthread_mutex_unlock(&bell->lock);
}

static unsigned wait_for_bell(struct bell *bell)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += SCENARIOS_WAIT_MS / 1000;
    pthread_mutex_lock(&bell->lock);
    while (!bell->count && pthread_cond_timedwait(&bell->rung, &bell->lock, &until) == 0)
        ;
    unsigned count = bell->count;
    pthread_mutex_unlock(&bell->lock);
    return count;
}

static void admin_asks_its_owner_to_shut_down(void **state)
{
    (void)state;
    struct bell bell = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    const struct ailab_mock_options options = {
        .on_shutdown = ring, .shutdown_context = &bell, .admin_token = "t0ken-of-admin"};
    struct ailab_mock *mock = scenarios_start(&options);
    assert_int_equal(status_of(mock, "POST", "/__admin/shutdown", NULL, NULL), 401);
    assert_int_equal(status_of(mock, "GET", "/__admin/shutdown", NULL,
                               "Authorization: Bearer t0ken-of-admin\r\n"),
                     405);
    scenarios_expect(mock, &(struct scenarios_call){0}, 200, "", "still there");
    assert_int_equal(bell.count, 0);
    assert_int_equal(status_of(mock, "POST", "/__admin/shutdown", NULL,
                               "Authorization: Bearer t0ken-of-admin\r\n"),
                     200);
    assert_int_equal(wait_for_bell(&bell), 1);
    ailab_mock_stop(mock); /* which is for the owner to do */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admin_wants_its_token_where_there_is_one),
        cmocka_unit_test(admin_wants_a_token_of_who_comes_through_a_proxy),
        cmocka_unit_test(admin_tells_everybody_that_the_mock_is_well),
        cmocka_unit_test(admin_can_be_switched_off),
        TEST(admin_answers_no_page_of_another_origin),
        TEST(admin_refuses_wrong_methods_and_paths),
        TEST(admin_without_a_token_answers_by_loopback_names_alone),
        TEST(admin_refuses_unknown_methods_as_its_own),
        TEST(admin_does_nothing_of_what_was_refused),
        TEST(admin_refuses_documents_that_are_too_large),
        TEST(admin_over_http_does_what_the_library_does),
        TEST(admin_describes_itself_and_counts),
        cmocka_unit_test(admin_asks_its_owner_to_shut_down),
    };
    return cmocka_run_group_tests_name("scenarios_admin", tests, NULL, NULL);
}
