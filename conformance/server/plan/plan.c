/* See plan.h. */
#include "plan/plan.h"
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool glob_match(const char *glob, const char *text)
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

static bool is_skipped(const struct selection *selection, const struct case_def *def)
{
    return any_matches(selection->skip, selection->skip_count, def->slug);
}

bool selection_takes(const struct selection *selection, const struct case_def *def)
{
    return case_level(def) <= selection->level &&
           (selection->run_count == 0 ||
            any_matches(selection->run, selection->run_count, def->slug)) &&
           (selection->skip_must_fail || !is_skipped(selection, def));
}

static void take(struct plan *plan, const struct selection *selection, const struct case_def *def,
                 bool quiet)
{
    bool skipped = is_skipped(selection, def);
    if (((def->flags & NEEDS_QUIET) != 0) != quiet || !selection_takes(selection, def))
        return;
    if (case_applies(def, selection->revision))
        plan->items[plan->count++] =
            (struct plan_item){def, skipped, skipped ? "named by --skip" : NULL};
    else
        plan->other_revisions++;
}

bool plan_make(struct plan *out, const struct catalogue *catalogue,
               const struct selection *selection)
{
    size_t count = 0;
    const struct case_def *cases = catalogue_cases(catalogue, &count);
    *out = (struct plan){.items = calloc(count, sizeof *out->items)};
    if (!out->items)
        return false;
    for (int quiet = 0; quiet < 2; quiet++)
        for (size_t i = 0; i < count; i++)
            take(out, selection, &cases[i], quiet);
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
    size_t case_count = 0;
    const struct case_def *cases = catalogue_cases(catalogue, &case_count);
    for (size_t g = 0; g < count; g++) {
        size_t i = 0;
        while (i < case_count && !glob_match(globs[g], cases[i].slug))
            i++;
        if (i == case_count)
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
        bool control = def->suite != suite && !def->suite->no_control;
        suite = def->suite;
        if ((def->flags & SHARES_GOOD) || (control && economy))
            shared = true;
        if (control && !economy)
            credits += CALL_CREDITS;
        if (!(def->flags & SHARES_GOOD))
            credits += case_credits(def);
    }
    return credits + (shared ? CALL_CREDITS : 0);
}
