/* Sends one request and receives its answer. With failure.c and url.c it is the only part that
 * knows libcurl. answer.c judges the answer, retry.c decides whether to try again. */
#ifndef CLIENT_SRC_TRANSPORT_H
#define CLIENT_SRC_TRANSPORT_H

#include "answer.h"
#include "wake.h"

struct ai_transport;

struct ai_request {
    const struct ailab_image *image;
    int service_choice;
    unsigned attempt; /* for the progress callback */
};

struct ai_received {
    enum ailab_error error; /* AILAB_OK: a whole answer came; the envelope has its body */
    struct ai_answer answer;
    bool success_begun;     /* the head of a 200 was read */
    unsigned retry_after_s; /* 0 when the server asked for nothing */
    struct ailab_progress progress;
    bool may_pass; /* when not AILAB_OK: the same request may succeed later */
    char why[400]; /* when not AILAB_OK */
};

/* The options must be valid and complete (options.h). Copies the options that it needs; borrows
 * wake until ai_transport_free(). False when memory ran out. */
bool ai_transport_new(struct ai_transport **out, const struct ailab_options *options,
                      struct ai_wake *wake);
void ai_transport_free(struct ai_transport *transport);

/* Sends one request and collects the answer's body in the envelope, which must be empty. */
void ai_transport_send(struct ai_received *out, struct ai_transport *transport,
                       const struct ai_request *request, struct ai_envelope *envelope);

#endif
