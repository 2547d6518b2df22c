/* See revision.h. */
#include "judge/revision.h"
#include "base/count_of.h"

/* The columns of errors.def as traits. */
enum { S2025_09 = 0, S2026_01 = NEW_STATUSES };

static const struct {
    const char *name;
    unsigned traits;
} revisions[REVISION_COUNT] = {
#define AILAB_REVISION_WITNESS(id, name, envelope, choice, statuses)                               \
    {name, ENVELOPE_##envelope | statuses},
#include "witness/revisions.def"
};

static const struct choice_row choices[] = {
#define AILAB_EXPRESSION_WITNESS(number, slug, label, revisions)                                   \
    {#number, (revisions)&EVERY_REVISION},
#include "witness/expressions.def"
};

bool revision_has(enum revision revision, unsigned traits)
{
    return (revisions[revision].traits & traits) != 0;
}

unsigned revisions_with(unsigned traits)
{
    unsigned set = 0;
    for (int i = 0; i < REVISION_COUNT; i++)
        if (revision_has((enum revision)i, traits))
            set |= 1u << i;
    return set;
}

const struct choice_row *choice_table(size_t *count_out)
{
    *count_out = COUNT_OF(choices);
    return choices;
}

bool revision_is_in(enum revision revision, unsigned set)
{
    return (set >> revision & 1) != 0;
}

const char *revision_name(enum revision revision)
{
    return revisions[revision].name;
}
