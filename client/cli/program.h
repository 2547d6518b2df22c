/* ailab in tables: its commands and options, and how it ends. Every part of the program sees them.
 */
#ifndef AILAB_CLI_PROGRAM_H
#define AILAB_CLI_PROGRAM_H

#include "cmdline/cmdline.h"

/* How the program ends. The list is a promise to scripts: help, man page and tests repeat it. After
 * a signal the status is 128 plus the signal's number instead, as shells expect. */
enum status {
    STATUS_DONE = CMDLINE_DONE,
    STATUS_REFUSED = 1,           /* the service refused, or would refuse */
    STATUS_USAGE = CMDLINE_USAGE, /* nothing could be asked, or the answer not be saved */
    STATUS_UNREACHED = 3,         /* no connection, or none in time */
    STATUS_NONSENSE = 4,          /* an answer that breaks the contract */
    STATUS_SIGNAL = 128,          /* plus the number of the signal */
};

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "options.def"
    OPTION_COUNT
};

extern const struct cmdline_program ailab_program;

/* The commands: the command line in, the exit status out. They have said on standard error what
 * went wrong. */
int edit_run(const struct cmdline *line);
int check_run(const struct cmdline *line);
int expressions_run(const struct cmdline *line);

/* Room for one sentence of explanation, as the parts of this program hand them back. */
#define WHY_SIZE CMDLINE_WHY_SIZE

/* One line on standard error, "ailab: ...". */
#define say(...) cmdline_say(ailab_program.name, __VA_ARGS__)

#endif
