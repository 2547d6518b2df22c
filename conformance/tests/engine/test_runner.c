/* The level and the control of a run, and its end. labels: threads */
#include "answers.h"
#include "base/count_of.h"
#include "run.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define MUST_CLAUSE CLAUSE_error_missing
#define SHOULD_CLAUSE CLAUSE_wire_keep_alive
#define BRIEF_MS 10 /* for what never comes */

static void passes(struct test *test, const struct case_def *def)
{
    (void)test, (void)def;
}

static void fails(struct test *test, const struct case_def *def)
{
    (void)def;
    test_note(test, "a note");
    test_fail(test, "one thing", "another");
    test_note(test, "too late");
}

static void skips(struct test *test, const struct case_def *def)
{
    (void)def;
    test_note(test, "a note");
    test_skip(test, "no reason");
}

static void errs(struct test *test, const struct case_def *def)
{
    (void)def;
    test_error(test, "no memory");
}

static const struct suite one = {"one", "With a control", false, NULL, 0, NULL};
static const struct suite other = {"other", "With one of its own", false, NULL, 0, NULL};

/* A failure counts at its level or a stricter one, and not where it is expected. */
static void runner_weighs_what_a_case_says(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*function)(struct test *test, const struct case_def *def);
        enum clause_id clause;
        enum level level;
        bool expected;
        const char *said;
    } rows[] = {
        {"a pass", passes, MUST_CLAUSE, LEVEL_MUST, false, "pass"},
        {"a failure", fails, MUST_CLAUSE, LEVEL_MUST, false,
         "fail | error_missing | another | a note"},
        {"at its level", fails, SHOULD_CLAUSE, LEVEL_SHOULD, false,
         "fail | wire_keep_alive | another | a note"},
        {"below the level", fails, SHOULD_CLAUSE, LEVEL_MUST, false,
         "pass | SHOULD clause wire_keep_alive is not kept: another"},
        {"a skip", skips, SHOULD_CLAUSE, LEVEL_MUST, false, "skip | no reason"},
        {"an error", errs, SHOULD_CLAUSE, LEVEL_MUST, false, "error | no memory"},
        {"an expected failure", fails, MUST_CLAUSE, LEVEL_MUST, true,
         "skip | error_missing | another | known to fail (old): another"},
        {"an expected failure that does not happen", passes, MUST_CLAUSE, LEVEL_MUST, true,
         "fail | error_missing | it passes, although it is old"},
        {"an expected failure below the level", fails, SHOULD_CLAUSE, LEVEL_MUST, true,
         "fail | wire_keep_alive | it passes, although it is old | SHOULD clause wire_keep_alive "
         "is not kept: another"},
        {"a skip instead", skips, MUST_CLAUSE, LEVEL_MUST, true, "skip | no reason"},
        {"an error instead", errs, MUST_CLAUSE, LEVEL_MUST, true, "error | no memory"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static struct run run;
        run_begin(&run, "http://127.0.0.1:1");
        run.options.level = rows[i].level;
        struct plan_item *item = run_add(&run, &run_free, rows[i].function);
        run.defs[0].clauses[0] = rows[i].clause;
        item->expected_to_fail = rows[i].expected;
        item->why = "old";
        run_finish(&run);
        assert_true(run.whole);
        run_assert(rows[i].why, &run.results[0], rows[i].said);
        assert_true(run.results[0].expected || run.results[0].verdict != VERDICT_FAIL);
        run_end(&run);
    }
}

#define REFUSED_CALL "HTTP/1.1 400 No\r\n\r\n{}"
#define OTHER_CALL "HTTP/1.1 200 OK\r\n\r\n{}"

