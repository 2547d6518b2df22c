/* An entry as the journal keeps it: the numbers, and each text as long as it is. That is a quarter
 * of an entry's size, and every request writes one. Internal to journal.c. */
#ifndef AILAB_MOCKSERVER_JOURNAL_RECORD_H
#define AILAB_MOCKSERVER_JOURNAL_RECORD_H

#include "journal/journal.h"

struct journal_record {
    uint64_t id;
    struct shared_bytes *body; /* owned, or NULL */
    size_t size;               /* of packed */
    char packed[];
};

/* Takes entry->body over, be it to release it: NULL when memory ran out. */
struct journal_record *journal_record_new(struct journal_entry *entry);
/* NULL is allowed. */
void journal_record_free(struct journal_record *record);
void journal_record_drop_body(struct journal_record *record);
/* All of the entry; its body is borrowed. */
void journal_record_read(struct journal_entry *out, const struct journal_record *record);
/* What it counts against the journal's bound, its body included. */
size_t journal_record_cost(const struct journal_record *record);
/* The body's share of that; 0 without one. */
size_t journal_record_body_cost(const struct journal_record *record);

#endif
