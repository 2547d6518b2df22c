/* CONNECT of a guest: to the vendor's host, which is the mock, or to another host by a tunnel. */
#ifndef AILAB_MOCKSERVER_FRONT_CONNECT_H
#define AILAB_MOCKSERVER_FRONT_CONNECT_H

#include "front/guest.h"

/* Reads the head, once it is there. The HTTP server refuses a head that leads nowhere. */
void connect_read(struct guest *guest);
/* The other host has taken the connection or refused it. */
void connect_enter_tunnel(struct guest *guest);
/* Tells that the other host did neither in time. */
void connect_expire(const struct guest *guest);

#endif
