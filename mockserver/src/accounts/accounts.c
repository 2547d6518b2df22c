/* A hash table with chaining and a list in order of use. Digests are uniform, so their first bytes
 * are the hash. */
#include "accounts/accounts.h"
#include <stdlib.h>

#define BUCKETS 16384 /* a power of two */

struct accounts {
    size_t max, count, set_count;
    uint64_t seed;
    struct account_setting common; /* "*"; api_key is NULL */
    struct account *newest, *oldest;
    struct account *buckets[BUCKETS];
};

struct accounts *accounts_new(size_t max, uint64_t seed)
{
    struct accounts *accounts = calloc(1, sizeof *accounts);
    if (!accounts)
        return NULL;
    accounts->max = max;
    accounts->seed = seed;
    return accounts;
}

/* Order of use */

static void unlink_from_use(struct accounts *accounts, struct account *account)
{
    if (account->newer)
        account->newer->older = account->older;
    else
        accounts->newest = account->older;
    if (account->older)
        account->older->newer = account->newer;
    else
        accounts->oldest = account->newer;
}

static void link_as_newest(struct accounts *accounts, struct account *account)
{
    account->newer = NULL;
    account->older = accounts->newest;
    if (accounts->newest)
        accounts->newest->newer = account;
    else
        accounts->oldest = account;
    accounts->newest = account;
}

static struct account **bucket_of(struct accounts *accounts, const struct key_digest *digest)
{
    return &accounts->buckets[(digest->bytes[0] | (size_t)digest->bytes[1] << 8) & (BUCKETS - 1)];
}

static void free_account(struct account *account)
{
    key_state_clear(&account->key);
    free(account->rate);
    free(account);
}

static void drop(struct accounts *accounts, struct account *account)
{
    struct account **link = bucket_of(accounts, &account->digest);
    while (*link != account)
        link = &(*link)->chain;
    *link = account->chain;
    unlink_from_use(accounts, account);
    accounts->count--;
    free_account(account);
}

void accounts_free(struct accounts *accounts)
{
    if (!accounts)
        return;
    for (struct account *account = accounts->newest, *older; account; account = older) {
        older = account->older;
        free_account(account);
    }
    free(accounts);
}

static bool is_set(const struct account *account)
{
    return account->own.has_credits || account->own.has_locked || account->own.has_rate ||
           account->own.has_concurrency;
}

static bool make_room(struct accounts *accounts)
{
    struct account *account = accounts->oldest;
    if (accounts->count < accounts->max)
        return true;
    while (account && (account->visits || is_set(account) || account->key.queued))
        account = account->newer;
    if (account)
        drop(accounts, account);
    return account != NULL;
}

static int64_t credits_granted(const struct accounts *accounts, const struct account *account)
{
    struct account_setting terms = account_terms(accounts, account);
    return terms.has_credits ? terms.credits : ACCOUNT_UNLIMITED;
}

static struct account *make(struct accounts *accounts, const struct key_digest *digest)
{
    struct account *account = make_room(accounts) ? calloc(1, sizeof *account) : NULL;
    if (!account)
        return NULL;
    key_state_init(&account->key, accounts->seed, digest->bytes);
    struct account **bucket = bucket_of(accounts, digest);
    account->digest = *digest;
    account->granted = credits_granted(accounts, account);
    account->chain = *bucket;
    *bucket = account;
    accounts->count++;
    link_as_newest(accounts, account);
    return account;
}

static struct account *find_in(struct account *bucket, const struct key_digest *digest)
{
    while (bucket && memcmp(&bucket->digest, digest, sizeof *digest) != 0)
        bucket = bucket->chain;
    return bucket;
}

struct account *accounts_find(const struct accounts *accounts, const struct key_digest *digest)
{
    size_t bucket = (digest->bytes[0] | (size_t)digest->bytes[1] << 8) & (BUCKETS - 1);
    return find_in(accounts->buckets[bucket], digest);
}

struct account *accounts_get(struct accounts *accounts, const struct key_digest *digest)
{
    struct account *account = accounts_find(accounts, digest);
    if (!account)
        return make(accounts, digest);
    if (accounts->newest != account) {
        unlink_from_use(accounts, account);
        link_as_newest(accounts, account);
    }
    return account;
}

struct account *accounts_first(const struct accounts *accounts)
{
    return accounts->newest;
}

size_t accounts_count(const struct accounts *accounts)
{
    return accounts->count;
}

/* Settings */

