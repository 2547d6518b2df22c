/* A run of cases that are functions of a test. */
#ifndef CONFORMANCE_TESTS_ENGINE_RUN_H
#define CONFORMANCE_TESTS_ENGINE_RUN_H

#include "engine/runner.h"
#include "engine/test.h"
#include "stand.h"

#define RUN_ITEMS_MAX 64

/* The plan of one run, and what came of it. */
struct run {
    struct session session;
    struct case_def defs[RUN_ITEMS_MAX];
    struct plan_item items[RUN_ITEMS_MAX];
    struct result results[RUN_ITEMS_MAX];
    struct plan plan;
    struct runner_options options;
    size_t told; /* results that were told of, each in its turn */
    bool whole;
};

extern const struct suite run_free; /* a suite without a control */

/* An empty plan, against that URL. */
void run_begin(struct run *run, const char *url);
/* Adds a case, which blames error_missing where nothing else is said. */
struct plan_item *run_add(struct run *run, const struct suite *suite,
                          void (*function)(struct test *test, const struct case_def *def));
/* Runs the plan, and asserts that each result was told of in its turn. */
void run_finish(struct run *run);
void run_end(struct run *run);

/* Fails unless the result says that: see stand_said(). */
void run_assert(const char *why, const struct result *result, const char *said);

#endif
