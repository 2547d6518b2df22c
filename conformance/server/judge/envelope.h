/* The duties of every answer, one check per clause. Pure: an answer and a revision in, a verdict
 * out. The cases of suite "envelope" ask one check each; the invariants ask all of them of every
 * answer that a run has seen. */
#ifndef CONFORMANCE_SERVER_JUDGE_ENVELOPE_H
#define CONFORMANCE_SERVER_JUDGE_ENVELOPE_H

#include "judge/answer.h"
#include "judge/clauses.h"
#include "judge/revision.h"

enum envelope_on { ON_SUCCESS = 1, ON_ERROR = 2, ALWAYS = ON_SUCCESS | ON_ERROR };

/* The parts that an answer must have before the check applies. */
enum envelope_given { GIVEN_HTTP, GIVEN_JSON, GIVEN_DETAIL };

enum field_type {
    FIELD_STRING,
    FIELD_FILLED,          /* a string that is not empty */
    FIELD_FILLED_ON_ERROR, /* a string, on errors not empty */
    FIELD_NUMBER,
    FIELD_STATUS,     /* the HTTP status */
    FIELD_STATUS_OR_0 /* the same, but 0 instead of 200 */
};

struct envelope_check {
    const char *name; /* last part of the slug */
    enum clause_id clause;
    const char *expected;      /* in words */
    enum envelope_on on;       /* which answers owe it */
    unsigned envelopes;        /* of enum trait: the revisions that have it */
    enum envelope_given given; /* otherwise it is not owed */
    const char *field;         /* NULL, or "log_id", "error_detail.code": this field is of type */
    enum field_type type;
    /* NULL, or: true when the answer keeps the clause; otherwise says in actual what it has. */
    bool (*holds)(struct buf *actual, const struct answer *answer);
};

/* Static storage. */
const struct envelope_check *envelope_checks(size_t *count_out);
/* Whether this answer owes the clause of the check at all. */
bool envelope_owes(const struct envelope_check *check, const struct answer *answer,
                   enum revision revision);
/* Whether it keeps the clause; otherwise actual says what it has instead, quoted whole: callers
 * mask the keys first and cut then. */
bool envelope_holds(const struct envelope_check *check, struct buf *actual,
                    const struct answer *answer, enum revision revision);

#endif
