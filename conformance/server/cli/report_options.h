/* --report, --color and --verbose, of each command that writes reports. */
#ifndef CONFORMANCE_SERVER_CLI_REPORT_OPTIONS_H
#define CONFORMANCE_SERVER_CLI_REPORT_OPTIONS_H

#include "cmdline/cmdline.h"
#include "report/report.h"

#define CLI_REPORTS_MAX 8

struct report_option {
    const struct report_format *format;
    const char *file; /* borrowed; NULL: standard output */
};

struct report_options {
    struct report_option items[CLI_REPORTS_MAX];
    size_t count;
    long color;   /* the word of --color, from 0: auto, always, never */
    bool verbose; /* --verbose */
};

/* Adds the values of --report: "junit:report.xml". False: why says what is wrong with one. */
bool report_options_read(struct report_options *out, const struct cmdline_value *given,
                         char why[CMDLINE_WHY_SIZE]);
/* Whether each report goes to a place of its own. False: why names the place of two. */
bool report_options_differ(const struct report_options *reports, char why[CMDLINE_WHY_SIZE]);

#endif
