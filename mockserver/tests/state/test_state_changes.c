/* What a change or a reset leaves alone, and what a request that is under way keeps. */
#include "state_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ONE_CALL "{\"accounts\":{\"k\":{\"credits\":12}}}"

static bool is_over_limit(struct state *state, const char *key)
{
    struct visit visit = enter(state, key);
    const bool over_limit = visit.account_verdict.over_limit;
    leave(&visit, "", !over_limit);
    return over_limit;
}

static int64_t balance_of(struct state *state, const char *key)
{
    struct visit visit;
    state_enter(&visit, state,
                &(struct visit_head){.kind = VISIT_CREDITS, .key = slice_of(key), .known = true});
    const int64_t balance = visit.balance.balance;
    state_leave(&visit, NULL, slice_make(NULL, 0), false);
    return balance;
}

/* Also of a document that was loaded after the first one. */
static void reset_grants_what_the_last_document_says(void **unused)
{
    struct state *state = state_with(NULL);
    struct document document;
    struct document_error error;
    (void)unused;
    assert_true(document_parse(&document, slice_of(ONE_CALL), &error));
    assert_true(state_load(state, &document));
    struct visit visit = enter(state, "k");
    leave(&visit, "", true);
    assert_int_equal(balance_of(state, "k"), 0);
    char star[] = "*";
    const struct account_setting more = {.api_key = star, .has_credits = true, .credits = 99};
    assert_true(state_set_accounts(state, &more, 1));
    assert_true(state_reset(state, RESET_ALL, NULL));
    assert_int_equal(balance_of(state, "k"), 12);
    state_free(state);
}

/* Rate windows and counters start again with a document, also with the same one. */
static void document_starts_windows_and_counters_again(void **unused)
{
    static const char one_a_minute[] =
        "{\"accounts\":{\"k\":{\"rate\":{\"requests\":1,\"window_ms\":60000}}}}";
    struct state *state = state_with(one_a_minute);
    size_t count;
    (void)unused;
    for (int i = 0; i < 2; i++) {
        assert_false(is_over_limit(state, "k"));
        assert_true(is_over_limit(state, "k"));
        struct account_row *rows = state_accounts(state, &count);
        assert_int_equal(count, 1);
        assert_int_equal(rows[0].calls, 2);
        assert_int_equal(rows[0].refused, 1);
        free(rows);
        load(state, one_a_minute);
    }
    state_free(state);
}

/* One account is set, and the settings of the others stay. */
static void account_is_set_alone(void **unused)
{
    struct state *state = state_with("{\"accounts\":{\"a\":{\"locked\":true}}}");
    const struct account_setting locked = {.has_locked = true, .locked = true};
    struct key_digest digest;
    (void)unused;
    key_digest_of(&digest, slice_of("b"));
    assert_true(state_set_account(state, &digest, &locked));
    for (const char *key = "abc"; *key; key++) {
        const char text[] = {*key, '\0'};
        struct visit visit = enter(state, text);
        assert_int_equal(visit.account_verdict.locked, *key != 'c');
        leave(&visit, "", false);
    }
    state_free(state);
}

/* An account leaves for another one only when no request holds it. */
static void account_of_a_request_under_way_stays(void **unused)
{
    struct state *state = state_new(&(struct state_options){.accounts_max = 1});
    (void)unused;
    struct visit first = enter(state, "a"), second = enter(state, "b");
    assert_false(first.no_memory);
    assert_true(second.no_memory);
    leave(&second, "SERVICE_INTERNAL_ERROR", false);
    leave(&first, "", true);
    second = enter(state, "b");
    assert_false(second.no_memory);
    assert_int_equal(second.nth, 1);
    leave(&second, "", true);
    state_free(state);
}

/* A further source of choices does not take the place of one that has decided. */
static void choice_is_made_once(void **unused)
{
    struct state *state = state_with(NULL);
    struct cue header = cue(CUE_HEADER, "slow"), other = cue(CUE_HEADER, "no-face");
    char why[STATE_WHY_SIZE];
    struct choice choice, again;
    (void)unused;
    struct visit visit = enter(state, "k");
    memset(&again, 0xff, sizeof again);
    assert_int_equal(state_choose_by_head(&choice, why, &visit, &header, NULL), CHOOSE_DECIDED);
    assert_int_equal(state_choose_by_head(&again, why, &visit, &other, NULL), CHOOSE_DECIDED);
    assert_int_equal(state_choose_by_body(&again, why, &visit, &other, NULL, NULL), CHOOSE_DECIDED);
    assert_string_equal(choice.scenario, "slow");
    choice_clear(&choice);
    leave(&visit, "", true);
    state_free(state);
}

