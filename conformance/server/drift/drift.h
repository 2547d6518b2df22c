/* --compare DIR: this run beside a recorded one, field by field. Each difference has the
 * documented, the recorded and the present value, and how much it matters. */
#ifndef CONFORMANCE_SERVER_DRIFT_DRIFT_H
#define CONFORMANCE_SERVER_DRIFT_DRIFT_H

#include "drift/baseline.h"
#include "evidence/record.h"
#include "evidence/result.h"
#include "plan/plan.h"
#include <stdbool.h>
#include <stddef.h>

enum severity {
    SEVERITY_CRITICAL = 0,
    SEVERITY_WARNING,
    SEVERITY_INFO,
    SEVERITY_NONE, /* it differs by nature, and is not listed */
};

struct drift_row {
    char *slug, *path; /* owned */
    enum severity severity;
    char *documented, *recorded, *seen; /* owned */
};

/* The rows of one path: a field that changed everywhere is one finding. */
struct drift_group {
    size_t first;           /* index of the first of its worst rows, which stands for all */
    enum severity severity; /* the worst */
    size_t cases;           /* that show it */
    bool alike;             /* the values are the same in all of them */
};

struct drift {
    struct drift_row *rows; /* owned */
    size_t count, cap;
    struct drift_group *groups; /* owned; the worst first, then those that most cases show */
    size_t group_count;
    size_t compared, missing; /* cases with a record, and without one */
    bool failed;              /* memory ran out */
    struct baseline baseline; /* owned */
};

/* As reports name the comparison among the cases. */
#define DRIFT_SUITE "Drift"
#define DRIFT_SLUG "drift/records"

/* Compares the records of this run with out->baseline. */
void drift_make(struct drift *out, const struct record *now, const struct plan *plan,
                enum revision revision);
/* Groups the rows by path; drift_make() has done so. */
void drift_group(struct drift *drift);
void drift_clear(struct drift *drift);
/* A fail when something critical drifted, an error when nothing could be compared. */
enum verdict drift_verdict(const struct drift *drift);
/* One sentence: how much, how critical, and whether that says anything. revision is this run's. */
void drift_sum(struct buf *out, const struct drift *drift, const char *revision);
/* Appends a warning about records of another revision; nothing when they are of this one. */
void drift_warn(struct buf *out, const struct drift *drift, const char *revision);
/* Appends "error_code in 37 cases, such as call/documented: documented an integer, recorded absent,
 * seen now a number". */
void drift_describe(struct buf *out, const struct drift *drift, const struct drift_group *group);
/* A line for each group. */
void drift_list(struct buf *out, const struct drift *drift);
/* "critical", "warning", "info". */
const char *severity_name(enum severity severity);

#endif
