/* The clauses of the contract that a server owes, with the waivers of those that no case evidences,
 * and the clauses that a caller's program owes. A clause is named by an identifier, which the
 * compiler checks. */
#ifndef CONFORMANCE_SERVER_JUDGE_CLAUSES_H
#define CONFORMANCE_SERVER_JUDGE_CLAUSES_H

#include <stdbool.h>
#include <stddef.h>

enum level { LEVEL_MUST = 0, LEVEL_SHOULD, LEVEL_INFO };

/* conformance/client/ shows what a client owes. In the contract, all clauses of a server stand
 * before those of a caller. */
#define CLAUSE_OF_SERVER(...) __VA_ARGS__
#define CLAUSE_OF_CLIENT(...)
#define CLAUSE_OF_CALLER(...) __VA_ARGS__
enum clause_id {
    CLAUSE_NONE = 0,
#define AILAB_CLAUSE(id, level, subject, mark, section, hash, text)                                \
    CLAUSE_OF_##subject(CLAUSE_##id, )
#include "contract/clauses.def"
};

struct clause {
    const char *id;
    enum level level;
    char mark;        /* D documentation, S SDKs, O observed, C callers, P policy */
    int section;      /* of the API reference */
    const char *hash; /* first 8 hexadecimal digits of the text's SHA-256 */
    const char *text;
};

/* Those of a server, and those of a caller, in the order of the contract. Static storage. */
const struct clause *clauses(size_t *count_out);
const struct clause *clauses_of_callers(size_t *count_out);
/* NULL for CLAUSE_NONE. */
const struct clause *clause_of(enum clause_id id);
/* Why no case evidences the clause; NULL when it is not waived. */
const char *clause_waiver(const struct clause *clause);
/* "MUST", "SHOULD", "INFO". */
const char *level_name(enum level level);
/* "documentation", "vendor's SDKs", … */
const char *clause_source(const struct clause *clause);

#endif
