/* Looking at a state: copies are taken under the lock, everything else happens without it. */
#include "base/clock.h"
#include "state/state_internal.h"
#include <stdlib.h>

#define GONE_INTERVAL_MS 200

bool state_select(struct journal_selection *out, struct state *state, journal_filter *filter,
                  void *context, size_t limit)
{
    pthread_mutex_lock(&state->lock);
    bool done = journal_select(out, state->journal, filter, context, limit);
    pthread_mutex_unlock(&state->lock);
    return done;
}

static uint64_t added(const struct state *state)
{
    struct journal_counts counts;
    journal_count(&counts, state->journal);
    return counts.added;
}

/* Until something may have been added. False when waiting is over. */
static bool await_arrival(struct state *state, const struct state_wait *wait, int64_t until_ms)
{
    const int64_t left_ms = until_ms - clock_monotonic_ms();
    if (left_ms <= 0)
        return false;
    const int64_t turn_ms =
        wait->is_gone && left_ms > GONE_INTERVAL_MS ? GONE_INTERVAL_MS : left_ms;
    const struct timespec until = clock_in_ms((uint32_t)turn_ms);
    if (pthread_cond_timedwait(&state->arrival, &state->lock, &until) == 0 || !wait->is_gone)
        return true;
    pthread_mutex_unlock(&state->lock);
    const bool gone = wait->is_gone(wait->who);
    pthread_mutex_lock(&state->lock);
    return !gone;
}

/* Until a wanted entry is added; looks at those alone that came since. False when waiting is over.
 */
static bool await_another(struct state *state, journal_filter *filter, void *context,
                          const struct state_wait *wait, int64_t until_ms)
{
    uint64_t seen = added(state);
    while (!state->waiting_ended && await_arrival(state, wait, until_ms)) {
        if (journal_wanted(state->journal, filter, context, seen))
            return true;
        seen = added(state);
    }
    return false;
}

bool state_await(struct state *state, journal_filter *filter, void *context,
                 const struct state_wait *wait)
{
    const int64_t until_ms = clock_monotonic_ms() + wait->wait_ms;
    pthread_mutex_lock(&state->lock);
    bool reached = journal_wanted(state->journal, filter, context, 0) >= wait->at_least;
    bool admitted = reached || state->waiting < wait->waiters_max;
    state->waiting += admitted;
    while (admitted && !reached && await_another(state, filter, context, wait, until_ms))
        reached = journal_wanted(state->journal, filter, context, 0) >= wait->at_least;
    state->waiting -= admitted;
    pthread_mutex_unlock(&state->lock);
    return admitted;
}

void state_end_waits(struct state *state)
{
    pthread_mutex_lock(&state->lock);
    state->waiting_ended = true;
    pthread_cond_broadcast(&state->arrival);
    pthread_mutex_unlock(&state->lock);
}

bool state_journal_entry(struct state *state, uint64_t id, struct journal_entry *out)
{
    pthread_mutex_lock(&state->lock);
    bool found = journal_find(out, state->journal, id);
    if (found && out->body)
        shared_bytes_hold(out->body);
    pthread_mutex_unlock(&state->lock);
    return found;
}

void state_find_used_up(bool *used_up, size_t count, struct state *state,
                        const struct scenario_set *set, const struct key_digest *key)
{
    pthread_mutex_lock(&state->lock);
    const struct account *account = accounts_find(state->accounts, key);
    for (size_t i = 0; i < count; i++)
        used_up[i] = account && key_state_has_used_up(&account->key, scenario_set_at(set, i));
    pthread_mutex_unlock(&state->lock);
}

static struct account_row row_of(const struct accounts *accounts, const struct account *account)
{
    return (struct account_row){
        .digest = account->digest,
        .terms = account_terms(accounts, account),
        .own = account->own,
        .balance = account_balance_of(account),
        .reserved = account->reserved,
        .in_flight = account->in_flight,
        .calls = account->calls,
        .successes = account->successes,
        .failures = account->failures,
        .refused = account->refused,
        .queued = account->key.queued,
    };
}

struct account_row *state_accounts(struct state *state, size_t *count_out)
{
    size_t used = 0;
    pthread_mutex_lock(&state->lock);
    size_t count = accounts_count(state->accounts);
    struct account_row *rows = count ? calloc(count, sizeof *rows) : NULL;
    for (struct account *account = accounts_first(state->accounts); rows && account;
         account = account->older)
        rows[used++] = row_of(state->accounts, account);
    pthread_mutex_unlock(&state->lock);
    *count_out = count && !rows ? SIZE_MAX : used;
    return rows;
}

void state_coverage(struct state_coverage *out, struct state *state, enum state_coverage_of since,
                    const struct key_digest *key)
{
    *out = (struct state_coverage){
        .revision = state->revision,
        .speaks_tls = state->speaks_tls && !key,
    };
    pthread_mutex_lock(&state->lock);
    const struct account *account = key ? accounts_find(state->accounts, key) : NULL;
    if (account)
        out->set = account->coverage;
    else if (!key)
        out->set = since == COVERAGE_SINCE_START ? state->coverage_since_start : state->coverage;
    pthread_mutex_unlock(&state->lock);
}

bool state_find_label(struct key_digest *out, struct state *state, struct slice label)
{
    char text[KEY_LABEL_SIZE];
    pthread_mutex_lock(&state->lock);
    const struct account *account = accounts_first(state->accounts);
    while (account && !slice_equal(slice_of(key_label(text, &account->digest)), label))
        account = account->older;
    if (account)
        *out = account->digest;
    pthread_mutex_unlock(&state->lock);
    return account != NULL;
}

struct queued_row *state_queue(struct state *state, struct slice key, size_t *count_out)
{
    struct key_digest digest;
    key_digest_of(&digest, key);
    pthread_mutex_lock(&state->lock);
    const struct account *account = accounts_find(state->accounts, &digest);
    const size_t count = account ? account->key.queued : 0;
    struct queued_row *rows = count ? calloc(count, sizeof *rows) : NULL;
    *count_out = rows ? key_state_queue(rows, &account->key) : count ? SIZE_MAX : 0;
    pthread_mutex_unlock(&state->lock);
    return rows;
}

void state_queue_free(struct queued_row *rows, size_t count)
{
    for (size_t i = 0; rows && i < count; i++)
        choice_clear(&rows[i].choice);
    free(rows);
}

char *state_metrics(struct state *state, const char *version, const char *revision)
{
    struct journal_counts journal;
    struct metrics *copy = malloc(sizeof *copy); /* too large for the stack of a worker */
    if (!copy)
        return NULL;
    pthread_mutex_lock(&state->lock);
    *copy = state->metrics;
    size_t accounts = accounts_count(state->accounts);
    journal_count(&journal, state->journal);
    pthread_mutex_unlock(&state->lock);
    const struct metrics_gauges gauges = {
        .journal_entries = journal.entries,
        .journal_bytes = journal.bytes,
        .journal_forgotten = journal.forgotten_ever,
        .accounts = accounts,
        .version = version,
        .revision = revision,
    };
    char *text = metrics_print(copy, &gauges);
    free(copy);
    return text;
}
