/* A question to the journal: the criteria of a match, and what a query asks of the answer
 * (MOCK_ASKED in facts.def). And how near a request comes to it, criterion by criterion.
 *
 * The journal keeps digests of keys, so a query names a whole key, or "*" for every request. The
 * match of a scenario may have another pattern for the key; no request with a key fulfils that
 * here. Pure but for memory. */
#ifndef AILAB_MOCKSERVER_JOURNAL_QUERY_H
#define AILAB_MOCKSERVER_JOURNAL_QUERY_H

#include "documents/shapes.h"
#include "journal/journal.h"

#define QUERY_TEXT_SIZE CRITERION_TEXT_SIZE
#define QUERY_NAME_SIZE 40

struct query_flag {
    bool given, value;
};

/* Start with all zero, which asks nothing. */
struct journal_query {
    struct scenario holder;             /* only its match is used */
    const struct scenario_match *match; /* of holder, or borrowed from a scenario; may be NULL */
    bool is_flat[CRITERIA];             /* which criteria of a match stand beside "match" */
    const char *key_pattern;            /* borrowed; one that cannot be compared with a digest */
    bool has_key;
    struct key_digest key;
    bool used_up; /* of a scenario without a step left: a criterion that no entry fulfils */
#define ASKED_EQUAL(name) char *name;   /* owned; NULL: anything */
#define ASKED_PATTERN(name) char *name; /* owned; NULL: anything */
#define ASKED_WHOLE(name) int name;     /* 0: anything */
#define ASKED_FLAG(name) struct query_flag name;
#define MOCK_ASKED(name, value, asks, least, most, note) ASKED_##asks(name)
#include "journal/facts.def"
};

enum {
#define MOCK_ASKED(name, value, asks, least, most, note) QUERY_ASKED_##name,
#include "journal/facts.def"
    QUERY_ASKED,
    QUERY_FIELDS_MAX = CRITERIA + 1 + QUERY_ASKED /* and used_up */
};

struct query_field {
    char name[QUERY_NAME_SIZE]; /* as in the query: "match.width" or "width" */
    char expected[QUERY_TEXT_SIZE], actual[QUERY_TEXT_SIZE];
    bool matched;
};

/* Reads {"match": {…}, "status": 200, …}, where each field is optional, and the criteria of a match
 * may stand beside "match" instead. An empty text asks nothing. False with a complaint; then there
 * is nothing to clear. */
bool journal_query_parse(struct journal_query *out, struct slice json,
                         struct document_error *error);
/* Adds the JSON Schema of such a query. */
void journal_query_describe(struct tree *tree, cJSON *parent, const char *name);
/* Asks for requests that a scenario's match accepts. Borrows match. */
void journal_query_of_match(struct journal_query *out, const struct scenario_match *match);
void journal_query_clear(struct journal_query *query);

bool journal_query_accepts(const struct journal_query *query, const struct journal_entry *entry);

/* Compares each criterion that the query has, one field each. Returns how many. */
size_t journal_query_compare(struct query_field out[QUERY_FIELDS_MAX],
                             const struct journal_query *query, const struct journal_entry *entry);

/* The share of the query's criteria that the entry does not fulfil; 0 is a match, 1 is none met. */
double journal_query_distance(const struct journal_query *query, const struct journal_entry *entry);

#endif
