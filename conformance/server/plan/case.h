/* A case: one question to the target, and the clauses that it is evidence for.
 *
 * Most are one row: the good request, one named change, the outcomes that are acceptable. A case
 * that needs more brings its own function. */
#ifndef CONFORMANCE_SERVER_PLAN_CASE_H
#define CONFORMANCE_SERVER_PLAN_CASE_H

#include "evidence/result.h"
#include "evidence/secrets.h"
#include "judge/envelope.h"
#include "judge/error_table.h"
#include "judge/expect.h"
#include "wire/request.h"

struct case_def;
struct test;

enum case_flag {
    NEEDS_KNOWN_KEY = 1, /* the target tells known keys from others */
    NEEDS_ARMING = 2,    /* the target answers a given error on request */
    NEEDS_QUIET = 4,     /* no other case may run at the same time; runs after all others */
    RAW_FRAMING = 8,     /* curl cannot send this */
    SHARES_GOOD = 16,    /* asks the good call that the whole run shares */
};

/* The argument of a case's changes and function; each knows which member it takes. */
union argument {
    const char *text;
    size_t chunk_bytes;
    const struct envelope_check *check;
    const struct error_row *row;
};

struct case_def {
    const struct suite *suite; /* set by the catalogue */
    const char *slug;          /* stable: "image/size/over"; NULL: a heading, see CLAUSE() */
    const char *title;         /* NULL: the picture's */
    /* The first is the principal one, which gives the level; CLAUSE_NONE there: the heading's. */
    enum clause_id clauses[RESULT_CLAUSES_MAX];
    /* Turn the good request into the case's, one after the other; NULL: none. */
    void (*change)(struct request *request, const struct case_def *def);
    void (*then)(struct request *request, const struct case_def *def);
    union argument argument;
    enum account account; /* whose key is sent; the good one by default */
    enum picture picture; /* uploaded; the portrait by default */
    enum expect expect;
    void (*check)(struct test *test, const struct answer *answer); /* NULL, or a further look */
    void (*run)(struct test *test, const struct case_def *def);    /* NULL: a row */
    unsigned revisions; /* that it applies to, as bits; 0: all */
    unsigned flags;     /* of enum case_flag */
    unsigned credits;   /* for cases with run: the cost when it passes */
    unsigned at_once;   /* calls in flight at the same time, when there can be more than one */
};

struct catalogue; /* see catalogue.h */

struct suite {
    const char *name;  /* first part of the slugs */
    const char *title; /* for people */
    bool no_control;   /* its cases are the control themselves */
    const struct case_def *cases;
    size_t count;
    void (*make)(struct catalogue *out); /* NULL, or adds the cases that follow from a table */
};

/* The sentence that the cases below it are evidence for, as the contract has it: a test compares.
 */
#define CLAUSE(id, sentence)                                                                       \
    {                                                                                              \
        .title = sentence, .clauses = { CLAUSE_##id }                                              \
    }

enum level case_level(const struct case_def *def);
bool case_applies(const struct case_def *def, enum revision revision);
bool case_cites(const struct case_def *def, const struct clause *clause);
unsigned case_credits(const struct case_def *def);
const char *case_title(const struct case_def *def);
/* A result of the case without a verdict yet. */
struct result case_result(const struct case_def *def);

#endif
