/* The judgement on an answer: what the service said, or why its answer cannot be believed. Pure. */
#ifndef AILAB_CLIENT_ANSWER_H
#define AILAB_CLIENT_ANSWER_H

#include "result.h"
#include "scan.h"

/* What the head of the answer said. */
struct ai_answer {
    long http_status;
    bool encoded; /* a Content-Encoding, which nobody asked for */
};

/* Judges a whole answer: the head, and a body whose last byte has been fed. Sets the result and
 * takes the picture out of the scan. Returns result->error. */
enum ailab_error ai_answer_judge(struct ailab_result *result, const struct ai_answer *answer,
                                 struct ai_scan *scan);

/* Whether a failure without an envelope may pass: by the status alone. */
bool ai_status_is_transient(long http_status);

#endif
