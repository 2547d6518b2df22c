/* What scenarios answer, request by request: sequences and what comes after them, how often, with
 * which probability, for which key; which scenario wins. */
#include "play.h"
#include "scenario_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

#define STEPS "'steps': [{'status': 501}, {'status': 502, 'times': 3}, {'status': 503}]"
#define S1 "{'status': 501}"
#define S2 "{'status': 502}"
#define S2_TWICE "{'status': 502, 'times': 2}"
#define A "{'name': 'a', 'match': {}, "
#define REQUEST(which) "{'name': 'a', 'match': {'request': " which "}, "

/* Members of the one scenario that a cue names. */
static const struct {
    const char *why, *members, *run;
} cued[] = {
    {"then normal by default", "", "12223......."},
    {"then normal", ", 'then': 'normal'", "12223......."},
    {"then the last one again", ", 'then': 'repeat-last'", "122233333333"},
    {"then from the start", ", 'then': 'restart'", "122231222312"},
    {"at most twice", ", 'times': 2", "12.........."},
    {"at most seven, restarting", ", 'times': 7, 'then': 'restart'", "1222312....."},
    {"more often than it has steps", ", 'times': 9", "12223......."},
    {"never", ", 'probability': 0", "............"},
};

/* Scenarios that may match. */
static const struct {
    const char *why, *scenarios, *run;
} matched[] = {
    {"order of the document",
     "{'name': 'a', 'match': {}, 'steps': [{'status': 501}], 'then': 'repeat-last'},"
     "{'name': 'b', 'match': {}, 'steps': [{'status': 502}], 'then': 'repeat-last'}",
     "111111"},
    {"the next when one is used up",
     "{'name': 'a', 'match': {}, 'steps': [{'status': 501}]},"
     "{'name': 'b', 'match': {}, 'steps': [{'status': 502, 'times': 2}]}",
     "122..."},
    {"the next when times are used up",
     "{'name': 'a', 'match': {}, 'steps': [{'status': 501}], 'then': 'restart', 'times': 2},"
     "{'name': 'b', 'match': {}, 'steps': [{'status': 502}], 'then': 'repeat-last'}",
     "112222"},
    {"not without match", "{'name': 'a', 'steps': [{'status': 501}], 'then': 'repeat-last'}",
     "......"},
    {"only what matches",
     "{'name': 'a', 'match': {'service_choice': 13}, 'steps': [{'status': 501}],"
     " 'then': 'repeat-last'},"
     "{'name': 'b', 'match': {'service_choice': [11, 12]}, 'steps': [{'status': 502}],"
     " 'then': 'repeat-last'}",
     "222222"},
    {"the second request", "{'name': 'a', 'match': {'request': 2}, 'steps': [{'status': 501}]}",
     ".1...."},
    {"every second request",
     "{'name': 'a', 'match': {'request': {'every': 2}}, 'steps': [{'status': 501}],"
     " 'then': 'repeat-last'}",
     ".1.1.1"},
    {"every third from the second to the fifth",
     "{'name': 'a', 'match': {'request': {'min': 2, 'max': 5, 'every': 3}},"
     " 'steps': [{'status': 501}, {'status': 502}]}",
     ".1..2."},
    {"the next when the probability says no",
     "{'name': 'a', 'match': {}, 'probability': 0, 'steps': [{'status': 501}]},"
     "{'name': 'b', 'match': {}, 'steps': [{'status': 502}], 'then': 'repeat-last'}",
     "222222"},
    {"the step that says no takes the request",
     "{'name': 'a', 'match': {}, 'steps': [{'status': 501, 'probability': 0, 'times': 2}]},"
     "{'name': 'b', 'match': {}, 'steps': [{'status': 502}], 'then': 'repeat-last'}",
     "..2222"},
    {"each step as often as it says, then normal",
     A "'steps': [" S1 "," S2_TWICE ", {'answer': 'success'}," S1 "]}", "12201..."},
    {"one step, then normal", A "'then': 'normal', 'steps': [" S1 "]}", "1......."},
    {"the last step again", A "'then': 'repeat-last', 'steps': [" S1 "," S2 "]}", "12222222"},
    {"the last step again when it has times",
     A "'then': 'repeat-last', 'steps': [" S1 "," S2_TWICE "]}", "12222222"},
    {"from the start", A "'then': 'restart', 'steps': [" S1 "," S2_TWICE "]}", "12212212"},
    {"from the start when the first step has times",
     A "'then': 'restart', 'steps': [" S2_TWICE "," S1 "]}", "22122122"},
    {"from the start, four times", A "'then': 'restart', 'times': 4, 'steps': [" S1 "," S2 "]}",
     "1212...."},
    {"the third request", REQUEST("3") "'then': 'restart', 'steps': [" S1 "]}", "..1....."},
    {"every third request", REQUEST("{'every': 3}") "'then': 'restart', 'steps': [" S1 "]}",
     "..1..1.."},
    {"every third from the second",
     REQUEST("{'min': 2, 'every': 3}") "'then': 'restart', 'steps': [" S1 "]}", ".1..1..1"},
    {"the second to the fourth",
     REQUEST("{'min': 2, 'max': 4}") "'then': 'repeat-last', 'steps': [" S1 "," S2 "]}",
     ".122...."},
    {"never", A "'probability': 0, 'then': 'restart', 'steps': [" S1 "]}", "........"},
    {"three scenarios, one after the other",
     A "'steps': [" S1 "]}, {'name': 'b', 'match': {'api_key': 'k'}, 'steps': [" S2_TWICE "]},"
       "{'name': 'c', 'match': {}, 'then': 'repeat-last', 'steps': [{'status': 503}]}",
     "12233333"},
};

