/* Which cases of a run go on at once, and how long each may last. labels: threads */
#include "answers.h"
#include "base/clock.h"
#include "base/count_of.h"
#include "run.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BRIEF_MS 10 /* for what never comes */

static const struct suite one = {"one", "With a control", false, NULL, 0, NULL};

static atomic_int inside;
static atomic_bool met;
static int patience_ms;

static void meets(struct test *test, const struct case_def *def)
{
    (void)test, (void)def;
    atomic_fetch_add(&inside, 1);
    for (int i = 0; i < patience_ms && !met; i++) {
        if (inside > 1)
            met = true;
        poll(NULL, 0, 1);
    }
    atomic_fetch_sub(&inside, 1);
}

static void runner_runs_cases_at_once_where_that_may_be(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        unsigned jobs, flags[2];
        long bound;
        bool meet;
    } rows[] = {
        {"two jobs", 2, {0, 0}, -1, true},
        {"one job", 1, {0, 0}, -1, false},
        {"a bound on credits", 2, {0, 0}, 0, false},
        {"both alone", 2, {NEEDS_QUIET, NEEDS_QUIET}, -1, false},
        {"one alone", 2, {NEEDS_ARMING, NEEDS_QUIET}, -1, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static struct run run;
        run_begin(&run, "http://127.0.0.1:1");
        run.options.jobs = rows[i].jobs;
        run.session.budget.bound = rows[i].bound;
        met = false;
        patience_ms = rows[i].meet ? STAND_PATIENCE_MS : BRIEF_MS;
        for (size_t k = 0; k < 2; k++) {
            run_add(&run, &run_free, meets);
            run.defs[k].flags = rows[i].flags[k];
        }
        run_finish(&run);
        if (met != rows[i].meet)
            fail_msg("%s: two cases %s", rows[i].why, met ? "met" : "never met");
        for (size_t k = 0; k < 2; k++)
            run_assert(rows[i].why, &run.results[k], "pass");
        run_end(&run);
    }
}

static double began_ms[RUN_ITEMS_MAX], deadline_ms[RUN_ITEMS_MAX];
static size_t timed;

static double takes_ms;

static void takes_time(struct test *test, const struct case_def *def)
{
    (void)def;
    began_ms[timed] = clock_ms();
    deadline_ms[timed] = test->deadline_ms;
    while (clock_ms() < began_ms[timed] + takes_ms)
        ;
    timed++;
}

enum { TIMEOUT_MS = 2, SUITE_MS = 12 * TIMEOUT_MS };

/* A case may last as long as was said, a suite twelve times as long. */
static void runner_gives_a_case_and_a_suite_their_time(void **state)
{
    (void)state;
    static struct run run;
    run_begin(&run, "http://127.0.0.1:1");
    timed = 0;
    takes_ms = 0.5;
    run.session.timeout_ms = TIMEOUT_MS;
    for (size_t i = 0; i < RUN_ITEMS_MAX; i++)
        run_add(&run, &run_free, takes_time);
    const double before_ms = clock_ms();
    run_finish(&run);
    assert_true(timed < RUN_ITEMS_MAX); /* none at all where the machine stands still */
    for (size_t i = 0; i < timed; i++) {
        assert_true(deadline_ms[i] <= began_ms[i] + TIMEOUT_MS);
        assert_true(deadline_ms[i] <= deadline_ms[0] - TIMEOUT_MS + SUITE_MS);
    }
    assert_true(timed == 0 || deadline_ms[0] >= before_ms + TIMEOUT_MS);
    run_assert("too late", &run.results[RUN_ITEMS_MAX - 1],
               "error | no time is left for suite free");
    run_end(&run);
}

static void runner_begins_no_case_when_the_time_of_its_suite_is_over(void **state)
{
    (void)state;
    static struct run run;
    run_begin(&run, "http://127.0.0.1:1");
    timed = 0;
    takes_ms = SUITE_MS + 1;
    run.session.timeout_ms = TIMEOUT_MS;
    run_add(&run, &run_free, takes_time);
    run_add(&run, &run_free, takes_time);
    run_finish(&run);
    assert_true(timed < 2);
    run_assert("too late", &run.results[1], "error | no time is left for suite free");
    run_end(&run);
}

static const char *good_call_ms(void *context, const char *request, size_t size)
{
    double *now_ms = context;
    (void)request, (void)size;
    *now_ms = clock_ms();
    return GOOD("");
}

static void runner_takes_no_time_of_a_case_for_the_control(void **state)
{
    (void)state;
    static struct run run;
    double control_ms = 0;
    struct scripted *server = scripted_start_choosing(good_call_ms, &control_ms);
    assert_non_null(server);
    run_begin(&run, server->url);
    timed = 0;
    takes_ms = 0;
    run_add(&run, &one, takes_time);
    run_finish(&run);
    scripted_stop(server);
    assert_int_equal(timed, 1);
    assert_true(deadline_ms[0] >= control_ms + STAND_PATIENCE_MS);
    run_end(&run);
    scripted_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runner_runs_cases_at_once_where_that_may_be),
        cmocka_unit_test(runner_gives_a_case_and_a_suite_their_time),
        cmocka_unit_test(runner_begins_no_case_when_the_time_of_its_suite_is_over),
        cmocka_unit_test(runner_takes_no_time_of_a_case_for_the_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
