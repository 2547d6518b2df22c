/* Journal entries as JSON. Pure but for memory. */
#ifndef AILAB_MOCK_JOURNAL_PRINT_H
#define AILAB_MOCK_JOURNAL_PRINT_H

#include "base/json_tree.h"
#include "journal/journal.h"

/* Adds an entry as an object and returns it. with_body: also the kept body, in Base64. */
cJSON *journal_print(struct tree *tree, cJSON *parent, const char *name,
                     const struct journal_entry *entry, bool with_body);

#endif
