/* The help, printed from the tables of options.h. */
#ifndef AILAB_CLI_HELP_H
#define AILAB_CLI_HELP_H

#include "options.h"
#include <stdio.h>

/* COMMAND_NONE: the program as a whole. */
void help_print(FILE *out, enum command_id id);

#endif
