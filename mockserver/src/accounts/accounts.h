/* Accounts: what the mock knows of each API key. Found by the key's SHA-256; the key itself is
 * never kept. Made on first use, bounded: the least recently used that is neither set nor in use
 * nor has queued steps leaves first, and is forgotten whole.
 *
 * Not thread-safe by itself: the state holds one lock over all of them. Time is a parameter. */
#ifndef AILAB_MOCKSERVER_ACCOUNTS_ACCOUNTS_H
#define AILAB_MOCKSERVER_ACCOUNTS_ACCOUNTS_H

#include "accounts/account_setting.h"
#include "accounts/key_digest.h"
#include "accounts/rate_window.h"
#include "api/rules.h"
#include "coverage/coverage.h"
#include "scenarios/choose.h"

#define ACCOUNTS_DEFAULT_MAX 10000
#define ACCOUNTS_SET_MAX ACCOUNT_SETTINGS_MAX
#define ACCOUNT_UNLIMITED (-1)
/* What query-credits shows of an unlimited balance at first. Calls are taken off it, so that a
 * program sees them charged; after 83,333 of them it starts again. */
#define ACCOUNT_UNLIMITED_SHOWN 1000000

/* A key: what was set for it, what it has used. Fields are for reading, under the state's lock. */
struct account {
    struct key_digest digest;
    struct account_setting own; /* what was set for this very key; api_key is NULL */
    struct key_state key;       /* what scenarios know of the key */
    struct rate_window *rate;   /* made when there is a limit */
    int64_t granted;            /* credits it was given, or ACCOUNT_UNLIMITED */
    int64_t spent;
    int64_t reserved;   /* for calls in flight */
    uint32_t in_flight; /* calls that count against the concurrency limit */
    uint32_t visits;    /* requests that hold this account */
    uint64_t calls, successes, failures, refused;
    struct coverage_set coverage; /* what its requests have met */
    /* Wall-clock: first use, last change of the balance; 0 until account_note_time(). */
    int64_t first_ms, changed_ms;
    struct account *chain; /* next in the bucket */
    struct account *newer, *older;
};

/* What query-credits tells. */
struct account_balance {
    int64_t balance, granted; /* or ACCOUNT_UNLIMITED */
    int64_t first_ms, changed_ms;
    int64_t spent;
};

/* A setting and whom it is for. */
struct account_target {
    bool common; /* every key without a setting of its own; digest is not looked at */
    struct key_digest digest;
    struct account_setting setting; /* api_key is NULL */
};

struct accounts;

/* NULL when memory ran out. */
struct accounts *accounts_new(size_t max, uint64_t seed);
/* NULL is allowed. */
void accounts_free(struct accounts *accounts);

/* The account of a key, made when there is none; it becomes the most recently used. NULL when
 * memory ran out or every account is in use. */
struct account *accounts_get(struct accounts *accounts, const struct key_digest *digest);
/* NULL when there is none. */
struct account *accounts_find(const struct accounts *accounts, const struct key_digest *digest);
/* Most recently used first; go on with ->older. */
struct account *accounts_first(const struct accounts *accounts);
size_t accounts_count(const struct accounts *accounts);

/* The target of a setting: its key hashed, "*" understood. */
struct account_target account_target_of(const struct account_setting *setting);
/* Sets what each setting names; replace: having taken every earlier setting back, so that no limits
 * and unlimited credits are left. Credits that are named are the new balance. All or nothing: false
 * when memory ran out, every account is in use, or more than ACCOUNTS_SET_MAX keys would have
 * settings. */
bool accounts_set(struct accounts *accounts, const struct account_target *targets, size_t count,
                  bool replace);
/* Balances, counters and rate windows start again; of one account, or of all with NULL. */
void accounts_reset(struct accounts *accounts, struct account *account);
/* Nothing was met; of one account, or of all with NULL. */
void accounts_reset_coverage(struct accounts *accounts, struct account *account);
/* Changes what keys have used and will draw: of one account; with NULL of all, and accounts made
 * later start with the seed. */
void accounts_change_keys(struct accounts *accounts, struct account *account, key_change *change,
                          uint64_t seed);

/* What holds for an account, its own setting over "*" over no limits. api_key is NULL. */
struct account_setting account_terms(const struct accounts *accounts,
                                     const struct account *account);

/* Dates what has happened since the last request of this account. */
void account_note_time(struct account *account, int64_t wall_ms);

/* Admits a call or says in verdict (known apart) why not; retry_after_s is how many whole seconds
 * later the rate limit admits one, 0 when that is not what refuses or the time is unknown: a
 * concurrency limit opens when another call ends. True when the call was admitted: then 12 credits
 * are reserved until account_settle(). */
bool account_admit(struct account_verdict *verdict, unsigned *retry_after_s,
                   struct accounts *accounts, struct account *account, int64_t now_ms);
/* Ends a call that was admitted: a success is charged, a failure gives the credits back. */
void account_settle(struct account *account, bool success, int64_t wall_ms);

struct account_balance account_balance_of(const struct account *account);

struct cJSON;
/* The data of query-credits, NULL when memory ran out. Pure. */
struct cJSON *account_pools(const struct account_balance *balance);

#endif