/* Plays the document for two keys in turn: each plays for itself, so both see the same run. name
 * NULL: whatever matches. */
static void play(const char *why, const char *json, const char *name, const char *expected)
{
    struct scenario_set *set = play_set(json);
    struct key_state *keys[] = {play_key(1, "k"), play_key(1, "other")};
    char runs[2][PLAY_MAX + 1] = {"", ""};
    for (size_t i = 0; expected[i]; i++)
        for (size_t k = 0; k < 2; k++) {
            if (name)
                play_named(runs[k] + i, set, name, keys[k], 1);
            else
                play_matching(runs[k] + i, set, keys[k], 1);
        }
    for (size_t k = 0; k < 2; k++) {
        if (strcmp(runs[k], expected) != 0)
            fail_msg("%s: %s instead of %s", why, runs[k], expected);
        play_end(keys[k]);
    }
    scenario_set_release(set);
}

static void play_walks_the_steps_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(cued); i++) {
        char json[256];
        snprintf(json, sizeof json, "{'scenarios': [{'name': 'a', " STEPS "%s}]}", cued[i].members);
        play(cued[i].why, json, "a", cued[i].run);
    }
}

static void play_takes_the_first_scenario_that_matches_and_is_left(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(matched); i++) {
        char json[1024];
        snprintf(json, sizeof json, "{'scenarios': [%s]}", matched[i].scenarios);
        play(matched[i].why, json, NULL, matched[i].run);
    }
}

static void play_keeps_scenarios_and_keys_apart(void **state)
{
    (void)state;
    char run[PLAY_MAX + 1];
    struct scenario_set *set = play_set("{'scenarios': [{'name': 'a', " STEPS "},"
                                        " {'name': 'b', 'steps': [{'status': 508}]}]}");
    struct key_state *one = play_key(1, "one"), *other = play_key(1, "other");
    assert_string_equal(play_named(run, set, "a", one, 2), "12");
    assert_string_equal(play_named(run, set, "a", other, 1), "1");
    assert_string_equal(play_named(run, set, "b", one, 2), "8.");
    assert_string_equal(play_named(run, set, "a", one, 4), "223.");
    assert_string_equal(play_named(run, set, "a", other, 5), "2223.");
    key_state_reset(one, 1); /* starts again, alone */
    assert_string_equal(play_named(run, set, "a", one, 5), "12223");
    assert_string_equal(play_named(run, set, "a", other, 1), ".");
    play_end(one);
    play_end(other);
    scenario_set_release(set);
}

static const char flaky[] =
    "{'scenarios': [{'name': 'half', 'then': 'repeat-last', 'probability': 0.5,"
    "  'steps': [{'status': 501}]},"
    " {'name': 'steps', 'then': 'restart', 'steps': [{'status': 501, 'probability': 0.3,"
    "  'delay': {'uniform': [0, 600000]}}, {'status': 502, 'probability': 0.7}]}]}";

static void play_replays_the_same_run_when_the_seed_is_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"half", "steps"};
    struct scenario_set *set = play_set(flaky);
    for (size_t i = 0; i < ROWS(names); i++) {
        char first[PLAY_MAX + 1], second[PLAY_MAX + 1], other[PLAY_MAX + 1], seed[PLAY_MAX + 1];
        struct key_state *a = play_key(42, "k"), *b = play_key(42, "k");
        struct key_state *c = play_key(42, "l"), *d = play_key(43, "k");
        play_named(first, set, names[i], a, PLAY_MAX);
        play_named(other, set, names[i], c, PLAY_MAX); /* in between, and of no influence */
        assert_string_equal(play_named(second, set, names[i], b, PLAY_MAX), first);
        assert_string_not_equal(other, first);
        assert_string_not_equal(play_named(seed, set, names[i], d, PLAY_MAX), first);
        key_state_reset(a, 42);
        assert_string_equal(play_named(second, set, names[i], a, PLAY_MAX), first);
        key_state_reset(a, 43);
        assert_string_equal(play_named(second, set, names[i], a, PLAY_MAX), seed);
        play_end(a);
        play_end(b);
        play_end(c);
        play_end(d);
    }
    scenario_set_release(set);
}

