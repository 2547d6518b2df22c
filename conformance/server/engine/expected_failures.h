/* --known FILE: deviations of a target that people have looked at. One line each: a date, a case,
 * the reason. A listed case that passes is a failure, so that the list does not rot. */
#ifndef CONFORMANCE_KNOWN_H
#define CONFORMANCE_KNOWN_H

#include "engine/plan.h"

#define KNOWN_WHY_SIZE 240

struct known {
    char **reasons; /* owned list of owned texts */
    size_t count;
};

/* Reads the file and marks the items of the plan. False with the line and what was expected in
 * why. */
bool known_apply(struct known *out, const char *path, const struct catalogue *catalogue,
                 struct plan *plan, char why[KNOWN_WHY_SIZE]);
void known_clear(struct known *known);

#endif
