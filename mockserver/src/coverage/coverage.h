/* What have the tests met? Of the codes, faults, deviations, expressions, formats, sides of limits
 * and revisions that there are, those that requests have met: a set of bits, small enough to keep
 * one for each API key.
 *
 * Pure but for the memory of the reports. */
#ifndef AILAB_MOCKSERVER_COVERAGE_COVERAGE_H
#define AILAB_MOCKSERVER_COVERAGE_COVERAGE_H

#include "api/fault.h"
#include "api/rules.h"
#include "api/tls_fault.h"

enum {
    COVERAGE_DEVIATIONS = 0
#define MOCK_DEVIATED_FIELD(name, path, clause) +3
#define MOCK_DEVIATION(id, name, clause, summary) +1
#include "api/deviations.def"
    ,
    COVERAGE_EXPRESSIONS = 0
#define AILAB_EXPRESSION(number, slug, label, revisions) +1
#include "contract/expressions.def"
    ,
    COVERAGE_LIMITS = 0
#define MOCK_COVERED_LIMIT(name, value, rule, what) +1
#include "coverage/limits.def"
};

enum coverage_group {
#define MOCK_COVERED(id, title, size, counts, met_by, cue) COVERAGE_##id,
#include "coverage/coverage.def"
    COVERAGE_GROUPS
};

enum {
    COVERAGE_BITS = 0
#define MOCK_COVERED(id, title, size, counts, met_by, cue) +(size)
#include "coverage/coverage.def"
};

/* All zero: nothing was met. */
struct coverage_set {
    uint64_t words[(COVERAGE_BITS + 63) / 64];
};

/* What one request has met. */
struct coverage_facts {
    const struct revision *revision;
    bool answered;         /* a status line was sent */
    const char *code;      /* error_detail.code, "" for a success */
    enum rule_id rule;     /* which refused */
    enum fault_id fault;   /* FAULT_NONE for none */
    const char *deviation; /* "" for none */
    bool success;          /* a picture was the answer */
    int service_choice;    /* below 0: none */
    enum image_format format;
    uint64_t bytes, side; /* of the picture; side: the longer one in px */
};

void coverage_of(struct coverage_set *out, const struct coverage_facts *facts);
/* What a connection has met, before any key is known. */
void coverage_of_tls(struct coverage_set *out, enum tls_fault fault);
void coverage_add(struct coverage_set *set, const struct coverage_set *more);
bool coverage_has(const struct coverage_set *set, enum coverage_group group, size_t place);

/* Reports */

struct coverage_report {
    const struct coverage_set *set;
    const struct revision *revision; /* which items a request can meet */
    bool speaks_tls;                 /* otherwise no fault of TLS can be met */
    const char *key;                 /* a label for people; NULL: of all keys */
    bool since_start;                /* and not since the last reset */
};

struct coverage_counts {
    size_t met, of;
};
struct coverage_counts coverage_count_group(const struct coverage_report *report,
                                            enum coverage_group group);
/* Of all groups that count. The revisions do not: one mock has one. */
struct coverage_counts coverage_count(const struct coverage_report *report);
/* Tenths of a percent, rounded down: 1000 means all. */
unsigned coverage_permille(struct coverage_counts counts);

struct coverage_item {
    char name[80];       /* "ERROR_BLURRY_FACE" */
    char cue[112];       /* what provokes it */
    const char *summary; /* static storage */
    bool met;
};
/* The item at a place of a group; false when that place has none in this revision. */
bool coverage_item(struct coverage_item *out, const struct coverage_report *report,
                   enum coverage_group group, size_t place);

struct coverage_group_info {
    const char *name, *title, *met_by, *cue;
    size_t size;
    bool counts;
};
/* Static storage. */
const struct coverage_group_info *coverage_group_info(enum coverage_group group);

struct tree;
/* Adds the members of the report to the tree's root. */
void coverage_print_json(struct tree *tree, const struct coverage_report *report);
/* To be freed with free(); NULL when memory ran out. */
char *coverage_print_text(const struct coverage_report *report);
/* A page that stands alone. To be freed with free(); NULL when memory ran out. */
char *coverage_print_page(const struct coverage_report *report, const char *version);

#endif
