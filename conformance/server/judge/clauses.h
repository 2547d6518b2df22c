/* The clauses of the contract that a server owes, and the waivers of those that no case evidences.
 */
#ifndef CONFORMANCE_SERVER_JUDGE_CLAUSES_H
#define CONFORMANCE_SERVER_JUDGE_CLAUSES_H

#include <stdbool.h>
#include <stddef.h>

enum level { LEVEL_MUST = 0, LEVEL_SHOULD, LEVEL_INFO };

struct clause {
    const char *id;
    enum level level;
    char mark;        /* D documentation, S SDKs, O observed, C callers, P policy */
    int section;      /* of the API reference */
    const char *hash; /* first 8 hexadecimal digits of the text's SHA-256 */
    const char *text;
};

/* Static storage. */
const struct clause *clauses(size_t *count_out);
/* NULL when there is none of this id; ids end at len or at a NUL. */
const struct clause *clause_find(const char *id, size_t len);
/* The first id of a list that is separated by spaces. NULL when it is unknown. */
const struct clause *clause_first(const char *list);
/* Whether the list names the clause. */
bool clause_listed(const char *list, const struct clause *clause);
/* Why no case evidences the clause; NULL when it is not waived. */
const char *clause_waiver(const struct clause *clause);
/* The ids that are waived. Static storage. */
const char *const *clause_waived(size_t *count_out);
/* "MUST", "SHOULD", "INFO". */
const char *level_name(enum level level);
bool level_find(enum level *out, const char *name);
/* "documentation", "vendor's SDKs", … */
const char *clause_source(const struct clause *clause);

#endif
