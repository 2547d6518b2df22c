/* The journal: what was asked and answered, without secrets. A ring bounded by entries and by
 * bytes; the oldest leave first. Texts are cut to what an entry has room for, and are kept no
 * longer than they are.
 *
 * Not thread-safe by itself: the state holds one lock over it. */
#ifndef AILAB_MOCK_JOURNAL_H
#define AILAB_MOCK_JOURNAL_H

#include "accounts/key_digest.h"
#include "api/fault.h"
#include "api/rules.h"
#include "base/shared_bytes.h"
#include "scenarios/request_facts.h"
#include "scenarios/scenario.h"

#define JOURNAL_DEFAULT_ENTRIES 1000
#define JOURNAL_DEFAULT_BYTES ((size_t)8 * 1024 * 1024)
#define JOURNAL_ENTRIES_MAX 100000
#define JOURNAL_BYTES_MAX ((size_t)1024 * 1024 * 1024)
#define JOURNAL_PARTS_MAX 4     /* two are documented; of more, how many there were */
#define JOURNAL_HASHED_MAX 1024 /* larger parts are hashed only where somebody needs the hash */

/* Who chose the scenario that answered. In the order of precedence. */
enum chooser {
    CHOSEN_BY_NOBODY,
    CHOSEN_BY_QUEUE,
    CHOSEN_BY_HEADER,
    CHOSEN_BY_KEY,
    CHOSEN_BY_FILE_NAME,
    CHOSEN_BY_PICTURE,
    CHOSEN_BY_MATCH,
};

/* In both structs the numbers come first and the texts last; journal_record.c relies on it. */
struct journal_part {
    uint64_t size;
    bool has_file_name;

    char name[48];
    char file_name[SCENARIO_PATTERN_MAX + 1];
    char content_type[64];
    char sha256[65]; /* "" when nobody needed it */
};

/* Start with all zero. Texts are what was sent, cut to fit, in whatever encoding. */
struct journal_entry {
    uint64_t id;     /* given by journal_add(), from 1 */
    int64_t time_ms; /* wall-clock, when the request came */
    bool has_key;
    struct key_digest key;
    uint64_t nth; /* which request of this key, from 1; 0 when it was not counted */

    size_t part_count; /* may be larger than JOURNAL_PARTS_MAX */
    size_t image_part; /* index into parts of image_target, from 1; 0: none */
    enum image_format format;
    uint64_t image_size;
    uint32_t width, height;
    int service_choice; /* -1 when there was none that is a number */

    enum rule_id rule; /* which refused, or RULE_NONE */
    int status;        /* sent; 0: no status line was sent */
    enum chooser chooser;
    enum fault_id fault;
    double duration_ms;
    uint64_t bytes_in, bytes_out; /* body bytes read, bytes sent */
    bool unexpected;              /* set by journal_add() */
    struct blob *body;            /* owned; NULL unless bodies are kept */

    char method[24];
    char path[256]; /* without the query */
    char request_id[37];
    char code[SCENARIO_CODE_MAX + 1]; /* error_detail.code; "" for a success */
    char message[192];
    char scenario[65]; /* which answered; "" for none */
    char deviation[48];
    struct journal_part parts[JOURNAL_PARTS_MAX];
};

struct journal;

/* Fills in what follows from the request and the verdict: method, path, parts, picture,
 * service_choice, rule, code and message. sha256 is image_target's as 64 digits, "" when nobody
 * made it; small parts are hashed here. */
void journal_describe(struct journal_entry *out, const struct request *request,
                      const struct verdict *verdict, const char *sha256);
/* The number that service_choice says, -1 when it is none. */
int journal_choice_of(const struct request *request);
/* What matches look at; the key is not known any more. Borrows from entry. */
struct request_facts journal_facts(const struct journal_entry *entry);
/* "queue", "header", …, "" for nobody. Static storage. */
const char *chooser_name(enum chooser chooser);

/* NULL when memory ran out. */
struct journal *journal_new(size_t max_entries, size_t max_bytes);
/* NULL is allowed. */
void journal_free(struct journal *journal);
/* Other bounds, the oldest leaving when they are narrower. False, and nothing has changed, when
 * memory ran out. */
bool journal_resize(struct journal *journal, size_t max_entries, size_t max_bytes);

/* Keeps a copy; entry->body is taken over. A body that alone exceeds the bound is dropped; without
 * memory for the copy there is none. Unexpected is an error that nobody asked for: neither a
 * scenario nor an account's settings. */
void journal_add(struct journal *journal, struct journal_entry *entry);
/* Forgets all, or with a digest those of one key. Ids go on. */
void journal_reset(struct journal *journal, const struct key_digest *key);

struct journal_counts {
    size_t entries, bytes, max_entries, max_bytes;
    uint64_t added; /* ever */
};
void journal_count(struct journal_counts *out, const struct journal *journal);

/* A copy, whose body is borrowed until the next change. False when there is none of this id. */
bool journal_find(struct journal_entry *out, const struct journal *journal, uint64_t id);

/* Which entries somebody wants. */
typedef bool journal_filter(void *context, const struct journal_entry *entry);

struct journal_selection {
    struct journal_entry *entries; /* newest first; copies whose bodies are held */
    size_t count;
    size_t total; /* how many were wanted; count is at most the limit */
};

/* Looks at every entry, newest first, and copies the first limit that filter wants. False when
 * memory ran out. */
bool journal_select(struct journal_selection *out, const struct journal *journal,
                    journal_filter *filter, void *context, size_t limit);
void journal_selection_clear(struct journal_selection *selection);

#endif
