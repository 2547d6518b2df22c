/* The bound on the credits of a run: its arithmetic. */
#include "engine/budget.h"
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
 * r: reserve 12. z: reserve nothing. e: the case ends. c: a call that is charged. m: one that is
 * charged by mistake, for nothing was reserved. f: one that is free. u: one without an answer. a:
 * one that stays in flight. */
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
        {"a case without a success begins beyond the bound", 12, "rcefmzf!", 24, 0},
        {"a mistake is charged within the bound", 36, "rcemffmf!", 36, 0},
        {"half a call is left, and mistakes are charged", 30, "rcemf!r!", 24, 0},
        {"nothing may be spent", 0, "r!f!f!", 0, 0},
        {"less than a call may be spent", 11, "r!f!", 0, 0},
        {"a planned call without an answer counts", 12, "ruer!f", 12, 12},
        {"a free one does not", 12, "uur", 0, 0},
        {"a mistake takes nothing from later reservations", 35, "mrr!", 12, 0},
        {"what is spent is reserved no more", 24, "rcrc", 24, 0},
        {"what is left over is given back", 24, "rrerrr!", 0, 0},
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
                       : *step == 'z' ? budget_reserve(&budget, 0)
                                      : budget_admit(&budget);
            if (may == refused)
                fail_msg("%s: step %zu of %s was %s", rows[i].why, (size_t)(step - rows[i].steps),
                         rows[i].steps, may ? "allowed" : "refused");
            if (*step == 'e')
                budget_release(&budget);
            else if (may && !strchr("rza", *step))
                settle(&budget, *step, rows[i].why);
            step += refused;
        }
        if (budget.spent != rows[i].spent || budget.unsure != rows[i].unsure)
            fail_msg("%s: %ld spent, %ld of them unsure", rows[i].why, budget.spent, budget.unsure);
        budget_clear(&budget);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_keeps_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
