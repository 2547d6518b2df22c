/* --list: the cases of a plan for people or as JSON. */
#ifndef CONFORMANCE_SERVER_CLI_LIST_H
#define CONFORMANCE_SERVER_CLI_LIST_H

#include "cli/cli.h"
#include "plan/plan.h"
#include <stdio.h>

/* Every case that the command line selects, in the order of the catalogue, and how many these are.
 * Without a revision on it, those of all revisions; without a target, the client's too. */
size_t list_cases(FILE *out, const struct catalogue *catalogue, const struct cli *cli);

#endif
