/* The watchdog over real sockets: what an overdue request may still do, and when that ends.
 * (labels: threads) */
#include "base/clock.h"
#include "http/connections.h"
#include "http/peer_gone.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 20000
#define QUIET_MS 300 /* several rounds of the watchdog */

struct pair {
    struct connections *connections;
    struct connection *connection; /* the server's end, watched */
    int server, client;
};

static bool nothing_to_tidy(void *context)
{
    (void)context;
    return false;
}

static uint16_t port_of(int fd, int (*get)(int, struct sockaddr *, socklen_t *))
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    assert_int_equal(get(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static int connect_pair(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    address.sin_port = htons(port_of(listener, getsockname));
    pair->client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(pair->client, (struct sockaddr *)&address, sizeof address), 0);
    pair->server = accept(listener, NULL, NULL);
    assert_true(pair->server >= 0);
    close(listener);
    pair->connections = connections_new(nothing_to_tidy, NULL);
    assert_non_null(pair->connections);
    pair->connection = connections_add(pair->connections, pair->server, NULL);
    assert_non_null(pair->connection);
    assert_int_equal(pair->connection->fd, pair->server);
    assert_int_equal(connections_count(pair->connections), 1);
    *state = pair;
    return 0;
}

static int part_pair(void **state)
{
    struct pair *pair = *state;
    connections_remove(pair->connections, pair->connection);
    assert_int_equal(connections_count(pair->connections), 0);
    connections_free(pair->connections);
    close(pair->server);
    if (pair->client >= 0)
        close(pair->client);
    free(pair);
    return 0;
}

/* Whether something can be read, be it the end, within ms. */
static bool readable(int fd, int ms)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    return poll(&waiting, 1, ms) > 0;
}

static void expect_end(int fd)
{
    char byte;
    assert_true(readable(fd, PATIENCE_MS));
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
}

static void expect_arrival(const struct pair *pair)
{
    char byte = 0;
    assert_int_equal(send(pair->server, "x", 1, MSG_NOSIGNAL), 1);
    assert_true(readable(pair->client, PATIENCE_MS));
    assert_int_equal(recv(pair->client, &byte, 1, 0), 1);
    assert_int_equal(byte, 'x');
}

static void connection_without_a_deadline_is_left_alone(void **state)
{
    const struct pair *pair = *state;
    connection_set_deadline(pair->connection, QUIET_MS / 2);
    connection_set_deadline(pair->connection, 0);
    assert_false(readable(pair->server, QUIET_MS));
    assert_false(atomic_load(&pair->connection->expired));
    expect_arrival(pair);
}

static void connection_may_still_answer_when_its_request_is_overdue(void **state)
{
    const struct pair *pair = *state;
    connection_set_deadline(pair->connection, 1);
    expect_end(pair->server);
    assert_true(atomic_load(&pair->connection->expired));
    /* the thread that is to answer is not awake yet */
    assert_false(readable(pair->client, QUIET_MS));
    expect_arrival(pair);
    connection_set_deadline(pair->connection, PATIENCE_MS);
    assert_false(readable(pair->client, QUIET_MS));
    expect_arrival(pair);
}

static void connection_ends_when_its_answer_is_overdue(void **state)
{
    const struct pair *pair = *state;
    connection_set_deadline(pair->connection, 1);
    expect_end(pair->server);
    connection_set_deadline(pair->connection, 1);
    expect_end(pair->client);
}

static void connection_ends_when_its_thread_does_not_answer(void **state)
{
    const struct pair *pair = *state;
    connection_set_deadline(pair->connection, 1);
    expect_end(pair->server);
    expect_end(pair->client);
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

/* Where the kernel tells; a container may forbid the question. */
static void need_a_kernel_that_tells(void)
{
    int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) {
        print_message("skipped: this machine does not tell about sockets: %s\n", strerror(errno));
        skip();
    }
    close(netlink);
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
    need_a_kernel_that_tells();
    expect_gone_when_closed(pair->server, pair->client);
    pair->client = -1;
}

