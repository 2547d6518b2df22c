/* The reports. Each is three functions over data; the caller handles files, terminals and flags. A
 * new format is a file of its own and a row in formats.def. */
#ifndef CONFORMANCE_SERVER_REPORT_REPORT_H
#define CONFORMANCE_SERVER_REPORT_REPORT_H

#include "base/buf.h"
#include "report/summary.h"
#include <stdio.h>

struct report {
    const struct report_format *format;
    FILE *out;
    bool colour;
    bool verbose;  /* every clause and every difference */
    bool progress; /* a line that is overwritten while the run goes on */
    /* Kept between calls by the text report. */
    const char *suite;
    size_t from; /* first result of that suite */
};

struct report_writer {
    /* begin and result may be NULL. index is that of summary->results. */
    void (*begin)(struct report *report, const struct summary *summary);
    void (*result)(struct report *report, const struct summary *summary, size_t index);
    void (*end)(struct report *report, const struct summary *summary);
};

struct report_format {
    const char *name, *help; /* see formats.def */
    const struct report_writer *writer;
};

/* Static storage; the first is the default. */
const struct report_format *report_formats(size_t *count_out);
/* NULL when there is none of this name. */
const struct report_format *report_format_find(const char *name);
/* Appends the names: "text, tap or html". */
void report_format_names(struct buf *out);

void report_begin(struct report *report, const struct summary *summary);
void report_result(struct report *report, const struct summary *summary, size_t index);
void report_end(struct report *report, const struct summary *summary);

#define FORMAT(name, help) extern const struct report_writer report_##name;
#include "report/formats.def"

#endif
