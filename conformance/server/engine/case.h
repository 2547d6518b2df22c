/* A case: one question to the target, with the clauses it is evidence for.
 *
 * Most are one row: the good request, one named change, the outcomes that are acceptable. A case
 * that needs more brings its own function. */
#ifndef CONFORMANCE_SERVER_ENGINE_CASE_H
#define CONFORMANCE_SERVER_ENGINE_CASE_H

#include "judge/clauses.h"
#include "judge/expect.h"
#include "judge/revision.h"
#include "wire/request.h"
#include <stdbool.h>

struct case_def;
struct test;

enum case_flag {
    CASE_PLAIN = 0,
    NEEDS_KNOWN_KEY = 1, /* the target tells known keys from others */
    NEEDS_ARMING = 2,    /* the target answers a given error on request */
    NEEDS_QUIET = 4,     /* no other case may run at the same time; runs after all others */
    RAW_FRAMING = 8,     /* curl cannot send this */
    SHARES_GOOD = 16,    /* asks the good call that the whole run shares */
    WAITS = 32,          /* mostly for time to pass, and not for the target */
};

/* Sets of revisions. */
#define UNTIL_1_0_0 0x01u
#define SINCE_1_0_1 0x1eu
#define UNTIL_1_0_1 0x03u
#define SINCE_2025_09 0x1cu

struct case_def {
    const char *slug;    /* stable: "image/size/over" */
    const char *clauses; /* ids, separated by spaces; the first gives the level */
    const char *title;
    void (*change)(struct request *request, const struct case_def *def);
    const char *text;     /* for change */
    enum picture picture; /* uploaded; the portrait by default */
    enum expect expect;
    void (*check)(struct test *test, const struct answer *answer); /* NULL, or a further look */
    void (*run)(struct test *test, const struct case_def *def);    /* NULL: a row */
    unsigned revisions; /* it applies to: bit per revision; 0: all */
    unsigned flags;     /* of enum case_flag */
    unsigned credits;   /* for cases with run: what it costs when it passes */
    unsigned at_once;   /* calls in flight at the same time, when there can be more than one */
};

struct suite {
    const char *name;  /* first part of the slugs */
    const char *title; /* for people */
    const struct case_def *cases;
    size_t count;
    bool no_control; /* its cases are the control themselves */
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum level case_level(const struct case_def *def);
bool case_applies(const struct case_def *def, enum revision revision);
unsigned case_credits(const struct case_def *def);

#endif
