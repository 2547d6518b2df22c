/* For the tests of the state: a state, and requests on their way through it. */
#ifndef AILAB_TESTS_STATE_REQUESTS_H
#define AILAB_TESTS_STATE_REQUESTS_H

#include "documents/shapes.h"
#include "state/state.h"

/* With the seed 7 and the document; NULL: none. */
struct state *state_with(const char *json);
/* Puts a document in force. */
void load(struct state *state, const char *json);
/* A call of the key comes in; enter() is for a known key. */
struct visit enter_at(struct state *state, const char *key, bool known, int64_t now_ms);
struct visit enter(struct state *state, const char *key);
/* It is answered and journalled. */
void leave(struct visit *visit, const char *code, bool success);

struct cue cue(enum cue_source source, const char *name);
/* What a request with these cues gets; "" for nothing, "?" for an unknown name. */
struct wish {
    const char *header, *key, *file_name, *picture;
    int service_choice;
};
void choose_for(char out[SCENARIO_NAME_MAX + 1], struct visit *visit, const struct wish *wish);

/* A step for the next call of the key. */
bool enqueue(struct state *state, const char *key, const char *step_json);
/* How many entries the journal has. */
size_t journalled(struct state *state);

#endif
