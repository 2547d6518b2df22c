/* The mock without its sockets: settings, keys, pictures, counters. Everything a request is judged
 * by that is not in the request. Thread-safe; one per running mock. */
#ifndef AILAB_MOCKSERVER_STATE_MOCK_H
#define AILAB_MOCKSERVER_STATE_MOCK_H

#include "api/envelope.h"
#include "pictures/picture_work.h"
#include "state/state.h"
#include <stdatomic.h>

struct mock_options {
    const struct revision *revision;
    const char *const *api_keys; /* borrowed for the call */
    size_t api_key_count;        /* 0: any non-empty key is accepted */
    bool trust_images;
    uint64_t max_body_bytes;
    bool rules_off[RULE_COUNT];
    struct picture_work_options pictures;
    uint64_t id_seed; /* of request ids */
    struct state_options state;
    struct document *document; /* scenarios and accounts to start with, consumed; NULL: none */
    bool admin_open;           /* without a token: the mock is reached from this machine only */
    bool admin_off;            /* only health answers */
    const char *admin_token;   /* copied; NULL: none */
    int64_t started_ms;        /* monotonic */
};

/* The rules of the admin API for its callers. */
struct admin_policy {
    const char *token; /* NULL: callers need none */
    bool open;         /* without a token: the mock is reached from this machine only */
    bool off;          /* only health answers */
};

struct mock;

/* NULL when memory ran out. */
struct mock *mock_new(const struct mock_options *options);
/* NULL is allowed. */
void mock_free(struct mock *mock);

const struct revision *mock_revision(const struct mock *mock);
struct picture_work *mock_pictures(const struct mock *mock);

/* What the next connection that speaks TLS gets; once for each. */
enum tls_fault mock_next_tls_fault(struct mock *mock);

struct state *mock_state(const struct mock *mock);
const struct admin_policy *mock_admin_policy(const struct mock *mock);
int64_t mock_started_ms(const struct mock *mock);
/* Tells this start of the mock from every other. */
uint64_t mock_boot(const struct mock *mock);

/* Whether the key is one of those accepted; takes the same time for any key of this length. */
bool mock_key_is_known(const struct mock *mock, struct slice key);

/* Fills in what a request is judged by. account must outlive the judging. */
void mock_context(struct rule_context *out, const struct mock *mock,
                  const struct account_verdict *account);

/* Ids that no other answer of this mock gets. */
void mock_next_ids(struct answer_ids *out, struct mock *mock);

#endif
