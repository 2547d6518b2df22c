/* --list: the situations of a plan, for people or as JSON. */
#ifndef CONFORMANCE_CALLER_CLI_SITUATION_LIST_H
#define CONFORMANCE_CALLER_CLI_SITUATION_LIST_H

#include "plan/plan.h"
#include <stdio.h>

void situation_list(FILE *out, const struct plan *plan, bool json);

#endif