static void wait_ends_when_an_ipv6_client_has_closed_its_socket(void **state)
{
    (void)state;
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t size = sizeof address;
    need_a_kernel_that_tells();
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

static void wait_ends_when_the_server_stops(void **state)
{
    const struct pair *pair = *state;
    assert_int_equal(shutdown(pair->server, SHUT_RDWR), 0);
    assert_false(socket_wait(pair->server, PATIENCE_MS));
}

/* Sends until the other side ends that. */
static void *send_for_ever(void *client)
{
    static const char piece[65536];
    while (send(*(const int *)client, piece, sizeof piece, MSG_NOSIGNAL) > 0)
        ;
    return NULL;
}

/* Sends so many bytes and then ends the sending half. */
struct upload {
    int client;
    size_t left;
};

static void *send_upload(void *context)
{
    static const char piece[65536];
    struct upload *upload = context;
    ssize_t sent = 1;
    for (; upload->left && sent > 0; upload->left -= sent > 0 ? (size_t)sent : 0)
        sent = send(upload->client, piece,
                    upload->left < sizeof piece ? upload->left : sizeof piece, MSG_NOSIGNAL);
    shutdown(upload->client, SHUT_WR);
    return NULL;
}

static void linger_ends_with_the_upload_however_long_that_is(void **state)
{
    const struct pair *pair = *state;
    struct upload upload = {pair->client, (size_t)40 * 1024 * 1024};
    pthread_t thread;
    int64_t start = clock_monotonic_ms();
    assert_int_equal(pthread_create(&thread, NULL, send_upload, &upload), 0);
    socket_linger(pair->server, PATIENCE_MS, PATIENCE_MS);
    assert_true(clock_monotonic_ms() - start < PATIENCE_MS);
    pthread_join(thread, NULL);
    assert_int_equal(upload.left, 0);
    expect_end(pair->client);
}

static void linger_ends_when_the_client_pauses(void **state)
{
    const struct pair *pair = *state;
    int64_t start = clock_monotonic_ms();
    assert_int_equal(send(pair->client, "x", 1, 0), 1);
    socket_linger(pair->server, 50, PATIENCE_MS);
    assert_true(clock_monotonic_ms() - start < PATIENCE_MS);
}

static void linger_ends_in_time_although_bytes_keep_coming(void **state)
{
    struct pair *pair = *state;
    pthread_t thread;
    int64_t start = clock_monotonic_ms();
    assert_int_equal(pthread_create(&thread, NULL, send_for_ever, &pair->client), 0);
    socket_linger(pair->server, PATIENCE_MS, 100);
    int64_t took = clock_monotonic_ms() - start;
    socket_reset(pair->server); /* ends the upload */
    pthread_join(thread, NULL);
    assert_true(took >= 100 && took < PATIENCE_MS);
}

static bool is_listening(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    const bool connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return connected;
}

/* The socket of that port and no other. */
static void listening_ends_at_the_port_that_is_named(void **state)
{
    int fds[2];
    uint16_t ports[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(bind(fds[i], (struct sockaddr *)&address, sizeof address), 0);
        assert_int_equal(listen(fds[i], 8), 0);
        ports[i] = port_of(fds[i], getsockname);
        assert_true(is_listening(ports[i]));
    }
    socket_stop_listening(ports[1]);
    assert_true(is_listening(ports[0]));
    assert_false(is_listening(ports[1]));
    close(fds[0]);
    close(fds[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, connect_pair, part_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connection_without_a_deadline_is_left_alone),
        TEST(connection_may_still_answer_when_its_request_is_overdue),
        TEST(connection_ends_when_its_answer_is_overdue),
        TEST(connection_ends_when_its_thread_does_not_answer),
        TEST(wait_lasts_although_the_client_has_ended_its_sending_half),
        TEST(stall_ends_when_the_client_has_ended_its_sending_half),
        TEST(wait_ends_when_the_client_resets_the_connection),
        TEST(wait_ends_when_the_client_has_closed_its_socket),
        cmocka_unit_test(wait_ends_when_an_ipv6_client_has_closed_its_socket),
        cmocka_unit_test(peer_of_another_kind_of_socket_is_not_gone),
        TEST(wait_ends_when_the_server_stops),
        TEST(linger_ends_with_the_upload_however_long_that_is),
        TEST(linger_ends_when_the_client_pauses),
        TEST(linger_ends_in_time_although_bytes_keep_coming),
        cmocka_unit_test(listening_ends_at_the_port_that_is_named),
    };
    return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
