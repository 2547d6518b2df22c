/* Choosing steps: sequences and what comes after them, how often, with which probability, for
 * which key; the queue; which scenario wins. A run is written as one character a request: the last
 * digit of the step's status, '.' for a normal answer. */
#include "scenario_json.h"
#include "scenarios/choose.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define RUN_MAX 400

static struct scenario_set *set_of(const char *json)
{
    struct document document;
    scenario_json_document(&document, json);
    struct scenario_set *set = scenario_set_new(document.scenarios, document.scenario_count);
    assert_non_null(set);
    document.scenarios = NULL; /* taken over */
    document.scenario_count = 0;
    document_clear(&document);
    return set;
}

static struct key_state *state_of(uint64_t seed, const char *key)
{
    uint8_t digest[32] = {0};
    memcpy(digest, key, strlen(key));
    struct key_state *state = malloc(sizeof *state);
    assert_non_null(state);
    key_state_init(state, seed, digest);
    return state;
}

static void end_key(struct key_state *state)
{
    key_state_clear(state);
    free(state);
}

static char letter(struct choice *choice)
{
    char made = choice->step ? (char)('0' + choice->step->status % 10) : '.';
    choice_clear(choice);
    assert_null(choice->step);
    return made;
}

/* So many requests that a cue sends to the scenario; out has room for RUN_MAX + 1. */
static const char *run_named(char *out, struct scenario_set *set, const char *name,
                             struct key_state *state, size_t count)
{
    const struct scenario *scenario = scenario_set_find(set, slice_of(name));
    assert_non_null(scenario);
    assert_in_range(count, 0, RUN_MAX);
    for (size_t i = 0; i < count; i++) {
        struct choice choice;
        choose_named(&choice, set, scenario, state);
        out[i] = letter(&choice);
    }
    out[count] = '\0';
    return out;
}

/* So many requests that scenarios may match. */
static const char *run_matching(char *out, struct scenario_set *set, struct key_state *state,
                                size_t count)
{
    assert_in_range(count, 0, RUN_MAX);
    for (size_t i = 0; i < count; i++) {
        struct request_facts facts = {.api_key = slice_of("k"), .number = {.service_choice = 12}};
        struct choice choice;
        facts.number.request = key_state_next(state);
        choose_matching(&choice, set, state, &facts);
        out[i] = letter(&choice);
    }
    out[count] = '\0';
    return out;
}

#define STEPS "'steps': [{'status': 501}, {'status': 502, 'times': 3}, {'status': 503}]"

static void engine_walks_the_steps_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *why, *members, *run;
    } table[] = {
        {"then normal by default", "", "12223......."},
        {"then normal", ", 'then': 'normal'", "12223......."},
        {"then the last one again", ", 'then': 'repeat-last'", "122233333333"},
        {"then from the start", ", 'then': 'restart'", "122231222312"},
        {"at most twice", ", 'times': 2", "12.........."},
        {"at most seven, restarting", ", 'times': 7, 'then': 'restart'", "1222312....."},
        {"more often than it has steps", ", 'times': 9", "12223......."},
        {"never", ", 'probability': 0", "............"},
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        char json[256], run[RUN_MAX + 1];
        snprintf(json, sizeof json, "{'scenarios': [{'name': 'a', " STEPS "%s}]}",
                 table[i].members);
        struct scenario_set *set = set_of(json);
        struct key_state *key = state_of(1, "k");
        run_named(run, set, "a", key, 12);
        if (strcmp(run, table[i].run) != 0)
            fail_msg("%s: %s instead of %s", table[i].why, run, table[i].run);
        end_key(key);
        scenario_set_release(set);
    }
}

static void engine_repeats_the_last_step_when_it_has_times(void **state)
{
    (void)state;
    char run[RUN_MAX + 1];
    struct scenario_set *set =
        set_of("{'scenarios': [{'name': 'a', 'then': 'repeat-last', 'steps': [{'status': 501},"
               " {'status': 502, 'times': 2}]}]}");
    struct key_state *key = state_of(1, "k");
    assert_string_equal(run_named(run, set, "a", key, 8), "12222222");
    end_key(key);
    scenario_set_release(set);
}