struct account_setting account_terms(const struct accounts *accounts, const struct account *account)
{
    const struct account_setting *own = &account->own, *common = &accounts->common;
    const struct account_setting *credits = own->has_credits ? own : common;
    const struct account_setting *locked = own->has_locked ? own : common;
    const struct account_setting *rate = own->has_rate ? own : common;
    const struct account_setting *concurrency = own->has_concurrency ? own : common;
    return (struct account_setting){
        .has_credits = credits->has_credits,
        .credits = credits->credits,
        .has_locked = locked->has_locked,
        .locked = locked->has_locked && locked->locked,
        .has_rate = rate->has_rate,
        .rate_requests = rate->has_rate ? rate->rate_requests : 0,
        .rate_window_ms = rate->rate_window_ms,
        .has_concurrency = concurrency->has_concurrency,
        .concurrency = concurrency->has_concurrency ? concurrency->concurrency : 0,
    };
}

/* A call in flight keeps what it has reserved; what was spent before is forgotten. */
static void grant(struct accounts *accounts, struct account *account)
{
    account->granted = credits_granted(accounts, account);
    account->spent = 0;
    account->changed_ms = 0;
}

static void overlay(struct account_setting *terms, const struct account_setting *setting)
{
    if (setting->has_credits)
        terms->credits = setting->credits;
    if (setting->has_locked)
        terms->locked = setting->locked;
    if (setting->has_rate) {
        terms->rate_requests = setting->rate_requests;
        terms->rate_window_ms = setting->rate_window_ms;
    }
    if (setting->has_concurrency)
        terms->concurrency = setting->concurrency;
    terms->has_credits |= setting->has_credits;
    terms->has_locked |= setting->has_locked;
    terms->has_rate |= setting->has_rate;
    terms->has_concurrency |= setting->has_concurrency;
}

static void set_common(struct accounts *accounts, const struct account_setting *setting)
{
    overlay(&accounts->common, setting);
    if (!setting->has_credits)
        return;
    for (struct account *account = accounts->newest; account; account = account->older)
        if (!account->own.has_credits)
            grant(accounts, account);
}

static void set_own(struct accounts *accounts, struct account *account,
                    const struct account_setting *setting)
{
    bool was_set = is_set(account);
    overlay(&account->own, setting);
    accounts->set_count += !was_set && is_set(account);
    if (setting->has_credits)
        grant(accounts, account);
}

static void unset_all(struct accounts *accounts)
{
    accounts->common = (struct account_setting){0};
    accounts->set_count = 0;
    for (struct account *account = accounts->newest; account; account = account->older) {
        account->own = (struct account_setting){0};
        grant(accounts, account);
    }
}

struct account_target account_target_of(const struct account_setting *setting)
{
    struct account_target target = {
        .common = strcmp(setting->api_key, "*") == 0,
        .setting = *setting,
    };
    target.setting.api_key = NULL;
    if (!target.common)
        key_digest_of(&target.digest, slice_of(setting->api_key));
    return target;
}

/* Makes all accounts that will be set, held so that none of them has to leave for another. */
static bool hold_targets(struct accounts *accounts, const struct account_target *targets,
                         size_t count, bool replace, size_t *held_out)
{
    size_t set = replace ? 0 : accounts->set_count;
    for (*held_out = 0; *held_out < count; ++*held_out) {
        const struct account_target *target = &targets[*held_out];
        struct account *account = target->common ? NULL : accounts_get(accounts, &target->digest);
        if (target->common)
            continue;
        if (!account)
            return false;
        account->visits++;
        set += replace || !is_set(account);
    }
    return set <= ACCOUNTS_SET_MAX;
}

bool accounts_set(struct accounts *accounts, const struct account_target *targets, size_t count,
                  bool replace)
{
    size_t held;
    bool possible = hold_targets(accounts, targets, count, replace, &held);
    if (possible && replace)
        unset_all(accounts);
    for (size_t i = 0; i < held; i++) {
        const struct account_target *target = &targets[i];
        struct account *account = target->common ? NULL : accounts_find(accounts, &target->digest);
        if (account)
            account->visits--;
        if (possible && account)
            set_own(accounts, account, &target->setting);
        else if (possible)
            set_common(accounts, &target->setting);
    }
    return possible;
}

static void reset_one(struct accounts *accounts, struct account *account)
{
    grant(accounts, account);
    account->calls = account->successes = account->failures = account->refused = 0;
    if (account->rate)
        *account->rate = (struct rate_window){0};
}

void accounts_reset(struct accounts *accounts, struct account *account)
{
    if (account) {
        reset_one(accounts, account);
        return;
    }
    for (account = accounts->newest; account; account = account->older)
        reset_one(accounts, account);
}

void accounts_reset_coverage(struct accounts *accounts, struct account *account)
{
    if (account) {
        account->coverage = (struct coverage_set){0};
        return;
    }
    for (account = accounts->newest; account; account = account->older)
        account->coverage = (struct coverage_set){0};
}

void accounts_change_keys(struct accounts *accounts, struct account *account, key_change *change,
                          uint64_t seed)
{
    if (account) {
        change(&account->key, seed);
        return;
    }
    accounts->seed = seed;
    for (account = accounts->newest; account; account = account->older)
        change(&account->key, seed);
}
