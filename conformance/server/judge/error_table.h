/* The codes of error_detail.code, with their statuses and descriptions. An own copy, so that a
 * wrong row of the contract's data does not pass everywhere; a test compares it with nothing but
 * its own count. */
#ifndef CONFORMANCE_CODES_H
#define CONFORMANCE_CODES_H

#include "judge/revision.h"
#include <stddef.h>

struct code_row {
    const char *name;
    int status_2025_09, status_2026_01;
    const char *description;
};

/* Static storage. */
const struct code_row *codes(size_t *count_out);
/* NULL when the table has no such code. */
const struct code_row *code_find(const char *name);
int code_status(const struct code_row *row, enum revision revision);

#endif
