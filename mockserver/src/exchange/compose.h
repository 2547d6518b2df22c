/* Puts an answer together: verdict -> envelope -> reply, with what a scenario's step wants changed
 * on the way: another answer, a deviation, a fault, headers, a delay. Pure but for memory. */
#ifndef AILAB_MOCK_COMPOSE_H
#define AILAB_MOCK_COMPOSE_H

#include "scenarios/scenario.h"

struct cJSON;

struct composition {
    const struct revision *revision;
    struct verdict *verdict; /* a step that answers an error changes it */
    const struct answer_ids *ids;
    const struct scenario_step *step; /* NULL: as the verdict says */
    uint32_t delay_ms;
    struct reply_head head; /* its status is set here */
    struct slice image;     /* for a success; borrowed until the reply is sent */
};

/* Replaces the verdict by what an error step answers; leaves it for other steps. */
void compose_verdict(struct composition *composition);

/* Builds the reply. data is consumed, also on failure; NULL for an error. False when memory ran
 * out; clear the reply in any case. */
bool compose_reply(struct reply *out, struct composition *composition, struct cJSON *data);

/* A step that says everything itself (ANSWER_RAW). */
bool compose_raw(struct reply *out, struct composition *composition);

#endif
