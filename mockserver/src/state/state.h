/* What changes while a mock runs: scenarios in force, accounts, journal, counters, settings. Behind
 * one lock that is held for moments: nothing is hashed, printed or parsed under it.
 *
 * A request's way through it:
 *
 *     struct visit visit;
 *     state_enter(&visit, state, &head);            what the account says, for the rules
 *     state_choose_by_head(&choice, why, &visit, …) queue, header, key: before the body
 *     state_choose_by_body(&choice, why, &visit, …) file name, picture, matches: after it
 *     state_leave(&visit, &entry, body, success)    settles credits, journals, counts
 *     choice_clear(&choice)
 *
 * Precedence: queue, header, key, file name, picture, matches; the first that names a scenario
 * decides, also when that scenario is used up or its probability says no. Strict switches header,
 * key, file name and picture off.
 *
 * A visit belongs to one thread; everything else may be called from any thread. */
#ifndef AILAB_MOCKSERVER_STATE_STATE_H
#define AILAB_MOCKSERVER_STATE_STATE_H

#include "accounts/accounts.h"
#include "documents/document.h"
#include "journal/journal.h"
#include "journal/metrics.h"
#include "scenarios/cue.h"

#define STATE_WHY_SIZE 320

struct state;

struct state_settings {
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note) type name;
#include "state/settings.def"
};

/* What a caller wants otherwise. Only the settings that are given change. */
struct state_change {
    struct {
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note) bool name;
#include "state/settings.def"
    } given;
    struct state_settings to;
};

struct state_options {
    struct state_settings settings;  /* 0: the fallback */
    size_t accounts_max;             /* 0: ACCOUNTS_DEFAULT_MAX */
    const struct revision *revision; /* of the mock, for coverage; NULL: the default */
    bool speaks_tls;                 /* otherwise no fault of TLS can be armed */
};

/* NULL when memory ran out. */
struct state *state_new(const struct state_options *options);
/* NULL is allowed. No visit may be under way. */
void state_free(struct state *state);

/* Requests */

enum visit_kind {
    VISIT_OTHER,   /* no account is concerned: an unknown path or method, doubtful framing */
    VISIT_CREDITS, /* asks for the balance: free, not counted */
    VISIT_CALL,    /* the endpoint */
};

struct visit_head {
    enum visit_kind kind;
    struct slice key; /* borrowed for the call; with a key cue, cue.key */
    bool known;       /* the key is accepted; otherwise it gets an account only by a cue that
                       * bypasses authentication */
    int64_t now_ms;   /* of a clock that never goes back */
    int64_t wall_ms;  /* of the calendar */
};

struct visit {
    struct state *state;
    enum visit_kind kind;
    struct account_verdict account_verdict; /* for the rules; known is what the head said */
    unsigned retry_after_s;                 /* when that is over_limit: Retry-After, 0 for none */
    struct account_balance balance;         /* for account_pools() */
    uint64_t nth;                           /* which call of this key, from 1; 0 when not counted */
    bool wants_facts;  /* a scenario waits for matches: hand facts to state_choose_by_body() */
    bool wants_sha256; /* and one of them looks at the picture's hash */
    bool keeps_body;   /* hand the body to state_leave() */
    bool no_memory;    /* there is none for the account: answer with a 500, since what the account
                          or a scenario would have said is not known */
    bool always;       /* the cue or the step says so: the step answers every request, before
                          authentication and validation */
    enum chosen_by chosen_by; /* the source that has decided, if one has */

    /* Private. */
    struct account *account;
    struct key_digest digest;
    struct scenario_set *set;
    int64_t wall_ms;
    bool has_key, admitted, queued, strict;
};

/* Whether cues are ignored; takes no lock. Ask before the key is taken apart. */
bool state_is_strict(const struct state *state);

/* Starts a visit, in memory of the caller, and counts it. Every visit ends with state_leave(), also
 * one that says no_memory. */
void state_enter(struct visit *out, struct state *state, const struct visit_head *head);

enum choose_result {
    CHOOSE_NOTHING, /* go on with the next source */
    CHOOSE_DECIDED, /* choice says what; its step may be NULL: answer normally */
    CHOOSE_UNKNOWN, /* a cue names a scenario that does not exist: why says so */
};

/* A cue of a key that is not accepted does not count, unless the cue, or the scenario it names,
 * bypasses authentication. */

/* Cues may be NULL or of CUE_NONE; strict ignores them. out is set in every case and is cleared
 * with choice_clear(). Once decided, a further call answers CHOOSE_DECIDED and leaves out. */
