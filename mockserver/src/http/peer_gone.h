/* Whether the client of a connection has closed its socket, as far as the kernel of this machine
 * knows. On the wire a client that has closed looks like one that has ended its sending half and
 * still wants its answer; on its own machine it does not. */
#ifndef AILAB_MOCKSERVER_HTTP_PEER_GONE_H
#define AILAB_MOCKSERVER_HTTP_PEER_GONE_H

#include <stdbool.h>

/* True only when the other end of this connection is a socket of this network namespace that no
 * process holds any more. False when it is held, lives elsewhere, or the kernel does not say. Costs
 * some ten microseconds. Any thread. */
bool peer_is_gone(int fd);

#endif
