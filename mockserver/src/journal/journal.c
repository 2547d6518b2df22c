/* A ring of records. Each counts with its full size and that of its body. Where room is short,
 * bodies go first, from the oldest on, and then whole records. */
#include "journal/journal.h"
#include "journal/record.h"
#include <stdlib.h>

struct journal {
    struct journal_record **ring; /* owned; capacity of them */
    size_t capacity;              /* at least one, so that a ring always exists */
    size_t max_entries, max_bytes;
    size_t first, count, bytes;
    size_t body_bytes; /* the share of bodies in bytes */
    size_t bare;       /* so many of the oldest have no body */
    uint64_t added, forgotten, forgotten_ever;
};

static struct journal_record **at(const struct journal *journal, size_t index)
{
    return &journal->ring[(journal->first + index) % journal->capacity];
}

static void count_forgotten(struct journal *journal)
{
    journal->forgotten++;
    journal->forgotten_ever++;
}

static void subtract(struct journal *journal, const struct journal_record *record)
{
    journal->bytes -= journal_record_cost(record);
    journal->body_bytes -= journal_record_body_cost(record);
}

static void drop_oldest(struct journal *journal)
{
    struct journal_record *record = *at(journal, 0);
    subtract(journal, record);
    journal_record_free(record);
    journal->first = (journal->first + 1) % journal->capacity;
    journal->count--;
    journal->bare -= journal->bare > 0;
    count_forgotten(journal);
}

static bool has_room(const struct journal *journal, size_t more_bytes)
{
    return journal->bytes + more_bytes <= journal->max_bytes;
}

static void make_room(struct journal *journal, size_t more_entries, size_t more_bytes)
{
    while (journal->count + more_entries > journal->max_entries)
        drop_oldest(journal);
    while (!has_room(journal, more_bytes) && journal->bare < journal->count) {
        struct journal_record *record = *at(journal, journal->bare++);
        const size_t cost = journal_record_body_cost(record);
        journal->bytes -= cost;
        journal->body_bytes -= cost;
        journal_record_drop_body(record);
    }
    while (!has_room(journal, more_bytes))
        drop_oldest(journal);
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

bool journal_resize(struct journal *journal, size_t max_entries, size_t max_bytes)
{
    size_t capacity = max_entries ? max_entries : 1;
    struct journal_record **ring = calloc(capacity, sizeof(struct journal_record *));
    if (!ring)
        return false;
    journal->max_entries = max_entries;
    journal->max_bytes = max_bytes;
    make_room(journal, 0, 0);
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
    struct journal_record *record = journal_record_new(entry);
    if (record &&
        journal->bytes - journal->body_bytes + journal_record_cost(record) > journal->max_bytes)
        journal_record_drop_body(record); /* no room beside what is older, even if that is bare */
    if (!record || journal_record_cost(record) > journal->max_bytes || !journal->max_entries) {
        journal_record_free(record);
        count_forgotten(journal);
        return;
    }
    make_room(journal, 1, journal_record_cost(record));
    *at(journal, journal->count++) = record;
    journal->bytes += journal_record_cost(record);
    journal->body_bytes += journal_record_body_cost(record);
}

static bool is_of(const struct journal_record *record, const struct key_digest *key)
{
    struct journal_entry entry;
    journal_record_read(&entry, record);
    return entry.has_key && memcmp(&entry.key, key, sizeof *key) == 0;
}

void journal_reset(struct journal *journal, const struct key_digest *key)
{
    size_t kept = 0;
    for (size_t i = 0; i < journal->count; i++) {
        struct journal_record *record = *at(journal, i);
        if (key && !is_of(record, key)) {
            *at(journal, kept++) = record;
            continue;
        }
        subtract(journal, record);
        journal_record_free(record);
    }
    journal->count = kept;
    journal->bare = 0; /* not known any more */
    if (!key)
        journal->forgotten = 0;
}

void journal_count(struct journal_counts *out, const struct journal *journal)
{
    *out = (struct journal_counts){
        .entries = journal->count,
        .bytes = journal->bytes,
        .max_entries = journal->max_entries,
        .max_bytes = journal->max_bytes,
        .added = journal->added,
        .forgotten = journal->forgotten,
        .forgotten_ever = journal->forgotten_ever,
    };
}

/* The first record whose id is this or a later one. Ids grow from record to record. */
static size_t place_of(const struct journal *journal, uint64_t id)
{
    size_t low = 0, high = journal->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((*at(journal, middle))->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool journal_find(struct journal_entry *out, const struct journal *journal, uint64_t id)
{
    const size_t place = place_of(journal, id);
    if (place == journal->count || (*at(journal, place))->id != id)
        return false;
    journal_record_read(out, *at(journal, place));
    return true;
}

size_t journal_wanted(const struct journal *journal, journal_filter *filter, void *context,
                      uint64_t after)
{
    size_t wanted = 0;
    for (size_t i = journal->count; i > 0 && (*at(journal, i - 1))->id > after; i--) {
        struct journal_entry entry;
        journal_record_read(&entry, *at(journal, i - 1));
        wanted += filter(context, &entry);
    }
    return wanted;
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
        shared_bytes_hold(entry->body);
    return true;
}

bool journal_select(struct journal_selection *out, const struct journal *journal,
                    journal_filter *filter, void *context, size_t limit)
{
    size_t size = 0;
    *out = (struct journal_selection){.forgotten = journal->forgotten};
    for (size_t i = journal->count; i > 0; i--) {
        struct journal_entry entry;
        journal_record_read(&entry, *at(journal, i - 1));
        if (!filter(context, &entry))
            continue;
        out->total++;
        if (out->count < limit && !append(out, &size, &entry)) {
            journal_selection_clear(out);
            return false;
        }
    }
    return true;
}

bool journal_follow(struct journal_selection *out, const struct journal *journal, uint64_t after,
                    size_t limit)
{
    size_t size = 0;
    const size_t place = place_of(journal, after + 1);
    *out = (struct journal_selection){.total = journal->count - place,
                                      .forgotten = journal->forgotten};
    for (size_t i = place; i < journal->count && out->count < limit; i++) {
        struct journal_entry entry;
        journal_record_read(&entry, *at(journal, i));
        if (!append(out, &size, &entry)) {
            journal_selection_clear(out);
            return false;
        }
    }
    return true;
}

void journal_selection_clear(struct journal_selection *selection)
{
    for (size_t i = 0; i < selection->count; i++)
        shared_bytes_release(selection->entries[i].body);
    free(selection->entries);
    *selection = (struct journal_selection){0};
}
