/* How long the mock waits for a client, and what is no fault of the client's: a wait on purpose,
 * and the time between two requests. labels: threads */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define TIMEOUT_MS 200
#define SOON_MS 8000
#define LONG_MS 60000 /* no test waits so long */
#define BUDGET 100000 /* bytes: more than a body may have that needs no room */
#define MUCH 40000000 /* bytes */

static int start_impatient(void **state)
{
    *state = scenarios_start(&(struct ailab_mock_options){.request_timeout_ms = TIMEOUT_MS});
    return 0;
}

static void upload_that_stalls_is_refused_in_time(void **state)
{
    static const size_t paddings[] = {0, 500000}; /* a large body waits for room first */
    for (size_t i = 0; i < ROWS(paddings); i++) {
        size_t size, head_size;
        struct scenarios_answer answer;
        char *bytes =
            scenarios_request(&size, &head_size, &(struct scenarios_call){.padding = paddings[i]});
        int fd = scenarios_connect(ailab_mock_port(*state));
        assert_non_null(bytes);
        assert_true(scenarios_send(fd, bytes, size - 1));
        scenarios_read(&answer, fd);
        assert_int_equal(answer.status, 400);
        assert_non_null(strstr(scenarios_message(&answer), "not complete in time"));
        assert_in_range(answer.first_ms, TIMEOUT_MS - 50, SOON_MS);
        scenarios_clear(&answer);
        free(bytes);
        close(fd);
    }
}

/* Not at once, either. */
static void client_that_says_nothing_is_let_go(void **state)
{
    const int64_t start = scenarios_now_ms();
    int fd = scenarios_connect(ailab_mock_port(*state));
    assert_true(fd >= 0);
    assert_true(scenarios_stirs(fd, SOON_MS));
    assert_in_range(scenarios_now_ms() - start, TIMEOUT_MS / 2, SOON_MS);
    assert_true(mock_is_closed(fd));
    close(fd);
}

/* Sends a request whose answer is larger than what the system takes off the mock; padding as in a
 * call. */
static int ask_for_much(struct ailab_mock *mock, size_t padding)
{
    size_t size, head_size;
    char *bytes =
        scenarios_request(&size, &head_size,
                          &(struct scenarios_call){
                              .key = "much", .more = "Connection: close\r\n", .padding = padding});
    int fd = scenarios_connect(ailab_mock_port(mock));
    assert_non_null(bytes);
    scenarios_arm(mock, "much", "[{\"fault\": {\"name\": \"json-huge\", \"amount\": %d}}]", MUCH);
    assert_true(scenarios_send(fd, bytes, size));
    free(bytes);
    return fd;
}

static void client_that_reads_nothing_gives_its_thread_back(void **state)
{
    (void)state;
    struct ailab_mock *mock = scenarios_start(
        &(struct ailab_mock_options){.request_timeout_ms = TIMEOUT_MS, .max_connections = 1});
    const int64_t start = scenarios_now_ms();
    int fd = ask_for_much(mock, 0);
    scenarios_expect(mock, &(struct scenarios_call){0}, 200, "", "the next client");
    assert_in_range(scenarios_now_ms() - start, 0, SOON_MS);
    close(fd);
    ailab_mock_stop(mock);
}

/* Its body fills the budget, and makes way while the mock waits for the client. */
static void client_that_reads_nothing_keeps_no_room_for_its_body(void **state)
{
    (void)state;
    struct ailab_mock *mock = scenarios_start(
        &(struct ailab_mock_options){.request_timeout_ms = LONG_MS, .body_budget_bytes = BUDGET});
    int fd = ask_for_much(mock, BUDGET);
    assert_true(scenarios_stirs(fd, SOON_MS)); /* its answer has begun */
    scenarios_expect(mock, &(struct scenarios_call){.padding = BUDGET}, 200, "", "the next body");
    close(fd);
    ailab_mock_stop(mock);
}

/* Each piece counts by itself: all of them take far longer than the time-out. */
static void client_that_reads_slowly_gets_its_whole_answer(void **state)
{
    static char buffer[MUCH / 100];
    const int64_t start = scenarios_now_ms();
    size_t size = 0;
    int fd = ask_for_much(*state, 0);
    for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, MSG_WAITALL)) > 0; poll(NULL, 0, 20))
        size += (size_t)got;
    assert_true(size > MUCH);
    assert_true(scenarios_now_ms() - start > 1500);
    close(fd);
}

static void delay_may_take_longer_than_the_time_out(void **state)
{
    int fd = scenarios_connect(ailab_mock_port(*state));
    scenarios_arm(*state, SCENARIOS_KEY, "[{\"answer\": \"success\", \"delay\": 1500}]");
    for (int i = 0; i < 2; i++) { /* and the connection is as good as before */
        struct scenarios_answer answer;
        scenarios_ask_on(&answer, fd, &(struct scenarios_call){0});
        assert_true(scenarios_is(&answer, 200, ""));
        scenarios_clear(&answer);
    }
    close(fd);
}

/* It is the idle time-out's. */
static void time_between_two_requests_does_not_count(void **state)
{
    int fd = scenarios_connect(ailab_mock_port(*state));
    for (int i = 0; i < 2; i++) {
        struct scenarios_answer answer;
        scenarios_ask_on(&answer, fd, &(struct scenarios_call){0});
        assert_true(scenarios_is(&answer, 200, ""));
        scenarios_clear(&answer);
        assert_false(scenarios_stirs(fd, 2 * TIMEOUT_MS));
    }
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_impatient, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(upload_that_stalls_is_refused_in_time),
        TEST(client_that_says_nothing_is_let_go),
        cmocka_unit_test(client_that_reads_nothing_keeps_no_room_for_its_body),
        cmocka_unit_test(client_that_reads_nothing_gives_its_thread_back),
        TEST(client_that_reads_slowly_gets_its_whole_answer),
        TEST(delay_may_take_longer_than_the_time_out),
        TEST(time_between_two_requests_does_not_count),
    };
    return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
