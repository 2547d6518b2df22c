/* Watchers of a state: each compares moments, and looks at the journal where they differ. */
#include "base/clock.h"
#include "state/state_internal.h"

bool state_watch_begin(struct state *state, unsigned watchers_max)
{
    pthread_mutex_lock(&state->lock);
    const bool admitted = state->watchers < watchers_max;
    state->watchers += admitted;
    pthread_mutex_unlock(&state->lock);
    return admitted;
}

void state_watch_end(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    state->watchers--;
    pthread_mutex_unlock(&state->lock);
}

/* Under the lock. */
static struct state_moment moment_of(const struct state *state)
{
    struct journal_counts counts;
    journal_count(&counts, state->journal);
    return (struct state_moment){
        .added = counts.added,
        .resets = state->journal_resets,
        .kept = counts.entries,
        .forgotten = counts.forgotten,
        .settings = state->settings,
    };
}

static bool settings_equal(const struct state_settings *a, const struct state_settings *b)
{
    bool equal = true;
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note)                           \
    equal &= a->name == b->name;
#include "state/settings.def"
    return equal;
}

bool state_moments_equal(const struct state_moment *a, const struct state_moment *b)
{
    return a->added == b->added && a->resets == b->resets && a->kept == b->kept &&
           a->forgotten == b->forgotten && settings_equal(&a->settings, &b->settings);
}

bool state_watch(struct state *state, struct state_moment *moment, uint32_t wait_ms)
{
    const struct timespec until = clock_in_ms(wait_ms);
    pthread_mutex_lock(&state->lock);
    struct state_moment now = moment_of(state);
    state->listening++;
    while (!state->waiting_ended && state_moments_equal(&now, moment) &&
           pthread_cond_timedwait(&state->arrival, &state->lock, &until) == 0)
        now = moment_of(state);
    state->listening--;
    *moment = moment_of(state); /* settings change without a signal: the next look sees them */
    const bool goes_on = !state->waiting_ended;
    pthread_mutex_unlock(&state->lock);
    return goes_on;
}

bool state_follow(struct journal_selection *out, struct state *state, uint64_t after, size_t limit)
{
    pthread_mutex_lock(&state->lock);
    bool done = journal_follow(out, state->journal, after, limit);
    pthread_mutex_unlock(&state->lock);
    return done;
}
