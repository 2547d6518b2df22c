/* --known FILE: known deviations of a target. One line each: a date, a case,
 * the reason. A listed case that passes is a failure, so that the list does not rot. */
#ifndef CONFORMANCE_SERVER_PLAN_EXPECTED_FAILURES_H
#define CONFORMANCE_SERVER_PLAN_EXPECTED_FAILURES_H

#include "plan/plan.h"

#define EXPECTED_FAILURES_WHY_SIZE 240

struct expected_failures {
    char **reasons; /* owned list of owned texts */
    size_t count;
};

/* Reads the file and marks the items of the plan. False with the line and what was expected in
 * why. */
bool expected_failures_apply(struct expected_failures *out, const char *path,
                             const struct catalogue *catalogue, struct plan *plan,
                             char why[EXPECTED_FAILURES_WHY_SIZE]);
void expected_failures_clear(struct expected_failures *known);

#endif
