/* --list: the cases of a plan for people or as JSON. */
#ifndef CONFORMANCE_SERVER_CLI_LIST_H
#define CONFORMANCE_SERVER_CLI_LIST_H

#include "cli/cli.h"
#include "plan/plan.h"
#include <stdio.h>

/* Lists the selected cases in the order of the catalogue and returns their number: those of all
 * revisions unless the command line names one. */
size_t list_cases(FILE *out, const struct catalogue *catalogue, const struct cli *cli,
                  const struct selection *selection);

#endif
