/* Threads with room for what the suite does in them, whatever the C library gives by itself. */
#ifndef CONFORMANCE_SERVER_BASE_THREAD_H
#define CONFORMANCE_SERVER_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* To be joined. False when the system gives no thread. */
bool thread_start(pthread_t *out, void *(*run)(void *), void *context);

#endif
