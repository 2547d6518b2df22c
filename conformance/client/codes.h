/* The vendor's error table as the witness of the tree has it (errors_expected.tsv, typed by hand):
 * what a client is told is held against this, and not against the table that the client was
 * compiled from. */
#ifndef CONFORMANCE_CLIENT_CODES_H
#define CONFORMANCE_CLIENT_CODES_H

#include <stdbool.h>
#include <stddef.h>

#define CODES_MAX 256

struct code_row {
    char name[64];
    long status_2025_09, status_2026_01;
    char description[192];
};

/* The rows, read once; a file that cannot be read ends the test. Static storage. */
const struct code_row *code_rows(size_t *count_out);

/* NULL when the table has no such code. */
const struct code_row *code_row_find(const char *name);

/* Whether the same request may succeed later: rate limits, what went wrong at the service, and what
 * took too long. Typed by name, so that neither a status nor a rule of the client decides. */
bool code_is_transient(const char *name, bool since_2026_01);

#endif
