/* The words that several reports share, and the escapes of XML and HTML. */
#ifndef CONFORMANCE_SERVER_REPORT_WORDS_H
#define CONFORMANCE_SERVER_REPORT_WORDS_H

#include "base/buf.h"
#include "report/summary.h"
#include <stdio.h>

#define WORDS_INTERRUPTED "The run was interrupted."

/* How a run calls the judged and its cases. */
struct wording {
    const char *subject, *subject_title; /* "target", "Target" */
    const char *cases;                   /* "cases" */
    const char *plan;                    /* the label of their number, of at most 8 letters */
    const char *heading;                 /* of the HTML page */
    const char *exchange, *exchange_title;
    const char *passed, *failed, *undecided; /* the verdicts, a sentence each */
};

extern const struct wording words_of_callers;
/* The wording of a run. */
const struct wording *words_of(const struct summary *summary);

/* "The target is conformant.", … */
const char *words_verdict(const struct summary *summary);
/* Appends "3 passed, 1 failed, 0 not asked, 0 not judged". */
void words_counts(struct buf *out, const struct counts *counts);
/* Appends those that are not 0, "2 passed, 126 not asked". A case that was
 * skipped was not asked; one that ended in an error was not judged. */
void words_cases(struct buf *out, const struct counts *counts);
/* Appends "40 kept, 1 broken": what became of the some clauses. */
void words_clauses(struct buf *out, const size_t of[CLAUSE_VERDICT_COUNT]);
/* Appends "documentation, section 4 of the API reference". */
void words_source(struct buf *out, const struct clause *clause);
/* Append the origin of the two sides of a comparison: target, revision and date. Records without
 * these facts add nothing. */
void words_recorded(struct buf *out, const struct summary *summary);
void words_seen_now(struct buf *out, const struct summary *summary);

/* Writes XML or HTML. %s escapes &, <, >, " and the characters that XML 1.0 does not allow; NULL
 * prints nothing. The only other conversions are %zu, %d and %.Nf. */
void words_markup(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
