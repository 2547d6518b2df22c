/* See case.h. */
#include "engine/case.h"

enum level case_level(const struct case_def *def)
{
    const struct clause *clause = clause_first(def->clauses);
    return clause ? clause->level : LEVEL_MUST;
}

bool case_applies(const struct case_def *def, enum revision revision)
{
    return def->revisions == 0 || (def->revisions & (1u << revision));
}

unsigned case_credits(const struct case_def *def)
{
    if (def->flags & SHARES_GOOD)
        return 12;
    return def->run ? def->credits : expect_credits(def->expect);
}
