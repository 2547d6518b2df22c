/* Making a state, and the way of a request through it. */
#include "base/clock.h"
#include "state/state_internal.h"
#include <stdio.h>
#include <stdlib.h>

static void default_settings(struct state_settings *settings)
{
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note)                           \
    if (!settings->name)                                                                           \
        settings->name = (fallback);
#include "state/settings.def"
}

struct state *state_new(const struct state_options *options)
{
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    pthread_mutex_init(&state->edit_lock, NULL);
    pthread_mutex_init(&state->lock, NULL);
    clock_condition_init(&state->arrival);
    state->settings = options->settings;
    default_settings(&state->settings);
    state->base_seed = state->start_seed = state->settings.seed;
    atomic_init(&state->strict, state->settings.strict);
    state->revision = options->revision ? options->revision : revision_default();
    atomic_init(&state->tls_armed, false);
    state->speaks_tls = options->speaks_tls;
    state->set = scenario_set_new(NULL, 0);
    state->base = state->set ? scenario_set_hold(state->set) : NULL;
    state->accounts = accounts_new(
        options->accounts_max ? options->accounts_max : ACCOUNTS_DEFAULT_MAX, state->settings.seed);
    state->journal = journal_new(state->settings.journal_entries, state->settings.journal_bytes);
    if (state->set && state->accounts && state->journal)
        return state;
    state_free(state);
    return NULL;
}

void state_free(struct state *state)
{
    if (!state)
        return;
    scenario_set_release(state->set);
    scenario_set_release(state->base);
    accounts_free(state->accounts);
    journal_free(state->journal);
    free(state->base_targets);
    pthread_cond_destroy(&state->arrival);
    pthread_mutex_destroy(&state->lock);
    pthread_mutex_destroy(&state->edit_lock);
    free(state);
}

bool state_is_strict(const struct state *state)
{
    return atomic_load_explicit(&state->strict, memory_order_relaxed);
}

/* Entering */

/* Under the lock. Without memory for it there is none. */
static void hold_account(struct visit *visit)
{
    struct account *account = accounts_get(visit->state->accounts, &visit->digest);
    visit->no_memory = !account;
    if (!account)
        return;
    account->visits++;
    account_note_time(account, visit->wall_ms);
    visit->account = account;
}

/* Under the lock. */
static void enter_account(struct visit *visit, int64_t now_ms)
{
    struct state *state = visit->state;
    struct account *account = visit->account;
    if (visit->kind == VISIT_CREDITS) {
        visit->account_verdict.locked = account_terms(state->accounts, account).locked;
        visit->balance = account_balance_of(account);
        return;
    }
    visit->admitted = account_admit(&visit->account_verdict, &visit->retry_after_s, state->accounts,
                                    account, now_ms);
    visit->nth = key_state_next(&account->key);
    visit->queued = account->key.queued > 0;
}

void state_enter(struct visit *out, struct state *state, const struct visit_head *head)
{
    bool wanted = head->kind != VISIT_OTHER && head->known;
    *out = (struct visit){
        .state = state,
        .kind = head->kind,
        .account_verdict = {.known = head->known},
        .balance = {.balance = ACCOUNT_UNLIMITED,
                    .granted = ACCOUNT_UNLIMITED,
                    .first_ms = head->wall_ms,
                    .changed_ms = head->wall_ms},
        .wall_ms = head->wall_ms,
        .has_key = head->key.len > 0,
    };
    key_digest_of(&out->digest, head->key);

    pthread_mutex_lock(&state->lock);
    state->metrics.in_flight++;
    out->set = scenario_set_hold(state->set);
    out->strict = state->settings.strict;
    out->keeps_body = state->settings.journal_bodies;
    if (wanted)
        hold_account(out);
    if (out->account) {
        enter_account(out, head->now_ms);
        out->wants_facts = head->kind == VISIT_CALL && state->automatic;
        out->wants_sha256 = out->wants_facts && state->wants_sha256;
    }
    pthread_mutex_unlock(&state->lock);
}

/* Choosing */

static bool some_step_is_always(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->step_count; i++)
        if (scenario->steps[i].always)
            return true;
    return false;
}

static void decide(struct visit *visit, enum chosen_by chosen_by, const struct choice *choice,
                   bool always)
{
    visit->chosen_by = chosen_by;
    visit->always = choice->step && (always || choice->step->always);
}

static enum choose_result refuse_unknown(char why[STATE_WHY_SIZE], const struct visit *visit,
                                         struct slice name)
{
    char shown[SCENARIO_NAME_MAX + 1], nearest[3 * SCENARIO_NAME_MAX + 8];
    if (tls_fault_find(name) != TLS_FAULT_NONE) {
        snprintf(why, STATE_WHY_SIZE,
                 "'%s' is a fault of TLS, which begins before any request: arm it in the "
                 "document's \"tls\", or with POST /__admin/tls",
                 printable(shown, sizeof shown, name));
        return CHOOSE_UNKNOWN;
    }
    snprintf(why, STATE_WHY_SIZE, "there is no scenario '%s'; the nearest are %s",
             printable(shown, sizeof shown, name),
             scenario_set_nearest(visit->set, name, nearest, sizeof nearest));
    return CHOOSE_UNKNOWN;
}

