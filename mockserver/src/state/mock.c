/* Holds what a running mock knows. Keys are kept as digests and compared in constant time: neither
 * their bytes nor their lengths can be told from how long a refusal takes. */
#include "state/mock.h"
#include <nettle/memops.h>
#include <stdlib.h>

struct mock {
    const struct revision *revision;
    struct key_digest *keys;
    size_t key_count;
    bool trust_images;
    uint64_t max_body_bytes;
    bool rules_off[RULE_COUNT];
    struct picture_work *pictures;
    struct state *state;
    struct admin_policy admin;
    int64_t started_ms;
    char *admin_token;
    uint64_t id_seed;
    char apart[64]; /* what every request changes has a cache line of its own */
    atomic_uint_fast64_t answers;
};

static bool set_admin(struct mock *mock, const struct mock_options *options)
{
    mock->admin = (struct admin_policy){NULL, options->admin_open, options->admin_off};
    if (!options->admin_token)
        return true;
    mock->admin_token = strdup(options->admin_token);
    mock->admin.token = mock->admin_token;
    return mock->admin_token != NULL;
}

struct mock *mock_new(const struct mock_options *options)
{
    struct mock *mock = calloc(1, sizeof *mock);
    if (!mock)
        return NULL;
    mock->revision = options->revision;
    mock->trust_images = options->trust_images;
    mock->max_body_bytes = options->max_body_bytes;
    mock->id_seed = options->id_seed;
    mock->started_ms = options->started_ms;
    atomic_init(&mock->answers, 0);
    memcpy(mock->rules_off, options->rules_off, sizeof mock->rules_off);
    mock->key_count = options->api_key_count;
    mock->keys = calloc(mock->key_count ? mock->key_count : 1, sizeof *mock->keys);
    mock->pictures = picture_work_new(&options->pictures);
    struct state_options state = options->state;
    state.revision = options->revision;
    mock->state = state_new(&state);
    if (!mock->keys || !mock->pictures || !mock->state || !set_admin(mock, options) ||
        (options->document && !state_load(mock->state, options->document))) {
        mock_free(mock);
        return NULL;
    }
    for (size_t i = 0; i < mock->key_count; i++)
        key_digest_of(&mock->keys[i], slice_of(options->api_keys[i]));
    return mock;
}

void mock_free(struct mock *mock)
{
    if (!mock)
        return;
    state_free(mock->state);
    picture_work_free(mock->pictures);
    free(mock->admin_token);
    free(mock->keys);
    free(mock);
}

const struct revision *mock_revision(const struct mock *mock)
{
    return mock->revision;
}

struct picture_work *mock_pictures(const struct mock *mock)
{
    return mock->pictures;
}

enum tls_fault mock_next_tls_fault(struct mock *mock)
{
    return state_next_tls_fault(mock->state);
}

struct state *mock_state(const struct mock *mock)
{
    return mock->state;
}

const struct admin_policy *mock_admin_policy(const struct mock *mock)
{
    return &mock->admin;
}

int64_t mock_started_ms(const struct mock *mock)
{
    return mock->started_ms;
}

bool mock_key_is_known(const struct mock *mock, struct slice key)
{
    if (!mock->key_count)
        return key.len > 0;
    struct key_digest digest;
    key_digest_of(&digest, key);
    int known = 0;
    for (size_t i = 0; i < mock->key_count; i++)
        known |= memeql_sec(digest.bytes, mock->keys[i].bytes, sizeof digest.bytes);
    return known;
}

void mock_context(struct rule_context *out, const struct mock *mock,
                  const struct account_verdict *account)
{
    *out = (struct rule_context){
        .revision = mock->revision,
        .account = account,
        .judge = mock->trust_images ? NULL : picture_work_judge(mock->pictures),
        .max_body_bytes = mock->max_body_bytes,
    };
    memcpy(out->off, mock->rules_off, sizeof out->off);
}

/* splitmix64: a bijection, so that different counts give different ids. */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t mock_boot(const struct mock *mock)
{
    return mix(~mock->id_seed);
}

void mock_next_ids(struct answer_ids *out, struct mock *mock)
{
    uint64_t count = atomic_fetch_add_explicit(&mock->answers, 1, memory_order_relaxed);
    uint64_t first = mix(mock->id_seed + count);
    answer_ids_make(out, first, mix(first ^ mock->id_seed));
}
