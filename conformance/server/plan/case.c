/* See case.h. */
#include "plan/case.h"

enum level case_level(const struct case_def *def)
{
    return clause_of(def->clauses[0])->level;
}

bool case_applies(const struct case_def *def, enum revision revision)
{
    return def->revisions == 0 || revision_is_in(revision, def->revisions);
}

bool case_cites(const struct case_def *def, const struct clause *clause)
{
    for (size_t i = 0; i < RESULT_CLAUSES_MAX; i++)
        if (clause_of(def->clauses[i]) == clause)
            return true;
    return false;
}

unsigned case_credits(const struct case_def *def)
{
    if (def->flags & SHARES_GOOD)
        return CALL_CREDITS;
    return def->run ? def->credits : expect_credits(def->expect);
}

const char *case_title(const struct case_def *def)
{
    return def->title ? def->title : picture_title(def->picture);
}

struct result case_result(const struct case_def *def)
{
    struct result result = {.slug = def->slug,
                            .suite = def->suite ? def->suite->title : NULL,
                            .title = case_title(def)};
    for (size_t i = 0; i < RESULT_CLAUSES_MAX; i++)
        result.clauses[i] = clause_of(def->clauses[i]);
    return result;
}
