/* Copies of scenarios, so that a set can be made from another one and a change. */
#ifndef AILAB_MOCK_SCENARIO_COPY_H
#define AILAB_MOCK_SCENARIO_COPY_H

#include "scenarios/scenario.h"

/* A copy to be cleared with scenario_clear(). False, and *out is empty, when memory ran out. */
bool scenario_copy(struct scenario *out, const struct scenario *from);

#endif
