/* Scenarios played in process, without a state, a socket or a picture. A run is written as one
 * character a request: the last digit of the step's status (a step that succeeds has 0), '.' for a
 * normal answer. */
#ifndef AILAB_TESTS_PLAY_H
#define AILAB_TESTS_PLAY_H

#include "scenarios/choose.h"

#define PLAY_MAX 400

/* The set of a document written with ' for "; the caller releases it. */
struct scenario_set *play_set(const char *json);
/* A key that made no request yet, to be ended. */
struct key_state *play_key(uint64_t seed, const char *key);
void play_end(struct key_state *state);

/* The character of a choice, which it clears. */
char play_letter(struct choice *choice);
/* So many requests that a cue sends to the scenario; out has room for PLAY_MAX + 1. */
const char *play_named(char *out, struct scenario_set *set, const char *name,
                       struct key_state *state, size_t count);
/* So many requests for service_choice 12 that scenarios may match. */
const char *play_matching(char *out, struct scenario_set *set, struct key_state *state,
                          size_t count);

#endif
