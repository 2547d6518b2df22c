/* The credits of a run. A success costs CALL_CREDITS, and a case reserves it first. The budget
 * admits each call that the target could charge before it is sent, and settles it when the answer
 * is there.
 *
 * With a bound, planned successes never exceed it. A call that must be refused is free, so it is
 * also sent when the bound is used up. A target may charge for it all the same: the first such call
 * can exceed the bound by CALL_CREDITS, and it is the last. From then on the budget admits only
 * calls that the bound holds. With a bound, one case runs at a time. Any thread. */
#ifndef CONFORMANCE_SERVER_ENGINE_BUDGET_H
#define CONFORMANCE_SERVER_ENGINE_BUDGET_H

#include "judge/expect.h"
#include <pthread.h>
#include <stdbool.h>

struct budget {
    long bound;           /* in credits; -1: none. Read-only while the run lasts */
    pthread_mutex_t lock; /* over all below */
    long spent;           /* charged, or unsure */
    long unsure;          /* of spent: planned calls whose answer did not come */
    long reserved;        /* for the case that runs, not spent yet; 0 without a bound */
    unsigned in_flight;   /* calls that were admitted and are not settled */
    bool surprised;       /* a call that had no reservation was charged */
};

enum charge {
    CHARGE_NONE = 0,
    CHARGE_MADE,   /* it succeeded */
    CHARGE_UNSURE, /* it was sent, and no answer came */
};

/* False when the system refused a lock. */
bool budget_init(struct budget *budget);
void budget_clear(struct budget *budget);

/* Reserves credits for the case that runs. False when the bound does not hold them. */
bool budget_reserve(struct budget *budget, unsigned credits);
/* The case is over: gives back what it reserved and did not spend. */
void budget_release(struct budget *budget);

/* Whether a call may be sent that a target could charge for. If so, it must be settled. */
bool budget_admit(struct budget *budget);
/* Books what an admitted call came to: returns the credits that it is known to have cost. With a
 * bound, *unplanned tells whether the case had not reserved them; without one it is false. */
unsigned budget_settle(struct budget *budget, enum charge charge, bool *unplanned);

#endif
