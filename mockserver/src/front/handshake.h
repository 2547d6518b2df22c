/* The TLS handshake of a guest: its turn among the others, and what comes of it. */
#ifndef AILAB_MOCKSERVER_FRONT_HANDSHAKE_H
#define AILAB_MOCKSERVER_FRONT_HANDSHAKE_H

#include "front/guest.h"

/* Begins it, or lets the guest wait for its turn where too many are in progress. */
void handshake_begin(struct guest *guest);
/* After new bytes of the client. At its end the guest relays, or is on its way out. */
void handshake_go_on(struct guest *guest);

#endif
