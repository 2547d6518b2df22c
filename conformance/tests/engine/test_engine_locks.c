/* Every function that a run shares between threads takes its lock, and holds none when it returns.
 */
#include "engine/invariants.h"
#include "run.h"
#include "stand.h"
#include "testing/checked_locks.h"
#include "testing/closed_port.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void budget_holds_no_lock_when_it_returns(void **state)
{
    struct budget budget;
    bool unplanned = false;
    (void)state;
    assert_true(budget_init(&budget));
    budget.bound = 100;
    CHECKED(budget_reserve(&budget, CALL_CREDITS));
    CHECKED(budget_admit(&budget));
    CHECKED(budget_settle(&budget, CHARGE_MADE, &unplanned));
    CHECKED(budget_release(&budget));
    budget_clear(&budget);
}

static void session_holds_no_lock_when_it_returns(void **state)
{
    struct session session;
    (void)state;
    stand_open(&session, "http://127.0.0.1:1");
    CHECKED(session_note_request(&session, WIRE_LATE, "why"));
    CHECKED(session_note_silence(&session, "why"));
    CHECKED(session_silence(&session));
    session_clear(&session);
}

static void invariants_hold_no_lock_when_they_return(void **state)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    struct answer answer = {.json = cJSON_Parse("{\"request_id\":\"A\"}")};
    struct invariants *invariants = invariants_new(REVISION_2026_01);
    (void)state;
    assert_non_null(answer.json);
    assert_non_null(invariants);
    CHECKED(invariants_see(invariants, "a/case", &answer, NULL));
    CHECKED(invariants_ask(invariants, checks));
    invariants_free(invariants);
    answer_clear(&answer);
}

static void case_holds_no_lock_when_it_is_over(void **state)
{
    const struct closed_port port = closed_port_take();
    struct session session;
    struct result result;
    stand_open(&session, port.url);
    CHECKED(stand_run(&result, &session, *state, "call/documented"));
    result_clear(&result);
    session_clear(&session);
    closed_port_give_back(&port);
}

static void passes(struct test *test, const struct case_def *def)
{
    (void)test, (void)def;
}

/* Two cases wait for the control of their suite, which fails. */
static void runner_holds_no_lock_when_it_returns(void **state)
{
    (void)state;
    static const struct suite controlled = {"one", "With a control", false, NULL, 0, NULL};
    static struct run run;
    const struct closed_port port = closed_port_take();
    run_begin(&run, port.url);
    run_add(&run, &controlled, passes);
    run_add(&run, &controlled, passes);
    run_add(&run, &run_free, passes);
    CHECKED(runner_run(run.results, &run.session, &run.plan, &run.options));
    run_end(&run);
    closed_port_give_back(&port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_holds_no_lock_when_it_returns),
        cmocka_unit_test(session_holds_no_lock_when_it_returns),
        cmocka_unit_test(invariants_hold_no_lock_when_they_return),
        cmocka_unit_test(case_holds_no_lock_when_it_is_over),
        cmocka_unit_test(runner_holds_no_lock_when_it_returns),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
