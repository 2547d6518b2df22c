/* The values of the options that need more than their row to be judged: how to reach the service,
 * and which expression is meant. */
#ifndef AILAB_CLI_SETTINGS_H
#define AILAB_CLI_SETTINGS_H

#include "ailab.h"
#include "program.h"

#define EXPRESSION_NAME_SIZE 32

/* False: why tells what is wrong with which option. Pointers in out are borrowed from line. The key
 * is not read here: out->api_key stays NULL. */
bool settings_connection(struct ailab_options *out, char why[WHY_SIZE], const struct cmdline *line);

/* The number behind --expression; name is its slug, or the number for one outside the list. False
 * when it is neither missing nor understood: why tells. Missing: *number_out is -1. */
bool settings_expression(int *number_out, char name[EXPRESSION_NAME_SIZE], char why[WHY_SIZE],
                         const struct cmdline *line);

#endif
