/* Callers that wait until enough requests match: over HTTP and through the library, how many may
 * wait, and what ends a wait. labels: threads */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 60000 /* no test waits so long */
#define SOON_MS 8000
#define TIMEOUT_MS 1000
#define BUDGET 100000 /* bytes: more than a body may have that needs no room */

static int count_in(const struct scenarios_answer *answer)
{
    const cJSON *count = cJSON_GetObjectItemCaseSensitive(answer->json, "count");
    return cJSON_IsNumber(count) ? count->valueint : -1;
}

/* body: the query, "" for any request. */
static void ask_to_wait_for(struct scenarios_answer *out, uint16_t port, const char *body,
                            int at_least, int wait_ms)
{
    char path[128];
    snprintf(path, sizeof path, "/__admin/requests/count?at_least=%d&wait_ms=%d", at_least,
             wait_ms);
    scenarios_ask(
        out, port,
        &(struct scenarios_call){.method = "POST", .path = path, .key = "", .body = body});
}

static void ask_to_wait(struct scenarios_answer *out, uint16_t port, int at_least, int wait_ms)
{
    ask_to_wait_for(out, port, "", at_least, wait_ms);
}

struct waiter {
    pthread_t thread;
    uint16_t port;
    const char *body;
    int status, count;
};

static void *wait_for_two(void *context)
{
    struct waiter *waiter = context;
    const int64_t until = scenarios_now_ms() + SOON_MS;
    do { /* expect_all_waiting() may have its place for a moment */
        struct scenarios_answer answer;
        ask_to_wait_for(&answer, waiter->port, waiter->body, 2, LONG_MS);
        waiter->status = answer.status;
        waiter->count = count_in(&answer);
        scenarios_clear(&answer);
    } while (waiter->status == 503 && scenarios_now_ms() < until);
    return NULL;
}

static void start_waiting_for(struct waiter *waiter, const struct ailab_mock *mock,
                              const char *body)
{
    *waiter = (struct waiter){.port = ailab_mock_port(mock), .body = body};
    assert_int_equal(pthread_create(&waiter->thread, NULL, wait_for_two, waiter), 0);
}

static void start_waiting(struct waiter *waiter, const struct ailab_mock *mock)
{
    start_waiting_for(waiter, mock, "");
}

/* Until one more is refused. */
static void expect_all_waiting(const struct ailab_mock *mock)
{
    const int64_t until = scenarios_now_ms() + SOON_MS;
    int status;
    do {
        struct scenarios_answer answer;
        ask_to_wait(&answer, ailab_mock_port(mock), 2, 1);
        status = answer.status;
        scenarios_clear(&answer);
    } while (status == 200 && scenarios_now_ms() < until);
    assert_int_equal(status, 503);
}

/* most is more than least where a further call may come while the waiting one wakes. */
static void expect_waited(struct waiter *waiter, int least, int most)
{
    pthread_join(waiter->thread, NULL);
    assert_int_equal(waiter->status, 200);
    assert_in_range(waiter->count, least, most);
}

/* Half of the connections may wait; the others go on. */
static void waiting_ends_when_enough_requests_have_come(void **state)
{
    (void)state;
    struct waiter waiters[2];
    struct scenarios_answer answer;
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.max_connections = 4});
    const int64_t start = scenarios_now_ms();
    start_waiting(&waiters[0], mock);
    start_waiting(&waiters[1], mock);
    expect_all_waiting(mock);
    ask_to_wait(&answer, ailab_mock_port(mock), 1, 1);
    assert_int_equal(answer.status, 503);
    scenarios_clear(&answer);
    for (int i = 0; i < 2; i++)
        scenarios_expect(mock, &(struct scenarios_call){.more = "Connection: close\r\n"}, 200, "",
                         "served beside the waiting");
    expect_waited(&waiters[0], 2, 2);
    expect_waited(&waiters[1], 2, 2);
    assert_true(scenarios_now_ms() - start < LONG_MS / 2);
    ask_to_wait(&answer, ailab_mock_port(mock), 2, LONG_MS); /* there is nothing to wait for */
    assert_int_equal(count_in(&answer), 2);
    scenarios_clear(&answer);
    ailab_mock_stop(mock);
}

static void waiting_ends_with_the_mock(void **state)
{
    (void)state;
    struct waiter waiter;
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.max_connections = 2});
    start_waiting(&waiter, mock);
    expect_all_waiting(mock);
    const int64_t start = scenarios_now_ms();
    ailab_mock_stop(mock);
    assert_true(scenarios_now_ms() - start < SOON_MS);
    expect_waited(&waiter, 0, 0);
}

