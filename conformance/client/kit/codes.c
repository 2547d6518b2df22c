/* See codes.h. */
#include "codes.h"
#include <string.h>

enum passing { NEVER, SINCE_2026, ALWAYS };

static const struct code_row rows[] = {
#define AILAB_ERROR_WITNESS(number, name, status_2025_09, status_2026_01, endpoint, passing,       \
                            description)                                                           \
    {#name, status_2025_09, status_2026_01, (passing) == ALWAYS, (passing) != NEVER, description},
#include "witness/errors.def"
};

const struct code_row *code_rows(size_t *count_out)
{
    *count_out = sizeof rows / sizeof *rows;
    return rows;
}

const struct code_row *code_row_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}
