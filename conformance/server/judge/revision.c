/* See revision.h. */
#include "judge/revision.h"
#include <string.h>

static const struct {
    const char *name;
    enum envelope envelope;
    bool new_statuses;
} revisions[REVISION_COUNT] = {
    [REVISION_1_0_0] = {"1.0.0", ENVELOPE_A, false},
    [REVISION_1_0_1] = {"1.0.1", ENVELOPE_A, false},
    [REVISION_2025_09] = {"2025-09", ENVELOPE_B, false},
    [REVISION_2026_01] = {"2026-01", ENVELOPE_B, true},
    [REVISION_2026_05] = {"2026-05", ENVELOPE_C, true},
};

const char *revision_name(enum revision revision)
{
    return revisions[revision].name;
}

bool revision_named(enum revision *out, const char *name)
{
    for (int i = 0; i < REVISION_COUNT; i++)
        if (strcmp(revisions[i].name, name) == 0) {
            *out = (enum revision)i;
            return true;
        }
    return false;
}

enum envelope revision_envelope(enum revision revision)
{
    return revisions[revision].envelope;
}

bool revision_new_statuses(enum revision revision)
{
    return revisions[revision].new_statuses;
}
