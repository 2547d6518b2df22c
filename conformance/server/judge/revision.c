/* See revision.h. */
#include "judge/revision.h"

static const struct {
    const char *name;
    unsigned traits;
} revisions[REVISION_COUNT] = {
#define REVISION_ROW(id, name, traits) {name, traits},
    REVISIONS(REVISION_ROW)
#undef REVISION_ROW
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

bool revision_is_in(enum revision revision, unsigned set)
{
    return (set >> revision & 1) != 0;
}

const char *revision_name(enum revision revision)
{
    return revisions[revision].name;
}
