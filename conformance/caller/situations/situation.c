/* See situation.h. */
#include "caller/situations/situation.h"
#include "base/count_of.h"
#include <string.h>

enum group {
#define GROUP(name, title) GROUP_##name,
#include "caller/situations/situations.def"
    GROUP_COUNT
};

static const struct {
    enum group group;
    struct situation situation;
} rows[] = {
#define SITUATION(of_group, id, of_clause, of_title, ...)                                          \
    {GROUP_##of_group,                                                                             \
     {.slug = #of_group "/" id,                                                                    \
      .title = of_title,                                                                           \
      .clause = CLAUSE_caller_##of_clause,                                                         \
      __VA_ARGS__}},
#include "caller/situations/situations.def"
};

static void add_group(struct catalogue *out, enum group group)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct situation *situation = &rows[i].situation;
        if (rows[i].group == group)
            catalogue_add(
                out, &(const struct case_def){.slug = situation->slug,
                                              .title = situation->title,
                                              .clauses = {situation->clause, situation->again}});
    }
}

#define GROUP(name, title)                                                                         \
    static void make_##name(struct catalogue *out)                                                 \
    {                                                                                              \
        add_group(out, GROUP_##name);                                                              \
    }
#include "caller/situations/situations.def"

static const struct suite suites[] = {
#define GROUP(name, title) {#name, title, .make = &make_##name},
#include "caller/situations/situations.def"
};

struct catalogue *situations_catalogue(void)
{
    const struct suite *list[GROUP_COUNT];
    for (size_t i = 0; i < GROUP_COUNT; i++)
        list[i] = &suites[i];
    return catalogue_new(list, GROUP_COUNT);
}

const struct situation *situation_find(const char *slug)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].situation.slug, slug) == 0)
            return &rows[i].situation;
    return NULL;
}

int situation_choice(const struct situation *situation)
{
    return situation->choice ? situation->choice : SITUATION_CHOICE_DEFAULT;
}
