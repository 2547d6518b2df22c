/* The watchdog over real sockets: what an overdue request may still do, and when that ends.
 * (labels: threads) */
#include "base/clock.h"
#include "socket_pair.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static bool nothing_to_tidy(void *context)
{
    (void)context;
    return false;
}

static void connection_without_a_deadline_is_left_alone(void **state)
{
    const struct pair *pair = *state;
    connection_set_deadline(pair->connection, QUIET_MS / 2);
    connection_set_deadline(pair->connection, 0);
    assert_false(readable(pair->server, QUIET_MS));
    connection_set_deadline(pair->connection, QUIET_MS / 2);
    assert_true(connection_hold_deadline(pair->connection) > 0);
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
    assert_int_equal(connection_hold_deadline(pair->connection), 0); /* it is over */
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

/* A deadline whose last moment it is goes on afterwards all the same: 0 would be none. */
static void deadline_that_is_held_leaves_some_time(void **state)
{
    struct connection *connection = ((const struct pair *)*state)->connection;
    assert_int_equal(connection_hold_deadline(connection), 0);
    connection_set_deadline(connection, PATIENCE_MS);
    assert_in_range(connection_hold_deadline(connection), PATIENCE_MS / 2, PATIENCE_MS);
    assert_int_equal(connection_hold_deadline(connection), 0); /* held already */
    for (int i = 0; i < 10; i++) {
        connection_set_deadline(connection, 2);
        while (clock_monotonic_ms() < atomic_load(&connection->overdue_ms))
            ;
        const uint32_t left = connection_hold_deadline(connection);
        assert_true(left == 1 || atomic_load(&connection->expired));
    }
}

/* The first, the one between and the last that came, also when another of them has left. */
static void each_of_several_connections_is_watched(void **state)
{
    (void)state;
    struct connections *connections = connections_new(nothing_to_tidy, NULL);
    for (int leaves = 0; leaves < 4; leaves++) {
        int ends[4][2];
        struct connection *watched[4];
        for (int i = 0; i < 4; i++) {
            assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]), 0);
            watched[i] = connections_add(connections, ends[i][0], NULL);
        }
        connections_remove(connections, watched[leaves]);
        assert_int_equal(connections_count(connections), 3);
        for (int i = 0; i < 4; i++)
            if (i != leaves)
                connection_set_deadline(watched[i], 1);
        for (int i = 0; i < 4; i++) {
            if (i != leaves) {
                expect_end(ends[i][0]);
                connections_remove(connections, watched[i]);
            }
            close(ends[i][0]);
            close(ends[i][1]);
        }
    }
    connections_free(connections);
}

/* Counts its calls. It has more to do until the third, and tells when that was. */
struct chores {
    atomic_int calls;
    atomic_int_fast64_t first_ms, second_ms;
};

static bool tidy_up(void *context)
{
    struct chores *chores = context;
    const int call = atomic_fetch_add(&chores->calls, 1) + 1;
    if (call <= 2)
        atomic_store(call == 1 ? &chores->first_ms : &chores->second_ms, clock_monotonic_ms());
    return call < 3;
}

static void await_chores(struct chores *chores, int calls)
{
    const int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (atomic_load(&chores->calls) < calls && clock_monotonic_ms() < until)
        poll(NULL, 0, 1);
    assert_int_equal(atomic_load(&chores->calls), calls);
}

/* Also behind the last connection, which leaves something to tidy. */
static void watchdog_tidies_once_a_second_until_all_is_tidy(void **state)
{
    struct chores chores = {0};
    (void)state;
    struct connections *connections = connections_new(tidy_up, &chores);
    assert_non_null(connections);
    connections_remove(connections, connections_add(connections, -1, NULL));
    await_chores(&chores, 2);
    assert_true(chores.second_ms - chores.first_ms >= 1000);
    await_chores(&chores, 3);
    connections_free(connections);
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
    assert_in_range(clock_monotonic_ms() - start, 50, PATIENCE_MS - 1);
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

static int listen_at(int family, uint16_t port)
{
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_port = htons(port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(family, SOCK_STREAM, 0);
    const bool bound = family == AF_INET ? bind(fd, (struct sockaddr *)&four, sizeof four) == 0
                                         : bind(fd, (struct sockaddr *)&six, sizeof six) == 0;
    if (bound && listen(fd, 8) == 0)
        return fd;
    close(fd);
    return -1;
}

static int connect_at(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* A listening socket is readable once it was shut. */
static void expect_listening(int fd, bool listening)
{
    struct pollfd look = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&look, 1, 0) == 0, listening);
}

/* That socket and no other: not one at another port, of another family, or one that it accepted. */
static void listening_ends_at_the_port_that_is_named(void **state)
{
    (void)state;
    int other = listen_at(AF_INET, 0), fd = listen_at(AF_INET, 0);
    assert_true(other >= 0 && fd >= 0);
    const uint16_t port = port_of(fd, getsockname);
    int six = listen_at(AF_INET6, port); /* -1 where there is no ::1 */
    struct pair pair = {.client = connect_at(port)};
    pair.server = accept(fd, NULL, NULL);
    assert_true(pair.client >= 0 && pair.server >= 0);
    socket_stop_listening(port);
    expect_listening(fd, false);
    expect_listening(other, true);
    if (six >= 0)
        expect_listening(six, true);
    expect_arrival(&pair);
    assert_int_equal(connect_at(port), -1);
    close(pair.client);
    close(pair.server);
    close(six);
    close(other);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, connect_pair, part_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connection_without_a_deadline_is_left_alone),
        TEST(connection_may_still_answer_when_its_request_is_overdue),
        TEST(connection_ends_when_its_answer_is_overdue),
        TEST(connection_ends_when_its_thread_does_not_answer),
        TEST(deadline_that_is_held_leaves_some_time),
        cmocka_unit_test(each_of_several_connections_is_watched),
        cmocka_unit_test(watchdog_tidies_once_a_second_until_all_is_tidy),
        TEST(linger_ends_with_the_upload_however_long_that_is),
        TEST(linger_ends_when_the_client_pauses),
        TEST(linger_ends_in_time_although_bytes_keep_coming),
        cmocka_unit_test(listening_ends_at_the_port_that_is_named),
    };
    return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
