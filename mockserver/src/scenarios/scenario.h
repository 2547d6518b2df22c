/* Scenarios: named plans of replies. Documents, the admin API, the library and the built-in list
 * all make these.
 *
 * A step is an answer x a deviation x a fault x a delay; each may be left out. A scenario does not
 * change once it is made; choose.h keeps, for each API key, what was used of it. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_SCENARIO_H
#define AILAB_MOCKSERVER_SCENARIOS_SCENARIO_H

#include "api/fault.h"
#include <stdatomic.h>
#include <stdint.h>

#define SCENARIO_NAME_MAX 64
#define SCENARIO_STEPS_MAX 64
#define SCENARIO_HEADERS_MAX 16
#define SCENARIO_CHOICES_MAX 16
#define SCENARIO_CODE_MAX 128    /* bytes of an error code, wherever one is read or kept */
#define SCENARIO_PATTERN_MAX 255 /* bytes of a pattern, and of the texts that are kept for one */
#define SCENARIO_MESSAGE_MAX 383 /* bytes of error_detail.message of a step */
#define SCENARIO_DELAY_MAX_MS 600000 /* ten minutes */

enum delay_kind { DELAY_NONE, DELAY_FIXED, DELAY_UNIFORM, DELAY_NORMAL, DELAY_LOGNORMAL };

/* Milliseconds. FIXED: a. UNIFORM: a to b. NORMAL: mean a, standard deviation b. LOGNORMAL: median
 * (p50) a, 95th percentile b. Drawn values are clamped to 0 ... SCENARIO_DELAY_MAX_MS. */
struct delay {
    enum delay_kind kind;
    double a, b;
};

enum answer_kind {
    ANSWER_NORMAL, /* what the rules say; a success when they refuse nothing */
    ANSWER_ERROR,  /* an error of the table, or code_text */
    ANSWER_RAW,    /* status, headers and body as they are */
};

struct scenario_header {
    char *name, *value; /* owned */
};

struct scenario_step {
    enum answer_kind answer;
    enum error_code code; /* ANSWER_ERROR; ERROR_NONE with code_text set */
    char *code_text;      /* owned; an error code outside the table, NULL otherwise */
    char *message;        /* owned; NULL: the table's description */
    int status;           /* ANSWER_RAW: required; ANSWER_ERROR: 0 for the table's */
    struct scenario_header headers[SCENARIO_HEADERS_MAX];
    size_t header_count;
    char *body; /* owned; ANSWER_RAW */
    size_t body_size;
    char *deviation; /* owned; a name that deviation_find() knows, NULL for none */
    enum fault_id fault;
    uint64_t fault_amount; /* in the unit of the fault's parameter */
    struct delay delay;
    uint32_t times;     /* how often before the next step; 0 counts as 1 */
    double probability; /* that the step happens, else the answer is normal; 1 unless given */
    bool always; /* answer so whatever the request was: before authentication and validation */
};

/* A range of whole numbers, both ends included. */
struct range {
    bool given;
    uint64_t minimum, maximum;
    uint64_t every; /* only each such number from the minimum on; 0: all */
};

struct choices {
    size_t count;
    int numbers[SCENARIO_CHOICES_MAX];
};

struct header_pattern {
    char *name, *value; /* owned; a value of NULL: there is no such header */
};

struct header_patterns {
    size_t count;
    struct header_pattern *items; /* owned */
};

/* The criteria that a request must meet; the ones that are all zero match everything. */
struct scenario_match {
#define CRITERION_CHOICES(name) struct choices name;
#define CRITERION_PATTERN(name) char *name; /* owned; with * and ? */
#define CRITERION_KEY(name) char *name;     /* owned; with * and ? */
#define CRITERION_FORMAT(name) enum image_format name;
#define CRITERION_RANGE(name) struct range name;
#define CRITERION_SIDE(name) struct range name;
#define CRITERION_COUNT(name) struct range name;
#define CRITERION_DIGEST(name) char *name; /* owned; lower-case */
#define CRITERION_HEADERS(name) struct header_patterns name;
#define MOCK_CRITERION(name, kind) CRITERION_##kind(name)
#include "scenarios/criteria.def"
};

enum scenario_then { THEN_NORMAL, THEN_REPEAT_LAST, THEN_RESTART };

struct scenario {
    atomic_uint references; /* of one that scenario_new() made */
    uint64_t serial;        /* no other one has it; what keys have used belongs to it */
    char name[SCENARIO_NAME_MAX + 1];
    char *summary;  /* owned; one line, may be NULL */
    bool automatic; /* has a match: applies by itself; otherwise a cue must name it */
    struct scenario_match match;
    struct scenario_step *steps; /* owned */
    size_t step_count;
    enum scenario_then then; /* after the last step */
    uint64_t times;          /* how many requests of a key it answers at most; 0: no bound */
    double probability;      /* that it applies to a request that matches; 1 unless given */
};

/* Frees what the scenario owns. */
void scenario_clear(struct scenario *scenario);
void scenario_step_clear(struct scenario_step *step);

/* A scenario to be shared, with a serial of its own. *from is moved from, also on failure. The
 * caller holds one reference. NULL when memory ran out. */
struct scenario *scenario_new(struct scenario *from);
struct scenario *scenario_hold(struct scenario *scenario);
/* NULL is allowed. */
void scenario_release(struct scenario *scenario);

#endif