static enum choose_result choose_cue(struct choice *out, char why[STATE_WHY_SIZE],
                                     struct visit *visit, const struct cue *cue,
                                     enum chosen_by chosen_by)
{
    if (!cue || cue->source == CUE_NONE || visit->strict || visit->kind != VISIT_CALL)
        return CHOOSE_NOTHING;
    const struct scenario *scenario = scenario_set_find(visit->set, cue->name);
    bool bypasses = cue->always || (scenario && some_step_is_always(scenario));
    if (!visit->account && !bypasses)
        return CHOOSE_NOTHING;
    if (!scenario)
        return refuse_unknown(why, visit, cue->name);

    pthread_mutex_lock(&visit->state->lock);
    if (!visit->account)
        hold_account(visit);
    if (visit->account)
        choose_named(out, visit->set, scenario, &visit->account->key);
    pthread_mutex_unlock(&visit->state->lock);
    decide(visit, chosen_by, out, cue->always);
    return CHOOSE_DECIDED;
}

static bool take_queued(struct choice *out, struct visit *visit)
{
    if (!visit->queued)
        return false;
    pthread_mutex_lock(&visit->state->lock);
    bool chosen = choose_queued(out, &visit->account->key);
    pthread_mutex_unlock(&visit->state->lock);
    if (chosen)
        decide(visit, CHOSEN_BY_QUEUE, out, false);
    return chosen;
}

enum choose_result state_choose_by_head(struct choice *out, char why[STATE_WHY_SIZE],
                                        struct visit *visit, const struct cue *header,
                                        const struct cue *key)
{
    enum choose_result result;
    if (visit->chosen_by)
        return CHOOSE_DECIDED;
    *out = (struct choice){0};
    if (take_queued(out, visit))
        return CHOOSE_DECIDED;
    result = choose_cue(out, why, visit, header, CHOSEN_BY_HEADER);
    return result ? result : choose_cue(out, why, visit, key, CHOSEN_BY_KEY);
}

static enum choose_result take_matching(struct choice *out, struct visit *visit,
                                        const struct request_facts *facts)
{
    if (!visit->wants_facts || !facts)
        return CHOOSE_NOTHING;
    struct request_facts counted = *facts;
    counted.number.request = visit->nth;
    pthread_mutex_lock(&visit->state->lock);
    choose_matching(out, visit->set, &visit->account->key, &counted);
    pthread_mutex_unlock(&visit->state->lock);
    if (!out->scenario[0])
        return CHOOSE_NOTHING;
    decide(visit, CHOSEN_BY_MATCH, out, false);
    return CHOOSE_DECIDED;
}

enum choose_result state_choose_by_body(struct choice *out, char why[STATE_WHY_SIZE],
                                        struct visit *visit, const struct cue *file_name,
                                        const struct cue *picture,
                                        const struct request_facts *facts)
{
    enum choose_result result;
    if (visit->chosen_by)
        return CHOOSE_DECIDED;
    *out = (struct choice){0};
    result = choose_cue(out, why, visit, file_name, CHOSEN_BY_FILE_NAME);
    if (!result)
        result = choose_cue(out, why, visit, picture, CHOSEN_BY_PICTURE);
    return result ? result : take_matching(out, visit, facts);
}

/* Leaving */

static void complete_entry(struct journal_entry *entry, const struct visit *visit,
                           struct slice body)
{
    entry->has_key = visit->has_key;
    entry->key = visit->digest;
    entry->number.request = visit->nth;
    entry->chosen_by = entry->scenario[0] ? visit->chosen_by : CHOSEN_BY_NOBODY;
    if (visit->keeps_body && body.len && !entry->body)
        entry->body = shared_bytes_copy(body);
}

static void find_what_was_met(struct coverage_set *out, const struct visit *visit,
                              const struct journal_entry *entry, bool success)
{
    const struct request_numbers *number = &entry->number;
    coverage_of(out, &(struct coverage_facts){
                         .revision = visit->state->revision,
                         .answered = entry->status != 0,
                         .code = entry->code,
                         .rule = entry->rule,
                         .fault = entry->fault,
                         .deviation = entry->deviation,
                         .success = success,
                         .service_choice = number->service_choice,
                         .format = number->format,
                         .bytes = number->size,
                         .side = number->width > number->height ? number->width : number->height,
                     });
}

/* Under the lock. A request that was refused before it got an account counts for its key's, if
 * there is one. */
static void add_coverage(struct state *state, const struct visit *visit,
                         const struct coverage_set *met)
{
    struct account *account = visit->account;
    if (!account && visit->has_key)
        account = accounts_find(state->accounts, &visit->digest);
    if (account)
        coverage_add(&account->coverage, met);
    coverage_add(&state->coverage, met);
    coverage_add(&state->coverage_since_start, met);
}

void state_leave(struct visit *visit, struct journal_entry *entry, struct slice body, bool success)
{
    struct state *state = visit->state;
    struct account *account = visit->account;
    struct coverage_set met;
    if (entry) {
        complete_entry(entry, visit, body);
        find_what_was_met(&met, visit, entry, success);
    }

    pthread_mutex_lock(&state->lock);
    if (visit->admitted)
        account_settle(account, success, visit->wall_ms);
    if (account)
        account->visits--;
    if (entry) {
        add_coverage(state, visit, &met);
        journal_add(state->journal, entry);
        metrics_count(&state->metrics, entry->status, entry->code, entry->duration_ms,
                      entry->unexpected);
        if (state->waiting || state->listening)
            pthread_cond_broadcast(&state->arrival);
    }
    state->metrics.in_flight--;
    pthread_mutex_unlock(&state->lock);

    scenario_set_release(visit->set);
    visit->set = NULL;
    visit->account = NULL;
}
