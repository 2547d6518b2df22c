/* See plan.h. */
#include "engine/plan.h"
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

bool glob_match(const char *glob, const char *text)
{
    return fnmatch(glob, text, 0) == 0;
}

static bool any_matches(const char *const *globs, size_t count, const char *slug)
{
    for (size_t i = 0; i < count; i++)
        if (glob_match(globs[i], slug))
            return true;
    return false;
}

static void take(struct plan *plan, const struct selection *selection, const struct suite *suite,
                 const struct case_def *def, bool quiet)
{
    bool skipped = any_matches(selection->skip, selection->skip_count, def->slug);
    if (((def->flags & NEEDS_QUIET) != 0) != quiet || case_level(def) > selection->level ||
        (selection->run_count > 0 &&
         !any_matches(selection->run, selection->run_count, def->slug)) ||
        (skipped && !selection->skip_must_fail))
        return;
    if (!case_applies(def, selection->revision)) {
        plan->other_revisions++;
        return;
    }
    plan->items[plan->count++] =
        (struct plan_item){def, suite, skipped, skipped ? "named by --skip" : NULL};
}

bool plan_make(struct plan *out, const struct catalogue *catalogue,
               const struct selection *selection)
{
    const struct suite *suites = catalogue_suites(catalogue);
    size_t total = 0;
    for (size_t i = 0; i < CATALOGUE_SUITES; i++)
        total += suites[i].count;
    *out = (struct plan){.items = calloc(total, sizeof *out->items)};
    if (!out->items)
        return false;
    for (int quiet = 0; quiet < 2; quiet++)
        for (size_t i = 0; i < CATALOGUE_SUITES; i++)
            for (size_t k = 0; k < suites[i].count; k++)
                take(out, selection, &suites[i], &suites[i].cases[k], quiet);
    return true;
}

void plan_clear(struct plan *plan)
{
    free(plan->items);
    *plan = (struct plan){0};
}

const char *plan_idle_glob(const struct catalogue *catalogue, const char *const *globs,
                           size_t count)
{
    const struct suite *suites = catalogue_suites(catalogue);
    for (size_t g = 0; g < count; g++) {
        bool used = false;
        for (size_t i = 0; i < CATALOGUE_SUITES && !used; i++)
            for (size_t k = 0; k < suites[i].count && !used; k++)
                used = glob_match(globs[g], suites[i].cases[k].slug);
        if (!used)
            return globs[g];
    }
    return NULL;
}

long plan_credits(const struct plan *plan, bool economy)
{
    long credits = 0;
    bool shared = false;
    const struct suite *suite = NULL;
    for (size_t i = 0; i < plan->count; i++) {
        const struct case_def *def = plan->items[i].def;
        bool control = plan->items[i].suite != suite && !plan->items[i].suite->no_control;
        suite = plan->items[i].suite;
        if ((def->flags & SHARES_GOOD) || (control && economy))
            shared = true;
        if (control && !economy)
            credits += 12;
        if (!(def->flags & SHARES_GOOD))
            credits += case_credits(def);
    }
    return credits + (shared ? 12 : 0);
}
