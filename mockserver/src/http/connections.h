/* The sockets behind the connections of one server, and the watchdog over them.
 *
 * civetweb hands out no descriptors, and its time limit starts again with every read: a client that
 * sends a byte a second would hold a thread for ever. When a request is overdue, the watchdog shuts
 * the reading half of its socket: the read ends, and the answer can still be sent. When the answer
 * is overdue too, or does not begin within a second, the watchdog shuts both halves.
 * Thread-safe. */
#ifndef AILAB_MOCKSERVER_HTTP_CONNECTIONS_H
#define AILAB_MOCKSERVER_HTTP_CONNECTIONS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct connections;
struct front_link;

struct connection {
    int fd;
    struct front_link *link;        /* whom it is with; NULL in tests */
    atomic_int_fast64_t overdue_ms; /* monotonic time of the deadline, 0: none */
    atomic_bool expired;            /* the watchdog has shut the reading half */
    uint64_t requests;              /* counted by the request loop */
    bool refused; /* set by the request loop: its last request was refused and is over */
    struct connection *next, *prev;
};

/* tidy is called about once a second while there are connections, and then until it returns false.
 * NULL when memory ran out or no thread could be started. */
struct connections *connections_new(bool (*tidy)(void *context), void *context);
/* All connections must have been removed. NULL is allowed. */
void connections_free(struct connections *connections);

/* Watches a socket. NULL when memory ran out. */
struct connection *connections_add(struct connections *connections, int fd,
                                   struct front_link *link);
/* Before the socket is closed, because descriptors are reused. NULL is allowed. */
void connections_remove(struct connections *connections, struct connection *connection);

unsigned connections_count(const struct connections *connections);

/* Gives the connection timeout_ms from now; 0 ends the deadline. */
void connection_set_deadline(struct connection *connection, uint32_t timeout_ms);
/* Ends the deadline and returns the milliseconds that were left, at least 1; 0 when the watchdog
 * has ended the reading or there was no deadline. */
uint32_t connection_hold_deadline(struct connection *connection);

/* Shuts the socket of this process that listens on this port: no connection is accepted any more.
 */
void socket_stop_listening(uint16_t port);

/* Ends the sending half, then reads and throws away what comes, so that a client that is still
 * uploading gets to read its answer before a reset could destroy it. Returns when the client ends
 * its side, when no byte has come for quiet_ms, or after max_ms in all. There is no bound in bytes:
 * many clients read nothing before they have sent everything. */
void socket_linger(int fd, uint32_t quiet_ms, uint32_t max_ms);

/* Ends the connection with a reset (RST) instead of an orderly end. */
void socket_reset(int fd);

/* Waits ms milliseconds; false at once when the connection is gone: reset by the client, or shut by
 * server_stop(). A client that has ended its sending half (shutdown, nc -N) still wants its answer.
 * One that has closed the connection looks the same on the wire: on this machine its end is noticed
 * within a second (peer_gone.h), elsewhere when something is sent to it. */
bool socket_wait(int fd, uint64_t ms);

/* Whether the connection is gone, as socket_wait() judges it. */
bool socket_is_gone(int fd);

/* As socket_wait(), but false also when the client has ended its sending half: for waits that no
 * answer follows. */
bool socket_stall(int fd, uint64_t ms);

/* The other side has sent its end, and nothing before it is unread. */
bool socket_at_end(int fd);

#endif
