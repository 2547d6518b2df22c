/* The reports: text for people, TAP 14, JUnit XML, JSON, and a page in HTML. Each is three
 * functions over data; files, terminals and flags are the caller's. */
#ifndef CONFORMANCE_SERVER_REPORT_REPORT_H
#define CONFORMANCE_SERVER_REPORT_REPORT_H

#include "report/summary.h"
#include <stdio.h>

struct report {
    const struct report_kind *kind;
    FILE *out;
    bool colour;
    bool progress; /* a line that is overwritten while the run goes on */
    /* Kept between calls by the text report. */
    const char *suite;
    size_t from; /* first result of that suite */
};

struct report_kind {
    const char *name; /* what the command line takes */
    /* Any may be NULL. index is that of summary->results. */
    void (*begin)(struct report *report, const struct summary *summary);
    void (*result)(struct report *report, const struct summary *summary, size_t index);
    void (*end)(struct report *report, const struct summary *summary);
};

/* NULL when there is none of this name. */
const struct report_kind *report_kind_find(const char *name);

extern const struct report_kind report_text, report_tap, report_junit, report_json, report_html;

/* Writes text with &, <, >, " and characters that XML 1.0 does not allow escaped. */
void report_xml(FILE *out, const char *text);

#endif
