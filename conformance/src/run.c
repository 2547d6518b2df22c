/* See run.h. */
#include "run.h"
#include "exchange.h"
#include <stdlib.h>

bool run_init(struct run *run)
{
    *run = (struct run){.max_credits = -1,
                        .timeout_ms = 10000,
                        .revision = REVISION_2026_01,
                        .cancel_fd = -1,
                        .dry_step = 1};
    if (pthread_mutex_init(&run->lock, NULL) != 0 ||
        pthread_mutex_init(&run->shared_lock, NULL) != 0)
        return false;
    run->pictures = pictures_new();
    return run->pictures != NULL;
}

void run_clear(struct run *run)
{
    for (size_t i = 0; i < RUN_SHARED_MAX; i++) {
        if (run->shared[i])
            exchange_clear(run->shared[i]);
        free(run->shared[i]);
    }
    pictures_free(run->pictures);
    observer_free(run->observer);
    pthread_mutex_destroy(&run->shared_lock);
    pthread_mutex_destroy(&run->lock);
}

bool run_reserve(struct run *run, unsigned credits)
{
    pthread_mutex_lock(&run->lock);
    bool enough = run->max_credits < 0 || run->spent + (long)credits <= run->max_credits;
    if (enough)
        run->spent += (long)credits;
    pthread_mutex_unlock(&run->lock);
    return enough;
}

void run_release(struct run *run, unsigned credits)
{
    pthread_mutex_lock(&run->lock);
    run->spent -= (long)credits;
    pthread_mutex_unlock(&run->lock);
}

void run_book(struct run *run, unsigned credits)
{
    pthread_mutex_lock(&run->lock);
    run->spent += (long)credits;
    pthread_mutex_unlock(&run->lock);
}
