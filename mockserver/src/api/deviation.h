/* Commits one breach of the contract on an envelope. The names, the clauses they break and what
 * they do are in deviations.def. Pure but for memory. */
#ifndef AILAB_MOCKSERVER_API_DEVIATION_H
#define AILAB_MOCKSERVER_API_DEVIATION_H

#include "api/contract.h"

struct cJSON;

struct deviation {
    const char *name; /* "null-request-id" */
    const char *path; /* of the field, NULL when it is none of the three field kinds */
    enum clause_id clause;
    const char *summary;
};

/* Static storage. NULL when there is no such deviation. */
const struct deviation *deviation_table(size_t *count_out);
const struct deviation *deviation_find(struct slice name);

/* Changes the envelope; *status is the HTTP status, which a deviation may change too. One that
 * does not concern this answer (a field it does not have) leaves it as it is. False when memory
 * ran out. */
bool deviation_apply(const struct deviation *deviation, struct cJSON *envelope, int *status);

/* Whether the deviation is only to be seen on an error answer. */
bool deviation_wants_error(const struct deviation *deviation);

#endif
