/* The judgement on an answer: what the service said, or why its answer cannot be believed. Pure. */
#ifndef CLIENT_SRC_ANSWER_H
#define CLIENT_SRC_ANSWER_H

#include "envelope.h"
#include "result.h"

/* What the head of the answer said. */
struct ai_answer {
    long http_status;
    bool encoded; /* a Content-Encoding, which was not asked for */
};

/* Judges a whole answer: the head, and a body whose last byte has come. Sets the result, which
 * takes the memory of the body for the picture. Returns result->error. */
enum ailab_error ai_answer_judge(struct ailab_result *result, const struct ai_answer *answer,
                                 struct ai_envelope *envelope);

/* Whether a failure without an envelope may pass: by the status alone. */
bool ai_status_is_transient(long http_status);

#endif
