/* The built-in scenarios: every code of the table, every situation, fault and deviation is there
 * under its own name, once, and says what it is in one line. */
#include "api/deviation.h"
#include "pins.h"
#include "scenarios/builtin.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct scenario *scenarios;
static size_t count;

static int make(void **state)
{
    (void)state;
    return builtin_scenarios(&scenarios, &count) ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < count; i++)
        scenario_clear(&scenarios[i]);
    free(scenarios);
    return 0;
}

/* The one step of the scenario of this name, which it repeats for ever. */
static const struct scenario_step *step_of(const char *name)
{
    const struct scenario *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(scenarios[i].name, name) == 0) {
            if (found)
                fail_msg("%s is there twice", name);
            found = &scenarios[i];
        }
    if (!found)
        fail_msg("%s is not there", name);
    assert_int_equal(found->step_count, 1);
    assert_int_equal(found->then, THEN_REPEAT_LAST);
    assert_true(found->probability == 1 && found->times == 0 && !found->automatic);
    assert_true(found->steps[0].probability == 1 && !found->steps[0].always);
    return &found->steps[0];
}

static void builtin_has_every_code_of_the_table(void **state)
{
    (void)state;
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const struct scenario_step *step = step_of(error_info(code)->name);
        assert_int_equal(step->answer, ANSWER_ERROR);
        assert_int_equal(step->code, code);
        assert_true(step->status == 0 && !step->fault && !step->deviation && !step->header_count);
    }
}

static void builtin_has_every_fault_with_its_usual_amount(void **state)
{
    (void)state;
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++) {
        const struct scenario_step *step = step_of(fault_info(id)->name);
        assert_int_equal(step->answer, ANSWER_NORMAL);
        assert_int_equal(step->fault, id);
        assert_int_equal(step->fault_amount, fault_info(id)->fallback);
    }
}

static void builtin_has_every_deviation_with_an_error_where_it_needs_one(void **state)
{
    (void)state;
    size_t deviations;
    const struct deviation *table = deviation_table(&deviations);
    for (size_t i = 0; i < deviations; i++) {
        const struct scenario_step *step = step_of(table[i].name);
        assert_string_equal(step->deviation, table[i].name);
        assert_int_equal(step->code, deviation_wants_error(&table[i]) ? CODE_ERROR_NO_FACE_IN_FILE
                                                                      : ERROR_NONE);
        assert_int_equal(step->answer,
                         deviation_wants_error(&table[i]) ? ANSWER_ERROR : ANSWER_NORMAL);
    }
}

static void builtin_has_every_situation(void **state)
{
    (void)state;
    /* Typed again from the API's description, not taken from situations.def. */
    static const struct {
        const char *name;
        enum answer_kind answer;
        enum error_code code;
        int status;
        const char *message, *header, *value;
        enum fault_id fault;
        double delay_ms;
    } table[] = {
        {"success", ANSWER_NORMAL, 0, 0, NULL, NULL, NULL, FAULT_NONE, 0},
        {"no-face", ANSWER_ERROR, CODE_ERROR_NO_FACE_IN_FILE, 0, "pic not has face", NULL, NULL,
         FAULT_NONE, 0},
        {"two-faces", ANSWER_ERROR, CODE_ERROR_NO_FACE_IN_FILE, 0, "Multiple faces detected.", NULL,
         NULL, FAULT_NONE, 0},
        {"side-profile", ANSWER_ERROR, CODE_ERROR_NO_FACE_IN_FILE, 0, "No face detected.", NULL,
         NULL, FAULT_NONE, 0},
        {"retired", ANSWER_ERROR, CODE_ERROR_AI_NOT_EXISTS, 0, NULL, NULL, NULL, FAULT_NONE, 0},
        {"upstream-file-type", ANSWER_ERROR, CODE_AI_SERVICE_INTERNAL_ERROR, 0,
         " - 500 - File type not supported", NULL, NULL, FAULT_NONE, 0},
        {"no-credits", ANSWER_ERROR, CODE_ERROR_NOT_ENOUGH_CREDITS, 0, NULL, NULL, NULL, FAULT_NONE,
         0},
        {"locked", ANSWER_ERROR, CODE_ERROR_USER_LOCKED, 0, NULL, NULL, NULL, FAULT_NONE, 0},
        {"rate-limited", ANSWER_ERROR, CODE_EXCEEDING_LIMITS, 0, NULL, "Retry-After", "1",
         FAULT_NONE, 0},
        {"gateway-html-502", ANSWER_RAW, 0, 502, NULL, "Content-Type", "text/html", FAULT_NONE, 0},
        {"gateway-empty-504", ANSWER_RAW, 0, 504, NULL, NULL, NULL, FAULT_NONE, 0},
        {"stall", ANSWER_NORMAL, 0, 0, NULL, NULL, NULL, FAULT_stall_before_answer, 0},
        {"slow", ANSWER_NORMAL, 0, 0, NULL, NULL, NULL, FAULT_NONE, 3500},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct scenario_step *step = step_of(table[i].name);
        bool right = step->answer == table[i].answer && step->code == table[i].code &&
                     step->status == table[i].status && step->fault == table[i].fault &&
                     step->fault_amount == (step->fault ? fault_info(step->fault)->fallback : 0) &&
                     step->delay.a == table[i].delay_ms &&
                     (table[i].message ? step->message && strstr(step->message, table[i].message)
                                       : !step->message) &&
                     step->header_count == (table[i].header != NULL);
        if (right && table[i].header)
            right = strcmp(step->headers[0].name, table[i].header) == 0 &&
                    strcmp(step->headers[0].value, table[i].value) == 0;
        if (!right)
            fail_msg("%s is another situation", table[i].name);
    }
    const struct scenario_step *html = step_of("gateway-html-502");
    assert_non_null(strstr(html->body, "<h1>502 Bad Gateway</h1>"));
    assert_int_equal(html->body_size, strlen(html->body));
    assert_int_equal(step_of("gateway-empty-504")->body_size, 0);
}

static void builtin_names_are_unique_and_cues_can_say_them(void **state)
{
    (void)state;
    size_t deviations;
    deviation_table(&deviations);
    assert_in_range(count, PINNED_CODES + 13 + (FAULT_COUNT - 1) + deviations, 1000);
    for (size_t i = 0; i < count; i++) {
        const struct scenario *scenario = &scenarios[i];
        size_t len = strlen(scenario->name);
        step_of(scenario->name); /* fails on a second one */
        assert_in_range(len, 1, SCENARIO_NAME_MAX);
        assert_int_equal(strspn(scenario->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
                                                "yz0123456789._-"),
                         len);
        assert_non_null(scenario->summary);
        assert_in_range(strlen(scenario->summary), 1, 200);
        assert_null(strchr(scenario->summary, '\n'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builtin_has_every_code_of_the_table),
        cmocka_unit_test(builtin_has_every_fault_with_its_usual_amount),
        cmocka_unit_test(builtin_has_every_deviation_with_an_error_where_it_needs_one),
        cmocka_unit_test(builtin_has_every_situation),
        cmocka_unit_test(builtin_names_are_unique_and_cues_can_say_them),
    };
    return cmocka_run_group_tests_name("builtin", tests, make, clear);
}
