/* What is decided about one request, and what is known of it when it has left. */
#include "state_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Choosing */

static enum choose_result by_body(struct choice *out, struct visit *visit,
                                  const struct request_facts *facts)
{
    char why[STATE_WHY_SIZE];
    return state_choose_by_body(out, why, visit, NULL, NULL, facts);
}

/* Which call of its key a request is says the visit, whatever the facts say. */
static void match_counts_the_calls_of_the_key(void **unused)
{
    static const struct {
        const char *key, *scenario;
    } calls[] = {{"k", ""}, {"other", ""}, {"k", "m"}, {"k", ""}, {"other", "m"}};
    const struct request_facts facts = {.number = {.request = 1}};
    struct state *state = state_with(
        "{\"scenarios\":[{\"name\":\"m\",\"match\":{\"request\":2},\"steps\":[{\"status\":500}],"
        "\"then\":\"restart\"}]}");
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        const bool chosen = calls[i].scenario[0] != '\0';
        struct choice choice;
        struct visit visit = enter(state, calls[i].key);
        assert_int_equal(by_body(&choice, &visit, &facts),
                         chosen ? CHOOSE_DECIDED : CHOOSE_NOTHING);
        assert_string_equal(choice.scenario, calls[i].scenario);
        assert_int_equal(choice.step != NULL, chosen);
        assert_int_equal(visit.chosen_by, chosen ? CHOSEN_BY_MATCH : CHOSEN_BY_NOBODY);
        choice_clear(&choice);
        leave(&visit, "", true);
    }
    state_free(state);
}

/* A key that is not accepted has no account, so nothing matches its calls. */
static void match_is_not_for_a_key_that_is_not_accepted(void **unused)
{
    const struct request_facts facts = {.number = {.request = 1}};
    struct state *state =
        state_with("{\"scenarios\":[{\"name\":\"m\",\"match\":{},\"steps\":[{\"status\":500}]}]}");
    struct choice choice;
    (void)unused;
    struct visit visit = enter_at(state, "stranger", false, 1);
    assert_false(visit.wants_facts);
    assert_int_equal(by_body(&choice, &visit, &facts), CHOOSE_NOTHING);
    choice_clear(&choice);
    leave(&visit, "ERROR_USER_NOT_EXISTS", false);
    state_free(state);
}

static void queue_answers_before_any_rule_only_if_its_step_says_so(void **unused)
{
    struct state *state = state_with(NULL);
    (void)unused;
    for (int always = 0; always < 2; always++) {
        char name[SCENARIO_NAME_MAX + 1];
        assert_true(
            enqueue(state, "k", always ? "{\"status\":500,\"always\":true}" : "{\"status\":500}"));
        struct visit visit = enter(state, "k");
        choose_for(name, &visit, &(const struct wish){.service_choice = 12});
        assert_string_equal(name, "queue");
        assert_int_equal(visit.always, always);
        leave(&visit, "", true);
    }
    state_free(state);
}

/* Steps that are queued together wait in their order, or not at all; they are taken over. */
static void queue_takes_all_steps_or_none(void **unused)
{
    struct state *state = state_with(NULL);
    struct scenario_step steps[3];
    struct document_error error;
    size_t left = KEY_QUEUE_MAX;
    (void)unused;
    for (int room = 0; room < 2; room++) {
        size_t count;
        for (size_t i = 0; i < 3; i++) {
            assert_true(shape_parse(&steps[i], &step_shape,
                                    slice_of("{\"status\":500,\"body\":\"owned\"}"), &error));
            steps[i].status += (int)i;
        }
        for (; !room && left > 2; left--)
            assert_true(enqueue(state, "k", "{\"delay\":1}"));
        assert_int_equal(state_enqueue(state, slice_of(room ? "l" : "k"), steps, 3), room);
        for (size_t i = 0; !room && i < 3; i++)
            assert_null(steps[i].body);
        struct queued_row *rows = state_queue(state, slice_of(room ? "l" : "k"), &count);
        assert_int_equal(count, room ? 3 : KEY_QUEUE_MAX - 2);
        for (size_t i = 0; room && i < 3; i++)
            assert_int_equal(rows[i].choice.step->status, 500 + i);
        state_queue_free(rows, count);
    }
    state_free(state);
}

/* Accounts */

static struct visit ask_credits(struct state *state, const char *key, int64_t wall_ms)
{
    struct visit visit;
    state_enter(&visit, state,
                &(struct visit_head){VISIT_CREDITS, slice_of(key), true, 1, wall_ms});
    leave(&visit, "", true);
    return visit;
}

