/* Changing what is in force: documents, single scenarios, queues, accounts, settings, resets. New
 * sets are made beside the old one and put in its place at one moment. */
#include "state/state_internal.h"
#include <stdlib.h>

/* Sets */

/* Puts a set in force; its reference is taken over. Under edit_lock. */
static void install(struct state *state, struct scenario_set *set, bool forget_use)
{
    bool automatic = false, wants_sha256 = false;
    for (size_t i = 0; i < scenario_set_own_count(set); i++) {
        const struct scenario *scenario = scenario_set_at(set, i);
        automatic |= scenario->automatic;
        wants_sha256 |= scenario->automatic && scenario->match.sha256;
    }
    pthread_mutex_lock(&state->lock);
    struct scenario_set *old = state->set;
    state->set = set;
    state->automatic = automatic;
    state->wants_sha256 = wants_sha256;
    if (forget_use)
        accounts_change_keys(state->accounts, NULL, key_state_restart, state->settings.seed);
    pthread_mutex_unlock(&state->lock);
    scenario_set_release(old);
}

/* set is taken over; NULL means that memory ran out. Under edit_lock. */
static bool install_changed(struct state *state, struct scenario_set *set)
{
    if (set)
        install(state, set, false);
    return set != NULL;
}

bool state_put_scenario(struct state *state, struct scenario *scenario)
{
    pthread_mutex_lock(&state->edit_lock);
    bool is_new = scenario_set_place(state->set, slice_of(scenario->name)) ==
                  scenario_set_own_count(state->set);
    bool done = (!is_new || scenario_set_own_count(state->set) < DOCUMENT_SCENARIOS_MAX) &&
                install_changed(state, scenario_set_with(state->set, scenario));
    pthread_mutex_unlock(&state->edit_lock);
    scenario_clear(scenario);
    return done;
}

enum removal state_remove_scenario(struct state *state, struct slice name)
{
    enum removal removal = REMOVAL_UNKNOWN;
    pthread_mutex_lock(&state->edit_lock);
    size_t place = scenario_set_place(state->set, name);
    if (place < scenario_set_own_count(state->set))
        removal = install_changed(state, scenario_set_without(state->set, place))
                      ? REMOVED
                      : REMOVAL_NO_MEMORY;
    pthread_mutex_unlock(&state->edit_lock);
    return removal;
}

bool state_remove_scenarios(struct state *state)
{
    pthread_mutex_lock(&state->edit_lock);
    bool done = install_changed(state, scenario_set_reload(state->set, NULL, 0));
    pthread_mutex_unlock(&state->edit_lock);
    return done;
}

struct scenario_set *state_scenarios(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    struct scenario_set *set = scenario_set_hold(state->set);
    pthread_mutex_unlock(&state->lock);
    return set;
}

/* Documents and accounts */

/* NULL when memory ran out. */
static struct account_target *targets_of(const struct account_setting *settings, size_t count)
{
    struct account_target *targets = calloc(count + 1, sizeof *targets);
    for (size_t i = 0; targets && i < count; i++)
        targets[i] = account_target_of(&settings[i]);
    return targets;
}

/* Under edit_lock. set and targets are taken over when it returns true. */
static bool load(struct state *state, const struct document *document, struct scenario_set *set,
                 struct account_target *targets)
{
    pthread_mutex_lock(&state->lock);
    bool done = accounts_set(state->accounts, targets, document->account_count, true);
    if (done) {
        accounts_reset(state->accounts, NULL);
        state->settings.seed = document->has_seed ? document->seed : state->start_seed;
        state->base_seed = state->settings.seed;
        tls_queue_set(&state->base_tls, document->tls, document->tls_count);
        state_set_tls(state, &state->base_tls);
    }
    pthread_mutex_unlock(&state->lock);
    if (!done)
        return false;
    free(state->base_targets);
    state->base_targets = targets;
    state->base_target_count = document->account_count;
    scenario_set_release(state->base);
    state->base = scenario_set_hold(set);
    install(state, set, true);
    return true;
}

bool state_load(struct state *state, struct document *document)
{
    struct account_target *targets = targets_of(document->accounts, document->account_count);
    pthread_mutex_lock(&state->edit_lock);
    struct scenario_set *set =
        scenario_set_reload(state->base, document->scenarios, document->scenario_count);
    document->scenarios = NULL; /* the set's now, or freed */
    document->scenario_count = 0;
    bool done = targets && set && load(state, document, set, targets);
    pthread_mutex_unlock(&state->edit_lock);
    if (!done) {
        scenario_set_release(set);
        free(targets);
    }
    document_clear(document);
    return done;
}

bool state_set_accounts(struct state *state, const struct account_setting *settings, size_t count)
{
    struct account_target *targets = targets_of(settings, count);
    if (!targets)
        return false;
    pthread_mutex_lock(&state->lock);
    bool done = accounts_set(state->accounts, targets, count, false);
    pthread_mutex_unlock(&state->lock);
    free(targets);
    return done;
}

bool state_set_account(struct state *state, const struct key_digest *digest,
                       const struct account_setting *setting)
{
    const struct account_target target = {.digest = *digest, .setting = *setting};
    pthread_mutex_lock(&state->lock);
    bool done = accounts_set(state->accounts, &target, 1, false);
    pthread_mutex_unlock(&state->lock);
    return done;
}