/* What a caller left in the choice before is not taken for one. */
static void choice_of_nothing_is_empty(void **unused)
{
    struct state *state = state_with(NULL);
    char why[STATE_WHY_SIZE];
    struct choice by_head, by_body;
    (void)unused;
    struct visit visit = enter(state, "k");
    memset(&by_head, 0xff, sizeof by_head);
    memset(&by_body, 0xff, sizeof by_body);
    assert_int_equal(state_choose_by_head(&by_head, why, &visit, NULL, NULL), CHOOSE_NOTHING);
    assert_int_equal(state_choose_by_body(&by_body, why, &visit, NULL, NULL, NULL), CHOOSE_NOTHING);
    assert_true(!by_head.step && !by_head.set && !by_head.scenario[0]);
    assert_true(!by_body.step && !by_body.set && !by_body.scenario[0]);
    leave(&visit, "", true);
    state_free(state);
}

static bool any(void *context, const struct journal_entry *entry)
{
    (void)context;
    (void)entry;
    return true;
}

/* The journal tells what chose the scenario of an answer, and of an answer without one nothing. */
static void journal_says_what_has_chosen(void **unused)
{
    static const struct {
        const char *scenario;
        enum chosen_by chosen_by;
    } rows[] = {{"slow", CHOSEN_BY_HEADER}, {"s", CHOSEN_BY_HEADER}, {"", CHOSEN_BY_NOBODY}};
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct state *state = state_with(NULL);
        struct cue header = cue(CUE_HEADER, "slow");
        struct journal_entry entry = {.status = 200, .scenario = ""};
        struct journal_selection found;
        char why[STATE_WHY_SIZE];
        struct choice choice;
        struct visit visit = enter(state, "k");
        assert_int_equal(state_choose_by_head(&choice, why, &visit, &header, NULL), CHOOSE_DECIDED);
        choice_clear(&choice);
        snprintf(entry.scenario, sizeof entry.scenario, "%s", rows[i].scenario);
        state_leave(&visit, &entry, slice_make(NULL, 0), true);
        assert_true(state_select(&found, state, any, NULL, 1));
        assert_int_equal(found.entries[0].chosen_by, rows[i].chosen_by);
        journal_selection_clear(&found);
        state_free(state);
    }
}

/* Each of the two bounds alone. */
static void journal_shrinks_when_one_bound_does(void **unused)
{
    static const struct state_change rows[] = {
        {.given = {.journal_entries = true}, .to = {.journal_entries = 2}},
        {.given = {.journal_bytes = true}, .to = {.journal_bytes = 1}},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct state *state = state_with(NULL);
        struct state_settings now;
        for (int k = 0; k < 5; k++) {
            struct visit visit = enter(state, "k");
            leave(&visit, "", true);
        }
        assert_int_equal(journalled(state), 5);
        assert_true(state_change_settings(state, &rows[i], &now));
        assert_in_range(journalled(state), 0, 2);
        state_free(state);
    }
}

#define ONCE(name, match, always)                                                                  \
    "{\"name\":\"" name "\",\"match\":{" match "},\"steps\":[{\"delay\":1" always "}]}"

static const char once[] = "{\"scenarios\":[" ONCE("once", "", "") "]}";

static void expect_choice(struct state *state, const char *expected, bool always)
{
    char got[SCENARIO_NAME_MAX + 1];
    struct visit visit = enter(state, "k");
    choose_for(got, &visit, &(const struct wish){.service_choice = 12});
    assert_string_equal(got, expected);
    assert_int_equal(visit.always, always);
    leave(&visit, "", true);
}

/* A scenario of one step answers one call; a document makes it answer again, another scenario
 * beside it does not. */
static void uses_begin_anew_with_a_document_alone(void **unused)
{
    (void)unused;
    struct state *state = state_with(once);
    struct scenario beside;
    struct document_error error;
    expect_choice(state, "once", false);
    expect_choice(state, "", false);
    assert_true(
        document_parse_scenario(&beside, slice_of(ONCE("beside", "\"width\":1", "")), &error));
    assert_true(state_put_scenario(state, &beside));
    expect_choice(state, "", false);
    load(state, once);
    expect_choice(state, "once", false);
    expect_choice(state, "", false);
    assert_true(state_reset(state, RESET_MAPPINGS, NULL));
    expect_choice(state, "once", false);
    state_free(state);
}

/* Whether the answer is given before any rule is the step's to say, where no cue says it. */
static void always_is_what_the_step_of_a_match_says(void **unused)
{
    (void)unused;
    struct state *state = state_with(
        "{\"scenarios\":[" ONCE("plain", "", "") "," ONCE("always", "", ",\"always\":true") "]}");
    expect_choice(state, "plain", false);
    expect_choice(state, "always", true);
    expect_choice(state, "", false);
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_grants_what_the_last_document_says),
        cmocka_unit_test(document_starts_windows_and_counters_again),
        cmocka_unit_test(account_is_set_alone),
        cmocka_unit_test(account_of_a_request_under_way_stays),
        cmocka_unit_test(uses_begin_anew_with_a_document_alone),
        cmocka_unit_test(always_is_what_the_step_of_a_match_says),
        cmocka_unit_test(choice_is_made_once),
        cmocka_unit_test(choice_of_nothing_is_empty),
        cmocka_unit_test(journal_says_what_has_chosen),
        cmocka_unit_test(journal_shrinks_when_one_bound_does),
    };
    return cmocka_run_group_tests_name("state_changes", tests, NULL, NULL);
}