static void engine_keeps_scenarios_and_keys_apart(void **state)
{
    (void)state;
    char run[RUN_MAX + 1];
    struct scenario_set *set = set_of("{'scenarios': [{'name': 'a', " STEPS "},"
                                      " {'name': 'b', 'steps': [{'status': 508}]}]}");
    struct key_state *one = state_of(1, "one"), *other = state_of(1, "other");
    assert_string_equal(run_named(run, set, "a", one, 2), "12");
    assert_string_equal(run_named(run, set, "a", other, 1), "1");
    assert_string_equal(run_named(run, set, "b", one, 2), "8.");
    assert_string_equal(run_named(run, set, "a", one, 4), "223.");
    assert_string_equal(run_named(run, set, "a", other, 5), "2223.");
    key_state_reset(one, 1); /* starts again, alone */
    assert_string_equal(run_named(run, set, "a", one, 5), "12223");
    assert_string_equal(run_named(run, set, "a", other, 1), ".");
    end_key(one);
    end_key(other);
    scenario_set_release(set);
}

static const char flaky[] =
    "{'scenarios': [{'name': 'half', 'then': 'repeat-last', 'probability': 0.5,"
    "  'steps': [{'status': 501}]},"
    " {'name': 'steps', 'then': 'restart', 'steps': [{'status': 501, 'probability': 0.3,"
    "  'delay': {'uniform': [0, 600000]}}, {'status': 502, 'probability': 0.7}]}]}";

