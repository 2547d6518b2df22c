/* See run.h. */
#include "engine/session.h"
#include "wire/exchange.h"
#include <stdlib.h>
#include <string.h>

bool run_init(struct run *run)
{
    *run = (struct run){
        .timeout_ms = 10000, .revision = REVISION_2026_01, .cancel_fd = -1, .dry_step = 1};
    if (!budget_init(&run->budget) || pthread_mutex_init(&run->lock, NULL) != 0 ||
        pthread_mutex_init(&run->shared_lock, NULL) != 0)
        return false;
    run->pictures = picture_set_new();
    return run->pictures != NULL;
}

void run_clear(struct run *run)
{
    for (size_t i = 0; i < RUN_SHARED_MAX; i++) {
        if (run->shared[i])
            exchange_clear(run->shared[i]);
        free(run->shared[i]);
    }
    picture_set_free(run->pictures);
    observer_free(run->observer);
    pthread_mutex_destroy(&run->shared_lock);
    pthread_mutex_destroy(&run->lock);
    budget_clear(&run->budget);
    free(run->silence);
}

const char *run_silence(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    const char *why = run->silence;
    pthread_mutex_unlock(&run->lock);
    return why;
}

void run_note_silence(struct run *run, const char *why)
{
    pthread_mutex_lock(&run->lock);
    if (!run->silence)
        run->silence = strdup(why);
    pthread_mutex_unlock(&run->lock);
}
