/* Does numbered items in some threads, and tells of them in the order of their numbers. A stop is
 * taken between two items, and passed on to the items in progress. */
#ifndef CONFORMANCE_SERVER_BASE_WORKERS_H
#define CONFORMANCE_SERVER_BASE_WORKERS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define WORKERS_MAX 64

struct workers_options {
    size_t count;                              /* of all items */
    void (*work)(void *context, size_t index); /* Required. Called in any thread */
    void (*tell)(void *context, size_t index); /* Required. One thread at a time, in order */
    void *context;                             /* borrowed */
    int stop_fd;                               /* readable when to stop; -1 for never */
    int cancel_write_fd; /* an eventfd that is written then, so that every wait ends; -1: none */
};

struct workers {
    struct workers_options options;
    pthread_mutex_t lock; /* over all below, and over tell() */
    bool *done;           /* owned */
    size_t told;
    const size_t *order; /* of the part in progress; borrowed */
    size_t next, end;
    atomic_bool stopped;
    int finished_fd; /* eventfd: a worker has ended */
};

/* False: the system has no memory or no descriptors; then *workers needs no clear. */
bool workers_init(struct workers *workers, const struct workers_options *options);
void workers_clear(struct workers *workers);

/* Does the items that order lists, in that order, in so many threads (1 to WORKERS_MAX), and
 * returns when all threads have ended. Where the system refuses threads, the caller's thread does
 * the work. */
void workers_run(struct workers *workers, const size_t *order, size_t count, size_t jobs);

/* After a run: was it stopped, and is this item done? */
bool workers_were_stopped(const struct workers *workers);
bool workers_did(const struct workers *workers, size_t index);

/* The item was done without work(): tells of it when its turn has come. */
void workers_finish(struct workers *workers, size_t index);

#endif
