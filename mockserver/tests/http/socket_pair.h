/* Two ends of a TCP connection of this process, of which the server's is watched as the mock does.
 * Helpers assert. */
#ifndef AILAB_MOCKSERVER_TESTS_HTTP_SOCKET_PAIR_H
#define AILAB_MOCKSERVER_TESTS_HTTP_SOCKET_PAIR_H

#include "http/connections.h"
#include <sys/socket.h>

#define PATIENCE_MS 20000
#define QUIET_MS 300 /* several rounds of the watchdog */

/* client is -1 once a test has closed it. */
struct pair {
    struct connections *connections;
    struct connection *connection; /* the server's end, watched */
    int server, client;
    atomic_bool watchdog_sleeps; /* before the connection was added */
};

/* A pair as *state: setup and teardown of a test. */
int connect_pair(void **state);
int part_pair(void **state);

/* Of an IPv4 socket; get is getsockname() or getpeername(). */
uint16_t port_of(int fd, int (*get)(int, struct sockaddr *, socklen_t *));
/* Whether something can be read, be it the end, within ms. */
bool readable(int fd, int ms);
/* Nothing but the end comes. */
void expect_end(int fd);
/* A byte of the server's reaches the client. */
void expect_arrival(const struct pair *pair);

#endif
