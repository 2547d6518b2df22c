/* See parallel.h. */
#include "parallel.h"
#include <pthread.h>

#define THREADS 2 /* beside the caller's own */

struct share {
    pthread_mutex_t lock; /* over next */
    size_t next, count;
    void (*work)(void *context, size_t index);
    void *context;
};

static void *take_turns(void *argument)
{
    struct share *share = argument;
    for (;;) {
        pthread_mutex_lock(&share->lock);
        size_t index = share->next++;
        pthread_mutex_unlock(&share->lock);
        if (index >= share->count)
            return NULL;
        share->work(share->context, index);
    }
}

void parallel(size_t count, void (*work)(void *context, size_t index), void *context)
{
    pthread_t threads[THREADS];
    size_t started = 0;
    struct share share = {PTHREAD_MUTEX_INITIALIZER, 0, count, work, context};
    while (started < THREADS && pthread_create(&threads[started], NULL, take_turns, &share) == 0)
        started++;
    take_turns(&share); /* also when no thread could be started */
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}
