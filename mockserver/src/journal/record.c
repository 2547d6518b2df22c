/* Numbers are copied in one piece, texts one after the other, each with its NUL. */
#include "journal/record.h"
#include "base/count_of.h"
#include <stddef.h>
#include <stdlib.h>

#define ENTRY_NUMBERS offsetof(struct journal_entry, parts)
#define PART_NUMBERS offsetof(struct journal_part, name)

static const size_t entry_texts[] = {
    offsetof(struct journal_entry, headers),
#define MOCK_TEXT(name, most, source, kind, note) offsetof(struct journal_entry, name),
#include "journal/facts.def"
};
static const size_t part_texts[] = {
    offsetof(struct journal_part, name),
    offsetof(struct journal_part, file_name),
    offsetof(struct journal_part, content_type),
    offsetof(struct journal_part, sha256),
};

static size_t kept_parts(const struct journal_entry *entry)
{
    return entry->part_count < JOURNAL_PARTS_MAX ? entry->part_count : JOURNAL_PARTS_MAX;
}

static char *put(char *at, const void *from, size_t numbers, const size_t *texts, size_t count)
{
    memcpy(at, from, numbers);
    at += numbers;
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, (const char *)from + texts[i]) + 1;
    return at;
}

static const char *get(void *out, const char *at, size_t numbers, const size_t *texts, size_t count)
{
    memcpy(out, at, numbers);
    at += numbers;
    for (size_t i = 0; i < count; i++)
        at += stpcpy((char *)out + texts[i], at) - ((char *)out + texts[i]) + 1;
    return at;
}

struct journal_record *journal_record_new(struct journal_entry *entry)
{
    char packed[sizeof *entry]; /* never longer: the same texts without what follows them */
    char *end = put(packed, entry, ENTRY_NUMBERS, entry_texts, COUNT_OF(entry_texts));
    for (size_t i = 0; i < kept_parts(entry); i++)
        end = put(end, &entry->parts[i], PART_NUMBERS, part_texts, COUNT_OF(part_texts));
    size_t size = (size_t)(end - packed);
    struct journal_record *record = malloc(sizeof *record + size);
    if (record) {
        *record = (struct journal_record){.id = entry->id, .body = entry->body, .size = size};
        memcpy(record->packed, packed, size);
    } else {
        shared_bytes_release(entry->body);
    }
    entry->body = NULL;
    return record;
}

void journal_record_drop_body(struct journal_record *record)
{
    shared_bytes_release(record->body);
    record->body = NULL;
}

void journal_record_free(struct journal_record *record)
{
    if (record)
        shared_bytes_release(record->body);
    free(record);
}

void journal_record_read(struct journal_entry *out, const struct journal_record *record)
{
    *out = (struct journal_entry){0};
    const char *at = get(out, record->packed, ENTRY_NUMBERS, entry_texts, COUNT_OF(entry_texts));
    for (size_t i = 0; i < kept_parts(out); i++)
        at = get(&out->parts[i], at, PART_NUMBERS, part_texts, COUNT_OF(part_texts));
    out->body = record->body;
}

size_t journal_record_body_cost(const struct journal_record *record)
{
    return record->body ? sizeof *record->body + record->body->size : 0;
}

size_t journal_record_cost(const struct journal_record *record)
{
    return sizeof *record + record->size + journal_record_body_cost(record);
}