enum choose_result state_choose_by_head(struct choice *out, char why[STATE_WHY_SIZE],
                                        struct visit *visit, const struct cue *header,
                                        const struct cue *key);
/* facts may be NULL unless wants_facts; facts->nth is taken from the visit. */
enum choose_result state_choose_by_body(struct choice *out, char why[STATE_WHY_SIZE],
                                        struct visit *visit, const struct cue *file_name,
                                        const struct cue *picture,
                                        const struct request_facts *facts);

/* Ends a visit. entry: described by the caller; key, nth and chosen_by are filled in here. NULL:
 * the request is not journalled. body is copied when keeps_body. success: the call is charged. */
void state_leave(struct visit *visit, struct journal_entry *entry, struct slice body, bool success);

/* Scenarios and accounts. Each is all or nothing; false: memory ran out, or a bound that its
 * comment names was met. */

/* Replaces own scenarios, account settings, faults of TLS and seed by the document's; without a
 * seed of its own that of state_options is in force again. What was used of scenarios, balances,
 * counters and rate windows start again; queues stay. It becomes what state_reset() returns to. The
 * document is cleared, also on failure. */
bool state_load(struct state *state, struct document *document);
/* Puts a scenario where the one of its name stands, or else before the others; what was used of
 * that one is forgotten. It is taken over, also on failure. False also when it is a new one and
 * DOCUMENT_SCENARIOS_MAX are there. */
bool state_put_scenario(struct state *state, struct scenario *scenario);

enum removal { REMOVED, REMOVAL_UNKNOWN, REMOVAL_NO_MEMORY };
/* Only own scenarios can be removed; a built-in one of the name is in force again. */
enum removal state_remove_scenario(struct state *state, struct slice name);
/* Leaves the built-in ones. */
bool state_remove_scenarios(struct state *state);

/* The scenarios in force, a reference for the caller. */
struct scenario_set *state_scenarios(struct state *state);

/* Puts steps before the next calls of a key. They are taken over, also on failure; the array is
 * not. False also when the queue would hold more than KEY_QUEUE_MAX, or every account is in use.
 */
bool state_enqueue(struct state *state, struct slice key, struct scenario_step *steps,
                   size_t count);
/* False also when ACCOUNTS_SET_MAX keys have settings. */
bool state_set_accounts(struct state *state, const struct account_setting *settings, size_t count);

/* The same for one account, which is known by its digest. setting->api_key is not looked at. */
bool state_set_account(struct state *state, const struct key_digest *digest,
                       const struct account_setting *setting);
/* Its balance, counters and rate window start again; nothing happens where there is no account. */
void state_reset_account(struct state *state, const struct key_digest *digest);

/* Faults of TLS */

/* Whether connections with TLS can come; where they cannot, do not arm a fault of theirs. */
bool state_speaks_tls(const struct state *state);
/* The next connections that speak TLS get the fault, behind those that wait already. False when
 * TLS_ARMINGS_MAX wait. */
bool state_arm_tls(struct state *state, const struct tls_arming *arming);
/* What waits, oldest first; returns how many. */
size_t state_list_tls(struct tls_arming out[TLS_ARMINGS_MAX], struct state *state);
/* Nothing waits any more. */
void state_clear_tls(struct state *state);
/* A connection begins to speak TLS: takes what it gets off the queue. Takes no lock when nothing
 * waits. */
enum tls_fault state_next_tls_fault(struct state *state);

enum state_reset {
    RESET_JOURNAL = 1,
    RESET_SCENARIOS = 2, /* what was used of scenarios, queues; requests count from 1 and random
                          * numbers start at the seed again */
    RESET_ACCOUNTS = 4,  /* balances, counters, rate windows; with no key also the settings: back
                          * to those of the last document */
    RESET_MAPPINGS = 8,  /* back to the scenarios of the last document; what was used of them is
                          * forgotten, requests count from 1 and random numbers start at the seed
                          * again, queues stay; not with a key */
    RESET_SEED = 16,     /* that of the last document, else of state_options; not with a key */
    RESET_COVERAGE = 32, /* what requests have met */
    RESET_TLS = 64,      /* the faults of TLS wait that the last document has; not with a key */
    RESET_ALL = 127,
    RESET_QUEUES = 128, /* queues alone; RESET_SCENARIOS empties them too */
};
/* what: a sum. key NULL: of all keys. False: memory ran out; the rest has been reset. */
bool state_reset(struct state *state, unsigned what, const struct slice *key);

