/* The set of scenarios in force: which of two names wins, the nearest name, how long it lives. */
#include "play.h"
#include "scenario_json.h"
#include "scenarios/builtin.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static void scenario_set_finds_own_ones_before_built_in_ones(void **state)
{
    (void)state;
    struct scenario_set *plain = scenario_set_new(NULL, 0);
    struct scenario_set *set =
        play_set("{'scenarios': [{'name': 'no-face', 'steps':"
                 " [{'status': 501}]}, {'name': 'x', 'steps': [{'delay': 1}]}]}");
    assert_non_null(plain);
    assert_int_equal(scenario_set_find(set, slice_of("no-face"))->steps[0].status, 501);
    assert_int_equal(scenario_set_find(plain, slice_of("no-face"))->steps[0].answer, ANSWER_ERROR);
    assert_non_null(scenario_set_find(set, slice_of("ERROR_BLURRY_FACE")));
    assert_null(scenario_set_find(set, slice_of("error_blurry_face")));
    assert_null(scenario_set_find(set, slice_of("")));
    assert_null(scenario_set_find(set, slice_make("no-face\0", 8)));
    /* x is new, no-face stands for the built-in one. */
    assert_int_equal(scenario_set_count(set), scenario_set_count(plain) + 1);
    assert_string_equal(scenario_set_at(set, 0)->name, "no-face");
    assert_null(scenario_set_at(set, scenario_set_count(set)));
    scenario_set_release(plain);
    scenario_set_release(set);
}

static void scenario_set_has_every_built_in_one_in_its_order(void **state)
{
    (void)state;
    struct scenario *built_in;
    size_t count;
    struct scenario_set *set = scenario_set_new(NULL, 0);
    assert_true(builtin_scenarios(&built_in, &count));
    assert_int_equal(scenario_set_count(set), count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(scenario_set_at(set, i)->name, built_in[i].name);
        scenario_clear(&built_in[i]);
    }
    free(built_in);
    scenario_set_release(set);
}

static void scenario_set_lets_the_later_of_two_names_win(void **state)
{
    (void)state;
    static const char *const json[] = {
        "{'name': 'a', 'match': {}, 'steps': [{'status': 501}], 'then': 'repeat-last'}",
        "{'name': 'b', 'match': {}, 'steps': [{'status': 502}]}",
        "{'name': 'a', 'match': {}, 'steps': [{'status': 503}], 'then': 'repeat-last'}",
    };
    struct scenario *scenarios = calloc(ROWS(json), sizeof *scenarios);
    char run[PLAY_MAX + 1];
    assert_non_null(scenarios);
    for (size_t i = 0; i < ROWS(json); i++)
        scenario_json_scenario(&scenarios[i], json[i]);
    struct scenario_set *set = scenario_set_new(scenarios, ROWS(json));
    struct key_state *key = play_key(1, "k");
    assert_non_null(set);
    assert_int_equal(scenario_set_find(set, slice_of("a"))->steps[0].status, 503);
    assert_string_equal(play_matching(run, set, key, 4), "2333");
    play_end(key);
    scenario_set_release(set);
}

static void scenario_set_names_the_nearest(void **state)
{
    (void)state;
    char out[256];
    struct scenario_set *set =
        play_set("{'scenarios': [{'name': 'ERROR_BLURY', 'steps': [{'delay': 1}]}]}");
    scenario_set_nearest(set, slice_of("ERROR_BLURRY"), out, sizeof out);
    assert_memory_equal(out, "ERROR_BLURY, ", 13);
    assert_non_null(strstr(out, "ERROR_BLURRY_FACE"));
    scenario_set_release(set);
}

static void scenario_set_lives_as_long_as_it_is_held(void **state)
{
    (void)state;
    struct scenario_set *set = scenario_set_new(NULL, 0);
    assert_ptr_equal(scenario_set_hold(set), set);
    scenario_set_release(set);
    assert_non_null(scenario_set_find(set, slice_of("success")));
    scenario_set_release(set);
    scenario_set_release(NULL);
}

