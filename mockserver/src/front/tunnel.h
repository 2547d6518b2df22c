/* Connects to another host for a client's CONNECT. Names are looked up in a thread of their own,
 * for that may take long and cannot be ended; it shares no memory with the front. */
#ifndef AILAB_MOCKSERVER_FRONT_TUNNEL_H
#define AILAB_MOCKSERVER_FRONT_TUNNEL_H

#include "front/connect_head.h"

#define TUNNELS_BEGUN_MAX 16 /* that are being connected at once, in one loop */
#define TUNNEL_WHY_SIZE 160

/* Begins to connect. Returns a descriptor that becomes readable when that is over, for
 * tunnel_end(); closing it calls the attempt off. -1 when the system refuses. */
int tunnel_begin(const struct connect_head *head, uint32_t timeout_ms);

/* The connected socket, which does not block; -1 with why. Leaves fd open. */
int tunnel_end(int fd, char why[TUNNEL_WHY_SIZE]);

#endif
