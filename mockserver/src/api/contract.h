/* The contract's tables in C, made from fixtures/contract. Adding an error, an expression or a
 * revision is adding a row there; nothing here changes. */
#ifndef AILAB_MOCKSERVER_API_CONTRACT_H
#define AILAB_MOCKSERVER_API_CONTRACT_H

#include "base/slice.h"

enum error_code {
    ERROR_NONE = 0,
#define AILAB_ERROR(number, name, status_2025_09, status_2026_01, endpoint, seen, description)     \
    CODE_##name,
#include "contract/errors.def"
    ERROR_COUNT
};

enum endpoint_relevance { ENDPOINT_YES, ENDPOINT_MAYBE, ENDPOINT_NO };

struct error_info {
    const char *name;
    int status_2025_09;
    int status_2026_01;
    enum endpoint_relevance relevance;
    const char *seen;
    const char *description;
};

enum revision_id {
#define AILAB_REVISION(id, name, envelope, choice, statuses, summary) REVISION_##id,
#include "contract/revisions.def"
    REVISION_COUNT
};

enum envelope_kind { ENVELOPE_A, ENVELOPE_B, ENVELOPE_C };
enum choice_kind { CHOICE_REQUIRED, CHOICE_OPTIONAL };
enum statuses_kind { STATUSES_S2025_09, STATUSES_S2026_01 };

struct revision {
    enum revision_id id;
    const char *name;
    enum envelope_kind envelope;
    enum choice_kind choice;
    enum statuses_kind statuses;
    const char *summary;
};

struct expression {
    int number;
    const char *slug;
    const char *label;
    unsigned revisions; /* that accept it: bit 1 << revision_id */
};

enum endpoint_id {
    ENDPOINT_UNKNOWN = 0,
#define AILAB_ENDPOINT(id, method, path, summary) ENDPOINT_##id,
#include "contract/endpoints.def"
    ENDPOINT_COUNT
};

struct endpoint {
    const char *method;
    const char *path;
    const char *summary;
};

enum clause_id {
#define AILAB_CLAUSE(id, level, subject, mark, section, hash, text) CLAUSE_##id,
#include "contract/clauses.def"
    CLAUSE_COUNT
};

struct clause {
    const char *id, *level, *subject, *mark, *section, *hash, *text;
};

struct limit_info {
    const char *name;
    long value;
    const char *unit, *summary;
};

enum limits {
#define AILAB_LIMIT(name, value, unit, summary) LIMIT_##name = (value),
#include "contract/limits.def"
};

/* All tables are static storage. Lookups return NULL, or ERROR_NONE, when there is no such row. */
const struct error_info *error_info(enum error_code code);
int error_status(enum error_code code, const struct revision *revision);
enum error_code error_find(struct slice name);

const struct revision *revision_info(enum revision_id id);
const struct revision *revision_find(struct slice name);
const struct revision *revision_default(void);

const struct expression *expression_table(size_t *count_out);
const struct expression *expression_find(int number, const struct revision *revision);
/* "10, 11, 12 …": the numbers the revision accepts, for messages. Returns out. */
const char *expression_list(char *out, size_t size, const struct revision *revision);

const struct endpoint *endpoint_info(enum endpoint_id id);
/* Exact and case-sensitive: the raw path as it stood in the request line, without the query. */
enum endpoint_id endpoint_find(struct slice path);

const struct clause *clause_info(enum clause_id id);
const struct limit_info *limit_table(size_t *count_out);

#endif
