/* One choice: its delay, its name, and the queue, which goes first and is bounded. What was chosen
 * outlives its source. */
#include "play.h"
#include "scenario_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void choose_draws_the_delay_with_the_step(void **state)
{
    (void)state;
    struct scenario_set *set =
        play_set("{'scenarios': [{'name': 'a', 'then': 'repeat-last', 'steps':"
                 " [{'delay': {'uniform': [100, 200]}}]}]}");
    struct key_state *a = play_key(9, "k"), *b = play_key(9, "k");
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
    play_end(a);
    play_end(b);
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
    return play_letter(&choice);
}

static void choose_empties_the_queue_in_order(void **state)
{
    (void)state;
    struct key_state *key = play_key(1, "k"), *other = play_key(1, "l");
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
    play_end(key);
    play_end(other);
}

static void choose_bounds_the_queue(void **state)
{
    (void)state;
    struct key_state *key = play_key(1, "k");
    struct scenario_step step;
    for (int i = 0; i < 1000; i++)
        enqueue(key, "{'status': 500}");
    scenario_json_step(&step, "{'status': 500, 'body': 'taken over, and freed'}");
    assert_false(key_state_enqueue(key, &step));
    assert_int_equal(key->queued, 1000);
    assert_int_equal(next_queued(key), '0');
    enqueue(key, "{'status': 500}");
    play_end(key);
}

static void choose_keeps_what_was_chosen_when_its_source_goes(void **state)
{
    (void)state;
    struct scenario_set *set =
        play_set("{'scenarios': [{'name': 'a', 'steps': [{'status': 500, 'body': 'set'}]}]}");
    struct key_state *key = play_key(1, "k");
    struct choice named, queued;
    choose_named(&named, set, scenario_set_find(set, slice_of("a")), key);
    enqueue(key, "{'status': 500, 'body': 'queue'}");
    assert_true(choose_queued(&queued, key));
    play_end(key);
    scenario_set_release(set);
    assert_string_equal(named.step->body, "set");
    assert_string_equal(queued.step->body, "queue");
    choice_clear(&named);
    choice_clear(&queued);
}

static void choose_says_which_scenario_it_chose(void **state)
{
    (void)state;
    struct scenario_set *set =
        play_set("{'scenarios': [{'name': 'mine', 'match': {}, 'steps': [{'status': 501}]}]}");
    struct key_state *key = play_key(1, "k");
    struct request_facts facts = {.number = {.request = 1}};
    struct choice choice;
    choose_matching(&choice, set, key, &facts);
    assert_string_equal(choice.scenario, "mine");
    choice_clear(&choice);
    choose_matching(&choice, set, key, &facts);
    assert_string_equal(choice.scenario, "");
    assert_null(choice.step);
    choice_clear(&choice);
    play_end(key);
    scenario_set_release(set);
}

/* The queue is listed as it is, and each row holds its step. */
static void choose_lists_the_queue_in_order(void **state)
{
    static const struct {
        int status;
        uint32_t left;
    } expected[] = {{502, 2}, {503, 1}, {504, 5}};
    struct queued_row rows[4];
    struct key_state *key = play_key(1, "k");
    (void)state;
    assert_int_equal(key_state_queue(rows, key), 0);
    enqueue(key, "{'status': 501}");
    enqueue(key, "{'status': 502, 'times': 3}");
    enqueue(key, "{'status': 503}");
    enqueue(key, "{'status': 504, 'times': 5}");
    assert_int_equal(next_queued(key), '1');
    assert_int_equal(next_queued(key), '2');
    assert_int_equal(key_state_queue(rows, key), 3);
    play_end(key);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(rows[i].choice.step->status, expected[i].status);
        assert_int_equal(rows[i].left, expected[i].left);
        choice_clear(&rows[i].choice);
    }
}