/* Two suites with a control, one case and two, and one without. */
static void runner_asks_the_good_call_before_each_suite(void **state)
{
    (void)state;
    static const struct {
        const char *why, *answer; /* to the good call; NULL: it is never answered */
        long bound;               /* of credits; economy where there is one */
        unsigned requests;
        const char *said; /* of each case with a control */
        unsigned credits; /* that the one without reserves, which comes last */
        const char *last; /* … and how what is said of it begins */
    } rows[] = {
        {"right", GOOD(""), -1, 2, "pass", 0, "pass"},
        {"right, and asked once", GOOD(""), 24, 1, "pass", 12, "pass"},
        {"refused, and not charged", REFUSED_CALL, 12, 1,
         "error | the good call fails: 400 without an object error_detail", 12, "pass"},
        {"wrong", OTHER_CALL, -1, 2,
         "error | the good call fails: 200 without an object error_detail", 0, "pass"},
        {"closed", "", -1, 2,
         "error | the good call fails: closed without an answer: the connection was: closed "
         "without an answer",
         0, "pass"},
        {"closed, and perhaps charged", "", 12, 1, NULL, 0,
         "error | the target does not answer: the connection was: closed without an answer"},
        {"not affordable", GOOD(""), 11, 0,
         "skip | it needs a successful call, and what is left of the bound of 11 credits does not "
         "hold it",
         0, "pass"},
        {"silent", NULL, -1, 0, NULL, 0, "error | the target does not answer: no answer in time: "},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char said[VERDICT_SIZE];
        static struct run run;
        const char *const list[] = {rows[i].answer, NULL}, *const *answers = list;
        struct scripted *server = stand_serve(&answers);
        run_begin(&run, server->url);
        run.session.budget.bound = rows[i].bound;
        run.session.economy = rows[i].bound >= 0;
        if (!rows[i].answer)
            run.session.timeout_ms = BRIEF_MS;
        run_add(&run, &one, passes);
        run_add(&run, &one, passes);
        run_add(&run, &other, passes);
        run_add(&run, &run_free, passes);
        run.defs[3].credits = rows[i].credits;
        run_finish(&run);
        scripted_stop(server);
        for (size_t k = 0; k < 3 && rows[i].said; k++)
            run_assert(rows[i].why, &run.results[k], rows[i].said);
        stand_said(said, &run.results[3]);
        if (strncmp(said, rows[i].last, strlen(rows[i].last)) != 0)
            fail_msg("%s: \"%s\"", rows[i].why, said);
        if (server->requests != rows[i].requests)
            fail_msg("%s: %u requests", rows[i].why, server->requests);
        assert_int_equal(run.session.budget.reserved, 0);
        run_end(&run);
        scripted_free(server);
    }
}

static void runner_has_done_an_empty_plan(void **state)
{
    (void)state;
    static struct run run;
    run_begin(&run, "http://127.0.0.1:1");
    run_finish(&run);
    assert_true(run.whole);
    run_end(&run);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

static bool poor;

void *__wrap_calloc(size_t count, size_t size)
{
    return poor ? NULL : __real_calloc(count, size);
}

static void runner_says_so_when_memory_runs_out(void **state)
{
    (void)state;
    static struct run run;
    run_begin(&run, "http://127.0.0.1:1");
    run_add(&run, &run_free, passes);
    run_add(&run, &run_free, passes);
    poor = true;
    run.whole = runner_run(run.results, &run.session, &run.plan, &run.options);
    poor = false;
    assert_false(run.whole);
    for (size_t i = 0; i < run.plan.count; i++)
        run_assert("poor", &run.results[i], "error | out of memory");
    run_end(&run);
}

static int stop_fd; /* of the run that is to be stopped */

static void stops(struct test *test, const struct case_def *def)
{
    (void)test, (void)def;
    assert_int_equal(eventfd_write(stop_fd, 1), 0);
}

static void runner_skips_the_rest_when_it_is_stopped(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        unsigned stopped; /* before the run */
        const char *first;
    } rows[] = {{"by the second", 0, "pass"}, {"before the first", 1, "skip | interrupted"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static struct run run;
        const int cancel_fd = eventfd(0, EFD_CLOEXEC);
        eventfd_t cancelled = 0;
        run_begin(&run, "http://127.0.0.1:1");
        run.options.stop_fd = stop_fd = eventfd(rows[i].stopped, EFD_CLOEXEC);
        run.options.cancel_write_fd = cancel_fd;
        run_add(&run, &run_free, passes);
        run_add(&run, &run_free, stops);
        run_add(&run, &run_free, passes);
        run_add(&run, &run_free, passes);
        run.defs[3].flags = NEEDS_QUIET;
        run_finish(&run);
        assert_false(run.whole);
        assert_int_equal(eventfd_read(cancel_fd, &cancelled), 0);
        run_assert(rows[i].why, &run.results[0], rows[i].first);
        run_assert("behind", &run.results[2], "skip | interrupted");
        run_assert("alone", &run.results[3], "skip | interrupted");
        run_end(&run);
        close(stop_fd);
        close(cancel_fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runner_weighs_what_a_case_says),
        cmocka_unit_test(runner_asks_the_good_call_before_each_suite),
        cmocka_unit_test(runner_has_done_an_empty_plan),
        cmocka_unit_test(runner_says_so_when_memory_runs_out),
        cmocka_unit_test(runner_skips_the_rest_when_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
