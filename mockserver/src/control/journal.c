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

/* Ids grow from entry to entry. */
const struct journal_entry *journal_find(const struct journal *journal, uint64_t id)
{
    size_t low = 0, high = journal->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at(journal, middle)->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < journal->count && at(journal, low)->id == id ? at(journal, low) : NULL;
}

static bool append(struct journal_selection *out, size_t *size, const struct journal_entry *entry)
{
    if (out->count == *size) {
        size_t larger = *size ? *size * 2 : 16;
        struct journal_entry *grown = realloc(out->entries, larger * sizeof *grown);
        if (!grown)
            return false;
        out->entries = grown;
        *size = larger;
    }
    out->entries[out->count++] = *entry;
    if (entry->body)
        blob_hold(entry->body);
    return true;
}

bool journal_select(struct journal_selection *out, const struct journal *journal,
                    journal_filter *filter, void *context, size_t limit)
{
    size_t size = 0;
    *out = (struct journal_selection){0};
    for (size_t i = journal->count; i > 0; i--) {
        const struct journal_entry *entry = at(journal, i - 1);
        if (!filter(context, entry))
            continue;
        out->total++;
        if (out->count < limit && !append(out, &size, entry)) {
            journal_selection_clear(out);
            return false;
        }
    }
    return true;
}

void journal_selection_clear(struct journal_selection *selection)
{
    for (size_t i = 0; i < selection->count; i++)
        blob_release(selection->entries[i].body);
    free(selection->entries);
    *selection = (struct journal_selection){0};
}
