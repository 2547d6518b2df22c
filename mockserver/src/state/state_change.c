/* Changing what is in force: documents, single scenarios, queues, accounts, settings, resets. New
 * sets are made beside the old one and put in its place at one moment. */
#include "scenarios/scenario_copy.h"
#include "state/state_internal.h"
#include <stdlib.h>

/* Sets */

/* Puts a set in force; its reference is taken over. Under edit_lock. */
static void install(struct state *state, struct scenario_set *set, size_t own_count,
                    bool forget_use)
{
    bool automatic = false, wants_sha256 = false;
    for (size_t i = 0; i < own_count; i++) {
        const struct scenario *scenario = scenario_set_at(set, i);
        automatic |= scenario->automatic;
        wants_sha256 |= scenario->automatic && scenario->match.sha256;
    }
    pthread_mutex_lock(&state->lock);
    struct scenario_set *old = state->set;
    state->set = set;
    state->own_count = own_count;
    state->automatic = automatic;
    state->wants_sha256 = wants_sha256;
    if (forget_use)
        accounts_change_keys(state->accounts, NULL, key_state_restart, state->settings.seed);
    pthread_mutex_unlock(&state->lock);
    scenario_set_release(old);
}

static void free_scenarios(struct scenario *scenarios, size_t count)
{
    for (size_t i = 0; i < count; i++)
        scenario_clear(&scenarios[i]);
    free(scenarios);
}

/* Where the own scenario of this name stands; own_count when there is none. Under edit_lock. */
static size_t place_of(const struct state *state, struct slice name)
{
    size_t at = 0;
    while (at < state->own_count &&
           !slice_equal(slice_of(scenario_set_at(state->set, at)->name), name))
        at++;
    return at;
}

/* Copies count own scenarios, from first on, behind those in copies. False when memory ran out:
 * then copies are freed. Under edit_lock. */
static bool copy_own(const struct state *state, struct scenario *copies, size_t *copied,
                     size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++, ++*copied)
        if (!scenario_copy(&copies[*copied], scenario_set_at(state->set, i))) {
            free_scenarios(copies, *copied);
            return false;
        }
    return true;
}

/* scenarios are taken over. Under edit_lock. */
static bool install_scenarios(struct state *state, struct scenario *scenarios, size_t count)
{
    struct scenario_set *set = scenario_set_new(scenarios, count);
    if (set)
        install(state, set, count, false);
    return set != NULL;
}

/* What keys have used of a scenario says nothing about another one of its name. NULL: of all. */
static void forget_uses(struct state *state, const char *name)
{
    pthread_mutex_lock(&state->lock);
    for (struct account *account = accounts_first(state->accounts); account;
         account = account->older)
        key_state_forget(account->key, name);
    pthread_mutex_unlock(&state->lock);
}

/* The own scenarios with this one where the one of its name stood, else before them. It is moved
 * from unless NULL is returned: memory ran out, or there are too many. Under edit_lock. */
static struct scenario *with(const struct state *state, struct scenario *scenario, size_t *count)
{
    const size_t own = state->own_count, place = place_of(state, slice_of(scenario->name));
    const bool is_new = place == own;
    const size_t before = is_new ? 0 : place, next = is_new ? 0 : place + 1;
    *count = 0;
    if (is_new && own == DOCUMENT_SCENARIOS_MAX)
        return NULL;
    struct scenario *copies = calloc(own + 1, sizeof *copies);
    if (!copies || !copy_own(state, copies, count, 0, before))
        return NULL;
    copies[(*count)++] = *scenario;
    *scenario = (struct scenario){0};
    return copy_own(state, copies, count, next, own - next) ? copies : NULL;
}

bool state_put_scenario(struct state *state, struct scenario *scenario)
{
    size_t count;
    char name[SCENARIO_NAME_MAX + 1];
    memcpy(name, scenario->name, sizeof name);
    pthread_mutex_lock(&state->edit_lock);
    struct scenario *scenarios = with(state, scenario, &count);
    bool done = scenarios && install_scenarios(state, scenarios, count);
    if (done)
        forget_uses(state, name);
    pthread_mutex_unlock(&state->edit_lock);
    scenario_clear(scenario);
    return done;
}

/* The own scenarios but that at place. NULL when memory ran out. Under edit_lock. */
static struct scenario *without(const struct state *state, size_t place, size_t *count)
{
    struct scenario *copies = calloc(state->own_count, sizeof *copies);
    *count = 0;
    bool done = copies && copy_own(state, copies, count, 0, place) &&
                copy_own(state, copies, count, place + 1, state->own_count - place - 1);
    return done ? copies : NULL;
}

enum removal state_remove_scenario(struct state *state, struct slice name)
{
    enum removal removal = REMOVAL_UNKNOWN;
    pthread_mutex_lock(&state->edit_lock);
    size_t place = place_of(state, name), count;
    if (place < state->own_count) {
        char known[SCENARIO_NAME_MAX + 1];
        memcpy(known, scenario_set_at(state->set, place)->name, sizeof known);
        struct scenario *others = without(state, place, &count);
        removal = others && install_scenarios(state, others, count) ? REMOVED : REMOVAL_NO_MEMORY;
        if (removal == REMOVED)
            forget_uses(state, known);
    }
    pthread_mutex_unlock(&state->edit_lock);
    return removal;
}

