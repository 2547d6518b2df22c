/* The scenarios that are there without a document: every error code, every situation, every fault
 * and every deviation, each under its own name. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_BUILTIN_H
#define AILAB_MOCKSERVER_SCENARIOS_BUILTIN_H

#include "scenarios/scenario.h"

/* *out is an array of *count_out scenarios, each to be cleared, the array to be freed. False when
 * memory ran out. */
bool builtin_scenarios(struct scenario **out, size_t *count_out);

#endif
