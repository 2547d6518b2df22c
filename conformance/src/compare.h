/* --compare DIR: this run beside a recorded one, field by field. What the documentation says, what
 * was recorded (live), what was seen now (the mock), and how much the difference matters. */
#ifndef CONFORMANCE_COMPARE_H
#define CONFORMANCE_COMPARE_H

#include "recorder.h"
#include "select.h"
#include <stdbool.h>
#include <stddef.h>

enum severity { SEVERITY_CRITICAL = 0, SEVERITY_WARNING, SEVERITY_INFO };

struct drift_row {
    char *slug, *path; /* owned */
    enum severity severity;
    char *documented, *recorded, *seen; /* owned */
};

struct drift {
    struct drift_row *rows; /* owned */
    size_t count, cap;
    size_t compared, missing; /* cases with a record, and without one */
    bool failed;              /* memory ran out */
};

/* Compares the records of this run with those of a directory. False with a phrase in why when the
 * directory cannot be read or holds no record of any case of the plan. */
bool drift_make(struct drift *out, const char *directory, const struct recorder *now,
                const struct plan *plan, const struct run *run, char why[URL_WHY_SIZE]);
void drift_clear(struct drift *drift);
bool drift_is_critical(const struct drift *drift);
/* "critical", "warning", "info". */
const char *severity_name(enum severity severity);

#endif
