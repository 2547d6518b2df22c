/* All suites and cases, those written as rows and those that follow from tables. */
#ifndef CONFORMANCE_SERVER_ENGINE_CATALOGUE_H
#define CONFORMANCE_SERVER_ENGINE_CATALOGUE_H

#include "engine/case.h"

#define CATALOGUE_SUITES 17

struct catalogue; /* owns the made cases */

/* NULL when out of memory. */
struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *catalogue);
/* CATALOGUE_SUITES of them, in order. Borrowed. */
const struct suite *catalogue_suites(const struct catalogue *catalogue);
/* NULL when there is no such case. */
const struct case_def *catalogue_find(const struct catalogue *catalogue, const char *slug);
const char *case_title(const struct case_def *def);

#endif