static size_t count_of(const char *run, char wanted)
{
    size_t found = 0;
    for (; *run; run++)
        found += *run == wanted;
    return found;
}

static void play_meets_the_probability_over_many_requests(void **state)
{
    (void)state;
    char run[PLAY_MAX + 1];
    struct scenario_set *set = play_set(flaky);
    struct key_state *key = play_key(5, "k");
    size_t half = 0, first = 0, second = 0;
    for (int i = 0; i < 50; i++) { /* 20000 requests each */
        half += count_of(play_named(run, set, "half", key, PLAY_MAX), '1');
        play_named(run, set, "steps", key, PLAY_MAX);
        first += count_of(run, '1');
        second += count_of(run, '2');
    }
    assert_in_range(half, 9700, 10300);
    assert_in_range(first, 2800, 3200);  /* 0.3 of 10000 */
    assert_in_range(second, 6800, 7200); /* 0.7 of 10000 */
    play_end(key);
    scenario_set_release(set);
}

/* So many scenarios, each of one step for any request. */
static struct scenario_set *many(size_t count)
{
    struct scenario *scenarios = calloc(count, sizeof *scenarios);
    assert_non_null(scenarios);
    for (size_t i = 0; i < count; i++) {
        char json[128];
        snprintf(json, sizeof json, "{'name': 's%zu', 'match': {}, 'steps': [{'status': 501}]}", i);
        scenario_json_scenario(&scenarios[i], json);
    }
    struct scenario_set *set = scenario_set_new(scenarios, count);
    assert_non_null(set);
    return set;
}

static void play_remembers_what_was_used_of_every_scenario(void **state)
{
    (void)state;
    static const size_t counts[] = {70, DOCUMENT_SCENARIOS_MAX};
    clock_t start = clock();
    for (size_t i = 0; i < ROWS(counts); i++) {
        struct scenario_set *set = many(counts[i]);
        struct key_state *key = play_key(1, "k");
        for (size_t n = 0; n < 2 * counts[i]; n++) {
            struct request_facts facts = {.number = {.request = n + 1}};
            struct choice choice;
            char expected[32] = "";
            if (n < counts[i])
                snprintf(expected, sizeof expected, "s%zu", n);
            choose_matching(&choice, set, key, &facts);
            assert_string_equal(choice.scenario, expected);
            choice_clear(&choice);
        }
        assert_true(key_state_has_used_up(key, scenario_set_at(set, 0)));
        struct scenario other;
        scenario_json_scenario(&other, "{'name': 's0', 'match': {}, 'steps': [{'status': 501}]}");
        struct scenario_set *changed = scenario_set_with(set, &other);
        assert_non_null(changed);
        assert_false(key_state_has_used_up(key, scenario_set_at(changed, 0)));
        assert_true(key_state_has_used_up(key, scenario_set_at(changed, 1)));
        play_end(key);
        scenario_set_release(changed);
        scenario_set_release(set);
    }
    assert_true(clock() - start < 10 * CLOCKS_PER_SEC); /* a tenth of a second; or minutes */
}

static void play_remembers_what_was_used_when_every_built_in_was_cued(void **state)
{
    (void)state;
    char run[PLAY_MAX + 1];
    struct scenario_set *set = play_set("{'scenarios': [{'name': 'a', 'times': 1, 'then': "
                                        "'repeat-last', 'steps': [{'status': 501}]}]}");
    struct key_state *key = play_key(1, "k");
    assert_string_equal(play_named(run, set, "a", key, 2), "1.");
    for (size_t i = 1; i < scenario_set_count(set); i++)
        play_named(run, set, scenario_set_at(set, i)->name, key, 1);
    assert_string_equal(play_named(run, set, "a", key, 2), "..");
    play_end(key);
    scenario_set_release(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(play_walks_the_steps_in_order),
        cmocka_unit_test(play_takes_the_first_scenario_that_matches_and_is_left),
        cmocka_unit_test(play_keeps_scenarios_and_keys_apart),
        cmocka_unit_test(play_replays_the_same_run_when_the_seed_is_the_same),
        cmocka_unit_test(play_meets_the_probability_over_many_requests),
        cmocka_unit_test(play_remembers_what_was_used_of_every_scenario),
        cmocka_unit_test(play_remembers_what_was_used_when_every_built_in_was_cued),
    };
    return cmocka_run_group_tests_name("play", tests, NULL, NULL);
}