/* What keys have used of a scenario that is gone is forgotten; a newer one may be in a newer set.
 */
static void scenario_set_may_hold_its_own_and_newer_scenarios(void **state)
{
    (void)state;
    struct scenario_set *whole = play_set(
        "{'scenarios': [{'name': 'a', 'steps': [{'delay': 1}]},"
        " {'name': 'b', 'steps': [{'delay': 1}]}, {'name': 'c', 'steps': [{'delay': 1}]}]}");
    struct scenario_set *less = scenario_set_without(whole, 1);
    struct scenario_set *later =
        play_set("{'scenarios': [{'name': 'd', 'steps': [{'delay': 1}]}]}");
    assert_non_null(less);
    assert_int_equal(scenario_set_own_count(less), 2);
    for (size_t i = 0; i < 3; i++) {
        assert_true(scenario_set_may_hold(whole, scenario_set_at(whole, i)->serial));
        assert_int_equal(scenario_set_may_hold(less, scenario_set_at(whole, i)->serial), i != 1);
        assert_false(scenario_set_may_hold(later, scenario_set_at(whole, i)->serial));
    }
    assert_true(scenario_set_may_hold(less, scenario_set_at(later, 0)->serial));
    scenario_set_release(whole);
    scenario_set_release(less);
    scenario_set_release(later);
}

/* One by one, each before the others; one that has its name already stays at its place. */
static void scenario_set_grows_by_one_scenario(void **state)
{
    enum { MOST = 20 };
    struct scenario_set *set = scenario_set_new(NULL, 0);
    (void)state;
    for (size_t i = 0; i < 2 * (size_t)MOST; i++) {
        char json[64], name[8];
        struct scenario scenario;
        snprintf(name, sizeof name, "s%zu", i % MOST);
        snprintf(json, sizeof json, "{'name': '%s', 'steps': [{'status': %zu}]}", name, 500 + i);
        scenario_json_scenario(&scenario, json);
        struct scenario_set *larger = scenario_set_with(set, &scenario);
        assert_non_null(larger);
        scenario_clear(&scenario); /* of which nothing is left */
        scenario_set_release(set);
        set = larger;
        assert_int_equal(scenario_set_own_count(set), i < MOST ? i + 1 : MOST);
        const size_t place = i < MOST ? 0 : MOST - 1 - i % MOST;
        assert_int_equal(scenario_set_place(set, slice_of(name)), place);
        assert_int_equal(scenario_set_at(set, place)->steps[0].status, 500 + i);
    }
    for (size_t left = MOST; left > 0; left--) {
        struct scenario_set *smaller = scenario_set_without(set, left / 2);
        assert_non_null(smaller);
        scenario_set_release(set);
        set = smaller;
        assert_int_equal(scenario_set_own_count(set), left - 1);
    }
    assert_int_equal(scenario_set_place(set, slice_of("s0")), 0);
    scenario_set_release(set);
}

static void key_state_counts_requests_from_one(void **state)
{
    (void)state;
    struct key_state *key = play_key(1, "k");
    assert_int_equal(key_state_next(key), 1);
    assert_int_equal(key_state_next(key), 2);
    key_state_reset(key, 1);
    assert_int_equal(key_state_next(key), 1);
    play_end(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenario_set_finds_own_ones_before_built_in_ones),
        cmocka_unit_test(scenario_set_has_every_built_in_one_in_its_order),
        cmocka_unit_test(scenario_set_lets_the_later_of_two_names_win),
        cmocka_unit_test(scenario_set_names_the_nearest),
        cmocka_unit_test(scenario_set_lives_as_long_as_it_is_held),
        cmocka_unit_test(scenario_set_may_hold_its_own_and_newer_scenarios),
        cmocka_unit_test(scenario_set_grows_by_one_scenario),
        cmocka_unit_test(key_state_counts_requests_from_one),
    };
    return cmocka_run_group_tests_name("scenario_set", tests, NULL, NULL);
}
