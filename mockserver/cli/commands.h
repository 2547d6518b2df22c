/* What ailab-mock can do, one function each; the tables that name them are in program.c. Each
 * returns an exit code. */
#ifndef AILAB_MOCK_COMMANDS_H
#define AILAB_MOCK_COMMANDS_H

#include "cmdline/cmdline.h"

enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = CMDLINE_USAGE, EXIT_UNAVAILABLE = 3 };

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "options.def"
    OPTION_COUNT
};

#define LISTEN_MAX 16 /* addresses */

extern const struct cmdline_program mock_program;

/* Serves until SIGTERM or SIGINT. */
int serve(const struct cmdline *line);

/* Runs a command whose calls come to a mock of its own; its exit code is the command's. */
int command_run(const struct cmdline *line);

int command_contract(const struct cmdline *line);
int command_openapi(const struct cmdline *line);
int command_errors(const struct cmdline *line);
int command_rules(const struct cmdline *line);
int command_scenarios(const struct cmdline *line);
int command_faults(const struct cmdline *line);
int command_cue(const struct cmdline *line);
int command_ca(const struct cmdline *line);
int command_health(const struct cmdline *line);

/* Prints "ailab-mock: TEXT" to stderr and returns code. */
int complain(int code, const char *text);

#endif