static void engine_replays_the_same_run_when_the_seed_is_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"half", "steps"};
    struct scenario_set *set = set_of(flaky);
    for (size_t i = 0; i < ROWS(names); i++) {
        char first[RUN_MAX + 1], second[RUN_MAX + 1], other[RUN_MAX + 1], seed[RUN_MAX + 1];
        struct key_state *a = state_of(42, "k"), *b = state_of(42, "k");
        struct key_state *c = state_of(42, "l"), *d = state_of(43, "k");
        run_named(first, set, names[i], a, RUN_MAX);
        run_named(other, set, names[i], c, RUN_MAX); /* in between, and of no influence */
        assert_string_equal(run_named(second, set, names[i], b, RUN_MAX), first);
        assert_string_not_equal(other, first);
        assert_string_not_equal(run_named(seed, set, names[i], d, RUN_MAX), first);
        key_state_reset(a, 42);
        assert_string_equal(run_named(second, set, names[i], a, RUN_MAX), first);
        key_state_reset(a, 43);
        assert_string_equal(run_named(second, set, names[i], a, RUN_MAX), seed);
        end_key(a);
        end_key(b);
        end_key(c);
        end_key(d);
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

static void engine_meets_the_probability_over_many_requests(void **state)
{
    (void)state;
    char run[RUN_MAX + 1];
    struct scenario_set *set = set_of(flaky);
    struct key_state *key = state_of(5, "k");
    size_t half = 0, first = 0, second = 0;
    for (int i = 0; i < 50; i++) { /* 20000 requests each */
        half += count_of(run_named(run, set, "half", key, RUN_MAX), '1');
        run_named(run, set, "steps", key, RUN_MAX);
        first += count_of(run, '1');
        second += count_of(run, '2');
    }
    assert_in_range(half, 9700, 10300);
    assert_in_range(first, 2800, 3200);  /* 0.3 of 10000 */
    assert_in_range(second, 6800, 7200); /* 0.7 of 10000 */
    end_key(key);
    scenario_set_release(set);
}

static void engine_draws_the_delay_with_the_step(void **state)
{
    (void)state;
    struct scenario_set *set = set_of("{'scenarios': [{'name': 'a', 'then': 'repeat-last', 'steps':"
                                      " [{'delay': {'uniform': [100, 200]}}]}]}");
    struct key_state *a = state_of(9, "k"), *b = state_of(9, "k");
    const struct scenario *scenario = scenario_set_find(set, slice_of("a"));
    uint32_t least = UINT32_MAX, most = 0;
    for (int i = 0; i < 200; i++) {
        struct choice one, two;
        choose_named(&one, set, scenario, a);
        choose_named(&two, set, scenario, b);
        assert_non_null(one.step);
        assert_string_equal(one.scenario, "a");
        assert_int_equal(one.delay_ms, two.delay_ms);
        least = one.delay_ms < least ? one.delay_ms : least;
        most = one.delay_ms > most ? one.delay_ms : most;
        choice_clear(&one);
        choice_clear(&two);
    }
    assert_in_range(least, 100, 110);
    assert_in_range(most, 190, 200);
    end_key(a);
    end_key(b);
    scenario_set_release(set);
}

static void enqueue(struct key_state *key, const char *json)
{
    struct scenario_step step;
    scenario_json_step(&step, json);
    assert_true(key_state_enqueue(key, &step));
}

static char next_queued(struct key_state *key)
{
    struct choice choice;
    if (!choose_queued(&choice, key)) {
        assert_true(!choice.step && !choice.queued);
        return '-';
    }
    assert_string_equal(choice.scenario, "queue");
    return letter(&choice);
}

static void engine_empties_the_queue_in_order(void **state)
{
    (void)state;
    struct key_state *key = state_of(1, "k"), *other = state_of(1, "l");
    assert_int_equal(next_queued(key), '-');
    enqueue(key, "{'status': 501}");
    enqueue(key, "{'status': 502, 'times': 2, 'body': 'owned'}");
    enqueue(key, "{'status': 503, 'probability': 0}");
    assert_int_equal(key->queued, 3);
    assert_int_equal(next_queued(other), '-');
    static const char expected[] = "122.-";
    for (size_t i = 0; expected[i]; i++)
        assert_int_equal(next_queued(key), expected[i]);
    assert_int_equal(key->queued, 0);
    enqueue(key, "{'status': 504}"); /* behind an emptied queue */
    enqueue(key, "{'status': 505}");
    assert_int_equal(next_queued(key), '4');
    key_state_reset(key, 1);
    assert_int_equal(next_queued(key), '-');
    enqueue(key, "{'status': 506}");
    assert_int_equal(next_queued(key), '6');
    enqueue(key, "{'status': 507, 'body': 'left behind'}");
    end_key(key);
    end_key(other);
}

static void engine_bounds_the_queue(void **state)
{
    (void)state;
    struct key_state *key = state_of(1, "k");
    struct scenario_step step;
    for (int i = 0; i < 1000; i++)
        enqueue(key, "{'status': 500}");
    scenario_json_step(&step, "{'status': 500, 'body': 'taken over, and freed'}");
    assert_false(key_state_enqueue(key, &step));
    assert_int_equal(key->queued, 1000);
    assert_int_equal(next_queued(key), '0');
    enqueue(key, "{'status': 500}");
    end_key(key);
}

static void engine_keeps_what_was_chosen_when_its_source_goes(void **state)
{
    (void)state;
    struct scenario_set *set =
        set_of("{'scenarios': [{'name': 'a', 'steps': [{'status': 500, 'body': 'set'}]}]}");
    struct key_state *key = state_of(1, "k");
    struct choice named, queued;
    choose_named(&named, set, scenario_set_find(set, slice_of("a")), key);
    enqueue(key, "{'status': 500, 'body': 'queue'}");
    assert_true(choose_queued(&queued, key));
    end_key(key);
    scenario_set_release(set);
    assert_string_equal(named.step->body, "set");
    assert_string_equal(queued.step->body, "queue");
    choice_clear(&named);
    choice_clear(&queued);
}

static void engine_takes_the_first_scenario_that_matches_and_is_left(void **state)
{
    (void)state;
    static const struct {
        const char *why, *scenarios, *run;
    } table[] = {
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
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        char json[1024], run[RUN_MAX + 1];
        snprintf(json, sizeof json, "{'scenarios': [%s]}", table[i].scenarios);
        struct scenario_set *set = set_of(json);
        struct key_state *key = state_of(1, "k");
        run_matching(run, set, key, 6);
        if (strcmp(run, table[i].run) != 0)
            fail_msg("%s: %s instead of %s", table[i].why, run, table[i].run);
        end_key(key);
        scenario_set_release(set);
    }
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

static void engine_remembers_what_was_used_of_every_scenario(void **state)
{
    (void)state;
    static const size_t counts[] = {70, DOCUMENT_SCENARIOS_MAX};
    clock_t start = clock();
    for (size_t i = 0; i < ROWS(counts); i++) {
        struct scenario_set *set = many(counts[i]);
        struct key_state *key = state_of(1, "k");
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
        end_key(key);
        scenario_set_release(changed);
        scenario_set_release(set);
    }
    assert_true(clock() - start < 10 * CLOCKS_PER_SEC); /* a tenth of a second; or minutes */
}

static void engine_remembers_what_was_used_when_every_built_in_was_cued(void **state)
{
    (void)state;
    char run[RUN_MAX + 1];
    struct scenario_set *set = set_of("{'scenarios': [{'name': 'a', 'times': 1, 'then': "
                                      "'repeat-last', 'steps': [{'status': 501}]}]}");
    struct key_state *key = state_of(1, "k");
    assert_string_equal(run_named(run, set, "a", key, 2), "1.");
    for (size_t i = 1; i < scenario_set_count(set); i++)
        run_named(run, set, scenario_set_at(set, i)->name, key, 1);
    assert_string_equal(run_named(run, set, "a", key, 2), "..");
    end_key(key);
    scenario_set_release(set);
}

static void engine_says_which_scenario_it_chose(void **state)
{
    (void)state;
    struct scenario_set *set =
        set_of("{'scenarios': [{'name': 'mine', 'match': {}, 'steps': [{'status': 501}]}]}");
    struct key_state *key = state_of(1, "k");
    struct request_facts facts = {.number = {.request = 1}};
    struct choice choice;
    choose_matching(&choice, set, key, &facts);
    assert_string_equal(choice.scenario, "mine");
    choice_clear(&choice);
    choose_matching(&choice, set, key, &facts);
    assert_string_equal(choice.scenario, "");
    assert_null(choice.step);
    choice_clear(&choice);
    end_key(key);
    scenario_set_release(set);
}

static void scenario_set_finds_own_ones_before_built_in_ones(void **state)
{
    (void)state;
    struct scenario_set *plain = scenario_set_new(NULL, 0);
    struct scenario_set *set =
        set_of("{'scenarios': [{'name': 'no-face', 'steps':"
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

static void scenario_set_lets_the_later_of_two_names_win(void **state)
{
    (void)state;
    static const char *const json[] = {
        "{'name': 'a', 'match': {}, 'steps': [{'status': 501}], 'then': 'repeat-last'}",
        "{'name': 'b', 'match': {}, 'steps': [{'status': 502}]}",
        "{'name': 'a', 'match': {}, 'steps': [{'status': 503}], 'then': 'repeat-last'}",
    };
    struct scenario *scenarios = calloc(ROWS(json), sizeof *scenarios);
    char run[RUN_MAX + 1];
    assert_non_null(scenarios);
    for (size_t i = 0; i < ROWS(json); i++)
        scenario_json_scenario(&scenarios[i], json[i]);
    struct scenario_set *set = scenario_set_new(scenarios, ROWS(json));
    struct key_state *key = state_of(1, "k");
    assert_non_null(set);
    assert_int_equal(scenario_set_find(set, slice_of("a"))->steps[0].status, 503);
    assert_string_equal(run_matching(run, set, key, 4), "2333");
    end_key(key);
    scenario_set_release(set);
}

static void scenario_set_names_the_nearest(void **state)
{
    (void)state;
    char out[256];
    struct scenario_set *set =
        set_of("{'scenarios': [{'name': 'ERROR_BLURY', 'steps': [{'delay': 1}]}]}");
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

static void key_state_counts_requests_from_one(void **state)
{
    (void)state;
    struct key_state *key = state_of(1, "k");
    assert_int_equal(key_state_next(key), 1);
    assert_int_equal(key_state_next(key), 2);
    key_state_reset(key, 1);
    assert_int_equal(key_state_next(key), 1);
    end_key(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_walks_the_steps_in_order),
        cmocka_unit_test(engine_repeats_the_last_step_when_it_has_times),
        cmocka_unit_test(engine_keeps_scenarios_and_keys_apart),
        cmocka_unit_test(engine_replays_the_same_run_when_the_seed_is_the_same),
        cmocka_unit_test(engine_meets_the_probability_over_many_requests),
        cmocka_unit_test(engine_draws_the_delay_with_the_step),
        cmocka_unit_test(engine_empties_the_queue_in_order),
        cmocka_unit_test(engine_bounds_the_queue),
        cmocka_unit_test(engine_keeps_what_was_chosen_when_its_source_goes),
        cmocka_unit_test(engine_takes_the_first_scenario_that_matches_and_is_left),
        cmocka_unit_test(engine_remembers_what_was_used_of_every_scenario),
        cmocka_unit_test(engine_remembers_what_was_used_when_every_built_in_was_cued),
        cmocka_unit_test(engine_says_which_scenario_it_chose),
        cmocka_unit_test(scenario_set_finds_own_ones_before_built_in_ones),
        cmocka_unit_test(scenario_set_lets_the_later_of_two_names_win),
        cmocka_unit_test(scenario_set_names_the_nearest),
        cmocka_unit_test(scenario_set_lives_as_long_as_it_is_held),
        cmocka_unit_test(key_state_counts_requests_from_one),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
