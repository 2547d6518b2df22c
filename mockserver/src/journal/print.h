/* Journal entries as JSON. Pure but for memory. */
#ifndef AILAB_MOCKSERVER_JOURNAL_PRINT_H
#define AILAB_MOCKSERVER_JOURNAL_PRINT_H

#include "base/shape.h"
#include "journal/journal.h"

/* Adds an entry as an object and returns it. with_body: also the kept body, in Base64. */
cJSON *journal_print(struct tree *tree, cJSON *parent, const char *name,
                     const struct journal_entry *entry, bool with_body);
/* Adds the JSON Schema of that object. */
void journal_describe_entry(struct tree *tree, cJSON *parent, const char *name);
/* Add the JSON Schemas of its members "form" and "image". */
void journal_describe_form(struct tree *tree, cJSON *parent, const char *name);
void journal_describe_image(struct tree *tree, cJSON *parent, const char *name);

#endif
