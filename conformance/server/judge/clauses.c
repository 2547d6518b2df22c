/* See clauses.h. The sentences come from the contract's data, which is what is judged here; the
 * expected statuses and codes do not. */
#include "judge/clauses.h"
#include <string.h>
#include <strings.h>

static const struct {
    const char *clause, *reason;
} waivers[] = {
#define WAIVER(clause, reason) {#clause, reason},
#include "judge/waivers.def"
#undef WAIVER
    {NULL, NULL},
};

/* What a client owes is shown by conformance/client/. */
#define ROW_OF_SERVER(...) __VA_ARGS__,
#define ROW_OF_CLIENT(...)
#define D 'D'
#define S 'S'
#define O 'O'
#define C 'C'
#define P 'P'
static const struct clause table[] = {
#define AILAB_CLAUSE(id, level, subject, mark, section, hash, text)                                \
    ROW_OF_##subject({#id, LEVEL_##level, mark, section, hash, text})
#include "contract/clauses.def"
};
#undef ROW_OF_SERVER
#undef ROW_OF_CLIENT
#undef D
#undef S
#undef O
#undef C
#undef P

const struct clause *clauses(size_t *count_out)
{
    *count_out = sizeof table / sizeof table[0];
    return table;
}

const char *clause_waiver(const struct clause *clause)
{
    for (size_t i = 0; waivers[i].clause; i++)
        if (strcmp(waivers[i].clause, clause->id) == 0)
            return waivers[i].reason;
    return NULL;
}

const char *const *clause_waived(size_t *count_out)
{
    static const char *const ids[] = {
#define WAIVER(clause, reason) #clause,
#include "judge/waivers.def"
#undef WAIVER
        NULL};
    *count_out = sizeof ids / sizeof ids[0] - 1;
    return ids;
}

const struct clause *clause_find(const char *id, size_t len)
{
    len = strnlen(id, len);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strlen(table[i].id) == len && memcmp(table[i].id, id, len) == 0)
            return &table[i];
    return NULL;
}

const struct clause *clause_first(const char *list)
{
    return clause_find(list, strcspn(list, " "));
}

bool clause_listed(const char *list, const struct clause *clause)
{
    while (*list) {
        size_t len = strcspn(list, " ");
        if (clause_find(list, len) == clause)
            return true;
        list += len + strspn(list + len, " ");
    }
    return false;
}

static const char *const level_names[] = {"MUST", "SHOULD", "INFO"};

const char *level_name(enum level level)
{
    return level_names[level];
}

bool level_find(enum level *out, const char *name)
{
    for (int i = 0; i < 3; i++)
        if (strcasecmp(level_names[i], name) == 0) {
            *out = (enum level)i;
            return true;
        }
    return false;
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
