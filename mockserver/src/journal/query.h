/* What somebody looks for in the journal: the matches of scenarios, and what became of a request.
 * And how near a request comes to it, field by field.
 *
 * Keys are kept as digests, so a key is compared whole; a pattern with wildcards other than "*"
 * alone is refused in a query, and fits nobody in a scenario's match. Pure but for memory. */
#ifndef AILAB_MOCK_JOURNAL_QUERY_H
#define AILAB_MOCK_JOURNAL_QUERY_H

#include "documents/shapes.h"
#include "journal/journal.h"

#define QUERY_FIELDS_MAX 18
#define QUERY_TEXT_SIZE 300

/* Start with all zero. Texts are owned; NULL or not given matches everything. */
struct journal_query {
    struct scenario holder;             /* only its match is used */
    const struct scenario_match *match; /* of holder, or borrowed from elsewhere; may be NULL */
    bool is_flat[MATCH_FIELDS];         /* which fields of a match stand beside "match" */
    const char *key_pattern;            /* borrowed; what no digest can be held against */
    bool has_key;
    struct key_digest key;
    char *method;
    char *path;     /* pattern */
    char *code;     /* "" for a success */
    char *rule;     /* "" for none */
    char *scenario; /* "" for none */
    int status;     /* 0: any */
    bool has_unexpected, unexpected;
    bool used_up; /* of a scenario of which nothing is left: a criterion that no entry meets */
};

struct query_field {
    const char *name; /* as in the query */
    char expected[QUERY_TEXT_SIZE], actual[QUERY_TEXT_SIZE];
    bool matched;
};

/* Reads {"match": {…}, "status": …, "code": …, "scenario": …, "rule": …, "method": …, "path": …,
 * "unexpected": …}, each optional, and what may stand in "match" also beside it; no text at all is
 * a query for everything. False with a complaint; then there is nothing to clear. */
bool journal_query_parse(struct journal_query *out, struct slice json,
                         struct document_error *error);
/* A query for what a scenario waits for. Borrows match. */
void journal_query_of_match(struct journal_query *out, const struct scenario_match *match);
void journal_query_clear(struct journal_query *query);

bool journal_query_accepts(const struct journal_query *query, const struct journal_entry *entry);

/* One row for each criterion the query has. Returns how many. */
size_t journal_query_compare(struct query_field out[QUERY_FIELDS_MAX],
                             const struct journal_query *query, const struct journal_entry *entry);

/* How far an entry is: of the criteria, which part is not met; 0 is a match. */
double journal_query_distance(const struct journal_query *query, const struct journal_entry *entry);

#endif
