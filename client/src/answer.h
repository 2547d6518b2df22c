/* Judges an answer: it is a picture, a refusal, or breaks the contract. Pure but for memory. */
#ifndef CLIENT_SRC_ANSWER_H
#define CLIENT_SRC_ANSWER_H

#include "envelope.h"
#include "result.h"

/* The head of the answer. */
struct ai_answer {
    long http_status;
    bool encoded; /* it has a Content-Encoding, which the client did not ask for */
};

/* Judges a whole answer: the head, and a body whose last byte has come. Sets the result, which
 * takes the memory of the body for the picture. Returns result->error. */
enum ailab_error ai_answer_judge(struct ailab_result *result, const struct ai_answer *answer,
                                 struct ai_envelope *envelope);

/* Whether a retry can help after an answer of this status without an envelope. */
bool ai_status_is_transient(long http_status);

#endif
