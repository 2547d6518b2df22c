/* An exchange, and its text for people: the request and the answer with the keys masked, the
 * picture cut short. */
#ifndef CONFORMANCE_SERVER_EVIDENCE_TRANSCRIPT_H
#define CONFORMANCE_SERVER_EVIDENCE_TRANSCRIPT_H

#include "evidence/secrets.h"
#include "judge/answer.h"
#include "wire/exchange.h"

/* One request and what came of it. */
struct exchange {
    enum wire_result result;
    char why[WIRE_WHY_SIZE]; /* when result is not WIRE_OK */
    struct answer answer;    /* when it is */
    struct buf text;         /* both for people, redacted */
    unsigned credits;        /* that it cost */
    bool unplanned;          /* and no case had reserved them */
    double ms;
};

void exchange_clear(struct exchange *exchange);

/* Append to out. head is the request's head as it is sent. */
void transcript_request(struct buf *out, const struct request *request, const struct buf *head,
                        const struct secrets *secrets);
void transcript_answer(struct buf *out, const struct exchange *exchange,
                       const struct secrets *secrets);

#endif
