/* The revisions of the API as this program knows them, from witness/revisions.def: the judge of the
 * mock does not share the mock's tables. A new revision is a row there, and nothing in this program
 * unless it brings something new. */
#ifndef CONFORMANCE_SERVER_JUDGE_REVISION_H
#define CONFORMANCE_SERVER_JUDGE_REVISION_H

#include "base/buf.h"
#include <stdbool.h>
#include <stddef.h>

/* The traits by which revisions differ. */
enum trait {
    ENVELOPE_A = 1,   /* every public field */
    ENVELOPE_B = 2,   /* what the current page shows */
    ENVELOPE_C = 4,   /* no error_code, error_msg and error_detail.status_code */
    NEW_STATUSES = 8, /* those in force since 2026-01-08 */
};

/* Oldest first. */
enum revision {
#define AILAB_REVISION_WITNESS(id, name, envelope, choice, statuses) REVISION_##id,
#include "witness/revisions.def"
    REVISION_COUNT,
    REVISION_DEFAULT = REVISION_2026_01, /* the page as it is documented today */
};

/* Sets of revisions, as bits. SINCE(2025_09) & BEFORE(2026_05) is a range. */
#define SINCE(id) (~0u << REVISION_##id)
#define BEFORE(id) ((1u << REVISION_##id) - 1)
#define EVERY_REVISION ((1u << REVISION_COUNT) - 1)

/* Whether it has one of the traits. */
bool revision_has(enum revision revision, unsigned traits);
/* The set of those that have one of the traits. */
unsigned revisions_with(unsigned traits);
bool revision_is_in(enum revision revision, unsigned set);
/* The values of service_choice. Static storage. */
struct choice_row {
    const char *text;
    unsigned revisions; /* the set of those that take it */
};
const struct choice_row *choice_table(size_t *count_out);
/* The name on the command line. Static storage. */
const char *revision_name(enum revision revision);

#endif
