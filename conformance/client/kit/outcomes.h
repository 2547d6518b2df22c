/* The result that the client must report for every situation, fault and deviation of the mock,
 * and for every fault of TLS. The
 * rows are typed here on purpose and come from no table of the mock or the client: a new name there
 * without a row here fails (test_client_names.c), and a wrong row there cannot hide. */
#ifndef CONFORMANCE_CLIENT_KIT_OUTCOMES_H
#define CONFORMANCE_CLIENT_KIT_OUTCOMES_H

#include "ailab.h"

/* Asked for by name alone; the picture is a small sound JPEG. */
struct situation_outcome {
    const char *name;
    enum ailab_error error;
    long http_status;
    enum ailab_code code;
    bool retryable;
    unsigned retry_after_s;
    bool is_slow; /* called with a time-out that ends it */
};

/* The part of a call's outcome that a fault decides. */
struct fault_verdict {
    enum ailab_error error;
    bool retryable;
};

enum fault_kind {
    FAULT_PLAIN,
    FAULT_REFUSES, /* and the next connections with it: has a test of its own */
    FAULT_STALLS,  /* only a time-out ends it */
    FAULT_LARGE,   /* shows on an upload large enough for Expect: 100-continue */
};

struct fault_outcome {
    const char *name;
    long amount; /* -1: none given */
    enum fault_kind kind;
    struct fault_verdict success; /* on an answer that would have been a success */
    struct fault_verdict refusal; /* on one that would have been 422 ERROR_NO_FACE_IN_FILE */
    bool again;                   /* with retries, the damaged success is asked for once more */
};

struct deviation_outcome {
    const char *name;
    enum ailab_error success;
    enum ailab_error refusal;
    enum ailab_code code; /* of the refusal */
    long http_status;     /* of the refusal */
};

/* A fault of TLS, met by the only connection that it is armed for. */
struct tls_outcome {
    const char *name;
    enum ailab_error error;
    bool retryable;    /* and with a retry allowed, the next connection has the success */
    bool is_slow;      /* only the time-out of connecting ends it */
    const char *words; /* of the error text, "" for none */
};

const struct tls_outcome *tls_outcomes(size_t *count_out);
const struct situation_outcome *situation_outcomes(size_t *count_out);
const struct fault_outcome *fault_outcomes(size_t *count_out);
const struct deviation_outcome *deviation_outcomes(size_t *count_out);

#endif
