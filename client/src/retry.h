/* Whether to try again, and when. Pure: time and randomness are parameters. */
#ifndef CLIENT_SRC_RETRY_H
#define CLIENT_SRC_RETRY_H

#include "ailab.h"
#include <stdint.h>

struct ai_retry_policy {
    unsigned retries;
    long wait_ms;     /* > 0 */
    long wait_max_ms; /* > 0 */
};

/* How the last attempt ended. */
struct ai_attempt {
    unsigned number; /* 1 for the first */
    enum ailab_error error;
    bool retryable;         /* ailab_result_retryable() */
    bool success_begun;     /* the head of a 200 was read: it may have been billed */
    unsigned retry_after_s; /* of the server's Retry-After, 0 for none */
};

/* True when another attempt is due after *wait_ms milliseconds. The n-th wait is drawn evenly, by
 * random, from the upper half of wait_ms x 2^(n-1), bounded by wait_max_ms; Retry-After makes it
 * longer, and beyond wait_max_ms ends the retrying. */
bool ai_retry_due(long *wait_ms, const struct ai_retry_policy *policy,
                  const struct ai_attempt *attempt, uint32_t random);

#endif
