/* Scenario sets, and what each key has used of them. */
#include "scenarios/choose.h"
#include "base/suggest.h"
#include "scenarios/builtin.h"
#include "scenarios/random.h"
#include "scenarios/uses.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define QUEUE_MAX 1000

/* Sets */

struct scenario_set {
    atomic_uint references;
    struct scenario *scenarios; /* own ones first, so that they win over built-in ones */
    uint32_t *hashes;           /* of their names */
    size_t count;
    size_t own_count;
};

static void free_scenarios(struct scenario *scenarios, size_t count)
{
    for (size_t i = 0; i < count; i++)
        scenario_clear(&scenarios[i]);
    free(scenarios);
}

/* Joins two arrays; both are consumed, also on failure. */
static struct scenario *join(struct scenario *first, size_t first_count, struct scenario *second,
                             size_t second_count)
{
    struct scenario *all = calloc(first_count + second_count + 1, sizeof *all);
    if (!all) {
        free_scenarios(first, first_count);
        free_scenarios(second, second_count);
        return NULL;
    }
    if (first_count)
        memcpy(all, first, first_count * sizeof *all);
    if (second_count)
        memcpy(all + first_count, second, second_count * sizeof *all);
    free(first);
    free(second);
    return all;
}

/* Whether a name stands again later among own ones, or earlier anywhere: then it is not this one
 * that it means. */
static bool is_hidden(const struct scenario_set *set, size_t index, size_t own_count)
{
    const char *name = set->scenarios[index].name;
    size_t from = index < own_count ? index + 1 : 0;
    size_t to = index < own_count ? own_count : set->own_count;
    for (size_t i = from; i < to; i++)
        if (strcmp(set->scenarios[i].name, name) == 0)
            return true;
    return false;
}

/* Leaves one scenario for each name. */
static void drop_hidden(struct scenario_set *set)
{
    size_t count = set->count, own_count = set->own_count;
    set->count = set->own_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_hidden(set, i, own_count)) {
            scenario_clear(&set->scenarios[i]);
            continue;
        }
        if (set->count != i) {
            set->scenarios[set->count] = set->scenarios[i];
            memset(&set->scenarios[i], 0, sizeof set->scenarios[i]);
        }
        set->count++;
        set->own_count += i < own_count;
    }
}

/* Of a set that is its maker's alone. */
static struct scenario_set *discard(struct scenario_set *set)
{
    free_scenarios(set->scenarios, set->count);
    free(set->hashes);
    free(set);
    return NULL;
}

struct scenario_set *scenario_set_new(struct scenario *scenarios, size_t count)
{
    struct scenario *builtin;
    size_t builtin_count;
    struct scenario_set *set = calloc(1, sizeof *set);
    if (!set || !builtin_scenarios(&builtin, &builtin_count)) {
        free_scenarios(scenarios, count);
        free(set);
        return NULL;
    }
    set->scenarios = join(scenarios, count, builtin, builtin_count);
    if (!set->scenarios) {
        free(set);
        return NULL;
    }
    atomic_init(&set->references, 1);
    set->count = count + builtin_count;
    set->own_count = count;
    drop_hidden(set);
    set->hashes = calloc(set->count + 1, sizeof *set->hashes);
    if (!set->hashes)
        return discard(set);
    for (size_t i = 0; i < set->count; i++)
        set->hashes[i] = progress_hash(set->scenarios[i].name);
    return set;
}

struct scenario_set *scenario_set_hold(struct scenario_set *set)
{
    atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void scenario_set_release(struct scenario_set *set)
{
    if (set && atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) == 1)
        discard(set);
}

const struct scenario *scenario_set_find(const struct scenario_set *set, struct slice name)
{
    for (size_t i = 0; i < set->count; i++)
        if (slice_equal(name, slice_of(set->scenarios[i].name)))
            return &set->scenarios[i];
    return NULL;
}

size_t scenario_set_count(const struct scenario_set *set)
{
    return set->count;
}

const struct scenario *scenario_set_at(const struct scenario_set *set, size_t index)
{
    return index < set->count ? &set->scenarios[index] : NULL;
}

const char *scenario_set_nearest(const struct scenario_set *set, struct slice name, char *out,
                                 size_t size)
{
    struct suggestions nearest;
    suggestions_init(&nearest, name);
    for (size_t i = 0; i < set->count; i++)
        suggestions_consider(&nearest, set->scenarios[i].name);
    return suggestions_print(&nearest, out, size);
}

/* Keys */

/* Held by the queue until its last use, and by each choice of it. */
struct queued_step {
    atomic_uint references;
    struct scenario_step step;
    uint32_t uses;
    struct queued_step *next;
};

struct key_state {
    uint64_t digest_bits; /* keeps keys' random numbers apart */
    uint64_t requests;
    struct random random;
    struct progress_table progress;
    struct queued_step *first, **last;
    size_t queued;
};

void key_state_reseed(struct key_state *state, uint64_t seed)
{
    state->random.state = seed ^ state->digest_bits;
}

struct key_state *key_state_new(uint64_t seed, const uint8_t key_digest[32])
{
    struct key_state *state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    memcpy(&state->digest_bits, key_digest, sizeof state->digest_bits);
    state->last = &state->first;
    key_state_reseed(state, seed);
    return state;
}

static void release_queued(struct queued_step *queued)
{
    if (!queued || atomic_fetch_sub_explicit(&queued->references, 1, memory_order_acq_rel) != 1)
        return;
    scenario_step_clear(&queued->step);
    free(queued);
}

