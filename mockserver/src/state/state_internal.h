/* The inside of struct state. Internal to state*.c. */
#ifndef AILAB_MOCKSERVER_STATE_STATE_INTERNAL_H
#define AILAB_MOCKSERVER_STATE_STATE_INTERNAL_H

#include "state/state.h"
#include "state/tls_queue.h"
#include <pthread.h>
#include <stdatomic.h>

struct state {
    /* settings.strict, to be read without the lock: first, so that it does not share a cache line
     * with what every request changes. */
    atomic_bool strict;
    atomic_bool tls_armed; /* tls_queue holds something: read without the lock, too */
    bool speaks_tls;       /* of state_options; never changes */

    /* Taken before lock, by callers that make a new set from the old one; never by requests. */
    pthread_mutex_t edit_lock;
    struct scenario_set *base;           /* of the last document */
    struct account_target *base_targets; /* owned */
    size_t base_target_count;
    uint64_t base_seed;
    struct tls_queue base_tls;
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
    struct tls_queue tls_queue;
    pthread_cond_t arrival; /* a request was journalled, or waiting has ended */
    unsigned waiting;       /* callers of state_await() */
    unsigned watchers;      /* between state_watch_begin() and state_watch_end() */
    unsigned listening;     /* watchers that wait right now */
    uint64_t journal_resets;
    bool waiting_ended;
};

/* Puts another queue of TLS faults in force. Under the lock. */
void state_set_tls(struct state *state, const struct tls_queue *queue);

#endif
