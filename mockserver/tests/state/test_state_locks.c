/* Every function of the state takes its lock before it looks, gives it back once, and holds none
 * when it returns. */
#include "state_requests.h"
#include "testing/checked_locks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static bool any(void *context, const struct journal_entry *entry)
{
    (void)context;
    (void)entry;
    return true;
}

static bool is_gone(const void *who)
{
    (void)who;
    return true;
}

static struct state *locked_state(void)
{
    struct state *state = state_new(&(struct state_options){.speaks_tls = true});
    assert_non_null(state);
    return state;
}

static void requests_hold_no_lock_between_their_steps(void **unused)
{
    (void)unused;
    struct state *state =
        state_with("{\"scenarios\":[{\"name\":\"mine\",\"match\":{\"service_choice\":12},\"steps\":"
                   "[{\"delay\":1}]}]}");
    static const struct {
        struct wish wish;
        const char *name;
    } rows[] = {{{.header = "slow"}, "queue"}, {{.header = "slow"}, "slow"},
                {{.key = "slow"}, "slow"},     {{.file_name = "slow"}, "slow"},
                {{.picture = "slow"}, "slow"}, {{.service_choice = 12}, "mine"},
                {{.service_choice = 10}, ""}};
    assert_true(enqueue(state, "k", "{\"delay\":1}"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char name[SCENARIO_NAME_MAX + 1];
        struct visit visit;
        CHECKED(visit = enter(state, "k"));
        CHECKED(choose_for(name, &visit, &rows[i].wish));
        assert_string_equal(name, rows[i].name);
        CHECKED(leave(&visit, "", true));
    }
    state_free(state);
}

static void changes_hold_no_lock_when_they_return(void **unused)
{
    (void)unused;
    struct state *state = locked_state();
    struct document document;
    struct document_error error;
    struct scenario scenario;
    struct state_settings settings;
    struct key_digest digest;
    char text[] = "k";
    const struct account_setting setting = {.api_key = text};
    const struct slice key = slice_of("k"), name = slice_of("mine");
    const struct state_change change = {.given = {.seed = true}, .to = {.seed = 8}};
    key_digest_of(&digest, key);
    assert_true(document_parse(&document, slice_of("{\"seed\":7}"), &error));
    assert_true(document_parse_scenario(
        &scenario, slice_of("{\"name\":\"mine\",\"steps\":[{\"delay\":1}]}"), &error));
    CHECKED(state_load(state, &document));
    CHECKED(state_put_scenario(state, &scenario));
    CHECKED(state_reset_scenario(state, name, NULL));
    CHECKED(state_reset_scenario(state, name, &key));
    CHECKED(state_remove_scenario(state, name));
    CHECKED(state_remove_scenarios(state));
    CHECKED(enqueue(state, "k", "{\"delay\":1}"));
    CHECKED(state_set_accounts(state, &setting, 1));
    CHECKED(state_set_account(state, &digest, &setting));
    CHECKED(state_reset_account(state, &digest));
    CHECKED(state_change_settings(state, &change, &settings));
    CHECKED(state_arm_tls(state, &(struct tls_arming){TLS_FAULT_expired, 1}));
    CHECKED(state_next_tls_fault(state));
    CHECKED(state_clear_tls(state));
    CHECKED(state_reset(state, RESET_ALL, &key));
    CHECKED(state_reset(state, RESET_ALL | RESET_QUEUES, NULL));
    CHECKED(state_end_waits(state));
    state_free(state);
}

static void looks_hold_no_lock_when_they_return(void **unused)
{
    (void)unused;
    struct state *state = locked_state();
    const struct state_wait wait = {.at_least = 2, .wait_ms = 1, .waiters_max = 1};
    const struct state_wait until_gone = {
        .at_least = 2, .wait_ms = 1, .waiters_max = 1, .is_gone = is_gone};
    const struct slice key = slice_of("k");
    struct journal_selection found;
    struct journal_entry entry;
    struct state_moment moment = {0};
    struct state_settings settings;
    struct state_coverage coverage;
    struct tls_arming armed[TLS_ARMINGS_MAX];
    struct scenario_set *set;
    struct account_row *rows;
    struct queued_row *queue;
    struct key_digest digest;
    size_t count, queued;
    char *metrics;
    key_digest_of(&digest, key);
    assert_true(enqueue(state, "k", "{\"delay\":1}"));
    struct visit visit = enter(state, "k");
    leave(&visit, "", true);
    CHECKED(state_get_settings(state, &settings));
    CHECKED(state_await(state, any, NULL, &wait));
    CHECKED(state_await(state, any, NULL, &until_gone));
    CHECKED(state_journal_entry(state, 1, &entry));
    CHECKED(state_watch_begin(state, 1));
    CHECKED(state_watch(state, &moment, 1));
    CHECKED(state_watch(state, &moment, 1));
    CHECKED(state_watch_end(state));
    CHECKED(state_select(&found, state, any, NULL, 1));
    journal_selection_clear(&found);
    CHECKED(state_follow(&found, state, 0, 1));
    journal_selection_clear(&found);
    CHECKED(set = state_scenarios(state));
    bool *used_up = calloc(scenario_set_count(set), sizeof *used_up);
    assert_non_null(used_up);
    CHECKED(state_find_used_up(used_up, scenario_set_count(set), state, set, &digest));
    free(used_up);
    scenario_set_release(set);
    CHECKED(state_find_label(&digest, state, key));
    CHECKED(queue = state_queue(state, key, &queued));
    state_queue_free(queue, queued);
    CHECKED(rows = state_accounts(state, &count));
    free(rows);
    CHECKED(state_coverage(&coverage, state, COVERAGE_SINCE_START, NULL));
    CHECKED(state_coverage(&coverage, state, COVERAGE_SINCE_RESET, &digest));
    CHECKED(metrics = state_metrics(state, "1", "2"));
    free(metrics);
    CHECKED(state_list_tls(armed, state));
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_hold_no_lock_between_their_steps),
        cmocka_unit_test(changes_hold_no_lock_when_they_return),
        cmocka_unit_test(looks_hold_no_lock_when_they_return),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
