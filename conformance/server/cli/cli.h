/* The command line: flags to settings, and a message for what is wrong with them. */
#ifndef CONFORMANCE_SERVER_CLI_CLI_H
#define CONFORMANCE_SERVER_CLI_CLI_H

#include "judge/clauses.h"
#include "judge/revision.h"
#include "report/report.h"

#define CLI_LIST_MAX 64
#define CLI_REPORTS_MAX 8
#define CLI_WHY_SIZE 256

enum cli_action { CLI_RUN = 0, CLI_LIST, CLI_HELP, CLI_VERSION, CLI_BODY, CLI_WIRE };

struct cli_report {
    const struct report_format *format;
    const char *file; /* NULL: standard output */
};

/* Texts are borrowed from argv. */
struct cli {
    enum cli_action action;
    const char *target; /* "mock" or a URL; NULL when not given */
    bool revision_auto, revision_given;
    enum revision revision;
    const char *run[CLI_LIST_MAX], *skip[CLI_LIST_MAX];
    size_t run_count, skip_count;
    enum level level;
    bool json, skip_must_fail, arm;
    unsigned jobs;
    long timeout_ms;  /* 0: the default */
    long max_credits; /* -1: not given */
    struct cli_report reports[CLI_REPORTS_MAX];
    size_t report_count;
    const char *record, *compare, *known, *ca_file;
    const char *slug; /* for CLI_BODY and CLI_WIRE, with an optional #STEP */
    int colour;       /* -1 auto, 0 never, 1 always */
};

/* False with a sentence in why. */
bool cli_parse(struct cli *out, int argc, char **argv, char why[CLI_WHY_SIZE]);
extern const char cli_help[];

#endif
