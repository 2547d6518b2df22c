/* The bound on the credits of a run: the arithmetic, and runs against targets that charge for
 * refusals. */
#include "engine/budget.h"
#include "mock.h"
#include "testing/scripted.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void settle(struct budget *budget, char step, const char *why)
{
    bool unplanned = false, made = step == 'c' || step == 'm';
    enum charge charge = made ? CHARGE_MADE : step == 'u' ? CHARGE_UNSURE : CHARGE_NONE;
    unsigned credits = budget_settle(budget, charge, &unplanned);
    if (credits != (made ? CALL_CREDITS : 0) || unplanned != (step == 'm' && budget->bound >= 0))
        fail_msg("%s: %c: %u credits, unplanned %d", why, step, credits, unplanned);
}

/* Each letter is a step; where it is followed by '!', it must be refused.
 * r: reserve 12. e: the case ends. c: a call that is charged. m: one that is charged by mistake,
 * for nothing was reserved. f: one that is free. u: one without an answer. a: one that stays in
 * flight. */
static void budget_keeps_its_bound(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        long bound;
        const char *steps;
        long spent, unsure;
    } rows[] = {
        {"no bound", -1, "rrccmmff", 48, 0},
        {"one success, and free calls behind it", 12, "rceffffr!", 12, 0},
        {"a mistake is charged: it is the last call", 12, "rcefmf!f!r!", 24, 0},
        {"a mistake is charged within the bound", 36, "rcemffmf!", 36, 0},
        {"half a call is left, and mistakes are charged", 30, "rcemf!r!", 24, 0},
        {"nothing may be spent", 0, "r!f!f!", 0, 0},
        {"less than a call may be spent", 11, "r!f!", 0, 0},
        {"a planned call without an answer counts", 12, "ruer!f", 12, 12},
        {"a free one does not", 12, "uur", 0, 0},
        {"what is left over is given back", 24, "rreff", 0, 0},
        {"calls at once are held by the bound", 24, "aaa!", 0, 0},
        {"and by the reservation", 36, "rrraaaa!", 0, 0},
        {"beyond the bound one at a time", 12, "rceaa!", 12, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct budget budget;
        assert_true(budget_init(&budget));
        budget.bound = rows[i].bound;
        for (const char *step = rows[i].steps; *step; step++) {
            bool refused = step[1] == '!';
            bool may = *step == 'e'   ? true
                       : *step == 'r' ? budget_reserve(&budget, CALL_CREDITS)
                                      : budget_admit(&budget);
            if (may == refused)
                fail_msg("%s: step %zu of %s was %s", rows[i].why, (size_t)(step - rows[i].steps),
                         rows[i].steps, may ? "allowed" : "refused");
            if (*step == 'e')
                budget_release(&budget);
            else if (may && *step != 'r' && *step != 'a')
                settle(&budget, *step, rows[i].why);
            step += refused;
        }
        if (budget.spent != rows[i].spent || budget.unsure != rows[i].unsure)
            fail_msg("%s: %ld spent, %ld of them unsure", rows[i].why, budget.spent, budget.unsure);
        budget_clear(&budget);
    }
}

static const struct {
    const char *why, *bound;
    int spent;
    int exit;
} bounds[] = {
    {"nothing may be spent", "0", 0, 3},
    {"the good call, and one mistake that is charged", "12", 24, 1},
    {"mistakes that the bound holds", "36", 36, 1},
};

static void assert_spent(const char *url, size_t row)
{
    struct program_outcome outcome;
    suite_run(&outcome, with_key, "--target", url, "--max-credits", bounds[row].bound, "--jobs",
              "8", "--report", "json", NULL);
    cJSON *root = cJSON_ParseWithLength(outcome.out, outcome.out_size);
    const cJSON *spent = cJSON_GetObjectItemCaseSensitive(root, "credits");
    assert_true(cJSON_IsNumber(spent));
    if (spent->valueint != bounds[row].spent || outcome.status != bounds[row].exit)
        fail_msg("%s: %d credits were spent, exit %d", bounds[row].why, spent->valueint,
                 outcome.status);
    cJSON_Delete(root);
    program_outcome_clear(&outcome);
}

static void budget_bounds_a_mock_that_takes_any_choice(void **state)
{
    (void)state;
    struct program_server server;
    assert_true(mock_start(&server, "2026-01", "choice_scope", "choice_text"));
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        assert_spent(server.url, i);
    program_server_stop(&server);
}

/* Every call looks like a success. A picture of one pixel, so that the good call passes. */
static void budget_bounds_a_server_that_always_succeeds(void **state)
{
    (void)state;
    struct scripted *canned;
    assert_non_null(
        canned = scripted_start_alike(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
            "{\"request_id\":\"A\",\"log_id\":\"12345678\",\"error_code\":0,"
            "\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":{\"status_code\":200,"
            "\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},\"data\":{\"image\":"
            "\"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg==\"}}"));
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        assert_spent(canned->url, i);
    scripted_free(canned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_keeps_its_bound),
        cmocka_unit_test(budget_bounds_a_mock_that_takes_any_choice),
        cmocka_unit_test(budget_bounds_a_server_that_always_succeeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