/* Forgets what was used of one scenario, own or built in; key as above. False: there is none of
 * this name. */
bool state_reset_scenario(struct state *state, struct slice name, const struct slice *key);

void state_get_settings(struct state *state, struct state_settings *out);
/* Changes what is given and nothing else; *now gets all that is in force then. With a seed, also
 * the one in force, the random numbers of every key start anew; what was used and queued stays.
 * False, and nothing has changed, when memory ran out. */
bool state_change_settings(struct state *state, const struct state_change *change,
                           struct state_settings *now);

/* Looking */

/* As journal_select(). filter is called under the lock: it must be quick. */
bool state_select(struct journal_selection *out, struct state *state, journal_filter *filter,
                  void *context, size_t limit);
/* What a caller waits for, and how long. */
struct state_wait {
    size_t at_least;
    uint32_t wait_ms;
    unsigned waiters_max;             /* callers that may wait at once */
    bool (*is_gone)(const void *who); /* whether the caller still wants to know; NULL: it does */
    const void *who;                  /* for is_gone */
};

/* Waits until the journal has at_least entries that filter wants, wait_ms are over, is_gone(),
 * asked a few times a second and without the lock, says so, or state_end_waits() is called. False
 * at once when waiters_max callers wait already. filter as above. */
bool state_await(struct state *state, journal_filter *filter, void *context,
                 const struct state_wait *wait);
/* Ends every wait, also those to come: the mock stops. */
void state_end_waits(struct state *state);
/* Whether there is an entry with this id; out's body is held for the caller. */
bool state_journal_entry(struct state *state, uint64_t id, struct journal_entry *out);

/* Watching: a caller learns of what happens as it happens. */

#define STATE_WATCHERS_MAX 8

/* What a watcher compares from time to time. */
struct state_moment {
    uint64_t added;  /* requests ever journalled: the id of the newest */
    uint64_t resets; /* of the journal, of all keys or of one */
    uint64_t kept, forgotten;
    struct state_settings settings;
};

bool state_moments_equal(const struct state_moment *a, const struct state_moment *b);

/* Admits a watcher, unless watchers_max are there. End it with state_watch_end(). */
bool state_watch_begin(struct state *state, unsigned watchers_max);
void state_watch_end(struct state *state);
/* Waits until something differs from *moment or wait_ms are over, then updates *moment. False once
 * state_end_waits() was called. */
bool state_watch(struct state *state, struct state_moment *moment, uint32_t wait_ms);
/* As journal_follow(). */
bool state_follow(struct journal_selection *out, struct state *state, uint64_t after, size_t limit);

/* Sets used_up[i] where this key has used up scenario i of set. */
void state_find_used_up(bool *used_up, size_t count, struct state *state,
                        const struct scenario_set *set, const struct key_digest *key);

struct account_row {
    struct key_digest digest;
    struct account_setting terms, own; /* api_key NULL */
    struct account_balance balance;
    int64_t reserved;
    uint32_t in_flight;
    uint64_t calls, successes, failures, refused;
    size_t queued;
};
/* The account whose key_label() this is. False where there is none. */
bool state_find_label(struct key_digest *out, struct state *state, struct slice label);

/* The steps that wait for a key, next first; NULL with *count_out 0 when there are none, NULL with
 * SIZE_MAX when memory ran out. To be given to state_queue_free(). */
struct queued_row *state_queue(struct state *state, struct slice key, size_t *count_out);
void state_queue_free(struct queued_row *rows, size_t count);

/* Most recently used first; to be freed with free(). NULL with *count_out 0 when there are none;
 * NULL with SIZE_MAX when memory ran out. */
struct account_row *state_accounts(struct state *state, size_t *count_out);

enum state_coverage_of { COVERAGE_SINCE_RESET, COVERAGE_SINCE_START };
struct state_coverage {
    struct coverage_set set;
    const struct revision *revision; /* the mock's */
    bool speaks_tls;                 /* whether faults of TLS could be met */
};
/* What the requests of a key have met, or, with NULL, those of all keys. Of a key only what it has
 * met since the last reset is known, and no fault of TLS. */
void state_coverage(struct state_coverage *out, struct state *state, enum state_coverage_of since,
                    const struct key_digest *key);

/* Prometheus text, to be freed with free(); NULL when memory ran out. */
char *state_metrics(struct state *state, const char *version, const char *revision);

#endif
