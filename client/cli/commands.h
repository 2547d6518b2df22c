/* The commands, one function each: the parsed command line in, the exit status out. What went wrong
 * has been said on standard error by then. */
#ifndef AILAB_CLI_COMMANDS_H
#define AILAB_CLI_COMMANDS_H

#include "args.h"
#include "status.h"

enum status edit_run(const struct args *args);
enum status check_run(const struct args *args);
enum status expressions_run(const struct args *args);

#endif
