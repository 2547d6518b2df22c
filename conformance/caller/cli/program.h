/* ailab-conformance caller: puts a user's program into each situation that a caller of the API
 * meets, and judges what it does. */
#ifndef CONFORMANCE_CALLER_CLI_PROGRAM_H
#define CONFORMANCE_CALLER_CLI_PROGRAM_H

#include "cmdline/cmdline.h"

extern const struct cmdline_program caller_program;

/* argv[0] stands for the command's own name. Returns the exit code. */
int caller_main(int argc, char **argv);

#endif