/* Drops the queue's hold on its first step. */
static void pop(struct key_state *state)
{
    struct queued_step *queued = state->first;
    state->first = queued->next;
    if (!state->first)
        state->last = &state->first;
    state->queued--;
    release_queued(queued);
}

void key_state_restart(struct key_state *state, uint64_t seed)
{
    progress_clear(&state->progress);
    state->requests = 0;
    key_state_reseed(state, seed);
}

void key_state_reset(struct key_state *state, uint64_t seed)
{
    while (state->first)
        pop(state);
    key_state_restart(state, seed);
}

void key_state_forget(struct key_state *state, const char *name)
{
    if (name)
        progress_forget(&state->progress, name);
    else
        progress_clear(&state->progress);
}

void key_state_free(struct key_state *state)
{
    if (!state)
        return;
    key_state_reset(state, 0);
    free(state);
}

bool key_state_enqueue(struct key_state *state, struct scenario_step *step)
{
    struct queued_step *queued = state->queued < QUEUE_MAX ? calloc(1, sizeof *queued) : NULL;
    if (!queued) {
        scenario_step_clear(step);
        return false;
    }
    atomic_init(&queued->references, 1);
    queued->step = *step;
    *state->last = queued;
    state->last = &queued->next;
    state->queued++;
    return true;
}

size_t key_state_queued(const struct key_state *state)
{
    return state->queued;
}

uint64_t key_state_next(struct key_state *state)
{
    return ++state->requests;
}

/* Choosing */

/* Whether what a key gets depends on what it has had: not where one step answers for ever, as in
 * every built-in scenario. What is kept of a key is so bounded by the number of own scenarios. */
static bool is_used_by_keys(const struct scenario *scenario)
{
    return scenario->times || scenario->then == THEN_NORMAL || scenario->step_count > 1;
}

static struct position position_of(const struct key_state *state, const struct scenario_set *set,
                                   const struct scenario *scenario)
{
    if (!is_used_by_keys(scenario))
        return (struct position){0};
    return progress_find(&state->progress, scenario->name, set->hashes[scenario - set->scenarios]);
}

static bool is_used_up(const struct scenario *scenario, const struct position *position)
{
    return scenario->step_count == 0 || (scenario->times && position->total >= scenario->times) ||
           (scenario->then == THEN_NORMAL && position->step >= scenario->step_count);
}

bool key_state_has_used_up(const struct key_state *state, const struct scenario_set *set,
                           const struct scenario *scenario)
{
    struct position position = position_of(state, set, scenario);
    return is_used_up(scenario, &position);
}

static bool happens(struct key_state *state, double probability)
{
    return probability >= 1 || random_unit(&state->random) < probability;
}

static uint32_t times_of(const struct scenario_step *step)
{
    return step->times ? step->times : 1;
}

/* Of a scenario that is not used up. */
static const struct scenario_step *take_step(const struct scenario *scenario,
                                             struct position *position)
{
    if (position->step >= scenario->step_count) {
        position->step = scenario->then == THEN_RESTART ? 0 : (uint32_t)scenario->step_count - 1;
        position->uses = 0;
    }
    const struct scenario_step *step = &scenario->steps[position->step];
    if (++position->uses >= times_of(step)) {
        position->step++;
        position->uses = 0;
    }
    position->total++;
    return step;
}

static void settle(struct choice *out, struct key_state *state, const struct scenario_step *step)
{
    if (!happens(state, step->probability))
        return;
    out->step = step;
    out->delay_ms = random_delay_ms(&state->random, &step->delay);
}

/* Whether the scenario took the request, be it to answer normally. */
static bool choose(struct choice *out, struct scenario_set *set, const struct scenario *scenario,
                   struct key_state *state)
{
    struct position position = position_of(state, set, scenario);
    if (is_used_up(scenario, &position) || !happens(state, scenario->probability))
        return false;
    const struct scenario_step *step = take_step(scenario, &position);
    if (is_used_by_keys(scenario) &&
        !progress_keep(&state->progress, scenario->name, set->hashes[scenario - set->scenarios],
                       &position))
        return false;
    out->set = scenario_set_hold(set);
    snprintf(out->scenario, sizeof out->scenario, "%s", scenario->name);
    settle(out, state, step);
    return true;
}

bool engine_choose_queued(struct choice *out, struct key_state *state)
{
    struct queued_step *queued = state->first;
    *out = (struct choice){0};
    if (!queued)
        return false;
    snprintf(out->scenario, sizeof out->scenario, "queue");
    atomic_fetch_add_explicit(&queued->references, 1, memory_order_relaxed);
    out->queued = queued;
    settle(out, state, &queued->step);
    if (++queued->uses >= times_of(&queued->step))
        pop(state);
    return true;
}

void engine_choose_named(struct choice *out, struct scenario_set *set,
                         const struct scenario *scenario, struct key_state *state)
{
    *out = (struct choice){0};
    choose(out, set, scenario, state);
}

void engine_choose_matching(struct choice *out, struct scenario_set *set, struct key_state *state,
                            const struct request_facts *facts)
{
    *out = (struct choice){0};
    for (size_t i = 0; i < set->own_count; i++) {
        const struct scenario *scenario = &set->scenarios[i];
        if (scenario->automatic && match_accepts(&scenario->match, facts, NULL) &&
            choose(out, set, scenario, state))
            return;
    }
}

void choice_clear(struct choice *choice)
{
    release_queued(choice->queued);
    scenario_set_release(choice->set);
    *choice = (struct choice){0};
}
