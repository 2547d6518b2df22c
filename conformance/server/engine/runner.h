/* Runs a plan: some threads, results in the order of the plan as soon as they are there, the good
 * call as a control before each suite, a deadline for each case and each suite. */
#ifndef CONFORMANCE_SERVER_ENGINE_RUNNER_H
#define CONFORMANCE_SERVER_ENGINE_RUNNER_H

#include "engine/session.h"
#include "evidence/result.h"
#include "plan/plan.h"

struct runner_options {
    unsigned jobs;       /* threads; at least 1. With a bound on credits there is one */
    enum level level;    /* a failure that blames a clause below it does not count */
    int stop_fd;         /* readable when the run is to stop; -1 for never */
    int cancel_write_fd; /* an eventfd that is written then, so that every wait ends */
    /* Called for each result in the order of the plan, by one thread at a time. */
    void (*emit)(void *context, const struct result *result, size_t index);
    void *context;
};

/* Fills results[0..plan->count). Returns false when it was stopped; then the rest are skips. */
bool runner_run(struct result *results, struct session *session, const struct plan *plan,
                const struct runner_options *options);

#endif
