/* How a connection comes to be and moves its bytes: a socket, a tunnel through a proxy, TLS over
 * either. Private to connection.c, socket.c, proxy.c and tls.c. */
#ifndef CONFORMANCE_SERVER_WIRE_CONNECTION_IO_H
#define CONFORMANCE_SERVER_WIRE_CONNECTION_IO_H

#include "wire/connection.h"
#include <stdbool.h>
#include <sys/types.h>

/* Returns result, with "what: detail" in why; detail may be "". */
enum wire_result wire_fail(enum wire_result result, char why[WIRE_WHY_SIZE], const char *what,
                           const char *detail);
/* The same for a wait that failed. */
enum wire_result wire_waited(enum wire_result result, char why[WIRE_WHY_SIZE], const char *what);

/* Whether a call that failed with this errno lacked something on our side, memory or descriptors:
 * that says nothing of the target. */
bool wire_is_ours(int reason);

/* Waits for events on fd. WIRE_OK with *got set, WIRE_LATE, WIRE_CANCELLED or WIRE_SYSTEM. */
enum wire_result wire_await(int fd, int cancel_fd, short events, short *got, double deadline_ms);

/* *out is a connected socket that does not block. */
enum wire_result wire_connect(int *out, const struct url *url, int cancel_fd, double deadline_ms,
                              char why[WIRE_WHY_SIZE]);

/* Asks the proxy at the other end of fd for a tunnel to the endpoint's target. On WIRE_OK the next
 * byte of fd is the target's. */
enum wire_result proxy_open_tunnel(int fd, const struct endpoint *endpoint, double deadline_ms,
                                   char why[WIRE_WHY_SIZE]);

/* A stream of bytes inside TLS. */
struct tls;

/* Speaks TLS with the endpoint's target over fd, a connected socket, which it takes over whatever
 * happens. Afterwards fd may be polled. */
enum wire_result tls_open(struct tls **out, int fd, const struct endpoint *endpoint,
                          double deadline_ms, char why[WIRE_WHY_SIZE]);
/* As send() and recv() on a socket that does not block: -1 with errno EAGAIN, 0 for the end. */
ssize_t tls_send(struct tls *tls, const void *data, size_t len);
ssize_t tls_receive(struct tls *tls, void *data, size_t len);
/* Whether this version of TLS lets one side end alone. */
bool tls_can_finish(const struct tls *tls);
void tls_finish(struct tls *tls);
/* NULL is allowed. */
void tls_close(struct tls *tls);

#endif
