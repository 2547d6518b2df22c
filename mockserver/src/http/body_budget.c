/* One lock, a list of the places at work, a queue of the waiting. Those that wait look for the
 * stalled, so a server that has room to spare looks for none. The owner of a place tells its
 * progress without the lock: one word holds the bytes and whether the place was given up, and so
 * the two cannot disagree. */
#include "http/body_budget.h"
#include "base/clock.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define GIVEN_UP ((uint_fast64_t)1 << 63)

struct waiter {
    struct body_place *place;
    size_t size;
    bool admitted;
    pthread_cond_t changed;
    struct waiter *next;
};

struct body_budget {
    pthread_mutex_t lock;
    size_t bytes, charged;
    unsigned active_count, waiting_count;
    bool stopping;
    struct body_place *active;
    struct waiter *first, **last;
};

struct body_budget *body_budget_new(size_t bytes)
{
    struct body_budget *budget = calloc(1, sizeof *budget);
    if (!budget)
        return NULL;
    pthread_mutex_init(&budget->lock, NULL);
    budget->bytes = bytes;
    budget->last = &budget->first;
    return budget;
}

void body_budget_free(struct body_budget *budget)
{
    if (!budget)
        return;
    pthread_mutex_destroy(&budget->lock);
    free(budget);
}

/* Places, under the lock */

static bool is_active(const struct body_place *place)
{
    return place->prev || place->budget->active == place;
}

static void charge(struct body_place *place, size_t bytes)
{
    place->budget->charged += bytes - place->charged; /* also down: it wraps to the right sum */
    place->charged = bytes;
}

static void activate(struct body_place *place)
{
    struct body_budget *budget = place->budget;
    place->prev = NULL;
    place->next = budget->active;
    if (place->next)
        place->next->prev = place;
    budget->active = place;
    budget->active_count++;
}

static void deactivate(struct body_place *place)
{
    struct body_budget *budget = place->budget;
    if (place->prev)
        place->prev->next = place->next;
    else
        budget->active = place->next;
    if (place->next)
        place->next->prev = place->prev;
    place->next = place->prev = NULL;
    budget->active_count--;
}

/* The memory beyond what a body holds may have been filled by an earlier request. */
static void release_beyond(const struct body_place *place, size_t held)
{
    char *block = atomic_load(&place->block);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (!block)
        return;
    size_t skipped = (page - (uintptr_t)(block + held) % page) % page;
    size_t length = place->size - held;
    if (length > skipped)
        madvise(block + held + skipped, (length - skipped) / page * page, MADV_DONTNEED);
}

/* The owner may be filling the piece after its progress, and goes no further. */
static void give_up(struct body_place *place)
{
    size_t held = (size_t)atomic_fetch_or(&place->progress, GIVEN_UP) + BODY_PIECE_BYTES;
    if (held > place->size)
        held = place->size;
    deactivate(place);
    charge(place, held);
    release_beyond(place, held);
}

/* The queue, under the lock */

static void admit(struct body_place *place, size_t size)
{
    place->size = size;
    charge(place, size);
    activate(place);
    atomic_store(&place->progress, place->told);
    body_place_await(place);
}

static bool fits(const struct body_budget *budget, const struct body_place *place, size_t size)
{
    return !budget->active || budget->charged - place->charged + size <= budget->bytes;
}

static void admit_waiting(struct body_budget *budget)
{
    struct waiter *waiter;
    while ((waiter = budget->first) && fits(budget, waiter->place, waiter->size)) {
        budget->first = waiter->next;
        if (!budget->first)
            budget->last = &budget->first;
        budget->waiting_count--;
        admit(waiter->place, waiter->size);
        waiter->admitted = true;
        pthread_cond_signal(&waiter->changed);
    }
}

/* Returns how many milliseconds it takes at least until another place may have stalled. */
static uint32_t give_up_stalled(struct body_budget *budget)
{
    int64_t now = clock_monotonic_ms(), soonest = BODY_STALL_MS;
    for (struct body_place *place = budget->active, *next; place; place = next) {
        int64_t left = atomic_load(&place->stalls_at_ms) - now;
        next = place->next;
        if (left <= 0)
            give_up(place);
        else if (left < soonest)
            soonest = left;
    }
    return (uint32_t)soonest;
}

static bool wait_for_room(struct body_budget *budget, struct body_place *place, size_t size)
{
    struct waiter waiter = {.place = place, .size = size};
    clock_condition_init(&waiter.changed);
    /* It leaves the queue before this function returns: admitted, or by body_budget_stop().
     * cppcheck-suppress autoVariables */
    *budget->last = &waiter;
    /* cppcheck-suppress autoVariables */
    budget->last = &waiter.next;
    budget->waiting_count++;
    while (!waiter.admitted && !budget->stopping) {
        const struct timespec until = clock_in_ms(give_up_stalled(budget));
        admit_waiting(budget);
        if (!waiter.admitted)
            pthread_cond_timedwait(&waiter.changed, &budget->lock, &until);
    }
    pthread_cond_destroy(&waiter.changed);
    return waiter.admitted;
}

bool body_budget_take(struct body_budget *budget, struct body_place *place, size_t size)
{
    bool taken = true;
    pthread_mutex_lock(&budget->lock);
    place->budget = budget;
    if (is_active(place))
        give_up(place);
    atomic_store(&place->block, NULL);
    if (budget->stopping)
        taken = false;
    else if (!budget->first && fits(budget, place, size))
        admit(place, size);
    else
        taken = wait_for_room(budget, place, size);
    pthread_mutex_unlock(&budget->lock);
    return taken;
}

void body_budget_give_back(struct body_place *place)
{
    struct body_budget *budget = place->budget;
    if (!budget)
        return;
    pthread_mutex_lock(&budget->lock);
    if (is_active(place))
        deactivate(place);
    charge(place, 0);
    admit_waiting(budget);
    pthread_mutex_unlock(&budget->lock);
    place->budget = NULL;
}

void body_budget_stop(struct body_budget *budget)
{
    pthread_mutex_lock(&budget->lock);
    budget->stopping = true;
    for (struct waiter *waiter = budget->first; waiter; waiter = waiter->next)
        pthread_cond_signal(&waiter->changed);
    budget->first = NULL;
    budget->last = &budget->first;
    budget->waiting_count = 0;
    pthread_mutex_unlock(&budget->lock);
}

/* The owner's side */

void body_place_lend(struct body_place *place, char *block)
{
    atomic_store(&place->block, block);
}

bool body_place_progress(struct body_place *place, size_t bytes)
{
    uint_fast64_t told = place->told;
    place->told = bytes;
    if (!place->budget)
        return true;
    body_place_await(place);
    return atomic_compare_exchange_strong(&place->progress, &told, bytes);
}

void body_place_await(struct body_place *place)
{
    if (place->budget)
        atomic_store(&place->stalls_at_ms, clock_monotonic_ms() + BODY_STALL_MS);
}

void body_place_work(struct body_place *place)
{
    atomic_store(&place->stalls_at_ms, INT64_MAX);
}

void body_place_yield(struct body_place *place)
{
    struct body_budget *budget = place->budget;
    if (!budget)
        return;
    pthread_mutex_lock(&budget->lock);
    if (is_active(place)) {
        give_up(place);
        admit_waiting(budget);
    }
    pthread_mutex_unlock(&budget->lock);
}

struct body_budget_use body_budget_use(struct body_budget *budget)
{
    pthread_mutex_lock(&budget->lock);
    const struct body_budget_use use = {budget->charged, budget->active_count,
                                        budget->waiting_count};
    pthread_mutex_unlock(&budget->lock);
    return use;
}
