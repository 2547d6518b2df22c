/* One request and what came of it. Rendering, sending, receiving and the text of both for reports,
 * with the key left out (see redact.h). No verdicts. */
#ifndef CONFORMANCE_SERVER_WIRE_EXCHANGE_H
#define CONFORMANCE_SERVER_WIRE_EXCHANGE_H

#include "engine/session.h"
#include "judge/answer.h"
#include "wire/request.h"

struct exchange {
    enum wire_result result;
    char why[WIRE_WHY_SIZE]; /* when result is not WIRE_OK */
    struct answer answer;    /* when it is */
    struct buf text;         /* request and answer for people, redacted */
    struct buf request_json; /* the request for --record, redacted; only when the run records */
    unsigned credits;        /* that it cost */
    bool unplanned;          /* and nobody had reserved them */
    double ms;
};

/* Sends the request on a connection of its own and takes the answer. Always fills *out: end it
 * with exchange_clear(). */
void exchange_once(struct exchange *out, struct session *session, const struct request *request,
                   double deadline_ms);
/* The same over a connection that stays open. */
void exchange_over(struct exchange *out, struct session *session, struct connection *connection,
                   const struct request *request, double deadline_ms);
void exchange_clear(struct exchange *exchange);

/* Whether it is one of the keys of the run, and not a text that a case made. */
bool session_has_key(const struct session *session, const char *key);

#endif