bool state_remove_scenarios(struct state *state)
{
    pthread_mutex_lock(&state->edit_lock);
    bool done = install_scenarios(state, NULL, 0);
    if (done)
        forget_uses(state, NULL);
    pthread_mutex_unlock(&state->edit_lock);
    return done;
}

bool state_restore_scenarios(struct state *state)
{
    pthread_mutex_lock(&state->edit_lock);
    install(state, scenario_set_hold(state->base), state->base_count, true);
    pthread_mutex_unlock(&state->edit_lock);
    return true;
}

struct scenario_set *state_scenarios(struct state *state, size_t *own_count)
{
    pthread_mutex_lock(&state->lock);
    struct scenario_set *set = scenario_set_hold(state->set);
    *own_count = state->own_count;
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
                 size_t own_count, struct account_target *targets)
{
    pthread_mutex_lock(&state->lock);
    bool done = accounts_set(state->accounts, targets, document->account_count, true);
    if (done) {
        accounts_reset(state->accounts, NULL);
        state->settings.seed = document->has_seed ? document->seed : state->start_seed;
        state->base_seed = state->settings.seed;
    }
    pthread_mutex_unlock(&state->lock);
    if (!done)
        return false;
    free(state->base_targets);
    state->base_targets = targets;
    state->base_target_count = document->account_count;
    scenario_set_release(state->base);
    state->base = scenario_set_hold(set);
    state->base_count = own_count;
    install(state, set, own_count, true);
    return true;
}

bool state_load(struct state *state, struct document *document)
{
    size_t own_count = document->scenario_count;
    struct account_target *targets = targets_of(document->accounts, document->account_count);
    struct scenario_set *set = scenario_set_new(document->scenarios, own_count);
    document->scenarios = NULL; /* the set's now, or freed */
    document->scenario_count = 0;
    bool done = targets && set;
    if (done) {
        pthread_mutex_lock(&state->edit_lock);
        done = load(state, document, set, own_count, targets);
        pthread_mutex_unlock(&state->edit_lock);
    }
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

bool state_enqueue(struct state *state, struct slice key, struct scenario_step *steps, size_t count)
{
    struct account_digest digest;
    account_digest_of(&digest, key);
    pthread_mutex_lock(&state->lock);
    struct account *account = accounts_get(state->accounts, &digest);
    bool done = account && key_state_queued(account->key) + count <= STATE_QUEUE_MAX;
    size_t taken = 0;
    while (done && taken < count)
        done = key_state_enqueue(account->key, &steps[taken++]);
    pthread_mutex_unlock(&state->lock);
    for (; taken < count; taken++)
        scenario_step_clear(&steps[taken]);
    return done;
}

/* Resets */

static bool reset_key(struct state *state, unsigned what, struct slice key)
{
    struct account_digest digest;
    account_digest_of(&digest, key);
    pthread_mutex_lock(&state->lock);
    struct account *account = accounts_find(state->accounts, &digest);
    if (what & RESET_JOURNAL)
        journal_reset(state->journal, &digest);
    if (account && what & RESET_SCENARIOS)
        accounts_change_keys(state->accounts, account, key_state_reset, state->settings.seed);
    if (account && what & RESET_ACCOUNTS)
        accounts_reset(state->accounts, account);
    pthread_mutex_unlock(&state->lock);
    return true;
}

bool state_reset(struct state *state, unsigned what, const struct slice *key)
{
    bool done = true;
    if (key)
        return reset_key(state, what, *key);
    if (what & RESET_MAPPINGS)
        done = state_restore_scenarios(state);
    pthread_mutex_lock(&state->edit_lock);
    pthread_mutex_lock(&state->lock);
    if (what & RESET_JOURNAL)
        journal_reset(state->journal, NULL);
    if (what & RESET_SEED)
        state->settings.seed = state->base_seed;
    if (what & RESET_SCENARIOS)
        accounts_change_keys(state->accounts, NULL, key_state_reset, state->settings.seed);
    if (what & RESET_ACCOUNTS) {
        done &= accounts_set(state->accounts, state->base_targets, state->base_target_count, true);
        accounts_reset(state->accounts, NULL);
    }
    pthread_mutex_unlock(&state->lock);
    pthread_mutex_unlock(&state->edit_lock);
    return done;
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
    bool entries = change->given[SETTING_JOURNAL_ENTRIES];
    bool bytes = change->given[SETTING_JOURNAL_BYTES];
    return (!entries && !bytes) ||
           journal_resize(state->journal,
                          entries ? change->to.journal_entries : now->journal_entries,
                          bytes ? change->to.journal_bytes : now->journal_bytes);
}

/* Under the lock: what another change does at the same time is not undone. */
static void take_settings(struct state *state, const struct state_change *change)
{
    struct state_settings *now = &state->settings;
    const bool *given = change->given;
    now->strict = given[SETTING_STRICT] ? change->to.strict : now->strict;
    if (given[SETTING_JOURNAL_ENTRIES])
        now->journal_entries = change->to.journal_entries;
    if (given[SETTING_JOURNAL_BYTES])
        now->journal_bytes = change->to.journal_bytes;
    if (given[SETTING_JOURNAL_BODIES])
        now->journal_bodies = change->to.journal_bodies;
    if (given[SETTING_SEED]) {
        now->seed = change->to.seed;
        accounts_change_keys(state->accounts, NULL, key_state_reseed, now->seed);
    }
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
