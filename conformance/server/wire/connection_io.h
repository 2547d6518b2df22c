/* The two ways a connection moves bytes: a plain socket, or a TLS tunnel. Private to connection.c
 * and tls.c. */
#ifndef CONFORMANCE_SERVER_WIRE_CONNECTION_IO_H
#define CONFORMANCE_SERVER_WIRE_CONNECTION_IO_H

#include "wire/connection.h"
#include <sys/types.h>

/* A tunnel through TLS that libcurl made. */
struct tls;

/* *fd is the tunnel's socket, to poll only. Blocks at most until the deadline. */
enum wire_result tls_open(struct tls **out, int *fd, const struct url *url, const char *ca_file,
                          int cancel_fd, double deadline_ms, char why[WIRE_WHY_SIZE]);
/* As send() and recv() on a socket that does not block: -1 with errno EAGAIN, 0 for the end. */
ssize_t tls_send(struct tls *tls, const void *data, size_t len);
ssize_t tls_receive(struct tls *tls, void *data, size_t len);
void tls_close(struct tls *tls);

#endif
