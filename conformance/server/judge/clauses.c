/* See clauses.h. The sentences come from the contract's data; the expected statuses and codes do
 * not. */
#include "judge/clauses.h"
#include "base/count_of.h"

#define D 'D'
#define S 'S'
#define O 'O'
#define C 'C'
#define P 'P'
static const struct clause table[] = {
#define AILAB_CLAUSE(id, level, subject, mark, section, hash, text)                                \
    CLAUSE_OF_##subject({#id, LEVEL_##level, mark, section, hash, text}, )
#include "contract/clauses.def"
};
#undef D
#undef S
#undef O
#undef C
#undef P

enum {
    CALLER_CLAUSES = 0
#define AILAB_CLAUSE(id, level, subject, mark, section, hash, text) COUNT_##subject
#define COUNT_SERVER
#define COUNT_CLIENT
#define COUNT_CALLER +1
#include "contract/clauses.def"
#undef COUNT_SERVER
#undef COUNT_CLIENT
#undef COUNT_CALLER
};

const struct clause *clauses(size_t *count_out)
{
    *count_out = COUNT_OF(table) - CALLER_CLAUSES;
    return table;
}

const struct clause *clauses_of_callers(size_t *count_out)
{
    *count_out = CALLER_CLAUSES;
    return table + COUNT_OF(table) - CALLER_CLAUSES;
}

const struct clause *clause_of(enum clause_id id)
{
    return id == CLAUSE_NONE ? NULL : &table[id - 1];
}

const char *clause_waiver(const struct clause *clause)
{
    static const struct {
        enum clause_id clause;
        const char *reason;
    } waivers[] = {
#define WAIVER(clause, reason) {CLAUSE_##clause, reason},
#include "judge/waivers.def"
#undef WAIVER
        {CLAUSE_NONE, NULL},
    };
    size_t i = 0;
    while (waivers[i].reason && clause_of(waivers[i].clause) != clause)
        i++;
    return waivers[i].reason;
}

static const char *const level_names[] = {"MUST", "SHOULD", "INFO"};

const char *level_name(enum level level)
{
    return level_names[level];
}

const char *clause_source(const struct clause *clause)
{
    switch (clause->mark) {
    case 'D':
        return "documentation";
    case 'S':
        return "vendor's SDKs";
    case 'O':
        return "observed live";
    case 'C':
        return "callers' code";
    default:
        return "our policy";
    }
}
