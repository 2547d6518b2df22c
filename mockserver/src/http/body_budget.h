/* A budget for the bodies in flight, so that many large uploads at once need a bounded memory.
 *
 * A body takes a place before it is read, for as many bytes as it will have, and gives the place
 * back when its memory is free again. A body that does not fit waits; bodies are admitted in the
 * order in which they asked. A body that makes no progress for BODY_STALL_MS gives its place up
 * while others wait: it then counts for the bytes that it has and the piece that is being read, and
 * takes a place anew before it is read on. While no body is at work the first in the queue is
 * always admitted, so that neither slow clients nor a body larger than the budget can bar the way.
 *
 * A place belongs to one thread; the budget is thread-safe. It knows no sockets. */
#ifndef AILAB_MOCKSERVER_HTTP_BODY_BUDGET_H
#define AILAB_MOCKSERVER_HTTP_BODY_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BODY_STALL_MS 100
/* An owner reads this much at most before it tells of its progress: a smaller piece costs system
 * calls, a larger one takes slow clients for stalled ones. */
#define BODY_PIECE_BYTES ((size_t)256 * 1024)

struct body_budget;

/* Starts as zeros: no place. Its members are body_budget.c's. */
struct body_place {
    struct body_budget *budget; /* NULL: it has never taken a place */
    struct body_place *next, *prev;
    size_t size;                      /* what it may grow to */
    size_t charged;                   /* what it counts for; under the lock, as the links are */
    size_t told;                      /* what the owner last told */
    atomic_uint_fast64_t progress;    /* told; the top bit is set when the place was given up */
    atomic_int_fast64_t stalls_at_ms; /* monotonic */
    _Atomic(char *) block;            /* where the bytes are, from body_place_lend() */
};

/* NULL when memory ran out. */
struct body_budget *body_budget_new(size_t bytes);
/* All places must have been given back. NULL is allowed. */
void body_budget_free(struct body_budget *budget);

/* Ends all waiting, for ever. */
void body_budget_stop(struct body_budget *budget);

/* Takes a place for size bytes, or makes the one that there is large enough and gets it back when
 * it was given up. The owner lends its block again afterwards. False after body_budget_stop(); what
 * was taken before must be given back all the same. */
bool body_budget_take(struct body_budget *budget, struct body_place *place, size_t size);
void body_budget_give_back(struct body_place *place);

/* block has room for size bytes, as taken. When the place is given up, the memory that lies
 * BODY_PIECE_BYTES and more beyond the progress goes back to the system. */
void body_place_lend(struct body_place *place, char *block);

/* The body now has this many bytes. False when the place was given up: the owner takes it again
 * before it reads on. True when there is no place, as for all that follow. */
bool body_place_progress(struct body_place *place, size_t bytes);
/* The peer is awaited from now on; progress says so too. */
void body_place_await(struct body_place *place);
/* The mock itself is at work, as long as that takes. */
void body_place_work(struct body_place *place);
/* The mock pauses on purpose: others need not wait for it. */
void body_place_yield(struct body_place *place);

/* For tests and figures. */
struct body_budget_use {
    size_t charged;
    unsigned active, waiting;
};
struct body_budget_use body_budget_use(struct body_budget *budget);

#endif
