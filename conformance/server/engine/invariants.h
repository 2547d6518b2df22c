/* Looks over the shoulder of a run: every answer that any case got is held against every clause of
 * the envelope, and request ids are compared. The cases of suite "every-answer" report it. Any
 * thread. */
#ifndef CONFORMANCE_OBSERVER_H
#define CONFORMANCE_OBSERVER_H

#include "judge/answer.h"
#include "judge/envelope.h"
#include "judge/revision.h"

struct observer;

struct observation {
    size_t seen;          /* answers that owed the clause */
    size_t violated;      /* of those, how many broke it */
    char first[96];       /* slug of the case that met the first one */
    const char *actual;   /* what that one had, whole; borrowed from the observer */
    const char *exchange; /* that exchange as text, borrowed from the observer; may be NULL */
};

/* NULL when out of memory. */
struct observer *observer_new(enum revision revision);
void observer_free(struct observer *observer);
/* exchange is the exchange as text, copied when it is the first violation of something. */
void observer_see(struct observer *observer, const char *slug, const struct answer *answer,
                  const char *exchange);
/* What is known about a check by its name, or about "request-id-unique". False when there is no
 * such check. */
bool observer_ask(struct observation *out, struct observer *observer, const char *name);

#endif
