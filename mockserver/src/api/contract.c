/* The tables of contract.h and their lookups. No rule lives here: what is allowed is data, what
 * follows from it is in rules.c. */
#include "api/contract.h"
#include <stdio.h>

static const struct error_info errors[] = {
#define AILAB_ERROR(number, name, old_status, new_status, endpoint, seen, description)             \
    [CODE_##name] = {#name, old_status, new_status, ENDPOINT_##endpoint, seen, description},
#include "contract/errors.def"
};

static const struct revision revisions[] = {
#define AILAB_REVISION(id, name, envelope, choice, statuses, summary)                              \
    {REVISION_##id, name, ENVELOPE_##envelope, CHOICE_##choice, STATUSES_##statuses, summary},
#include "contract/revisions.def"
};

/* Sets of revisions, as bits. */
#define SINCE(id) (~0U << REVISION_##id)
#define BEFORE(id) ((1U << REVISION_##id) - 1)

static const struct expression expressions[] = {
#define AILAB_EXPRESSION(number, slug, label, revisions) {number, slug, label, revisions},
#include "contract/expressions.def"
};

static const struct endpoint endpoints[] = {
#define AILAB_ENDPOINT(id, method, path, summary) [ENDPOINT_##id] = {method, path, summary},
#include "contract/endpoints.def"
};

static const struct clause clauses[] = {
#define AILAB_CLAUSE(id, level, subject, mark, section, hash, text)                                \
    {#id, #level, #subject, #mark, #section, hash, text},
#include "contract/clauses.def"
};

static const struct limit_info limits[] = {
#define AILAB_LIMIT(name, value, unit, summary) {#name, value, unit, summary},
#include "contract/limits.def"
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

const struct error_info *error_info(enum error_code code)
{
    return code > ERROR_NONE && code < ERROR_COUNT ? &errors[code] : NULL;
}

int error_status(enum error_code code, const struct revision *revision)
{
    const struct error_info *info = error_info(code);
    if (!info)
        return 200;
    return revision->statuses == STATUSES_S2025_09 ? info->status_2025_09 : info->status_2026_01;
}

enum error_code error_find(struct slice name)
{
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        if (slice_equal(name, slice_of(errors[code].name)))
            return code;
    return ERROR_NONE;
}

const struct revision *revision_info(enum revision_id id)
{
    return id < REVISION_COUNT ? &revisions[id] : NULL;
}

const struct revision *revision_find(struct slice name)
{
    for (size_t i = 0; i < COUNT(revisions); i++)
        if (slice_equal(name, slice_of(revisions[i].name)))
            return &revisions[i];
    return NULL;
}

const struct revision *revision_default(void)
{
    return &revisions[REVISION_R2026_01];
}

const struct expression *expression_table(size_t *count_out)
{
    *count_out = COUNT(expressions);
    return expressions;
}

static bool expression_in(const struct expression *expression, const struct revision *revision)
{
    return expression->revisions >> revision->id & 1;
}

const struct expression *expression_find(int number, const struct revision *revision)
{
    for (size_t i = 0; i < COUNT(expressions); i++)
        if (expressions[i].number == number && expression_in(&expressions[i], revision))
            return &expressions[i];
    return NULL;
}

const char *expression_list(char *out, size_t size, const struct revision *revision)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < COUNT(expressions) && used < size; i++)
        if (expression_in(&expressions[i], revision))
            used += (size_t)snprintf(out + used, size - used, "%s%d", used ? ", " : "",
                                     expressions[i].number);
    return out;
}

const struct endpoint *endpoint_info(enum endpoint_id id)
{
    return id > ENDPOINT_UNKNOWN && id < ENDPOINT_COUNT ? &endpoints[id] : NULL;
}

enum endpoint_id endpoint_find(struct slice path)
{
    for (enum endpoint_id id = ENDPOINT_UNKNOWN + 1; id < ENDPOINT_COUNT; id++)
        if (slice_equal(path, slice_of(endpoints[id].path)))
            return id;
    return ENDPOINT_UNKNOWN;
}

const struct clause *clause_info(enum clause_id id)
{
    return id < CLAUSE_COUNT ? &clauses[id] : NULL;
}

const struct limit_info *limit_table(size_t *count_out)
{
    *count_out = COUNT(limits);
    return limits;
}
