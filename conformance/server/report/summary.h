/* A finished run as data: the target, every result, and the matrix clause -> cases -> verdict. The
 * reports print it, and print nothing else. */
#ifndef CONFORMANCE_SERVER_REPORT_SUMMARY_H
#define CONFORMANCE_SERVER_REPORT_SUMMARY_H

#include "evidence/result.h"
#include "judge/clauses.h"
#include <stdbool.h>

struct drift; /* see drift.h */

struct wording; /* see words.h */

struct summary {
    const char *version;
    const struct wording *wording; /* static; NULL: that of a server's judge */
    const char *target;            /* URL, or "mock (URL)"; of a caller, its command */
    const char *revision;
    const char *revision_why; /* how it was found out; NULL when it was given */
    const char *level;
    const char *date; /* of the start, ISO 8601 in UTC */
    const char *host; /* where the suite ran */
    size_t other_revisions;
    bool selected; /* the user chose cases: clauses that none of them is about are no concern */
    long credits_bound;           /* most that the plan may cost; -1 without a bound */
    long credits;                 /* spent, by every call of the run */
    long credits_unsure;          /* of these: for calls that got no answer */
    const struct clause *clauses; /* of the contract, in its order; borrowed */
    size_t clause_count;
    struct result *results; /* owned by the caller */
    size_t count;           /* planned */
    bool interrupted;
    const char *unusable; /* why the target could not be judged at all; NULL when it could */
    bool lost;            /* a record or a report could not be written */
    double ms;
    const struct drift *drift; /* NULL without --compare */
};

struct counts {
    size_t of[VERDICT_COUNT];
    size_t total;
};

enum clause_verdict {
    CLAUSE_KEPT = 0,
    CLAUSE_BROKEN,
    CLAUSE_UNDECIDED, /* its cases ended in an error */
    CLAUSE_SKIPPED,   /* all its cases were skipped */
    CLAUSE_WAIVED,
    CLAUSE_UNJUDGED, /* no case of it was selected */
    CLAUSE_VERDICT_COUNT
};

struct matrix_row {
    enum clause_verdict verdict;
    struct counts counts; /* of its cases */
};

void summary_count(struct counts *out, const struct summary *summary);
/* Whether the clause is a concern of the run. */
bool summary_concerns(const struct summary *summary, const struct matrix_row *row);
void summary_clause(struct matrix_row *out, const struct summary *summary,
                    const struct clause *clause);
/* "kept", "broken", … */
const char *clause_verdict_name(enum clause_verdict verdict);
/* The exit code that the run deserves: 0 conformant, 1 not, 3 could not be judged. */
int summary_exit(const struct summary *summary);

#endif
