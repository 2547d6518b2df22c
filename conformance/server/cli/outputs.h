/* The reports of a run, on standard output and in files. */
#ifndef CONFORMANCE_SERVER_CLI_OUTPUTS_H
#define CONFORMANCE_SERVER_CLI_OUTPUTS_H

#include "cli/report_options.h"

struct outputs {
    struct report reports[CLI_REPORTS_MAX];
    const char *files[CLI_REPORTS_MAX]; /* borrowed; NULL: standard output */
    int errors[CLI_REPORTS_MAX];        /* errno of the first write that failed; 0 for none */
    size_t count;
};

/* Opens every report that the command line asks for. False, with a message on standard error, when
 * a file cannot be written. End it with outputs_close() in any case. */
bool outputs_open(struct outputs *out, const struct report_options *wanted);
void outputs_begin(struct outputs *outputs, const struct summary *summary);
void outputs_result(struct outputs *outputs, const struct summary *summary, size_t index);
/* Ends and closes them, those in files first: the report on standard output knows from
 * summary->lost whether each was written whole. A message on standard error names one that was not.
 * When memory ran out, each says that the target is not judged. */
void outputs_end(struct outputs *outputs, struct summary *summary);
/* Closes those that are still open. */
void outputs_close(struct outputs *outputs);

#endif
