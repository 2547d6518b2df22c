/* The journal: which requests came and how they were answered, without secrets. A ring bounded by
 * entries and by bytes: the oldest bodies leave first, then the oldest entries. facts.def lists
 * what an entry holds.
 *
 * Not thread-safe by itself: the state holds one lock over it. */
#ifndef AILAB_MOCKSERVER_JOURNAL_JOURNAL_H
#define AILAB_MOCKSERVER_JOURNAL_JOURNAL_H

#include "accounts/key_digest.h"
#include "api/fault.h"
#include "api/rules.h"
#include "api/tls_fault.h"
#include "base/sha256.h"
#include "base/shared_bytes.h"
#include "hints/hints.h"
#include "scenarios/choose.h"
#include "scenarios/request_facts.h"

#define JOURNAL_DEFAULT_ENTRIES 1000
#define JOURNAL_DEFAULT_BYTES ((size_t)8 * 1024 * 1024)
#define JOURNAL_ENTRIES_MAX 100000
#define JOURNAL_BYTES_MIN 65536
#define JOURNAL_BYTES_MAX ((size_t)1024 * 1024 * 1024)
#define JOURNAL_PARTS_MAX 4     /* two are documented; of more, how many there were */
#define JOURNAL_HASHED_MAX 1024 /* bytes; larger parts are hashed only when a match needs it */

/* Who chose the scenario that answered. In the order of precedence. */
enum chosen_by {
    CHOSEN_BY_NOBODY,
    CHOSEN_BY_QUEUE,
    CHOSEN_BY_HEADER,
    CHOSEN_BY_KEY,
    CHOSEN_BY_FILE_NAME,
    CHOSEN_BY_PICTURE,
    CHOSEN_BY_MATCH,
};

/* In both structs the numbers come first and the texts last; record.c relies on it. */
struct journal_part {
    uint64_t size;
    bool has_file_name;

    char name[48];
    char file_name[SCENARIO_PATTERN_MAX + 1];
    char content_type[64];
    char sha256[SHA256_TEXT_SIZE]; /* "" when it was not made */
};

/* Start with all zero. Texts are as they were sent, cut to fit, in any encoding. */
struct journal_entry {
    bool has_key;
    struct key_digest key;
    struct request_numbers number;
    size_t image_part;         /* index into parts of image_target, from 1; 0: none */
    unsigned oddities;         /* of the picture; bits as in struct image_facts */
    size_t headers_kept;       /* of header_count */
    struct shared_bytes *body; /* owned; NULL unless bodies are kept */
#define MOCK_NUMBER(type, name, source, kind, note) type name;
#include "journal/facts.def"

    struct journal_part parts[JOURNAL_PARTS_MAX]; /* the first of part_count */
    char headers[KEPT_HEADERS_SIZE];              /* as in struct request_headers */
#define MOCK_TEXT(name, most, source, kind, note) char name[(most) + 1];
#include "journal/facts.def"
};

/* Bytes of a text of an entry. */
#define JOURNAL_TEXT_MAX(name) (sizeof((struct journal_entry *)0)->name - 1)

struct journal;

/* Who asked, and how. */
struct journal_peer {
    const char *text;         /* address and port; NULL: not known */
    bool tls;                 /* by TLS */
    bool proxied;             /* through CONNECT */
    enum tls_fault tls_fault; /* that the connection met */
};

/* What an entry is made from. All is borrowed. */
struct journal_source {
    struct journal_peer peer;
    const struct request *request;
    const struct verdict *verdict;
    const struct choice *choice; /* the scenario and the step that answer; all zero for none */
    const char *request_id, *hint;
    uint64_t nth; /* which request of its key, from 1; 0 when it was not counted */
    int64_t time_ms;
    int status; /* sent; 0: no status line was sent */
    uint64_t bytes_in, bytes_out;
    double duration_ms;
};

/* Fills in an entry that is all zero, but for its key, chosen_by and body, which state_leave()
 * adds. Small parts are hashed here, a picture only when its hash is known. */
void journal_describe(struct journal_entry *out, const struct journal_source *source);
/* The names of the rule that refused and of the fault of TLS that the connection met, "" for none.
 * Static storage. */
const char *journal_rule(const struct journal_entry *entry);
const char *journal_tls_fault(const struct journal_entry *entry);
/* What matches look at; the key is not known any more. Borrows from entry. */
struct request_facts journal_facts(const struct journal_entry *entry);

/* NULL when memory ran out. */
struct journal *journal_new(size_t max_entries, size_t max_bytes);
/* NULL is allowed. */
void journal_free(struct journal *journal);
/* Other bounds, the oldest leaving when they are narrower. False, and nothing has changed, when
 * memory ran out. */
bool journal_resize(struct journal *journal, size_t max_entries, size_t max_bytes);

/* Keeps a copy; entry->body is taken over. A body that has no room beside the entries is dropped;
 * without memory for the copy there is none. Unexpected is an error that no scenario asked for:
 * neither a scenario nor an account's settings. */
void journal_add(struct journal *journal, struct journal_entry *entry);
/* Forgets all, or with a digest those of one key. Ids go on. */
void journal_reset(struct journal *journal, const struct key_digest *key);

struct journal_counts {
    size_t entries, bytes, max_entries, max_bytes;
    uint64_t added, forgotten, forgotten_ever; /* forgotten: since all was forgotten */
};
void journal_count(struct journal_counts *out, const struct journal *journal);

/* A copy, whose body is borrowed until the next change. False when there is none of this id. */
bool journal_find(struct journal_entry *out, const struct journal *journal, uint64_t id);

/* Whether the caller wants this entry. */
typedef bool journal_filter(void *context, const struct journal_entry *entry);

struct journal_selection {
    struct journal_entry *entries; /* copies whose bodies are held; newest first, if selected */
    size_t count;
    size_t total; /* how many were wanted; count is at most the limit */
    uint64_t
        forgotten; /* requests of all keys that left for want of room since all was forgotten */
};

/* How many entries behind the one with this id (0: of all) filter wants. */
size_t journal_wanted(const struct journal *journal, journal_filter *filter, void *context,
                      uint64_t after);

/* Looks at every entry, newest first, and copies the first limit that filter wants. False when
 * memory ran out. */
bool journal_select(struct journal_selection *out, const struct journal *journal,
                    journal_filter *filter, void *context, size_t limit);
/* Copies the first limit entries behind the one with this id, oldest first. False when memory ran
 * out. */
bool journal_follow(struct journal_selection *out, const struct journal *journal, uint64_t after,
                    size_t limit);
void journal_selection_clear(struct journal_selection *selection);

#endif
