/* Without memory a state, or a mock, is not made, and leaves nothing behind. */
#include "mock_requests.h"
#include "state/mock.h"
#include "testing/failing_malloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ATTEMPTS_MAX 5000

static void *make_state(void)
{
    return state_new(&(struct state_options){.settings = {.seed = 7}});
}

static void free_state(void *state)
{
    state_free(state);
}

static void *make_mock(void)
{
    static const char *const keys[] = {"one", "two"};
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.api_keys = keys;
    options.api_key_count = 2;
    options.admin_token = "a token of the admin API";
    return mock_new(&options);
}

static void free_mock(void *mock)
{
    mock_free(mock);
}

/* Fails each allocation in turn, until there is none that could fail. */
static void fail_each(void *(*make)(void), void (*release)(void *))
{
    unsigned long at = 0;
    void *made = NULL;
    SKIP_UNLESS_MEMORY_COUNTS();
    release(make()); /* libraries keep what they need only once */
    while (!made && at < ATTEMPTS_MAX) {
        memory_start(++at, false);
        made = make();
        memory_stop();
        assert_int_equal(made == NULL, memory.failed);
        if (!made)
            assert_int_equal(memory.live, 0);
    }
    assert_true(at > 10);
    release(made);
    assert_int_equal(memory.live, 0);
    release(NULL);
}

/* A document that cannot be loaded leaves what was in force. */
static void state_load_that_lacks_memory_changes_nothing(void **unused)
{
    static const char json[] = "{\"accounts\":{\"a\":{\"locked\":true},\"b\":{\"credits\":1}},"
                               "\"scenarios\":[{\"name\":\"own\",\"steps\":[{\"status\":500}]}]}";
    unsigned long at = 0;
    bool loaded = false;
    (void)unused;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct state *state = make_state();
    while (!loaded && at < ATTEMPTS_MAX) {
        struct document document;
        struct document_error error;
        assert_true(document_parse(&document, slice_make(json, sizeof json - 1), &error));
        memory_start(++at, false);
        loaded = state_load(state, &document);
        memory_stop();
        assert_int_equal(loaded, !memory.failed);
        assert_true(!document.scenarios && !document.accounts);
        struct scenario_set *set = state_scenarios(state);
        assert_int_equal(scenario_set_own_count(set), loaded);
        scenario_set_release(set);
        struct visit visit;
        state_enter(&visit, state, &(struct visit_head){VISIT_CREDITS, slice_of("a"), true, 1, 1});
        assert_int_equal(visit.account_verdict.locked, loaded);
        state_leave(&visit, NULL, slice_make(NULL, 0), false);
    }
    assert_true(at > 3);
    state_free(state);
}

static void state_sets_no_account_without_memory(void **unused)
{
    char key[] = "a";
    const struct account_setting locked = {.api_key = key, .has_locked = true, .locked = true};
    (void)unused;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct state *state = make_state();
    memory_start(1, true);
    const bool done = state_set_accounts(state, &locked, 1);
    memory_stop();
    assert_false(done);
    assert_true(state_set_accounts(state, &locked, 1));
    state_free(state);
}

static void state_is_made_whole_or_not_at_all(void **unused)
{
    (void)unused;
    fail_each(make_state, free_state);
}

static void mock_is_made_whole_or_not_at_all(void **unused)
{
    (void)unused;
    fail_each(make_mock, free_mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_is_made_whole_or_not_at_all),
        cmocka_unit_test(state_load_that_lacks_memory_changes_nothing),
        cmocka_unit_test(state_sets_no_account_without_memory),
        cmocka_unit_test(mock_is_made_whole_or_not_at_all),
    };
    return cmocka_run_group_tests_name("state_memory", tests, NULL, NULL);
}
