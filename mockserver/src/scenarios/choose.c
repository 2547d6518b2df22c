/* Takes steps of scenarios and of the queue, and counts what each key has used. */
#include "scenarios/choose.h"
#include "scenarios/match.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Keys */

/* Held by the queue until its last use, and by each choice of it. */
struct queued_step {
    atomic_uint references;
    struct scenario_step step;
    uint32_t uses;
    struct queued_step *next;
};

void key_state_reseed(struct key_state *state, uint64_t seed)
{
    state->random.state = seed ^ state->digest_bits;
}

void key_state_init(struct key_state *state, uint64_t seed, const uint8_t key_digest[32])
{
    *state = (struct key_state){0};
    memcpy(&state->digest_bits, key_digest, sizeof state->digest_bits);
    state->last = &state->first;
    key_state_reseed(state, seed);
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
    uses_clear(&state->uses);
    state->requests = 0;
    key_state_reseed(state, seed);
}

void key_state_empty_queue(struct key_state *state, uint64_t seed)
{
    (void)seed;
    while (state->first)
        pop(state);
}

void key_state_reset(struct key_state *state, uint64_t seed)
{
    key_state_empty_queue(state, seed);
    key_state_restart(state, seed);
}

void key_state_clear(struct key_state *state)
{
    key_state_reset(state, 0);
}

bool key_state_enqueue(struct key_state *state, struct scenario_step *step)
{
    struct queued_step *queued = state->queued < KEY_QUEUE_MAX ? calloc(1, sizeof *queued) : NULL;
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

static struct uses uses_of(const struct key_state *state, const struct scenario *scenario)
{
    return is_used_by_keys(scenario) ? uses_find(&state->uses, scenario->serial) : (struct uses){0};
}

static bool is_used_up(const struct scenario *scenario, const struct uses *uses)
{
    return scenario->step_count == 0 || (scenario->times && uses->total >= scenario->times) ||
           (scenario->then == THEN_NORMAL && uses->step >= scenario->step_count);
}

void key_state_forget(struct key_state *state, uint64_t serial)
{
    uses_forget(&state->uses, serial);
}

bool key_state_has_used_up(const struct key_state *state, const struct scenario *scenario)
{
    struct uses uses = uses_of(state, scenario);
    return is_used_up(scenario, &uses);
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
static const struct scenario_step *take_step(const struct scenario *scenario, struct uses *uses)
{
    if (uses->step >= scenario->step_count) {
        uses->step = scenario->then == THEN_RESTART ? 0 : (uint32_t)scenario->step_count - 1;
        uses->of_step = 0;
    }
    const struct scenario_step *step = &scenario->steps[uses->step];
    if (++uses->of_step >= times_of(step)) {
        uses->step++;
        uses->of_step = 0;
    }
    uses->total++;
    return step;
}

static void settle(struct choice *out, struct key_state *state, const struct scenario_step *step)
{
    if (!happens(state, step->probability))
        return;
    out->step = step;
    out->delay_ms = random_delay_ms(&state->random, &step->delay);
}

/* The table forgets the others when it grows. */
static bool is_in_force(const void *set, uint64_t serial)
{
    return scenario_set_may_hold(set, serial);
}

/* Whether the scenario took the request, be it to answer normally or to say that memory ran out. */
static bool take(struct choice *out, struct scenario_set *set, const struct scenario *scenario,
                 struct key_state *state)
{
    struct uses uses = uses_of(state, scenario);
    if (is_used_up(scenario, &uses) || !happens(state, scenario->probability))
        return false;
    const struct scenario_step *step = take_step(scenario, &uses);
    snprintf(out->scenario, sizeof out->scenario, "%s", scenario->name);
    if (is_used_by_keys(scenario) &&
        !uses_keep(&state->uses, scenario->serial, &uses, is_in_force, set)) {
        out->no_memory = true;
        return true;
    }
    out->set = scenario_set_hold(set);
    settle(out, state, step);
    return true;
}

size_t key_state_queue(struct queued_row *rows, const struct key_state *state)
{
    size_t count = 0;
    for (struct queued_step *queued = state->first; queued; queued = queued->next) {
        atomic_fetch_add_explicit(&queued->references, 1, memory_order_relaxed);
        rows[count++] = (struct queued_row){
            .choice = {.step = &queued->step, .queued = queued},
            .left = times_of(&queued->step) - queued->uses,
        };
    }
    return count;
}

bool choose_queued(struct choice *out, struct key_state *state)
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

void choose_named(struct choice *out, struct scenario_set *set, const struct scenario *scenario,
                  struct key_state *state)
{
    *out = (struct choice){0};
    take(out, set, scenario, state);
}

void choose_matching(struct choice *out, struct scenario_set *set, struct key_state *state,
                     const struct request_facts *facts)
{
    *out = (struct choice){0};
    const size_t own_count = scenario_set_own_count(set);
    for (size_t i = 0; i < own_count; i++) {
        const struct scenario *scenario = scenario_set_at(set, i);
        if (scenario->automatic && match_accepts(&scenario->match, facts) &&
            take(out, set, scenario, state))
            return;
    }
}

void choice_clear(struct choice *choice)
{
    release_queued(choice->queued);
    scenario_set_release(choice->set);
    *choice = (struct choice){0};
}
