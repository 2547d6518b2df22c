/* Chains in buckets, as many buckets as entries at least. Serials follow one another, so they
 * spread over the buckets as they are. */
#include "scenarios/uses.h"
#include <stdlib.h>

#define BUCKETS_AT_FIRST 8

struct uses_entry {
    struct uses_entry *chain;
    uint64_t serial;
    struct uses uses;
};

/* Where the entry of this serial hangs, or would: then *link is NULL. There are buckets. */
static struct uses_entry **link_of(const struct uses_table *table, uint64_t serial)
{
    struct uses_entry **link = &table->buckets[serial & (table->bucket_count - 1)];
    while (*link && (*link)->serial != serial)
        link = &(*link)->chain;
    return link;
}

struct uses uses_find(const struct uses_table *table, uint64_t serial)
{
    const struct uses_entry *found = table->bucket_count ? *link_of(table, serial) : NULL;
    return found ? found->uses : (struct uses){0};
}

static void forget_others(struct uses_table *table, uses_filter *filter, const void *context)
{
    for (size_t i = 0; i < table->bucket_count; i++)
        for (struct uses_entry **link = &table->buckets[i]; *link;) {
            struct uses_entry *entry = *link;
            if (filter(context, entry->serial)) {
                link = &entry->chain;
                continue;
            }
            *link = entry->chain;
            free(entry);
            table->count--;
        }
}

static bool grow(struct uses_table *table)
{
    struct uses_table larger = {
        .bucket_count = table->bucket_count ? table->bucket_count * 2 : BUCKETS_AT_FIRST,
        .count = table->count,
    };
    larger.buckets = calloc(larger.bucket_count, sizeof(struct uses_entry *));
    if (!larger.buckets)
        return false;
    for (size_t i = 0; i < table->bucket_count; i++)
        for (struct uses_entry *entry = table->buckets[i], *next; entry; entry = next) {
            next = entry->chain;
            entry->chain = NULL;
            *link_of(&larger, entry->serial) = entry;
        }
    free(table->buckets);
    *table = larger;
    return true;
}

/* Grows unless forgetting has made half of the room free: otherwise each new entry would ask the
 * filter about all others. */
static bool make_room(struct uses_table *table, uses_filter *filter, const void *context)
{
    if (table->count < table->bucket_count)
        return true;
    forget_others(table, filter, context);
    return (table->bucket_count && table->count <= table->bucket_count / 2) || grow(table);
}

bool uses_keep(struct uses_table *table, uint64_t serial, const struct uses *uses,
               uses_filter *filter, const void *context)
{
    struct uses_entry *entry = table->bucket_count ? *link_of(table, serial) : NULL;
    if (!entry) {
        if (!make_room(table, filter, context) || !(entry = calloc(1, sizeof *entry)))
            return false;
        entry->serial = serial;
        *link_of(table, serial) = entry;
        table->count++;
    }
    entry->uses = *uses;
    return true;
}

void uses_forget(struct uses_table *table, uint64_t serial)
{
    struct uses_entry **link = table->bucket_count ? link_of(table, serial) : NULL;
    struct uses_entry *entry = link ? *link : NULL;
    if (!entry)
        return;
    *link = entry->chain;
    free(entry);
    table->count--;
}

void uses_clear(struct uses_table *table)
{
    for (size_t i = 0; i < table->bucket_count; i++)
        while (table->buckets[i]) {
            struct uses_entry *next = table->buckets[i]->chain;
            free(table->buckets[i]);
            table->buckets[i] = next;
        }
    free(table->buckets);
    *table = (struct uses_table){0};
}
