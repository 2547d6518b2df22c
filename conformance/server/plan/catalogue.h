/* All suites and cases, those written as rows and those that follow from tables. */
#ifndef CONFORMANCE_SERVER_PLAN_CATALOGUE_H
#define CONFORMANCE_SERVER_PLAN_CATALOGUE_H

#include "plan/case.h"

#define CATALOGUE_SUITES_MAX 32

struct catalogue; /* owns the cases; the suites are borrowed */

/* The suites run and are reported in this order. NULL when out of memory. */
struct catalogue *catalogue_new(const struct suite *const *suites, size_t count);
void catalogue_free(struct catalogue *catalogue);
/* Every case, suite by suite, with its suite and its principal clause set. Borrowed. */
const struct case_def *catalogue_cases(const struct catalogue *catalogue, size_t *count_out);
/* NULL when there is no such case. */
const struct case_def *catalogue_find(const struct catalogue *catalogue, const char *slug);

/* For suites that make their cases: adds a copy of def, or lets a heading begin. A lack of memory
 * is noted, and catalogue_new() fails then. */
void catalogue_add(struct catalogue *catalogue, const struct case_def *def);
/* A text that lives as long as the catalogue; NULL when out of memory. */
const char *catalogue_text(struct catalogue *catalogue, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
