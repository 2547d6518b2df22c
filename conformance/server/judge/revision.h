/* The revisions of the API as this program knows them, typed here a second time on purpose: what
 * judges the mock does not share the mock's tables. */
#ifndef CONFORMANCE_SERVER_JUDGE_REVISION_H
#define CONFORMANCE_SERVER_JUDGE_REVISION_H

#include <stdbool.h>

enum revision {
    REVISION_1_0_0 = 0,
    REVISION_1_0_1,
    REVISION_2025_09,
    REVISION_2026_01,
    REVISION_2026_05,
    REVISION_COUNT,
    REVISION_DEFAULT = REVISION_2026_01, /* the page as it is documented today */
};

enum envelope { ENVELOPE_A, ENVELOPE_B, ENVELOPE_C };

/* What the command line takes. Static storage. */
const char *revision_name(enum revision revision);
/* False when there is no such name. */
bool revision_named(enum revision *out, const char *name);
enum envelope revision_envelope(enum revision revision);
/* Whether the statuses in force since 2026-01-08 apply. */
bool revision_new_statuses(enum revision revision);

#endif