static void credits_are_told_with_the_lock_and_the_first_use(void **unused)
{
    struct state *state = state_with("{\"accounts\":{\"locked\":{\"locked\":true}}}");
    (void)unused;
    assert_true(ask_credits(state, "locked", 1000).account_verdict.locked);
    assert_false(ask_credits(state, "free", 2000).account_verdict.locked);
    const struct visit later = ask_credits(state, "free", 3000);
    assert_int_equal(later.balance.first_ms, 2000);
    assert_int_equal(later.balance.changed_ms, 2000);
    state_free(state);
}

/* Leaving */

static void journal_says_which_call_of_its_key_it_was(void **unused)
{
    struct state *state = state_with(NULL);
    (void)unused;
    for (uint64_t i = 1; i <= 3; i++) {
        struct journal_entry entry;
        struct visit visit = enter(state, "k");
        leave(&visit, "", true);
        assert_true(state_journal_entry(state, i, &entry));
        assert_int_equal(entry.number.request, i);
    }
    state_free(state);
}

/* Whether such an answer, alone, has met the item since the last reset. */
static bool meets(const struct journal_entry *left, bool success, enum coverage_group group,
                  size_t place)
{
    struct state *state =
        state_new(&(struct state_options){.revision = revision_info(REVISION_R1_0_0)});
    struct journal_entry entry = *left;
    struct state_coverage reset, start;
    assert_non_null(state);
    struct visit visit = enter(state, "k");
    state_leave(&visit, &entry, slice_make(NULL, 0), success);
    state_coverage(&reset, state, COVERAGE_SINCE_RESET, NULL);
    state_coverage(&start, state, COVERAGE_SINCE_START, NULL);
    assert_memory_equal(&reset.set, &start.set, sizeof start.set);
    state_free(state);
    return coverage_has(&reset.set, group, place);
}

static void code_is_met_by_an_answer_that_was_sent(void **unused)
{
    struct journal_entry entry = {.code = "ERROR_NO_FACE_IN_FILE"};
    (void)unused;
    assert_false(meets(&entry, false, COVERAGE_codes, CODE_ERROR_NO_FACE_IN_FILE));
    entry.status = 422;
    assert_true(meets(&entry, false, COVERAGE_codes, CODE_ERROR_NO_FACE_IN_FILE));
    assert_false(meets(&entry, false, COVERAGE_codes, CODE_ERROR_PARAMETERS));
}

/* A success in spite of the rules may have had no expression: that is none, and not the one of the
 * number 0. */
static void expression_is_met_by_the_choice_that_was_sent(void **unused)
{
    static const struct {
        int choice;
        size_t met; /* place of the expression; COVERAGE_EXPRESSIONS: none */
    } rows[] = {{0, 0}, {1, 1}, {3, 3}, {4, COVERAGE_EXPRESSIONS}, {-1, COVERAGE_EXPRESSIONS}};
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct journal_entry entry = {.status = 200,
                                            .number = {.service_choice = rows[i].choice}};
        print_message("choice %d\n", rows[i].choice);
        for (size_t place = 0; place < COVERAGE_EXPRESSIONS; place++)
            assert_int_equal(meets(&entry, true, COVERAGE_expressions, place),
                             place == rows[i].met);
    }
}

/* The limit is one of the longer side, whichever that is. */
static void limit_is_met_by_the_longer_side(void **unused)
{
    static const struct {
        uint64_t width, height;
        bool met;
    } rows[] = {{4095, 100, true}, {100, 4095, true}, {4095, 4095, true}, {100, 100, false}};
    (void)unused;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct journal_entry entry = {
            .status = 200,
            .number = {.service_choice = 100, .width = rows[i].width, .height = rows[i].height}};
        assert_int_equal(meets(&entry, true, COVERAGE_limits, 2), rows[i].met);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_counts_the_calls_of_the_key),
        cmocka_unit_test(match_is_not_for_a_key_that_is_not_accepted),
        cmocka_unit_test(queue_answers_before_any_rule_only_if_its_step_says_so),
        cmocka_unit_test(queue_takes_all_steps_or_none),
        cmocka_unit_test(credits_are_told_with_the_lock_and_the_first_use),
        cmocka_unit_test(journal_says_which_call_of_its_key_it_was),
        cmocka_unit_test(code_is_met_by_an_answer_that_was_sent),
        cmocka_unit_test(expression_is_met_by_the_choice_that_was_sent),
        cmocka_unit_test(limit_is_met_by_the_longer_side),
    };
    return cmocka_run_group_tests_name("state_choices", tests, NULL, NULL);
}