/* A step that says nothing of it is taken once. */
static void choose_takes_a_step_without_times_once(void **state)
{
    struct scenario_step step = {.answer = ANSWER_RAW, .status = 501, .probability = 1};
    struct queued_row row;
    struct key_state *key = play_key(1, "k");
    (void)state;
    assert_true(key_state_enqueue(key, &step));
    assert_int_equal(key_state_queue(&row, key), 1);
    assert_int_equal(row.left, 1);
    choice_clear(&row.choice);
    assert_int_equal(next_queued(key), '1');
    assert_int_equal(next_queued(key), '-');
    play_end(key);
}

/* The least number that can be drawn is 0, which is not below a probability of 0. */
static void choose_never_takes_what_has_no_probability(void **state)
{
    const uint64_t draws_zero = 0 - UINT64_C(0x9e3779b97f4a7c15); /* as splitmix64 has it */
    struct random random = {draws_zero};
    struct key_state *key = play_key(1, "k");
    (void)state;
    assert_true(random_unit(&random) == 0);
    enqueue(key, "{'status': 501, 'probability': 0}");
    key_state_reseed(key, draws_zero ^ key->digest_bits);
    assert_int_equal(next_queued(key), '.');
    play_end(key);
}

/* A scenario that is replaced by itself starts unused, for that key and of that scenario alone. */
static void choose_forgets_one_scenario(void **state)
{
    char run[PLAY_MAX + 1];
    struct scenario_set *set =
        play_set("{'scenarios': [{'name': 'a', 'steps': [{'status': 501}, {'status': 502}]},"
                 " {'name': 'b', 'steps': [{'status': 503}]}]}");
    struct key_state *key = play_key(1, "k"), *other = play_key(1, "l");
    (void)state;
    assert_string_equal(play_named(run, set, "a", key, 3), "12.");
    assert_string_equal(play_named(run, set, "b", key, 2), "3.");
    assert_string_equal(play_named(run, set, "a", other, 3), "12.");
    key_state_forget(key, scenario_set_find(set, slice_of("a"))->serial);
    assert_string_equal(play_named(run, set, "a", key, 3), "12.");
    assert_string_equal(play_named(run, set, "b", key, 1), ".");
    assert_string_equal(play_named(run, set, "a", other, 1), ".");
    play_end(key);
    play_end(other);
    scenario_set_release(set);
}

/* The mock keeps of a key what a later answer depends on, and nothing else. */
static void choose_keeps_only_what_is_asked_again(void **state)
{
    static const struct {
        const char *scenario;
        size_t kept;
    } rows[] = {
        {"{'name': 'a', 'then': 'repeat-last', 'steps': [{'status': 500}]}", 0},
        {"{'name': 'a', 'then': 'repeat-last', 'steps': [{'status': 500}, {'status': 501}]}", 1},
        {"{'name': 'a', 'then': 'repeat-last', 'times': 2, 'steps': [{'status': 500}]}", 1},
        {"{'name': 'a', 'then': 'normal', 'steps': [{'status': 500}]}", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char json[256], run[PLAY_MAX + 1];
        snprintf(json, sizeof json, "{'scenarios': [%s]}", rows[i].scenario);
        struct scenario_set *set = play_set(json);
        struct key_state *key = play_key(1, "k");
        const uint64_t drawn = key->random.state;
        play_named(run, set, "a", key, 3);
        assert_int_equal(key->uses.count, rows[i].kept);
        assert_true(key->random.state == drawn); /* a certain step draws no number */
        play_end(key);
        scenario_set_release(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choose_draws_the_delay_with_the_step),
        cmocka_unit_test(choose_empties_the_queue_in_order),
        cmocka_unit_test(choose_bounds_the_queue),
        cmocka_unit_test(choose_keeps_what_was_chosen_when_its_source_goes),
        cmocka_unit_test(choose_says_which_scenario_it_chose),
        cmocka_unit_test(choose_lists_the_queue_in_order),
        cmocka_unit_test(choose_takes_a_step_without_times_once),
        cmocka_unit_test(choose_never_takes_what_has_no_probability),
        cmocka_unit_test(choose_forgets_one_scenario),
        cmocka_unit_test(choose_keeps_only_what_is_asked_again),
    };
    return cmocka_run_group_tests_name("choose", tests, NULL, NULL);
}
