/* Clients that leave, or end their sending half alone, while the mock waits on purpose: the ones
 * give their thread back, the others get their answer. labels: threads */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include <errno.h>
#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 60000 /* of a delay or wait that no test may sit through */
#define SOON_MS 15000

#define AWAIT_PATH "/__admin/requests/count?at_least=9&wait_ms=60000"

/* Sends a whole request and hands the socket out. */
static int ask_and_go_on(struct ailab_mock *mock, const struct scenarios_call *call)
{
    size_t size, head_size;
    char *bytes = scenarios_request(&size, &head_size, call);
    int fd = scenarios_connect(ailab_mock_port(mock));
    assert_non_null(bytes);
    assert_true(fd >= 0);
    assert_true(scenarios_send(fd, bytes, size));
    free(bytes);
    return fd;
}

static void clients_that_close_give_their_thread_back(void **state)
{
    static const char *const steps[] = {
        "[{\"answer\": \"success\", \"delay\": 60000}]",
        "[{\"fault\": {\"name\": \"slow-upload\", \"amount\": 16}}]",
    };
    (void)state;
    mock_need_a_kernel_that_tells();
    for (size_t i = 0; i < ROWS(steps); i++) {
        struct ailab_mock *mock =
            scenarios_start(&(struct ailab_mock_options){.max_connections = 1});
        const int64_t start = scenarios_now_ms();
        scenarios_arm(mock, "leaver", "%s", steps[i]);
        close(ask_and_go_on(mock, &(struct scenarios_call){.key = "leaver"}));
        /* It may be served after those that come later. */
        while (scenarios_count(mock, "{\"api_key\": \"leaver\"}") != 1)
            assert_true(scenarios_now_ms() - start < SOON_MS);
        scenarios_expect(mock, &(struct scenarios_call){0}, 200, "", steps[i]);
        assert_in_range(scenarios_now_ms() - start, 0, SOON_MS);
        ailab_mock_stop(mock);
    }
}

static int status_of_waiting(struct ailab_mock *mock)
{
    struct scenarios_answer answer;
    scenarios_ask(&answer, ailab_mock_port(mock),
                  &(struct scenarios_call){.key = "",
                                           .body = "",
                                           .path = "/__admin/requests/count?at_least=9&wait_ms=1"});
    int status = answer.status;
    scenarios_clear(&answer);
    return status;
}

/* A socket whose request waits. One may wait at once, and for a moment that was the one that looks
 * whether another does. */
static int start_waiting(struct ailab_mock *mock)
{
    const struct scenarios_call call = {.key = "", .body = "", .path = AWAIT_PATH};
    const int64_t until = scenarios_now_ms() + SOON_MS;
    int fd = ask_and_go_on(mock, &call);
    while (status_of_waiting(mock) != 503) {
        assert_true(scenarios_now_ms() < until);
        if (scenarios_stirs(fd, 0)) {
            close(fd);
            fd = ask_and_go_on(mock, &call);
        }
    }
    return fd;
}

static void expect_room_to_wait(struct ailab_mock *mock)
{
    const int64_t until = scenarios_now_ms() + SOON_MS;
    while (status_of_waiting(mock) != 200)
        assert_true(scenarios_now_ms() < until);
}

static void clients_that_close_wait_no_longer_in_the_admin_api(void **state)
{
    (void)state;
    mock_need_a_kernel_that_tells();
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.max_connections = 2});
    int fd = start_waiting(mock);
    close(fd);
    expect_room_to_wait(mock);
    ailab_mock_stop(mock);
}

static void clients_that_reset_wait_no_longer_in_the_admin_api(void **state)
{
    (void)state;
    const struct linger at_once = {.l_onoff = 1};
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.max_connections = 2});
    int fd = start_waiting(mock);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
    expect_room_to_wait(mock);
    ailab_mock_stop(mock);
}

static void expect_answer_in_full(int fd, int64_t at_least_ms)
{
    struct scenarios_answer answer;
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    scenarios_read(&answer, fd);
    assert_int_equal(answer.status, 200);
    assert_true(answer.last_ms >= at_least_ms);
    assert_non_null(answer.json);
    scenarios_clear(&answer);
    close(fd);
}

/* Longer than it takes to find out that a client has closed. */
static void clients_that_end_their_sending_half_get_their_answer(void **state)
{
    scenarios_arm(*state, SCENARIOS_KEY, "[{\"answer\": \"success\", \"delay\": 900}]");
    expect_answer_in_full(ask_and_go_on(*state, &(struct scenarios_call){0}), 850);
    const struct scenarios_call waiting = {
        .key = "", .body = "", .path = "/__admin/requests/count?at_least=9&wait_ms=900"};
    expect_answer_in_full(ask_and_go_on(*state, &waiting), 850);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_that_close_give_their_thread_back),
        cmocka_unit_test(clients_that_close_wait_no_longer_in_the_admin_api),
        cmocka_unit_test(clients_that_reset_wait_no_longer_in_the_admin_api),
        cmocka_unit_test_setup_teardown(clients_that_end_their_sending_half_get_their_answer,
                                        scenarios_setup, scenarios_teardown),
    };
    return cmocka_run_group_tests_name("scenarios_leaving", tests, NULL, NULL);
}
