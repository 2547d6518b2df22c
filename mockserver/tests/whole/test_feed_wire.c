/* The live feed over plain sockets: what comes, how many may follow it, and that a watcher that
 * leaves makes room for another. labels: threads */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define SOON_MS 15000
#define TIMEOUT_MS 1000
#define FEED "GET /__admin/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

/* Reads until text has come; false when the connection ends before. */
static bool read_until(int fd, const char *text)
{
    char buffer[8192];
    size_t size = 0;
    for (ssize_t got; size < sizeof buffer - 1; size += (size_t)got) {
        if ((got = recv(fd, buffer + size, sizeof buffer - 1 - size, 0)) <= 0)
            return false;
        buffer[size + (size_t)got] = '\0';
        if (strstr(buffer, text))
            return true;
    }
    return false;
}

/* A socket that follows the feed; -1 when the mock takes no more watchers. */
static int follow(const struct ailab_mock *mock)
{
    int fd = mock_connect(ailab_mock_port(mock));
    assert_true(fd >= 0);
    mock_send(fd, slice_of(FEED));
    if (read_until(fd, "\nevent: hello\ndata: {\"boot\":"))
        return fd;
    close(fd);
    return -1;
}

static void feed_brings_what_happens_while_it_happens(void **state)
{
    int fd = follow(*state);
    assert_true(fd >= 0);
    scenarios_expect(*state, &(struct scenarios_call){0}, 200, "", "a call");
    assert_true(read_until(fd, "event: request\nid: 1\ndata: {\"id\":1,"));
    close(fd);
}

/* No bound of a request is one of the feed, whose client only listens. */
static void feed_that_brings_nothing_outlasts_a_request(void **state)
{
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.request_timeout_ms = TIMEOUT_MS});
    int fd = follow(mock);
    assert_true(fd >= 0);
    assert_false(scenarios_stirs(fd, 2 * TIMEOUT_MS));
    scenarios_expect(mock, &(struct scenarios_call){0}, 200, "", "a call");
    assert_true(read_until(fd, "event: request\nid: 1\ndata: {\"id\":1,"));
    close(fd);
    ailab_mock_stop(mock);
}

/* The others of twelve serve. */
static void feed_takes_a_quarter_of_the_connections(void **state)
{
    int fds[3];
    (void)state;
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.max_connections = 12});
    for (size_t i = 0; i < ROWS(fds); i++)
        assert_true((fds[i] = follow(mock)) >= 0);
    assert_int_equal(follow(mock), -1);
    for (size_t i = 0; i < ROWS(fds); i++)
        close(fds[i]);
    ailab_mock_stop(mock);
}

/* Nothing else happens that the mock could send and fail to. */
static void watchers_that_leave_make_room(void **state)
{
    (void)state;
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.max_connections = 4});
    const int64_t until = scenarios_now_ms() + SOON_MS;
    int watcher = follow(mock), next = -1;
    assert_true(watcher >= 0);
    assert_int_equal(follow(mock), -1);
    shutdown(watcher, SHUT_WR);
    while ((next = follow(mock)) < 0)
        assert_true(scenarios_now_ms() < until);
    close(watcher);
    close(next);
    ailab_mock_stop(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(feed_brings_what_happens_while_it_happens, scenarios_setup,
                                        scenarios_teardown),
        cmocka_unit_test(feed_that_brings_nothing_outlasts_a_request),
        cmocka_unit_test(feed_takes_a_quarter_of_the_connections),
        cmocka_unit_test(watchers_that_leave_make_room),
    };
    return cmocka_run_group_tests_name("feed_wire", tests, NULL, NULL);
}
