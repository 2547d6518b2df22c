/* The vendor's error table as fixtures/witness/errors.def has it: the tests compare what a client
 * reports with these rows, and not with the table that the client was compiled from. */
#ifndef CONFORMANCE_CLIENT_KIT_CODES_H
#define CONFORMANCE_CLIENT_KIT_CODES_H

#include <stdbool.h>
#include <stddef.h>

struct code_row {
    const char *name;
    long status_2025_09, status_2026_01;
    bool passing_2025_09, passing_2026_01; /* the same request may succeed later */
    const char *description;
};

/* Static storage. */
const struct code_row *code_rows(size_t *count_out);

/* NULL when the table has no such code. */
const struct code_row *code_row_find(const char *name);

#endif
