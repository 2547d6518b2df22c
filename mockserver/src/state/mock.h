/* The mock without its sockets: settings, keys, pictures, counters. Everything a request is judged
 * by that is not in the request. Thread-safe; one per running mock. */
#ifndef AILAB_MOCK_CORE_H
#define AILAB_MOCK_CORE_H

#include "api/envelope.h"
#include "pictures/picture_work.h"
#include "state/state.h"
#include <stdatomic.h>

struct core_options {
    const struct revision *revision;
    const char *const *api_keys; /* borrowed for the call */
    size_t api_key_count;        /* 0: any non-empty key is accepted */
    bool trust_images;
    uint64_t max_body_bytes;
    bool rules_off[RULE_COUNT];
    struct pictures_options pictures;
    uint64_t id_seed; /* of request ids */
    struct state_options state;
    struct document *document; /* scenarios and accounts to start with, consumed; NULL: none */
    bool admin_open;           /* without a token: the mock is reached from this machine only */
    const char *admin_token;   /* copied; NULL: none */
    int64_t started_ms;        /* monotonic */
};

/* Who may use the admin API. */
struct admin_policy {
    const char *token; /* NULL: none is wanted */
    bool open;         /* without a token: the mock is reached from this machine only */
};

struct core;

/* NULL when memory ran out. */
struct core *core_new(const struct core_options *options);
/* NULL is allowed. */
void core_free(struct core *core);

const struct revision *core_revision(const struct core *core);
struct pictures *core_pictures(const struct core *core);

struct state *core_state(const struct core *core);
const struct admin_policy *core_admin_policy(const struct core *core);
int64_t core_started_ms(const struct core *core);

/* Whether the key is one of those accepted; takes the same time for any key of this length. */
bool core_key_is_known(const struct core *core, struct slice key);

/* Fills in what a request is judged by. account must outlive the judging. */
void core_context(struct rule_context *out, const struct core *core,
                  const struct account_verdict *account);

/* Ids that no other answer of this core has. */
void core_next_ids(struct answer_ids *out, struct core *core);

#endif
