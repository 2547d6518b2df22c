/* What each part of a reset takes back, of one key and of all, and what it leaves. */
#include "state_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ONE_CALL "{\"seed\":7,\"accounts\":{\"k\":{\"credits\":12}}}"
#define ONCE                                                                                       \
    "{\"scenarios\":[{\"name\":\"once\",\"match\":{},\"steps\":[{\"delay\":1}]},"                  \
    "{\"name\":\"twice\",\"match\":{},\"steps\":[{\"delay\":1,\"times\":2}]}]}"

static struct key_digest digest_of(const char *key)
{
    struct key_digest digest;
    key_digest_of(&digest, slice_of(key));
    return digest;
}

/* Whether a success was met since the last reset. key NULL: by any key. */
static bool has_met_success(struct state *state, const char *key)
{
    struct state_coverage coverage;
    const struct key_digest digest = digest_of(key ? key : "");
    state_coverage(&coverage, state, COVERAGE_SINCE_RESET, key ? &digest : NULL);
    return coverage_has(&coverage.set, COVERAGE_codes, ERROR_NONE);
}

/* k has made its one call and has a step that waits; l is locked; the seed is another. */
static struct state *used_state(void)
{
    const struct account_setting locked = {.has_locked = true, .locked = true};
    const struct state_change change = {.given = {.seed = true}, .to = {.seed = 8}};
    const struct key_digest l = digest_of("l");
    struct state *state = state_with(ONE_CALL);
    struct state_settings now;
    struct visit visit = enter(state, "k");
    leave(&visit, "", true);
    assert_true(enqueue(state, "k", "{\"status\":500}"));
    assert_true(state_set_account(state, &l, &locked));
    assert_true(state_change_settings(state, &change, &now));
    return state;
}

struct expected {
    unsigned what;
    bool journal, credits, count, queue, met, any_met, lock, seed; /* which of it is taken back */
};

static void check_reset(const struct expected *expected, const struct slice *key)
{
    char name[SCENARIO_NAME_MAX + 1];
    struct state *state = used_state();
    struct state_settings now;
    print_message("%u of %s\n", expected->what, key ? "one" : "all");
    assert_true(state_reset(state, expected->what, key));
    assert_int_equal(journalled(state), expected->journal ? 0 : 1);
    assert_int_equal(has_met_success(state, "k"), !expected->met);
    assert_int_equal(has_met_success(state, NULL), !expected->any_met);
    state_get_settings(state, &now);
    assert_int_equal(now.seed, expected->seed ? 7 : 8);
    struct visit visit = enter(state, "k");
    assert_int_equal(visit.account_verdict.out_of_credits, !expected->credits);
    assert_int_equal(visit.nth, expected->count ? 1 : 2);
    choose_for(name, &visit, &(const struct wish){.service_choice = 12});
    assert_string_equal(name, expected->queue ? "" : "queue");
    leave(&visit, "", false);
    visit = enter(state, "l");
    assert_int_equal(visit.account_verdict.locked, !expected->lock);
    leave(&visit, "", false);
    state_free(state);
}

static void reset_takes_back_what_it_names(void **unused)
{
    static const struct expected of_one[] = {
        {.what = 0},
        {RESET_JOURNAL, .journal = true},
        {RESET_SCENARIOS, .count = true, .queue = true},
        {RESET_ACCOUNTS, .credits = true},
        {RESET_COVERAGE, .met = true},
        {RESET_QUEUES, .queue = true},
        {.what = RESET_MAPPINGS | RESET_SEED | RESET_TLS},
    };
    static const struct expected of_all[] = {
        {.what = 0},
        {RESET_JOURNAL, .journal = true},
        {RESET_SCENARIOS, .count = true, .queue = true},
        {RESET_ACCOUNTS, .credits = true, .lock = true},
        {RESET_COVERAGE, .met = true, .any_met = true},
        {RESET_QUEUES, .queue = true},
        {RESET_SEED, .seed = true},
        {RESET_MAPPINGS, .count = true},
        {.what = RESET_TLS},
    };
    const struct slice key = slice_of("k");
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(of_one); i++)
        check_reset(&of_one[i], &key);
    for (size_t i = 0; i < COUNT_OF(of_all); i++)
        check_reset(&of_all[i], NULL);
}

