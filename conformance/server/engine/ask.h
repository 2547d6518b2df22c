/* Asks the target: admitted by the budget, sent, received, read, booked, and written down. */
#ifndef CONFORMANCE_SERVER_ENGINE_ASK_H
#define CONFORMANCE_SERVER_ENGINE_ASK_H

#include "engine/session.h"
#include "evidence/transcript.h"

/* Sends the request on a connection of its own and takes the answer. Always fills *out: end it with
 * exchange_clear(). Any thread. */
void ask_once(struct exchange *out, struct session *session, const struct request *request,
              double deadline_ms);
/* The same over a connection that stays open. */
void ask_over(struct exchange *out, struct session *session, struct connection *connection,
              const struct request *request, double deadline_ms);

#endif
