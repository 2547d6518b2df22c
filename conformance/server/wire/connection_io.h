/* The two ways a connection moves bytes: a plain socket, or a TLS tunnel. Private to wire.c and
 * wire_tls.c. */
#ifndef CONFORMANCE_WIRE_IO_H
#define CONFORMANCE_WIRE_IO_H

#include "wire/connection.h"
#include <sys/types.h>

/* A tunnel through TLS that libcurl made. */
struct wire_tls;

/* *fd is the tunnel's socket, to poll only. Blocks at most until the deadline. */
enum wire_result wire_tls_open(struct wire_tls **out, int *fd, const struct url *url,
                               const char *ca_file, int cancel_fd, double deadline_ms,
                               char why[WIRE_WHY_SIZE]);
/* As send() and recv() on a socket that does not block: -1 with errno EAGAIN, 0 for the end. */
ssize_t wire_tls_send(struct wire_tls *tls, const void *data, size_t len);
ssize_t wire_tls_receive(struct wire_tls *tls, void *data, size_t len);
void wire_tls_close(struct wire_tls *tls);

#endif
