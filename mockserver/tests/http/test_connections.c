/* The watchdog over real sockets: what an overdue request may still do, and when that ends.
 * (labels: threads) */
#include "http/connections.h"
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
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
    pair->connection =
        connections_add(pair->connections, "127.0.0.1", port_of(pair->server, getpeername),
                        port_of(pair->server, getsockname));
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

static void connection_ends_when_nobody_answers(void **state)
{
    const struct pair *pair = *state;
    connection_set_deadline(pair->connection, 1);
    expect_end(pair->server);
    expect_end(pair->client);
}

static void connection_of_nobody_is_not_found(void **state)
{
    const struct pair *pair = *state;
    uint16_t remote = port_of(pair->server, getpeername);
    uint16_t local = port_of(pair->server, getsockname);
    assert_null(connections_add(pair->connections, "127.0.0.2", remote, local));
    assert_null(connections_add(pair->connections, "127.0.0.1", (uint16_t)(remote ^ 1), local));
    assert_null(connections_add(pair->connections, "not an address", remote, local));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, connect_pair, part_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connection_without_a_deadline_is_left_alone),
        TEST(connection_may_still_answer_when_its_request_is_overdue),
        TEST(connection_ends_when_its_answer_is_overdue),
        TEST(connection_ends_when_nobody_answers),
        TEST(connection_of_nobody_is_not_found),
    };
    return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
