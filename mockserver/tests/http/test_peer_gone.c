/* Waits of the mock's: what ends them before their time, and that an end of the client's sending
 * half alone does not. (labels: threads) */
#include "base/clock.h"
#include "http/peer_gone.h"
#include "mock_sockets.h"
#include "socket_pair.h"
#include "testing/files.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int polls, polls_refused;

int __real_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    polls++;
    if (polls_refused == 0)
        return __real_poll(fds, count, timeout_ms);
    polls_refused--;
    errno = ENOMEM;
    return -1;
}

/* A client that has sent its request and ends its sending half waits for the answer. */
static void wait_lasts_although_the_client_has_ended_its_sending_half(void **state)
{
    const struct pair *pair = *state;
    int64_t start = clock_monotonic_ms();
    assert_int_equal(shutdown(pair->client, SHUT_WR), 0);
    assert_true(readable(pair->server, PATIENCE_MS));
    assert_true(socket_wait(pair->server, 100));
    assert_true(clock_monotonic_ms() - start >= 100);
    expect_arrival(pair);
}

/* The kernel has no memory for some polls: the wait is as long as ever, and does not ask without a
 * pause. */
static void wait_lasts_although_the_system_refuses_to_poll(void **state)
{
    const struct pair *pair = *state;
    const int64_t start = clock_monotonic_ms();
    polls = 0;
    polls_refused = 5;
    assert_true(socket_wait(pair->server, 450));
    assert_true(clock_monotonic_ms() - start >= 450);
    assert_in_range(polls, 6, 12);
    polls = 0;
    polls_refused = 1000000;
    assert_true(socket_stall(pair->server, 100));
    polls_refused = 0;
    assert_in_range(polls, 1, 11);
}

static void stall_ends_when_the_client_has_ended_its_sending_half(void **state)
{
    const struct pair *pair = *state;
    assert_true(socket_stall(pair->server, 50));
    assert_int_equal(shutdown(pair->client, SHUT_WR), 0);
    assert_false(socket_stall(pair->server, PATIENCE_MS));
}

static void wait_ends_when_the_client_resets_the_connection(void **state)
{
    const struct pair *pair = *state;
    int64_t start = clock_monotonic_ms();
    socket_reset(pair->client);
    assert_false(socket_wait(pair->server, PATIENCE_MS));
    assert_true(clock_monotonic_ms() - start < PATIENCE_MS);
}

/* Closes the client's end. */
static void expect_gone_when_closed(int server, int client)
{
    assert_false(peer_is_gone(server));
    assert_false(socket_is_gone(server));
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    assert_true(readable(server, PATIENCE_MS));
    assert_false(peer_is_gone(server));
    assert_false(socket_is_gone(server));
    close(client);
    assert_true(peer_is_gone(server));
    assert_true(socket_is_gone(server));
    assert_false(socket_wait(server, PATIENCE_MS));
}

static void wait_ends_when_the_client_has_closed_its_socket(void **state)
{
    struct pair *pair = *state;
    mock_need_a_kernel_that_tells();
    expect_gone_when_closed(pair->server, pair->client);
    pair->client = -1;
}

static void wait_ends_when_an_ipv6_client_has_closed_its_socket(void **state)
{
    (void)state;
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = sizeof address;
    mock_need_a_kernel_that_tells();
    int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0) {
        print_message("skipped: this machine has no ::1\n");
        skip();
    }
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    int client = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, size), 0);
    int server = accept(listener, NULL, NULL);
    close(listener);
    assert_true(server >= 0);
    expect_gone_when_closed(server, client);
    close(server);
}

static void peer_of_another_kind_of_socket_is_not_gone(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    close(pair[1]);
    assert_false(peer_is_gone(pair[0]));
    close(pair[0]);
    assert_false(peer_is_gone(-1));
}

static bool no_netlink;

int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);

int __wrap_socket(int family, int type, int protocol)
{
    return no_netlink && family == AF_NETLINK ? -1 : __real_socket(family, type, protocol);
}

/* A container may forbid the question, and each question closes what it opened. */
static void closed_client_counts_as_there_where_the_kernel_does_not_tell(void **state)
{
    struct pair *pair = *state;
    mock_need_a_kernel_that_tells();
    close(pair->client);
    pair->client = -1;
    const size_t descriptors = folder_count("/proc/self/fd");
    no_netlink = true;
    const bool gone = peer_is_gone(pair->server);
    no_netlink = false;
    assert_false(gone);
    assert_true(peer_is_gone(pair->server));
    assert_int_equal(folder_count("/proc/self/fd"), descriptors);
}

/* A program without standard input: the next socket has its number, 0. */
static void closed_client_is_noticed_where_standard_input_is_closed(void **state)
{
    struct pair *pair = *state;
    mock_need_a_kernel_that_tells();
    const int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(STDIN_FILENO);
    close(pair->client);
    pair->client = -1;
    const bool gone = peer_is_gone(pair->server);
    if (input >= 0) {
        dup2(input, STDIN_FILENO);
        close(input);
    }
    assert_true(gone);
}

static void wait_ends_when_the_server_stops(void **state)
{
    const struct pair *pair = *state;
    assert_int_equal(shutdown(pair->server, SHUT_RDWR), 0);
    assert_false(socket_wait(pair->server, PATIENCE_MS));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, connect_pair, part_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wait_lasts_although_the_client_has_ended_its_sending_half),
        TEST(wait_lasts_although_the_system_refuses_to_poll),
        TEST(stall_ends_when_the_client_has_ended_its_sending_half),
        TEST(wait_ends_when_the_client_resets_the_connection),
        TEST(wait_ends_when_the_client_has_closed_its_socket),
        cmocka_unit_test(wait_ends_when_an_ipv6_client_has_closed_its_socket),
        cmocka_unit_test(peer_of_another_kind_of_socket_is_not_gone),
        TEST(closed_client_counts_as_there_where_the_kernel_does_not_tell),
        TEST(closed_client_is_noticed_where_standard_input_is_closed),
        TEST(wait_ends_when_the_server_stops),
    };
    return cmocka_run_group_tests_name("peer_gone", tests, NULL, NULL);
}
