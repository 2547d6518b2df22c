/* The result of one case. Plain data that the reports print; texts are owned and redacted. */
#ifndef CONFORMANCE_SERVER_EVIDENCE_RESULT_H
#define CONFORMANCE_SERVER_EVIDENCE_RESULT_H

#include "judge/clauses.h"

#define RESULT_CLAUSES_MAX 5

enum verdict { VERDICT_PASS = 0, VERDICT_FAIL, VERDICT_SKIP, VERDICT_ERROR, VERDICT_COUNT };

struct result {
    const char *slug;  /* borrowed from the catalogue */
    const char *suite; /* borrowed: title of its suite */
    const char *title; /* borrowed: the case in one line */
    /* That the case is evidence for, the principal first; behind the last, NULL. */
    const struct clause *clauses[RESULT_CLAUSES_MAX];
    enum verdict verdict;
    const struct clause *blamed; /* of a failure: the clause that it breaks */
    char *expected, *actual;     /* of a failure; NULL otherwise */
    const char *advice;          /* of a failure: what the caller may have to do; static or NULL */
    char *reason;                /* of a skip or error, or a note on a pass; may be NULL */
    char *exchange;              /* request and answer as text; NULL without one */
    char *curl;                  /* repeats the request; NULL without one */
    double ms;
    unsigned credits; /* spent */
};

void result_clear(struct result *result);
bool result_cites(const struct result *result, const struct clause *clause);
/* "pass", "fail", "skip", "error". */
const char *verdict_name(enum verdict verdict);

#endif
