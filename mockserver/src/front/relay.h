/* Passing bytes on between a client and the server, and the end of that. Internal to guest.c. */
#ifndef AILAB_MOCKSERVER_FRONT_RELAY_H
#define AILAB_MOCKSERVER_FRONT_RELAY_H

#include "front/guest.h"

/* Passes on what there is, at most for a turn. */
void relay_turn(struct guest *guest);
/* Nothing more comes from the server: sends what is held, then the end. */
void relay_farewell(struct guest *guest);
/* Sends FIN and waits for the client's. */
void relay_linger(struct guest *guest);
/* Reads on while it waits. */
void relay_go_on_lingering(struct guest *guest);
void relay_go_on_resetting(struct guest *guest);

#endif
