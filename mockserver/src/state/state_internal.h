/* The inside of struct state. Internal to state*.c. */
#ifndef AILAB_MOCKSERVER_STATE_STATE_INTERNAL_H
#define AILAB_MOCKSERVER_STATE_STATE_INTERNAL_H

#include "state/state.h"
#include <pthread.h>
#include <stdatomic.h>

struct state {
    /* settings.strict, to be read without the lock: first, so that it does not share a cache line
     * with what every request changes. */
    atomic_bool strict;

    /* Taken before lock, by callers that make a new set from the old one; never by requests. */
    pthread_mutex_t edit_lock;
    struct scenario_set *base;           /* of the last document */
    struct account_target *base_targets; /* owned */
    size_t base_target_count;
    uint64_t base_seed;
    uint64_t start_seed;             /* of state_options; never changes */
    const struct revision *revision; /* of state_options; never changes */

    /* Guards everything below; held for moments. */
    pthread_mutex_t lock;
    struct scenario_set *set;
    bool automatic, wants_sha256; /* of own scenarios */
    struct accounts *accounts;
    struct journal *journal;
    struct metrics metrics;
    struct coverage_set coverage, coverage_since_start; /* of all keys */
    struct state_settings settings;
    pthread_cond_t arrival; /* a request was journalled, or waiting has ended */
    unsigned waiting;       /* callers of state_await() */
    bool waiting_ended;
};

#endif
