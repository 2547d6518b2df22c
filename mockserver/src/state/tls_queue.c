/* An array, oldest first: it is short, and what is taken from it is rare. */
#include "state/tls_queue.h"

void tls_queue_set(struct tls_queue *queue, const struct tls_arming *armings, size_t count)
{
    queue->count = count;
    if (count)
        memcpy(queue->armings, armings, count * sizeof *armings);
}

bool tls_queue_add(struct tls_queue *queue, const struct tls_arming *arming)
{
    if (queue->count == TLS_ARMINGS_MAX)
        return false;
    queue->armings[queue->count++] = *arming;
    return true;
}

enum tls_fault tls_queue_take(struct tls_queue *queue)
{
    if (!queue->count)
        return TLS_FAULT_NONE;
    enum tls_fault fault = queue->armings[0].fault;
    if (--queue->armings[0].connections == 0)
        memmove(queue->armings, queue->armings + 1, --queue->count * sizeof *queue->armings);
    return fault;
}
