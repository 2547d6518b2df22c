/* A case while it runs, and the questions and verdicts that its function has. One thread.
 *
 * A verdict is final: the first fail, skip or error keeps its words; without one the case passes.
 */
#ifndef CONFORMANCE_SERVER_ENGINE_TEST_H
#define CONFORMANCE_SERVER_ENGINE_TEST_H

#include "engine/session.h"
#include "evidence/result.h"
#include "evidence/transcript.h"
#include "plan/case.h"
#include "wire/connection.h"

struct test {
    struct session *session;    /* borrowed */
    const struct case_def *def; /* borrowed */
    struct result *result;      /* borrowed, being filled */
    double deadline_ms;         /* of the case */
    unsigned step;              /* exchanges so far */
    enum wire_result heard;     /* of the last exchange */
    const char *recorded_as;    /* slug that exchanges are recorded under; NULL: of def */
    bool overcharged;           /* a call that must be refused was charged */
    bool decided;               /* there is a verdict */
    bool silence_is_error;      /* no answer at all is another suite's failure, not this one's */
    bool unseen;                /* answers are not shown to the invariants */
};

/* Runs a case. *result is filled: end it with result_clear(). */
void test_run(struct result *result, struct session *session, const struct case_def *def,
              double deadline_ms);

/* The good request with the portrait; the good request as a row changes it. False, with an error as
 * verdict, when the picture could not be made. */
bool test_good(struct request *out, struct test *test);
bool test_request(struct request *out, struct test *test, const struct case_def *def);
/* Sends and expects an answer: false, with a verdict, when none came. Always end *out with
 * exchange_clear(). */
bool test_ask(struct exchange *out, struct test *test, const struct request *request);
bool test_ask_over(struct exchange *out, struct test *test, struct connection *connection,
                   const struct request *request);
/* Opens a connection: NULL, with a verdict, when that failed. */
struct connection *test_connect(struct test *test);
/* The answer to a request that the whole run asks only once: slot 0 is the good one, which costs
 * credits. NULL, with a verdict, when it did not come. Borrowed. */
const struct answer *test_shared(struct test *test, size_t slot, const struct request *request);
/* Slot 0 with the good request. */
const struct answer *test_good_answer(struct test *test);
/* The good call failed: if no answer came in time, the run does not ask again. */
void test_note_silence(struct test *test, const char *why);
/* Notes a finished exchange: its text, its curl line; shows it to the invariants. */
void test_note_exchange(struct test *test, const struct request *request,
                        const struct exchange *exchange);

/* Fails unless the outcome is an accepted one. */
bool test_expect(struct test *test, const struct answer *answer, enum expect expect);
/* Fails for the principal clause of the case. */
void test_fail(struct test *test, const char *expected, const char *actual, ...)
    __attribute__((format(printf, 3, 4)));
/* Fails for another clause; CLAUSE_NONE: for the principal one. */
void test_blame(struct test *test, enum clause_id clause, const char *expected, const char *actual,
                ...) __attribute__((format(printf, 4, 5)));
void test_skip(struct test *test, const char *reason, ...) __attribute__((format(printf, 2, 3)));
void test_error(struct test *test, const char *reason, ...) __attribute__((format(printf, 2, 3)));
void test_note(struct test *test, const char *note);

#endif
