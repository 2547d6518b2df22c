/* The outcomes that a case accepts: pairs of status and code, the first preferred. Typed here once
 * more on purpose, not taken from the contract's data. */
#ifndef CONFORMANCE_SERVER_JUDGE_EXPECT_H
#define CONFORMANCE_SERVER_JUDGE_EXPECT_H

#include "judge/answer.h"
#include "judge/revision.h"

#define CALL_CREDITS 12 /* of a success */

enum expect {
    EXPECT_SUCCESS = 0, /* 200, no code, data.image that begins as a picture */
    EXPECT_ACCEPTED,    /* success, or a refusal because of the face: the bytes were accepted */
    EXPECT_KEY,
    EXPECT_PATH,
    EXPECT_METHOD,
    EXPECT_MISSING,
    EXPECT_EMPTY,
    EXPECT_INVALID,
    EXPECT_MULTIPART,
    EXPECT_SIZE,
    EXPECT_SIZE_OR_BODY,
    EXPECT_TYPE,
    EXPECT_DECODING,
    EXPECT_RESOLUTION,
    EXPECT_LOCKED,
    EXPECT_NO_CREDITS,
    EXPECT_LIMIT,
    EXPECT_REFUSED, /* any error of the table with a status from 400 to 499 */
    EXPECT_COUNT
};

enum match { MATCH_NONE, MATCH_PREFERRED, MATCH_ACCEPTED };

/* Whether the answer is what is expected. On MATCH_ACCEPTED, why the outcome is not the preferred
 * one goes into note; NULL: it is not wanted. */
enum match expect_match(const struct answer *answer, enum expect expect, enum revision revision,
                        struct buf *note);
/* "400 MISSING_PARAMETERS, or …", for people. */
void expect_describe(struct buf *out, enum expect expect, enum revision revision);
/* Credits that the case costs when it passes. */
unsigned expect_credits(enum expect expect);

#endif
