/* See thread.h. */
#include "base/thread.h"

/* A server may answer JSON that is nested as deeply as cJSON goes (1000 levels take 100 KiB), and
 * musl gives a thread 128 KiB. */
#define STACK_BYTES ((size_t)1024 * 1024)

bool thread_start(pthread_t *out, void *(*run)(void *), void *context)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    const bool started = pthread_attr_setstacksize(&attributes, STACK_BYTES) == 0 &&
                         pthread_create(out, &attributes, run, context) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}