/* Of a key that has made no call there is nothing to take back. */
static void reset_of_an_unknown_key_takes_nothing(void **unused)
{
    static const struct expected nothing = {.what = RESET_ALL | RESET_QUEUES};
    const struct slice stranger = slice_of("stranger");
    (void)unused;
    check_reset(&nothing, &stranger);
}

/* An account that is reset alone keeps its terms; where there is none, nothing happens. */
static void reset_of_one_account_grants_its_credits_again(void **unused)
{
    static const struct {
        const char *key;
        bool out_of_credits;
    } rows[] = {{"stranger", true}, {"l", true}, {"k", false}};
    struct state *state = used_state();
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct key_digest digest = digest_of(rows[i].key);
        state_reset_account(state, &digest);
        struct visit visit = enter(state, "k");
        assert_int_equal(visit.account_verdict.out_of_credits, rows[i].out_of_credits);
        leave(&visit, "", false);
        visit = enter(state, "l");
        assert_true(visit.account_verdict.locked);
        leave(&visit, "", false);
    }
    state_free(state);
}

static void expect_choices(struct state *state, const char *key, const char *const names[3])
{
    for (size_t i = 0; i < 3; i++) {
        char name[SCENARIO_NAME_MAX + 1];
        struct visit visit = enter(state, key);
        choose_for(name, &visit, &(const struct wish){.service_choice = 12});
        assert_string_equal(name, names[i]);
        leave(&visit, "", true);
    }
}

/* One scenario answers again, for one key or for all; what was used of the other one stays. */
static void reset_of_one_scenario_leaves_the_others(void **unused)
{
    static const char *const fresh[] = {"once", "twice", "twice"}, *const once[] = {"once", "", ""},
                             *const twice[] = {"twice", "twice", ""}, *const none[] = {"", "", ""};
    struct state *state = state_with(ONCE);
    const struct slice a = slice_of("a"), stranger = slice_of("stranger");
    (void)unused;
    expect_choices(state, "a", fresh);
    expect_choices(state, "b", fresh);
    assert_true(state_reset_scenario(state, slice_of("once"), &a));
    expect_choices(state, "a", once);
    expect_choices(state, "b", none);
    assert_true(state_reset_scenario(state, slice_of("twice"), NULL));
    expect_choices(state, "a", twice);
    expect_choices(state, "b", twice);
    assert_true(state_reset_scenario(state, slice_of("once"), &stranger));
    assert_false(state_reset_scenario(state, slice_of("none"), NULL));
    assert_false(state_reset_scenario(state, slice_of("none"), &a));
    expect_choices(state, "a", none);
    expect_choices(state, "b", none);
    state_free(state);
}

/* A document's seed, or else that of the start, is in force after it is loaded. */
static void document_brings_its_seed(void **unused)
{
    static const struct {
        const char *json;
        uint64_t seed;
    } rows[] = {{"{\"seed\":9}", 9}, {"{}", 7}, {"{\"seed\":5}", 5}};
    struct state *state = state_with(NULL);
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct state_change change = {.given = {.seed = true}, .to = {.seed = 1}};
        struct state_settings now;
        load(state, rows[i].json);
        state_get_settings(state, &now);
        assert_int_equal(now.seed, rows[i].seed);
        assert_true(state_change_settings(state, &change, &now));
        assert_true(state_reset(state, RESET_SEED, NULL));
        state_get_settings(state, &now);
        assert_int_equal(now.seed, rows[i].seed);
    }
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_takes_back_what_it_names),
        cmocka_unit_test(reset_of_an_unknown_key_takes_nothing),
        cmocka_unit_test(reset_of_one_account_grants_its_credits_again),
        cmocka_unit_test(reset_of_one_scenario_leaves_the_others),
        cmocka_unit_test(document_brings_its_seed),
    };
    return cmocka_run_group_tests_name("state_resets", tests, NULL, NULL);
}
