/* The inside of struct front. Internal to this room. */
#ifndef AILAB_MOCKSERVER_FRONT_FRONT_INTERNAL_H
#define AILAB_MOCKSERVER_FRONT_FRONT_INTERNAL_H

#include "front/doors.h"
#include "front/front.h"
#include "front/links.h"
#include "front/loop.h"
#include "front/tls_stream.h"
#include <pthread.h>
#include <stdatomic.h>

#define FRONT_LOOPS_MAX 4
/* A client that has been told the end may take so long to end its own side, and to take what was
 * sent before a reset. */
#define FRONT_LINGER_MS 2000

struct front {
    struct front_options options;
    struct doors doors;
    struct links links;
    struct tls_settings *tls; /* NULL without an authority */
    struct loop loops[FRONT_LOOPS_MAX];
    unsigned loop_count, next_loop;
    atomic_uint connections; /* of guests and of the HTTP server */
    atomic_uint guests;      /* connections in the loops */
    atomic_bool closing;     /* connections without a request end */
    atomic_bool stopping;    /* all end */
    pthread_mutex_t lock;    /* of empty */
    pthread_cond_t empty;    /* the last guest has left; told when closing */
};

/* A connection has ended, or another owner has taken it. */
void front_count_out(struct front *front);
void front_tell(const struct front *front, const struct front_event *event);

#endif
