/* The faults of TLS that wait for connections. A connection asks without the lock whether anything
 * waits at all: as a rule nothing does. */
#include "state/state_internal.h"

/* Under the lock, after each change of the queue. */
static void note(struct state *state)
{
    atomic_store_explicit(&state->tls_armed, state->tls_queue.count > 0, memory_order_release);
}

void state_set_tls(struct state *state, const struct tls_queue *queue)
{
    state->tls_queue = *queue;
    note(state);
}

bool state_speaks_tls(const struct state *state)
{
    return state->speaks_tls;
}

bool state_arm_tls(struct state *state, const struct tls_arming *arming)
{
    pthread_mutex_lock(&state->lock);
    bool done = tls_queue_add(&state->tls_queue, arming);
    note(state);
    pthread_mutex_unlock(&state->lock);
    return done;
}

size_t state_list_tls(struct tls_arming out[TLS_ARMINGS_MAX], struct state *state)
{
    pthread_mutex_lock(&state->lock);
    size_t count = state->tls_queue.count;
    memcpy(out, state->tls_queue.armings, count * sizeof *out);
    pthread_mutex_unlock(&state->lock);
    return count;
}

void state_clear_tls(struct state *state)
{
    static const struct tls_queue empty;
    pthread_mutex_lock(&state->lock);
    state_set_tls(state, &empty);
    pthread_mutex_unlock(&state->lock);
}

enum tls_fault state_next_tls_fault(struct state *state)
{
    struct coverage_set met;
    if (!atomic_load_explicit(&state->tls_armed, memory_order_acquire))
        return TLS_FAULT_NONE;
    pthread_mutex_lock(&state->lock);
    enum tls_fault fault = tls_queue_take(&state->tls_queue);
    note(state);
    state->metrics.tls_faults[fault]++;
    coverage_of_tls(&met, fault);
    coverage_add(&state->coverage, &met);
    coverage_add(&state->coverage_since_start, &met);
    pthread_mutex_unlock(&state->lock);
    return fault;
}
