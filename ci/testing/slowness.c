#include "testing/slowness.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct slowness {
    pthread_t thread;
    atomic_bool stop;
    double factor; /* after the end */
};

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *work(void *context)
{
    struct slowness *slowness = context;
    const double from = seconds(CLOCK_MONOTONIC), worked = seconds(CLOCK_THREAD_CPUTIME_ID);
    while (!atomic_load_explicit(&slowness->stop, memory_order_relaxed))
        ;
    const double took = seconds(CLOCK_MONOTONIC) - from;
    const double done = seconds(CLOCK_THREAD_CPUTIME_ID) - worked;
    slowness->factor = done > 0 && took > done ? took / done : 1;
    return NULL;
}

struct slowness *slowness_start(void)
{
    struct slowness *slowness = calloc(1, sizeof *slowness);
    if (slowness && pthread_create(&slowness->thread, NULL, work, slowness) == 0)
        return slowness;
    free(slowness);
    return NULL;
}

double slowness_stop(struct slowness *slowness)
{
    if (!slowness)
        return 1;
    atomic_store(&slowness->stop, true);
    pthread_join(slowness->thread, NULL);
    const double factor = slowness->factor;
    free(slowness);
    return factor;
}
