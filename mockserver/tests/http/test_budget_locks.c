/* Every function of the budget takes its lock, and holds none when it returns. */
#include "checked_locks.h"
#include "http/body_budget.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void budget_holds_no_lock_when_it_returns(void **state)
{
    struct body_place place = {0};
    struct body_budget *budget = body_budget_new(1000);
    (void)state;
    assert_non_null(budget);
    CHECKED(body_budget_take(budget, &place, 600));
    CHECKED(body_budget_use(budget));
    CHECKED(body_place_yield(&place));
    CHECKED(body_budget_give_back(&place));
    CHECKED(body_budget_stop(budget));
    body_budget_free(budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_holds_no_lock_when_it_returns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
