/* Judges what was seen of a program in a situation. Pure: nothing is looked up here. */
#ifndef CONFORMANCE_CALLER_JUDGE_JUDGE_H
#define CONFORMANCE_CALLER_JUDGE_JUDGE_H

#include "caller/judge/seen.h"

struct finding {
    struct buf expected, actual; /* of a fault, a phrase each; clear them */
    const char *advice;          /* static, or NULL */
    enum clause_id blamed;
};

/* Whether all is well. Else *out holds the first fault. */
bool judge(struct finding *out, const struct seen *seen);
void finding_clear(struct finding *finding);

/* Appends how the program ended: "exit code 1 after 0.3 s". */
void judge_describe_end(struct buf *out, const struct seen *seen);

#endif
