/* The parts that the suite of the client is made of, for client.c to put together. */
#ifndef CONFORMANCE_CLIENT_CASES_H
#define CONFORMANCE_CLIENT_CASES_H

#include "engine/case.h"
#include <ailab.h>

enum damage_kind {
    DAMAGE_PLAIN,
    DAMAGE_LARGE,   /* shows on an upload that is large enough for Expect: 100-continue */
    DAMAGE_STALLS,  /* only a time-out of the client ends it */
    DAMAGE_REFUSES, /* the connections after it, that is */
};

/* A fault of the mock, and what the client must make of it: on an answer that would have been a
 * success, and on one that would have been 422 ERROR_NO_FACE_IN_FILE. */
struct client_fault {
    const char *name;
    long amount; /* -1: none given */
    enum damage_kind kind;
    enum ailab_error success, refusal;
    bool again; /* with retries, the damaged success is asked for once more */
};

/* A deviation of the mock, likewise. */
struct client_deviation {
    const char *name;
    enum ailab_error success;
    const char *code; /* of the refusal; it stays one, whatever deviates */
    long status;      /* of the refusal */
};

/* A situation that the mock has by name: the client asks for it by its key. */
struct client_situation {
    const char *name;
    enum ailab_error error;
    const char *code;
    long status;
    unsigned retry_after;
};

const struct client_fault *client_faults(size_t *count_out);
const struct client_deviation *client_deviations(size_t *count_out);
const struct client_situation *client_situations(size_t *count_out);

/* Run functions of the cases that the tables make; def->text is the row's name. */
void run_client_fault(struct trial *trial, const struct case_def *def);
void run_client_deviation(struct trial *trial, const struct case_def *def);
void run_client_situation(struct trial *trial, const struct case_def *def);

/* Cases that are written out. */
extern const struct case_def client_flow_cases[], client_retry_cases[];
extern const size_t client_flow_count, client_retry_count;

#endif
