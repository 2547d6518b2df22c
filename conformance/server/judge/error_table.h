/* The codes of error_detail.code, with their statuses and descriptions: the rows that were typed a
 * second time (fixtures/witness/errors.def), so that a wrong row of the contract's table does not
 * pass here. */
#ifndef CONFORMANCE_SERVER_JUDGE_ERROR_TABLE_H
#define CONFORMANCE_SERVER_JUDGE_ERROR_TABLE_H

#include "judge/revision.h"
#include <stddef.h>

struct error_row {
    const char *name;
    int status_2025_09, status_2026_01;
    const char *description;
};

/* Static storage. */
const struct error_row *error_table(size_t *count_out);
/* NULL when the table has no such code. */
const struct error_row *error_row_find(const char *name);
int error_row_status(const struct error_row *row, enum revision revision);

#endif
