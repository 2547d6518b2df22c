/* The command line of ailab-conformance: its tables, and the values that need more than their row
 * to be judged. What a row says is read straight from `line`. */
#ifndef CONFORMANCE_SERVER_CLI_CLI_H
#define CONFORMANCE_SERVER_CLI_CLI_H

#include "cli/report_options.h"
#include "judge/clauses.h"
#include "judge/revision.h"

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "cli/options.def"
    OPTION_COUNT
};

enum cli_action { CLI_RUN = 0, CLI_LIST, CLI_BODY, CLI_WIRE };

struct cli {
    struct cmdline line;
    enum cli_action action;
    enum level level;
    enum revision revision;
    bool revision_auto, revision_given; /* given: one was named, by whichever means */
    struct report_options reports;
    const char *slug; /* for CLI_BODY and CLI_WIRE, with an optional #STEP */
};

extern const struct cmdline_program conformance_program;

/* One line on standard error, "ailab-conformance: ...". */
#define say(...) cmdline_say(conformance_program.name, __VA_ARGS__)

/* Judges what the rows do not, and what belongs together. False with a sentence in why. */
bool cli_settle(struct cli *out, char why[CMDLINE_WHY_SIZE]);

#endif
