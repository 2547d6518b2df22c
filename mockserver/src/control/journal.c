/* A ring of entries. Each counts with its full size and that of its body. */
#include "control/journal.h"
#include <stdlib.h>

struct journal {
    struct journal_entry *ring; /* owned; capacity of them */
    size_t capacity;            /* what the bounds leave room for */
    size_t max_entries, max_bytes;
    size_t first, count, bytes;
    uint64_t added;
};

static struct journal_entry *at(const struct journal *journal, size_t index)
{
    return &journal->ring[(journal->first + index) % journal->capacity];
}

static size_t cost_of(const struct journal_entry *entry)
{
    return sizeof *entry + (entry->body ? sizeof *entry->body + entry->body->size : 0);
}

static void drop_oldest(struct journal *journal)
{
    struct journal_entry *entry = at(journal, 0);
    journal->bytes -= cost_of(entry);
    blob_release(entry->body);
    journal->first = (journal->first + 1) % journal->capacity;
    journal->count--;
}

/* At least one, so that a ring always exists; the bounds keep it empty. */
static size_t capacity_for(size_t max_entries, size_t max_bytes)
{
    size_t fitting = max_bytes / sizeof(struct journal_entry);
    size_t capacity = fitting < max_entries ? fitting : max_entries;
    return capacity ? capacity : 1;
}

struct journal *journal_new(size_t max_entries, size_t max_bytes)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (journal && journal_resize(journal, max_entries, max_bytes))
        return journal;
    free(journal);
    return NULL;
}

void journal_free(struct journal *journal)
{
    if (!journal)
        return;
    journal_reset(journal, NULL);
    free(journal->ring);
    free(journal);
}

static bool within(const struct journal *journal, size_t more_entries, size_t more_bytes)
{
    return journal->count + more_entries <= journal->max_entries &&
           journal->bytes + more_bytes <= journal->max_bytes;
}

bool journal_resize(struct journal *journal, size_t max_entries, size_t max_bytes)
{
    size_t capacity = capacity_for(max_entries, max_bytes);
    struct journal_entry *ring = calloc(capacity, sizeof *ring);
    if (!ring)
        return false;
    journal->max_entries = max_entries;
    journal->max_bytes = max_bytes;
    while (journal->count && (journal->count > capacity || !within(journal, 0, 0)))
        drop_oldest(journal);
    for (size_t i = 0; i < journal->count; i++)
        ring[i] = *at(journal, i);
    free(journal->ring);
    journal->ring = ring;
    journal->capacity = capacity;
    journal->first = 0;
    return true;
}

/* Who locks an account, empties it or limits its rate has asked for the refusal. */
static bool was_asked_for(const struct journal_entry *entry)
{
    return entry->scenario[0] || entry->rule == RULE_account_locked ||
           entry->rule == RULE_credits || entry->rule == RULE_rate;
}

void journal_add(struct journal *journal, struct journal_entry *entry)
{
    entry->id = ++journal->added;
    entry->unexpected = entry->code[0] && !was_asked_for(entry);
    if (cost_of(entry) > journal->max_bytes) {
        blob_release(entry->body);
        entry->body = NULL;
    }
    size_t cost = cost_of(entry);
    if (cost > journal->max_bytes || !journal->max_entries) { /* a journal of nothing */
        blob_release(entry->body);
        entry->body = NULL;
        return;
    }
    while (!within(journal, 1, cost))
        drop_oldest(journal);
    *at(journal, journal->count++) = *entry;
    journal->bytes += cost;
    entry->body = NULL;
}

void journal_reset(struct journal *journal, const struct account_digest *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < journal->count; i++) {
        struct journal_entry *entry = at(journal, i);
        if (key && !(entry->has_key && memcmp(&entry->key, key, sizeof *key) == 0)) {
            if (kept != i)
                *at(journal, kept) = *entry;
            kept++;
            continue;
        }
        journal->bytes -= cost_of(entry);
        blob_release(entry->body);
        entry->body = NULL;
    }
    journal->count = kept;
}

void journal_count(struct journal_counts *out, const struct journal *journal)
{
    *out = (struct journal_counts){
        .entries = journal->count,
        .bytes = journal->bytes,
        .max_entries = journal->max_entries,
        .max_bytes = journal->max_bytes,
        .added = journal->added,
    };
}

struct journal_entry *journal_copy(const struct journal *journal, size_t *count_out)
{
    *count_out = 0;
    if (!journal->count)
        return NULL;
    struct journal_entry *entries = malloc(journal->count * sizeof *entries);
    *count_out = entries ? journal->count : SIZE_MAX;
    for (size_t i = 0; entries && i < journal->count; i++) {
        entries[i] = *at(journal, journal->count - 1 - i);
        if (entries[i].body)
            blob_hold(entries[i].body);
    }
    return entries;
}

void journal_entries_free(struct journal_entry *entries, size_t count)
{
    for (size_t i = 0; entries && i < count; i++)
        blob_release(entries[i].body);
    free(entries);
}
