/* Which cases a run takes: by globs on the slug, by level, by revision. A glob's * also matches
 * a slash. */
#ifndef CONFORMANCE_SERVER_PLAN_PLAN_H
#define CONFORMANCE_SERVER_PLAN_PLAN_H

#include "plan/catalogue.h"

struct selection {
    const char *const *run; /* globs; none: all */
    size_t run_count;
    const char *const *skip;
    size_t skip_count;
    enum level level;
    enum revision revision;
    bool skip_must_fail; /* take the skipped ones too, marked */
};

struct plan_item {
    const struct case_def *def;
    bool expected_to_fail; /* for `why`; passing is then a failure */
    const char *why;       /* borrowed */
};

struct plan {
    struct plan_item *items; /* owned */
    size_t count;
    size_t other_revisions; /* cases that were left out for that */
};

/* Whether level and globs select the case, in each revision. */
bool selection_takes(const struct selection *selection, const struct case_def *def);
/* Fills *out in the order of the run, those that run alone last. False when out of memory. */
bool plan_make(struct plan *out, const struct catalogue *catalogue,
               const struct selection *selection);
void plan_clear(struct plan *plan);
/* The first glob that matches no case of the catalogue at all; NULL when each matches some. */
const char *plan_idle_glob(const struct catalogue *catalogue, const char *const *globs,
                           size_t count);
/* The most credits that the plan can cost when everything passes. */
long plan_credits(const struct plan *plan, bool economy);

#endif
