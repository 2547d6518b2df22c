/* What one key has used of each scenario of which it has taken a step. A hash table that grows with
 * what it holds: a request looks into it once for every scenario that matches.
 *
 * Uses belong to a scenario's serial number, so a scenario that replaces another starts unused.
 * Pure but for memory. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_USES_H
#define AILAB_MOCKSERVER_SCENARIOS_USES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uses {
    uint64_t total;   /* requests answered by the scenario */
    uint32_t step;    /* the next one */
    uint32_t of_step; /* how often that step was taken in a row */
};

struct uses_entry;

/* Start with all zero. */
struct uses_table {
    struct uses_entry **buckets; /* owned; a power of two of them, or none */
    size_t bucket_count, count;
};

/* Whether the scenario of this serial can still be used. */
typedef bool uses_filter(const void *context, uint64_t serial);

/* All zero when no step has been taken. */
struct uses uses_find(const struct uses_table *table, uint64_t serial);
/* Before the table grows it forgets those that the filter refuses. False when memory ran out; then
 * nothing is kept. */
bool uses_keep(struct uses_table *table, uint64_t serial, const struct uses *uses,
               uses_filter *filter, const void *context);
/* Forgets what was used of the scenario of this serial. */
void uses_forget(struct uses_table *table, uint64_t serial);
/* Forgets all; the table can be used again. */
void uses_clear(struct uses_table *table);

#endif