void state_reset_account(struct state *state, const struct key_digest *digest)
{
    pthread_mutex_lock(&state->lock);
    struct account *account = accounts_find(state->accounts, digest);
    if (account)
        accounts_reset(state->accounts, account);
    pthread_mutex_unlock(&state->lock);
}

bool state_enqueue(struct state *state, struct slice key, struct scenario_step *steps, size_t count)
{
    struct key_digest digest;
    key_digest_of(&digest, key);
    pthread_mutex_lock(&state->lock);
    struct account *account = accounts_get(state->accounts, &digest);
    bool done = account && account->key.queued + count <= KEY_QUEUE_MAX;
    size_t taken = 0;
    while (done && taken < count)
        done = key_state_enqueue(&account->key, &steps[taken++]);
    pthread_mutex_unlock(&state->lock);
    for (; taken < count; taken++)
        scenario_step_clear(&steps[taken]);
    return done;
}

/* Resets */

/* Under the lock. key NULL: of all keys. Watchers are told. */
static void empty_journal(struct state *state, const struct key_digest *key)
{
    journal_reset(state->journal, key);
    state->journal_resets++;
    pthread_cond_broadcast(&state->arrival);
}

static bool reset_key(struct state *state, unsigned what, struct slice key)
{
    struct key_digest digest;
    key_digest_of(&digest, key);
    pthread_mutex_lock(&state->lock);
    struct account *account = accounts_find(state->accounts, &digest);
    if (what & RESET_JOURNAL)
        empty_journal(state, &digest);
    if (account && what & RESET_QUEUES)
        accounts_change_keys(state->accounts, account, key_state_empty_queue, state->settings.seed);
    if (account && what & RESET_SCENARIOS)
        accounts_change_keys(state->accounts, account, key_state_reset, state->settings.seed);
    if (account && what & RESET_ACCOUNTS)
        accounts_reset(state->accounts, account);
    if (account && what & RESET_COVERAGE)
        accounts_reset_coverage(state->accounts, account);
    pthread_mutex_unlock(&state->lock);
    return true;
}

bool state_reset(struct state *state, unsigned what, const struct slice *key)
{
    bool done = true;
    if (key)
        return reset_key(state, what, *key);
    pthread_mutex_lock(&state->edit_lock);
    if (what & RESET_MAPPINGS)
        install(state, scenario_set_hold(state->base), true);
    pthread_mutex_lock(&state->lock);
    if (what & RESET_JOURNAL)
        empty_journal(state, NULL);
    if (what & RESET_TLS)
        state_set_tls(state, &state->base_tls);
    if (what & RESET_SEED)
        state->settings.seed = state->base_seed;
    if (what & RESET_QUEUES)
        accounts_change_keys(state->accounts, NULL, key_state_empty_queue, state->settings.seed);
    if (what & RESET_SCENARIOS)
        accounts_change_keys(state->accounts, NULL, key_state_reset, state->settings.seed);
    if (what & RESET_ACCOUNTS) {
        done &= accounts_set(state->accounts, state->base_targets, state->base_target_count, true);
        accounts_reset(state->accounts, NULL);
    }
    if (what & RESET_COVERAGE) {
        state->coverage = (struct coverage_set){0};
        accounts_reset_coverage(state->accounts, NULL);
    }
    pthread_mutex_unlock(&state->lock);
    pthread_mutex_unlock(&state->edit_lock);
    return done;
}

bool state_reset_scenario(struct state *state, struct slice name, const struct slice *key)
{
    struct key_digest digest;
    key_digest_of(&digest, key ? *key : name);
    pthread_mutex_lock(&state->lock);
    const struct scenario *scenario = scenario_set_find(state->set, name);
    struct account *account =
        key ? accounts_find(state->accounts, &digest) : accounts_first(state->accounts);
    for (; scenario && account; account = key ? NULL : account->older)
        key_state_forget(&account->key, scenario->serial);
    pthread_mutex_unlock(&state->lock);
    return scenario != NULL;
}

/* Settings */

void state_get_settings(struct state *state, struct state_settings *out)
{
    pthread_mutex_lock(&state->lock);
    *out = state->settings;
    pthread_mutex_unlock(&state->lock);
}

static bool resize_journal(struct state *state, const struct state_change *change)
{
    const struct state_settings *now = &state->settings;
    bool entries = change->given.journal_entries, bytes = change->given.journal_bytes;
    return (!entries && !bytes) ||
           journal_resize(state->journal,
                          entries ? change->to.journal_entries : now->journal_entries,
                          bytes ? change->to.journal_bytes : now->journal_bytes);
}

/* Under the lock: what another change does at the same time is not undone. */
static void take_settings(struct state *state, const struct state_change *change)
{
    struct state_settings *now = &state->settings;
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note)                           \
    if (change->given.name)                                                                        \
        now->name = change->to.name;
#include "state/settings.def"
    if (change->given.seed)
        accounts_change_keys(state->accounts, NULL, key_state_reseed, now->seed);
    atomic_store_explicit(&state->strict, now->strict, memory_order_relaxed);
}

bool state_change_settings(struct state *state, const struct state_change *change,
                           struct state_settings *now)
{
    pthread_mutex_lock(&state->lock);
    bool done = resize_journal(state, change);
    if (done)
        take_settings(state, change);
    *now = state->settings;
    pthread_mutex_unlock(&state->lock);
    return done;
}
