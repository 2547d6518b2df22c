/* What every answer owes, one check per clause. Pure: an answer and a revision in, a verdict out.
 * The cases of suite "envelope" ask one check each; the invariants ask all of them of every answer
 * that a run has seen. */
#ifndef CONFORMANCE_SERVER_JUDGE_ENVELOPE_H
#define CONFORMANCE_SERVER_JUDGE_ENVELOPE_H

#include "judge/answer.h"
#include "judge/revision.h"

struct envelope_check {
    const char *name;          /* last part of the slug */
    const char *clause;        /* id */
    const char *expected;      /* in words */
    bool on_success, on_error; /* which answers owe it */
    unsigned revisions;        /* bit per revision */
    /* True when the answer keeps the clause; otherwise says in actual what it has instead. */
    bool (*holds)(struct buf *actual, const struct answer *answer, enum revision revision);
};

/* Static storage. */
const struct envelope_check *envelope_checks(size_t *count_out);
const struct envelope_check *envelope_check_find(const char *name);
/* Whether this answer owes the clause of the check at all. */
bool envelope_owes(const struct envelope_check *check, const struct answer *answer,
                   enum revision revision);

#endif
