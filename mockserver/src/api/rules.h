/* The mock's rules: request + revision + account -> verdict.
 *
 * A pure function: no sockets, no clock, no memory of earlier requests. The rules are the rows of
 * rules.def, tried in their order; the first that refuses is the verdict. */
#ifndef AILAB_MOCKSERVER_API_RULES_H
#define AILAB_MOCKSERVER_API_RULES_H

#include "api/request.h"

#define VERDICT_MESSAGE_SIZE 640 /* with a hint behind it */

enum rule_id {
    RULE_NONE = 0,
#define MOCK_RULE(id, clause, stage, error, status, predicate) RULE_##id,
#include "api/rules.def"
    RULE_COUNT
};

enum rule_stage { STAGE_HEAD, STAGE_BODY };

struct rule_info {
    const char *name; /* "image_size" */
    enum clause_id clause;
    enum rule_stage stage;
    enum error_code error;
    int status; /* 0: the table's */
};

struct verdict {
    enum rule_id rule; /* RULE_NONE: nothing refused */
    enum error_code code;
    int status;                         /* 200 when nothing refused */
    char message[VERDICT_MESSAGE_SIZE]; /* error_detail.message; what was wrong in this request */
};

/* What the mock knows of the account behind the key, at this moment. */
struct account_verdict {
    bool known;
    bool locked;
    bool out_of_credits;
    bool over_limit;
    char limit_text[96]; /* which limit, when over_limit */
};

/* Decodes a picture to the last row, or remembers that it did; image_decode() behind a cache. */
struct image_judge {
    bool (*decode)(void *context, struct image_facts *facts, struct slice bytes);
    void *context;
};

struct rule_context {
    const struct revision *revision;
    const struct account_verdict *account;
    const struct image_judge *judge; /* NULL: trust the headers, decode nothing */
    uint64_t max_body_bytes;
    bool off[RULE_COUNT]; /* rules switched off, to show that a client or suite notices */
};

/* Tries the rules of one stage. request->head must be derived; for STAGE_BODY body and body_end
 * must be set. Fills request's parsed fields as it goes. */
void rules_judge(struct verdict *out, enum rule_stage stage, struct request *request,
                 const struct rule_context *context);

/* A verdict that no rule gave: for scenarios and failures of the mock itself. status 0 takes the
 * revision's. message NULL or "" takes the table's description. */
void verdict_make(struct verdict *out, const struct revision *revision, enum error_code code,
                  int status, const char *message);

/* NULL when there is no such rule. */
const struct rule_info *rule_info(enum rule_id id);
enum rule_id rule_find(const char *name);

/* "POST" for Allow and Access-Control-Allow-Methods; "" for an unknown path. Static storage. */
const char *endpoint_allowed_methods(enum endpoint_id id);

#endif
