/* Chooses the step that answers a request: cues, queue and matches over the scenarios in force,
 * with what each API key has used of them. Deterministic: the same seed and the same requests of a
 * key give the same steps, whatever other keys do at the same time.
 *
 * Not thread-safe by itself: the caller holds one lock over an engine. Pure but for memory. */
#ifndef AILAB_MOCK_ENGINE_H
#define AILAB_MOCK_ENGINE_H

#include "documents/document.h"
#include "scenarios/request_facts.h"

struct scenario_set; /* built-in and own scenarios by name; immutable, reference-counted */
struct key_state;    /* what one key has used, its queue, its random numbers */

/* Takes scenarios over (also on failure); later names win over earlier and over built-in ones.
 * NULL when memory ran out. */
struct scenario_set *scenario_set_new(struct scenario *scenarios, size_t count);
struct scenario_set *scenario_set_hold(struct scenario_set *set);
void scenario_set_release(struct scenario_set *set);
/* NULL when there is no such scenario. Borrowed from the set. */
const struct scenario *scenario_set_find(const struct scenario_set *set, struct slice name);
size_t scenario_set_count(const struct scenario_set *set);
const struct scenario *scenario_set_at(const struct scenario_set *set, size_t index);
/* Up to three names near to this one, ", "-separated. Returns out. */
const char *scenario_set_nearest(const struct scenario_set *set, struct slice name, char *out,
                                 size_t size);

struct key_state *key_state_new(uint64_t seed, const uint8_t key_digest[32]);
void key_state_free(struct key_state *state);
/* What becomes of all keys alike, or of one. */
typedef void key_change(struct key_state *state, uint64_t seed);
/* Draws random numbers from this seed on. */
void key_state_reseed(struct key_state *state, uint64_t seed);
/* And forgets what was used of scenarios; requests count from 1 again. */
void key_state_restart(struct key_state *state, uint64_t seed);
/* And empties the queue. */
void key_state_reset(struct key_state *state, uint64_t seed);
/* Forgets what was used of the scenario of this name, or with NULL of all. */
void key_state_forget(struct key_state *state, const char *name);
/* Whether nothing of this scenario of set is left for the key. */
bool key_state_has_used_up(const struct key_state *state, const struct scenario_set *set,
                           const struct scenario *scenario);
/* Puts a step before the next requests of this key; takes it over, also on failure. False when the
 * queue is full (1000) or memory ran out. */
bool key_state_enqueue(struct key_state *state, struct scenario_step *step);
size_t key_state_queued(const struct key_state *state);
/* Counts a request of this key and returns its number, from 1. */
uint64_t key_state_next(struct key_state *state);

/* What was chosen. step is borrowed from the set, or owned by this choice when it came from the
 * queue; choice_clear() lets go of it. */
struct queued_step;

struct choice {
    const struct scenario_step *step;     /* NULL: answer normally */
    char scenario[SCENARIO_NAME_MAX + 1]; /* its name; "queue" for a queued step */
    struct queued_step *queued;
    struct scenario_set *set;
    uint32_t delay_ms; /* drawn */
};

/* Takes the next queued step, if there is one. */
bool engine_choose_queued(struct choice *out, struct key_state *state);
/* Takes the next step of this scenario of set for this key; step stays NULL when the scenario is
 * used up or its probability says no. */
void engine_choose_named(struct choice *out, struct scenario_set *set,
                         const struct scenario *scenario, struct key_state *state);
/* The first automatic scenario that matches and is not used up. */
void engine_choose_matching(struct choice *out, struct scenario_set *set, struct key_state *state,
                            const struct request_facts *facts);
/* Whether match accepts facts; *why gets the first criterion that does not ("width"). */
bool match_accepts(const struct scenario_match *match, const struct request_facts *facts,
                   const char **why);
void choice_clear(struct choice *choice);

#endif
