/* Waits of the mock's: what ends them before their time, and that an end of the client's sending
 * half alone does not. (labels: threads) */
#include "base/clock.h"
#include "http/peer_gone.h"
#include "mock_sockets.h"
#include "socket_pair.h"
#include "testing/files.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int polls, polls_refused;
static int closed_in, closed_fd; /* so many polls later; 0: never */

int __real_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    polls++;
    if (closed_in > 0 && --closed_in == 0)
        close(closed_fd);
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
    assert_true(socket_wait(pair->server, 450)); /* several times as long as between two looks */
    assert_true(clock_monotonic_ms() - start >= 450);
    expect_arrival(pair);
    assert_true(socket_wait(pair->server, 0));
}

/* The mock looks up now and then. */
static void wait_ends_when_a_client_that_ended_its_sending_half_closes(void **state)
{
    struct pair *pair = *state;
    mock_need_a_kernel_that_tells();
    assert_int_equal(shutdown(pair->client, SHUT_WR), 0);
    assert_true(readable(pair->server, PATIENCE_MS));
    closed_fd = pair->client;
    closed_in = 3; /* the first finds the half that has ended, the second nothing */
    const int64_t start = clock_monotonic_ms();
    assert_false(socket_wait(pair->server, PATIENCE_MS));
    assert_true(clock_monotonic_ms() - start < PATIENCE_MS);
    assert_int_equal(closed_in, 0);
    pair->client = -1;
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

/* What the kernel answers is changed on its way; 0 leaves what came. */
static struct lie {
    const char *why;
    ssize_t sent, got; /* so many bytes more than there are */
    int type, state;
    __u32 inode;
} lie;

static bool lies_about(int fd)
{
    int family = 0;
    socklen_t size = sizeof family;
    return lie.why && getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 &&
           family == AF_NETLINK;
}

ssize_t __real_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __real_recv(int fd, void *buffer, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *buffer, size_t size, int flags);

ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags)
{
    const ssize_t sent = __real_send(fd, bytes, size, flags);
    return lies_about(fd) ? sent + lie.sent : sent;
}

ssize_t __wrap_recv(int fd, void *buffer, size_t size, int flags)
{
    struct answer {
        struct nlmsghdr head;
        struct inet_diag_msg about;
    } *answer = buffer;
    const ssize_t got = __real_recv(fd, buffer, size, flags);
    if (!lies_about(fd))
        return got;
    assert_true(got >= (ssize_t)sizeof *answer);
    answer->head.nlmsg_type = lie.type ? (__u16)lie.type : answer->head.nlmsg_type;
    answer->about.idiag_state = lie.state ? (__u8)lie.state : answer->about.idiag_state;
    answer->about.idiag_inode = lie.inode;
    return (ssize_t)sizeof *answer + lie.got;
}

/* The client is gone; an answer that is not whole does not tell that. */
static void closed_client_counts_as_there_unless_the_kernel_says_otherwise(void **state)
{
    static const struct {
        struct lie lie;
        bool gone;
    } rows[] = {
        {{"all that is read", .got = 0}, true},
        {{"and what is not read", .got = 1}, true},
        {{"half a question", .sent = -1}, false},
        {{"a byte less", .got = -1}, false},
        {{"the head alone", .got = -(ssize_t)sizeof(struct inet_diag_msg)}, false},
        {{"no byte", .got = -(ssize_t)(sizeof(struct nlmsghdr) + sizeof(struct inet_diag_msg))},
         false},
        {{"an error", .type = NLMSG_ERROR}, false},
        {{"its end is under way", .state = TCP_FIN_WAIT1}, true},
        {{"its end has arrived", .state = TCP_FIN_WAIT2}, true},
        {{"both ends are under way", .state = TCP_CLOSING}, true},
        {{"both ends have arrived", .state = TCP_TIME_WAIT}, true},
        {{"it has not ended", .state = TCP_ESTABLISHED}, false},
        {{"the mock alone has ended", .state = TCP_CLOSE_WAIT}, false},
        {{"a process holds it", .state = TCP_FIN_WAIT2, .inode = 1}, false},
    };
    struct pair *pair = *state;
    mock_need_a_kernel_that_tells();
    close(pair->client);
    pair->client = -1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lie = rows[i].lie;
        const bool gone = peer_is_gone(pair->server);
        lie.why = NULL;
        if (gone != rows[i].gone)
            fail_msg("%s: it counts as %s", rows[i].lie.why, gone ? "gone" : "there");
    }
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
        TEST(wait_ends_when_a_client_that_ended_its_sending_half_closes),
        TEST(wait_lasts_although_the_system_refuses_to_poll),
        TEST(stall_ends_when_the_client_has_ended_its_sending_half),
        TEST(wait_ends_when_the_client_resets_the_connection),
        TEST(wait_ends_when_the_client_has_closed_its_socket),
        cmocka_unit_test(wait_ends_when_an_ipv6_client_has_closed_its_socket),
        cmocka_unit_test(peer_of_another_kind_of_socket_is_not_gone),
        TEST(closed_client_counts_as_there_where_the_kernel_does_not_tell),
        TEST(closed_client_counts_as_there_unless_the_kernel_says_otherwise),
        TEST(closed_client_is_noticed_where_standard_input_is_closed),
        TEST(wait_ends_when_the_server_stops),
    };
    return cmocka_run_group_tests_name("peer_gone", tests, NULL, NULL);
}
