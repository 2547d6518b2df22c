/* See error_table.h. */
#include "judge/error_table.h"
#include "base/count_of.h"
#include <string.h>

static const struct error_row table[] = {
#define AILAB_ERROR_WITNESS(number, name, status_2025_09, status_2026_01, endpoint, passing,       \
                            description)                                                           \
    {#name, status_2025_09, status_2026_01, description},
#include "witness/errors.def"
};

const struct error_row *error_table(size_t *count_out)
{
    *count_out = COUNT_OF(table);
    return table;
}

const struct error_row *error_row_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

int error_row_status(const struct error_row *row, enum revision revision)
{
    return revision_has(revision, NEW_STATUSES) ? row->status_2026_01 : row->status_2025_09;
}
