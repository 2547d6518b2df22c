/* The records of an earlier run that --compare names, read before this run asks anything: a name
 * that is wrong costs no call, and --record may write to the same directory. */
#ifndef CONFORMANCE_SERVER_DRIFT_BASELINE_H
#define CONFORMANCE_SERVER_DRIFT_BASELINE_H

#include "plan/plan.h"
#include "wire/url.h"
#include <cjson/cJSON.h>

struct baseline {
    cJSON *records; /* owned: slug -> record */
    /* Of the first record; borrowed. */
    const char *target, *revision, *date;
    /* Revision of the first record that is of another one than this run; NULL when none is. */
    const char *other_revision;
};

/* Whether there are records at all. False with a phrase in why. */
bool baseline_probe(const char *directory, char why[URL_WHY_SIZE]);
/* Reads those of the plan's cases. False with a phrase in why when there is none or one is broken.
 * Always end *out with baseline_clear(). */
bool baseline_read(struct baseline *out, const char *directory, const struct plan *plan,
                   enum revision revision, char why[URL_WHY_SIZE]);
void baseline_clear(struct baseline *baseline);
/* The recorded exchanges of a case; NULL when there are none. Borrowed. */
const cJSON *baseline_find(const struct baseline *baseline, const char *slug);

#endif
