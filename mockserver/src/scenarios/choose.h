/* Chooses the step that answers a request: cues, queue and matches over the scenarios in force,
 * with what each API key has used of them. Deterministic: the same seed and the same requests of a
 * key give the same steps, whatever other keys do at the same time.
 *
 * Not thread-safe by itself: the caller holds one lock over the states of all keys. Pure but for
 * memory. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_CHOOSE_H
#define AILAB_MOCKSERVER_SCENARIOS_CHOOSE_H

#include "scenarios/random.h"
#include "scenarios/request_facts.h"
#include "scenarios/scenario_set.h"
#include "scenarios/uses.h"

#define KEY_QUEUE_MAX 1000 /* steps that wait for one key */

struct queued_step;

/* What one key has used, its queue, its random numbers. Fields are for reading. It points into
 * itself, so it stays where it was started. */
struct key_state {
    uint64_t digest_bits; /* keep the random numbers of keys apart */
    uint64_t requests;    /* so far */
    struct random random;
    struct uses_table uses;
    struct queued_step *first, **last;
    size_t queued; /* steps that wait */
};

/* End it with key_state_clear(). */
void key_state_init(struct key_state *state, uint64_t seed, const uint8_t key_digest[32]);
void key_state_clear(struct key_state *state);
/* What becomes of all keys alike, or of one. */
typedef void key_change(struct key_state *state, uint64_t seed);
/* Draws random numbers from this seed on. */
void key_state_reseed(struct key_state *state, uint64_t seed);
/* And forgets what was used of scenarios; requests count from 1 again. */
void key_state_restart(struct key_state *state, uint64_t seed);
/* And empties the queue. */
void key_state_reset(struct key_state *state, uint64_t seed);
/* Forgets what was used of the scenario of this serial, and nothing else. */
void key_state_forget(struct key_state *state, uint64_t serial);
/* Empties the queue, and nothing else; the seed is not looked at. */
void key_state_empty_queue(struct key_state *state, uint64_t seed);
/* Whether nothing of this scenario is left for the key. */
bool key_state_has_used_up(const struct key_state *state, const struct scenario *scenario);
/* Puts a step before the next requests of this key; takes it over, also on failure. False when the
 * queue is full or memory ran out. */
bool key_state_enqueue(struct key_state *state, struct scenario_step *step);
/* Counts a request of this key and returns its number, from 1. */
uint64_t key_state_next(struct key_state *state);

/* What was chosen. step is borrowed from the set, or owned by this choice when it came from the
 * queue; choice_clear() lets go of it. */
struct choice {
    const struct scenario_step *step;     /* NULL: answer normally */
    char scenario[SCENARIO_NAME_MAX + 1]; /* its name; "queue" for a queued step */
    struct queued_step *queued;
    struct scenario_set *set;
    uint32_t delay_ms; /* drawn */
    bool no_memory;    /* the scenario could not be counted, so it has no step: answer with a 500 */
};

/* A step that waits, and how many requests it will answer. */
struct queued_row {
    struct choice choice; /* its step alone; to be cleared */
    uint32_t left;
};

/* Fills in a row for each step of the queue, next first; rows has room for state->queued. Returns
 * how many. */
size_t key_state_queue(struct queued_row *rows, const struct key_state *state);

/* Takes the next queued step, if there is one. */
bool choose_queued(struct choice *out, struct key_state *state);
/* Takes the next step of this scenario of set for this key; step stays NULL when the scenario is
 * used up or its probability says no. */
void choose_named(struct choice *out, struct scenario_set *set, const struct scenario *scenario,
                  struct key_state *state);
/* The first automatic scenario that matches and is not used up. */
void choose_matching(struct choice *out, struct scenario_set *set, struct key_state *state,
                     const struct request_facts *facts);
void choice_clear(struct choice *choice);

#endif
