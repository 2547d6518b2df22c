/* Keys that are served at once do not see one another, and credits are not overdrawn.
 * labels: threads */
#include "state_requests.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define KEYS 200
#define WORKERS 8
#define ROUNDS 20

struct hammer {
    struct state *state;
    unsigned first;
    char wrong[160]; /* what was seen and should not have been; reported by the main thread */
};

static bool wants_key(void *context, const struct journal_entry *entry)
{
    return memcmp(context, &entry->key, sizeof entry->key) == 0;
}

/* Each key has a scenario of its own and steps queued before it; it must see them, in order, and
 * nothing else. */
static void hammer_key(struct hammer *hammer, unsigned number, int round)
{
    char key[24], name[24], got[SCENARIO_NAME_MAX + 1];
    struct key_digest digest;
    struct journal_selection found;
    snprintf(key, sizeof key, "key-%u", number);
    snprintf(name, sizeof name, "own-%u", number);
    struct wish wish = {.header = round % 2 ? name : NULL};
    struct visit visit = enter(hammer->state, key);
    choose_for(got, &visit, &wish);
    const char *expected = round < 3 ? "queue" : round % 2 ? name : "";
    if (strcmp(got, expected) != 0)
        snprintf(hammer->wrong, sizeof hammer->wrong, "%s, round %d: got '%s', expected '%s'", key,
                 round, got, expected);
    if (visit.nth != (uint64_t)round + 1)
        snprintf(hammer->wrong, sizeof hammer->wrong, "%s: request %d was counted as %u", key,
                 round, (unsigned)visit.nth);
    leave(&visit, "", true);
    key_digest_of(&digest, slice_of(key));
    if (round % 5 == 4 && state_select(&found, hammer->state, wants_key, &digest, 100)) {
        if (found.total != (size_t)round + 1)
            snprintf(hammer->wrong, sizeof hammer->wrong, "%s: %zu journalled after %d", key,
                     found.total, round + 1);
        journal_selection_clear(&found);
    }
}

static void *hammer_keys(void *context)
{
    struct hammer *hammer = context;
    for (int round = 0; round < ROUNDS; round++)
        for (unsigned i = hammer->first; i < KEYS; i += WORKERS)
            hammer_key(hammer, i, round);
    return NULL;
}

/* What an administrator may do meanwhile without a key noticing. */
static void *hammer_admin(void *context)
{
    struct hammer *hammer = context;
    char json[128];
    for (int i = 0; i < 40; i++) {
        struct scenario scenario;
        struct document_error error;
        size_t count;
        snprintf(json, sizeof json, "{\"name\":\"extra-%d\",\"steps\":[{\"delay\":1}]}", i % 4);
        if (document_parse_scenario(&scenario, slice_of(json), &error))
            state_put_scenario(hammer->state, &scenario);
        state_remove_scenario(hammer->state, slice_of("extra-1"));
        free(state_accounts(hammer->state, &count));
        free(state_metrics(hammer->state, "1", "2"));
    }
    return NULL;
}

static void arm_keys(struct state *state)
{
    char key[24], json[160];
    struct document document = {.scenarios = calloc(KEYS, sizeof *document.scenarios)};
    for (unsigned i = 0; i < KEYS; i++) {
        struct document_error error;
        snprintf(json, sizeof json,
                 "{\"name\":\"own-%u\",\"steps\":[{\"delay\":1}],\"then\":\"repeat-last\"}", i);
        assert_true(document_parse_scenario(&document.scenarios[document.scenario_count++],
                                            slice_of(json), &error));
    }
    assert_true(state_load(state, &document));
    for (unsigned i = 0; i < KEYS * 3; i++) {
        snprintf(key, sizeof key, "key-%u", i % KEYS);
        assert_true(enqueue(state, key, "{\"delay\":1}"));
    }
}

static void state_keys_do_not_see_one_another(void **unused)
{
    (void)unused;
    struct state *state = state_new(&(struct state_options){
        .settings = {.journal_entries = KEYS * ROUNDS, .journal_bytes = JOURNAL_BYTES_MAX}});
    struct hammer hammers[WORKERS + 1] = {0};
    pthread_t threads[WORKERS + 1];
    arm_keys(state);
    for (unsigned i = 0; i <= WORKERS; i++) {
        hammers[i].state = state;
        hammers[i].first = i;
        assert_int_equal(pthread_create(&threads[i], NULL, i < WORKERS ? hammer_keys : hammer_admin,
                                        &hammers[i]),
                         0);
    }
    for (unsigned i = 0; i <= WORKERS; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i <= WORKERS; i++)
        assert_string_equal(hammers[i].wrong, "");
    assert_int_equal(journalled(state), KEYS * ROUNDS);
    state_free(state);
}

/* Parallel calls of one key with credits for 100: exactly 100 succeed. */
struct spender {
    struct state *state;
    unsigned succeeded;
};

static void *spend(void *context)
{
    struct spender *spender = context;
    for (int i = 0; i < 100; i++) {
        struct visit visit = enter(spender->state, "rich");
        bool success = !visit.account_verdict.out_of_credits && i % 3 != 0;
        spender->succeeded += success;
        leave(&visit, success ? "" : "ERROR_NOT_ENOUGH_CREDITS", success);
    }
    return NULL;
}

static void state_parallel_calls_cannot_overdraw(void **unused)
{
    (void)unused;
    struct state *state = state_with("{\"accounts\":{\"rich\":{\"credits\":1207}}}");
    struct spender spenders[WORKERS] = {{0}};
    pthread_t threads[WORKERS];
    unsigned succeeded = 0;
    for (unsigned i = 0; i < WORKERS; i++) {
        spenders[i].state = state;
        assert_int_equal(pthread_create(&threads[i], NULL, spend, &spenders[i]), 0);
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        succeeded += spenders[i].succeeded;
    }
    size_t count;
    struct account_row *rows = state_accounts(state, &count);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].balance.balance, 1207 - 12 * (int64_t)succeeded);
    assert_in_range(rows[0].balance.balance, 0, 1207);
    assert_int_equal(rows[0].reserved, 0);
    assert_int_equal(rows[0].in_flight, 0);
    free(rows);
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_keys_do_not_see_one_another),
        cmocka_unit_test(state_parallel_calls_cannot_overdraw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