static void waiting_may_take_longer_than_a_request(void **state)
{
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.request_timeout_ms = 200});
    int fd = scenarios_connect(ailab_mock_port(mock));
    for (int i = 0; i < 2; i++) { /* and the connection is as good as before */
        struct scenarios_answer answer;
        scenarios_ask_on(
            &answer, fd,
            &(struct scenarios_call){.method = "POST",
                                     .path = "/__admin/requests/count?at_least=1&wait_ms=700",
                                     .key = "",
                                     .body = ""});
        assert_int_equal(answer.status, 200);
        assert_int_equal(count_in(&answer), 0);
        assert_true(answer.first_ms >= 650);
        scenarios_clear(&answer);
    }
    close(fd);
    ailab_mock_stop(mock);
}

static void let_the_waiting_go_on(struct ailab_mock *mock)
{
    for (int i = 0; i < 2; i++)
        scenarios_expect(mock,
                         &(struct scenarios_call){.method = "GET",
                                                  .path = SCENARIOS_CREDITS_PATH,
                                                  .body = "",
                                                  .more = "Connection: close\r\n"},
                         200, "", "one of the two");
}

/* Sends the head and waits for the leave to go on, which comes once there is room for the body. */
static void expect_served_once_there_is_room(struct ailab_mock *mock, int without_room_ms)
{
    size_t size, head_size;
    struct scenarios_answer answer;
    char *bytes = scenarios_request(
        &size, &head_size,
        &(struct scenarios_call){.more = "Expect: 100-continue\r\n", .padding = BUDGET});
    int fd = scenarios_connect(ailab_mock_port(mock));
    assert_non_null(bytes);
    assert_true(scenarios_send(fd, bytes, head_size));
    assert_false(scenarios_stirs(fd, without_room_ms));
    let_the_waiting_go_on(mock);
    assert_true(scenarios_stirs(fd, SOON_MS));
    assert_true(scenarios_send(fd, bytes + head_size, size - head_size));
    scenarios_read(&answer, fd);
    assert_int_equal(answer.status, 200);
    scenarios_clear(&answer);
    free(bytes);
    close(fd);
}

/* One of the waiting has a body that fills the budget. */
static void upload_that_waits_for_room_is_not_late(void **state)
{
    (void)state;
    char body[BUDGET + 1];
    struct waiter waiters[2];
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){
        .max_connections = 4, .request_timeout_ms = TIMEOUT_MS, .body_budget_bytes = BUDGET});
    snprintf(body, sizeof body, "{}%*s", BUDGET - 2, "");
    start_waiting_for(&waiters[0], mock, body);
    start_waiting(&waiters[1], mock);
    expect_all_waiting(mock);
    expect_served_once_there_is_room(mock, TIMEOUT_MS * 3 / 2);
    expect_waited(&waiters[0], 2, 3);
    expect_waited(&waiters[1], 2, 3);
    ailab_mock_stop(mock);
}

static void *call_later(void *mock)
{
    struct scenarios_answer answer;
    scenarios_ask(&answer, ailab_mock_port(mock), &(struct scenarios_call){0});
    scenarios_clear(&answer);
    return NULL;
}

static void waiting_in_the_library_gives_the_count(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    pthread_t thread;
    size_t count = 77;
    assert_int_equal(ailab_mock_wait(*state, NULL, 1, 20, &count, why), AILAB_MOCK_OK);
    assert_int_equal(count, 0);
    assert_int_equal(pthread_create(&thread, NULL, call_later, *state), 0);
    assert_int_equal(ailab_mock_wait(*state, "{\"status\": 200}", 1, LONG_MS, &count, why),
                     AILAB_MOCK_OK);
    assert_int_equal(count, 1);
    pthread_join(thread, NULL);
    assert_int_equal(ailab_mock_wait(*state, NULL, 1, LONG_MS + 1, &count, why),
                     AILAB_MOCK_ARGUMENT);
    assert_non_null(strstr(why, "wait_ms is not a whole number from 1 to 60000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waiting_ends_when_enough_requests_have_come),
        cmocka_unit_test(waiting_ends_with_the_mock),
        cmocka_unit_test(waiting_may_take_longer_than_a_request),
        cmocka_unit_test(upload_that_waits_for_room_is_not_late),
        cmocka_unit_test_setup_teardown(waiting_in_the_library_gives_the_count, scenarios_setup,
                                        scenarios_teardown),
    };
    return cmocka_run_group_tests_name("scenarios_waiting", tests, NULL, NULL);
}
