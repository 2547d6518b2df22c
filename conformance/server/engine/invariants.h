/* Watches a whole run: it holds every answer of every case against every clause of the envelope,
 * and compares the request ids. The cases of suite "every-answer" report the findings. Any thread.
 */
#ifndef CONFORMANCE_SERVER_ENGINE_INVARIANTS_H
#define CONFORMANCE_SERVER_ENGINE_INVARIANTS_H

#include "judge/answer.h"
#include "judge/envelope.h"
#include "judge/revision.h"

struct invariants;

struct observation {
    size_t seen;          /* answers that owed the clause */
    size_t violated;      /* of those, how many broke it */
    char first[96];       /* slug of the case that met the first one */
    const char *actual;   /* what that one had, whole; borrowed from the invariants */
    const char *exchange; /* that exchange as text, borrowed from the invariants; may be NULL */
};

/* NULL when out of memory. */
struct invariants *invariants_new(enum revision revision);
void invariants_free(struct invariants *invariants);
/* exchange is the exchange as text, copied when it is the first violation of something. */
void invariants_see(struct invariants *invariants, const char *slug, const struct answer *answer,
                    const char *exchange);
/* The observations about a check of envelope_checks(); NULL: about request ids that come twice. */
struct observation invariants_ask(struct invariants *invariants,
                                  const struct envelope_check *check);

#endif
