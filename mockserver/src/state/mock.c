/* Holds what a running mock knows. Keys are kept as digests and compared in constant time: neither
 * their bytes nor their lengths can be told from how long a refusal takes. */
#include "state/mock.h"
#include <nettle/memops.h>
#include <stdlib.h>

struct core {
    const struct revision *revision;
    struct key_digest *keys;
    size_t key_count;
    bool trust_images;
    uint64_t max_body_bytes;
    bool rules_off[RULE_COUNT];
    struct pictures *pictures;
    struct state *state;
    struct admin_policy admin;
    int64_t started_ms;
    char *admin_token;
    uint64_t id_seed;
    char apart[64]; /* what every request changes has a cache line of its own */
    atomic_uint_fast64_t answers;
};

static bool set_admin(struct core *core, const struct core_options *options)
{
    core->admin = (struct admin_policy){NULL, options->admin_open};
    if (!options->admin_token)
        return true;
    core->admin_token = strdup(options->admin_token);
    core->admin.token = core->admin_token;
    return core->admin_token != NULL;
}

struct core *core_new(const struct core_options *options)
{
    struct core *core = calloc(1, sizeof *core);
    if (!core)
        return NULL;
    core->revision = options->revision;
    core->trust_images = options->trust_images;
    core->max_body_bytes = options->max_body_bytes;
    core->id_seed = options->id_seed;
    core->started_ms = options->started_ms;
    atomic_init(&core->answers, 0);
    memcpy(core->rules_off, options->rules_off, sizeof core->rules_off);
    core->key_count = options->api_key_count;
    core->keys = calloc(core->key_count ? core->key_count : 1, sizeof *core->keys);
    core->pictures = pictures_new(&options->pictures);
    core->state = state_new(&options->state);
    if (!core->keys || !core->pictures || !core->state || !set_admin(core, options) ||
        (options->document && !state_load(core->state, options->document))) {
        core_free(core);
        return NULL;
    }
    for (size_t i = 0; i < core->key_count; i++)
        key_digest_of(&core->keys[i], slice_of(options->api_keys[i]));
    return core;
}

void core_free(struct core *core)
{
    if (!core)
        return;
    state_free(core->state);
    pictures_free(core->pictures);
    free(core->admin_token);
    free(core->keys);
    free(core);
}

const struct revision *core_revision(const struct core *core)
{
    return core->revision;
}

struct pictures *core_pictures(const struct core *core)
{
    return core->pictures;
}

struct state *core_state(const struct core *core)
{
    return core->state;
}

const struct admin_policy *core_admin_policy(const struct core *core)
{
    return &core->admin;
}

int64_t core_started_ms(const struct core *core)
{
    return core->started_ms;
}

bool core_key_is_known(const struct core *core, struct slice key)
{
    if (!core->key_count)
        return key.len > 0;
    struct key_digest digest;
    key_digest_of(&digest, key);
    int known = 0;
    for (size_t i = 0; i < core->key_count; i++)
        known |= memeql_sec(digest.bytes, core->keys[i].bytes, sizeof digest.bytes);
    return known;
}

void core_context(struct rule_context *out, const struct core *core,
                  const struct account_verdict *account)
{
    *out = (struct rule_context){
        .revision = core->revision,
        .account = account,
        .judge = core->trust_images ? NULL : pictures_judge(core->pictures),
        .max_body_bytes = core->max_body_bytes,
    };
    memcpy(out->off, core->rules_off, sizeof out->off);
}

/* splitmix64: a bijection, so that different counts give different ids. */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

void core_next_ids(struct answer_ids *out, struct core *core)
{
    uint64_t count = atomic_fetch_add_explicit(&core->answers, 1, memory_order_relaxed);
    uint64_t first = mix(core->id_seed + count);
    answer_ids_make(out, first, mix(first ^ core->id_seed));
}
