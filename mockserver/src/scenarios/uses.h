/* How far one key has come in each scenario of which it has taken a step. A hash table that grows
 * with what it holds: a request looks into it once for every scenario that matches.
 *
 * Internal to engine.c. Pure but for memory. */
#ifndef AILAB_MOCK_PROGRESS_H
#define AILAB_MOCK_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct position {
    uint64_t total; /* requests answered by the scenario */
    uint32_t step;  /* the next one */
    uint32_t uses;  /* of that step */
};

struct progress;

/* Start with all zero. */
struct progress_table {
    struct progress **buckets; /* owned; a power of two of them, or none */
    size_t bucket_count, count;
};

/* Of a scenario's name, to be made once and handed in wherever a hash is wanted. */
uint32_t progress_hash(const char *name);
/* The start when no step has been taken. */
struct position progress_find(const struct progress_table *table, const char *name, uint32_t hash);
/* False when memory ran out; then nothing has changed. */
bool progress_keep(struct progress_table *table, const char *name, uint32_t hash,
                   const struct position *position);
void progress_forget(struct progress_table *table, const char *name);
/* Forgets all; the table can be used again. */
void progress_clear(struct progress_table *table);

#endif
