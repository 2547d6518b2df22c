/* A case while it runs: what its function may ask and say. One thread.
 *
 * A verdict is final: the first fail, skip or error keeps its words; without one the case passes.
 */
#ifndef CONFORMANCE_TRIAL_H
#define CONFORMANCE_TRIAL_H

#include "engine/case.h"
#include "engine/session.h"
#include "evidence/result.h"
#include "wire/exchange.h"

struct trial {
    struct run *run;            /* borrowed */
    const struct case_def *def; /* borrowed */
    struct result *result;      /* borrowed, being filled */
    double deadline_ms;         /* of the case */
    unsigned step;              /* exchanges so far */
    enum wire_result heard;     /* of the last exchange */
    const char *recorded_as;    /* slug that exchanges are recorded under; NULL: of def */
    bool overcharged;           /* a call that must be refused was charged */
    bool decided;               /* there is a verdict */
    bool silence_is_error;      /* no answer at all is another suite's failure, not this one's */
    bool unseen;                /* answers are not shown to the observer */
};

/* Runs a case. *result is filled: end it with result_clear(). */
void trial_run(struct result *result, struct run *run, const struct case_def *def,
               double deadline_ms);

/* The good request with the portrait; the good request as the case's row changes it. False, with
 * an error as verdict, when the picture could not be made. */
bool trial_good(struct request *out, struct trial *trial);
bool trial_request(struct request *out, struct trial *trial);
/* Sends and expects an answer: false, with a verdict, when none came. Always end *out with
 * exchange_clear(). */
bool trial_ask(struct exchange *out, struct trial *trial, const struct request *request);
bool trial_ask_over(struct exchange *out, struct trial *trial, struct wire *wire,
                    const struct request *request);
/* Opens a connection: NULL, with a verdict, when that failed. */
struct wire *trial_connect(struct trial *trial);
/* The answer to a request that the whole run asks only once: slot 0 is the good one, which costs
 * credits. NULL, with a verdict, when it did not come. Borrowed. */
const struct answer *trial_shared(struct trial *trial, size_t slot, const struct request *request);
/* Slot 0 with the good request. */
const struct answer *trial_good_answer(struct trial *trial);
/* The good call came to nothing: when no answer came in time, nobody asks for it again. */
void trial_note_silence(struct trial *trial, const char *why);
/* Notes a finished exchange: its text, its curl line; shows it to the observer. */
void trial_note_exchange(struct trial *trial, const struct request *request,
                         const struct exchange *exchange);

/* Fails unless the outcome is an accepted one. */
bool trial_expect(struct trial *trial, const struct answer *answer, enum expect expect);
/* clause: id of the one that is broken; NULL for the principal one. */
void trial_fail(struct trial *trial, const char *clause, const char *expected, const char *actual,
                ...) __attribute__((format(printf, 4, 5)));
void trial_skip(struct trial *trial, const char *reason, ...) __attribute__((format(printf, 2, 3)));
void trial_error(struct trial *trial, const char *reason, ...)
    __attribute__((format(printf, 2, 3)));
void trial_note(struct trial *trial, const char *note);

#endif
