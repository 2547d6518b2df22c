/* One request and what came of it. Rendering, sending, receiving and the text of both for reports,
 * with the key left out. No verdicts. */
#ifndef CONFORMANCE_EXCHANGE_H
#define CONFORMANCE_EXCHANGE_H

#include "answer.h"
#include "request.h"
#include "run.h"

struct exchange {
    enum wire_result result;
    char why[WIRE_WHY_SIZE]; /* when result is not WIRE_OK */
    struct answer answer;    /* when it is */
    struct buf text;         /* request and answer for people, redacted */
    struct buf request_json; /* the request for --record, redacted; only when the run records */
    double ms;
};

/* Sends the request on a connection of its own and takes the answer. Always fills *out: end it
 * with exchange_clear(). */
void exchange_once(struct exchange *out, struct run *run, const struct request *request,
                   double deadline_ms);
/* The same over a connection that stays open. */
void exchange_over(struct exchange *out, struct run *run, struct wire *wire,
                   const struct request *request, double deadline_ms);
void exchange_clear(struct exchange *exchange);

/* A shell line that repeats the request; slug and step say where its body comes from. */
void exchange_curl(struct buf *out, const struct run *run, const struct request *request,
                   const char *slug, unsigned step, bool raw_framing);
/* Replaces the keys of the run wherever they occur. */
void redact(struct buf *text, const struct run *run);
/* The environment variable that a key of the run came from; NULL when it is none of them. */
const char *exchange_key_variable(const struct run *run, const char *key);

#endif
