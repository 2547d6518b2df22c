/* Changing what is in force: documents, single scenarios, queues, accounts, settings, resets. New
 * sets are made beside the old one and put in its place at one moment. */
#include "control/scenario_copy.h"
#include "control/state_parts.h"
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
        accounts_reset_keys(state->accounts, NULL, state->settings.seed);
    pthread_mutex_unlock(&state->lock);
    scenario_set_release(old);
}

static void free_scenarios(struct scenario *scenarios, size_t count)
{
    for (size_t i = 0; i < count; i++)
        scenario_clear(&scenarios[i]);
    free(scenarios);
}

/* Copies of own scenarios except this one, behind first_count free places. NULL when memory ran
 * out. Under edit_lock. */
static struct scenario *copy_others(const struct state *state, const char *name, size_t first_count,
                                    size_t *count_out)
{
    struct scenario *copies = calloc(first_count + state->own_count + 1, sizeof *copies);
    *count_out = first_count;
    for (size_t i = 0; copies && i < state->own_count; i++) {
        const struct scenario *scenario = scenario_set_at(state->set, i);
        if (strcmp(scenario->name, name) == 0)
            continue;
        if (!scenario_copy(&copies[*count_out], scenario)) {
            free_scenarios(copies, *count_out);
            return NULL;
        }
        ++*count_out;
    }
    return copies;
}

/* scenarios are taken over. Under edit_lock. */
static bool install_scenarios(struct state *state, struct scenario *scenarios, size_t count)
{
    struct scenario_set *set = scenario_set_new(scenarios, count);
    if (set)
        install(state, set, count, false);
    return set != NULL;
}

/* What keys have used of a scenario says nothing about another one of its name. */
static void forget_uses(struct state *state, const char *name)
{
    pthread_mutex_lock(&state->lock);
    for (struct account *account = accounts_first(state->accounts); account;
         account = account->older)
        key_state_forget(account->key, name);
    pthread_mutex_unlock(&state->lock);
}

bool state_put_scenario(struct state *state, struct scenario *scenario)
{
    bool done = false;
    size_t count;
    char name[SCENARIO_NAME_MAX + 1];
    memcpy(name, scenario->name, sizeof name);
    pthread_mutex_lock(&state->edit_lock);
    struct scenario *scenarios = copy_others(state, name, 1, &count);
    if (scenarios && count <= DOCUMENT_SCENARIOS_MAX) {
        scenarios[0] = *scenario;
        *scenario = (struct scenario){0};
        done = install_scenarios(state, scenarios, count);
    } else if (scenarios)
        free_scenarios(scenarios, count);
    if (done)
        forget_uses(state, name);
    pthread_mutex_unlock(&state->edit_lock);
    scenario_clear(scenario);
    return done;
}

static bool is_own(const struct state *state, struct slice name)
{
    for (size_t i = 0; i < state->own_count; i++)
        if (slice_equal(slice_of(scenario_set_at(state->set, i)->name), name))
            return true;
    return false;
}

enum removal state_remove_scenario(struct state *state, struct slice name)
{
    enum removal removal = REMOVAL_UNKNOWN;
    pthread_mutex_lock(&state->edit_lock);
    if (is_own(state, name)) {
        size_t count;
        const struct scenario *scenario = scenario_set_find(state->set, name);
        char known[SCENARIO_NAME_MAX + 1];
        memcpy(known, scenario->name, sizeof known);
        struct scenario *others = copy_others(state, known, 0, &count);
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
        if (document->has_seed)
            state->settings.seed = document->seed;
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
        accounts_reset_keys(state->accounts, account, state->settings.seed);
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
    if (what & RESET_SCENARIOS)
        accounts_reset_keys(state->accounts, NULL, state->settings.seed);
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

bool state_set_settings(struct state *state, const struct state_settings *settings)
{
    bool done = true;
    pthread_mutex_lock(&state->lock);
    const struct state_settings *now = &state->settings;
    if (settings->journal_entries != now->journal_entries ||
        settings->journal_bytes != now->journal_bytes)
        done = journal_resize(state->journal, settings->journal_entries, settings->journal_bytes);
    if (done) {
        if (settings->seed != now->seed)
            accounts_reset_keys(state->accounts, NULL, settings->seed);
        state->settings = *settings;
        atomic_store_explicit(&state->strict, settings->strict, memory_order_relaxed);
    }
    pthread_mutex_unlock(&state->lock);
    return done;
}
