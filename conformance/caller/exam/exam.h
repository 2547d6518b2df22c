/* Runs the situations of a plan side by side, and hands out the results in the order of the plan.
 * Situations that take seconds start first. */
#ifndef CONFORMANCE_CALLER_EXAM_EXAM_H
#define CONFORMANCE_CALLER_EXAM_EXAM_H

#include "base/workers.h"
#include "caller/exam/attempt.h"
#include "plan/plan.h"

struct exam_options {
    unsigned jobs;       /* situations at once, 1 to WORKERS_MAX */
    int stop_fd;         /* readable when the exam is to stop */
    int cancel_write_fd; /* an eventfd that is written then: see struct candidate */
    /* Called for each result in the order of the plan, by one thread at a time. */
    void (*emit)(void *context, size_t index);
    void *context;
};

/* Fills results[0..plan->count). Returns false when it was stopped; the rest are skips then. */
bool exam_run(struct result *results, const struct candidate *candidate, const struct plan *plan,
              const struct exam_options *options);

#endif
