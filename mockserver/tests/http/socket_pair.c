/* See socket_pair.h. */
#include "socket_pair.h"
#include "base/clock.h"
#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The watchdog calls it under its lock, and sleeps before it gives that back. */
static bool nothing_to_tidy(void *context)
{
    atomic_store((atomic_bool *)context, true);
    return false;
}

/* A connection that is added later has to wake the watchdog. */
static void await_sleep(atomic_bool *sleeps)
{
    const int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!atomic_load(sleeps) && clock_monotonic_ms() < until)
        poll(NULL, 0, 1);
    assert_true(atomic_load(sleeps));
}

uint16_t port_of(int fd, int (*get)(int, struct sockaddr *, socklen_t *))
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    assert_int_equal(get(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

int connect_pair(void **state)
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
    pair->connections = connections_new(nothing_to_tidy, &pair->watchdog_sleeps);
    assert_non_null(pair->connections);
    await_sleep(&pair->watchdog_sleeps);
    pair->connection = connections_add(pair->connections, pair->server, NULL);
    assert_non_null(pair->connection);
    assert_int_equal(pair->connection->fd, pair->server);
    assert_int_equal(connections_count(pair->connections), 1);
    *state = pair;
    return 0;
}

int part_pair(void **state)
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

bool readable(int fd, int ms)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    return poll(&waiting, 1, ms) > 0;
}

void expect_end(int fd)
{
    char byte;
    assert_true(readable(fd, PATIENCE_MS));
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 0);
}

void expect_arrival(const struct pair *pair)
{
    char byte = 0;
    assert_int_equal(send(pair->server, "x", 1, MSG_NOSIGNAL), 1);
    assert_true(readable(pair->client, PATIENCE_MS));
    assert_int_equal(recv(pair->client, &byte, 1, 0), 1);
    assert_int_equal(byte, 'x');
}
