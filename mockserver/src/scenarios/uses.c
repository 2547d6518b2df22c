/* Chains in buckets, as many buckets as entries at least. */
#include "scenarios/uses.h"
#include <stdlib.h>
#include <string.h>

#define BUCKETS_AT_FIRST 8

struct progress {
    struct progress *chain;
    struct position position;
    uint32_t hash;
    char name[];
};

/* FNV-1a */
uint32_t progress_hash(const char *name)
{
    uint32_t hash = UINT32_C(2166136261);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT32_C(16777619);
    return hash;
}

/* Where the entry of this name hangs, or would: then *link is NULL. There are buckets. */
static struct progress **link_of(const struct progress_table *table, const char *name,
                                 uint32_t hash)
{
    struct progress **link = &table->buckets[hash & (table->bucket_count - 1)];
    while (*link && ((*link)->hash != hash || strcmp((*link)->name, name) != 0))
        link = &(*link)->chain;
    return link;
}

struct position progress_find(const struct progress_table *table, const char *name, uint32_t hash)
{
    const struct progress *found = table->bucket_count ? *link_of(table, name, hash) : NULL;
    return found ? found->position : (struct position){0};
}

static bool make_room(struct progress_table *table)
{
    if (table->count < table->bucket_count)
        return true;
    struct progress_table larger = {
        .bucket_count = table->bucket_count ? table->bucket_count * 2 : BUCKETS_AT_FIRST,
        .count = table->count,
    };
    larger.buckets = calloc(larger.bucket_count, sizeof(struct progress *));
    if (!larger.buckets)
        return false;
    for (size_t i = 0; i < table->bucket_count; i++)
        for (struct progress *entry = table->buckets[i], *next; entry; entry = next) {
            struct progress **bucket = &larger.buckets[entry->hash & (larger.bucket_count - 1)];
            next = entry->chain;
            entry->chain = *bucket;
            *bucket = entry;
        }
    free(table->buckets);
    *table = larger;
    return true;
}

bool progress_keep(struct progress_table *table, const char *name, uint32_t hash,
                   const struct position *position)
{
    struct progress *entry = table->bucket_count ? *link_of(table, name, hash) : NULL;
    if (!entry) {
        size_t size = strlen(name) + 1;
        if (!make_room(table) || !(entry = calloc(1, sizeof *entry + size)))
            return false;
        entry->hash = hash;
        memcpy(entry->name, name, size);
        *link_of(table, name, hash) = entry;
        table->count++;
    }
    entry->position = *position;
    return true;
}

void progress_forget(struct progress_table *table, const char *name)
{
    struct progress **link = table->bucket_count ? link_of(table, name, progress_hash(name)) : NULL;
    struct progress *forgotten = link ? *link : NULL;
    if (!forgotten)
        return;
    *link = forgotten->chain;
    free(forgotten);
    table->count--;
}

void progress_clear(struct progress_table *table)
{
    for (size_t i = 0; i < table->bucket_count; i++)
        while (table->buckets[i]) {
            struct progress *next = table->buckets[i]->chain;
            free(table->buckets[i]);
            table->buckets[i] = next;
        }
    free(table->buckets);
    *table = (struct progress_table){0};
}
