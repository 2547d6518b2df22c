/* The faults of TLS that wait for connections, first come, first served. Bounded; needs no memory.
 * Not thread-safe by itself: the state holds one lock over it. */
#ifndef AILAB_MOCKSERVER_STATE_TLS_QUEUE_H
#define AILAB_MOCKSERVER_STATE_TLS_QUEUE_H

#include "api/tls_fault.h"

/* Start with all zero. */
struct tls_queue {
    struct tls_arming armings[TLS_ARMINGS_MAX];
    size_t count;
};

/* Puts these in the place of all that wait. count: at most TLS_ARMINGS_MAX. */
void tls_queue_set(struct tls_queue *queue, const struct tls_arming *armings, size_t count);
/* Puts one behind all that wait; false when TLS_ARMINGS_MAX wait already. */
bool tls_queue_add(struct tls_queue *queue, const struct tls_arming *arming);
/* What the next connection gets; TLS_FAULT_NONE when nothing waits. */
enum tls_fault tls_queue_take(struct tls_queue *queue);

#endif
