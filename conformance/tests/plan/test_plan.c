/* Which cases a selection takes. */
#include "cases/suites.h"
#include "plan/plan.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = catalogue_of_all();
    return *state ? 0 : -1;
}

static int clear(void **state)
{
    catalogue_free(*state);
    return 0;
}

static bool has(const struct plan *plan, const char *slug)
{
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->items[i].def->slug, slug) == 0)
            return true;
    return false;
}

static void plan_takes_what_is_asked_for(void **state)
{
    static const struct {
        const char *why;
        const char *run, *skip;
        enum level level;
        enum revision revision;
        bool must_fail;
        const char *in, *out; /* one that is taken, one that is not; NULL: none */
    } rows[] = {
        {"everything", NULL, NULL, LEVEL_INFO, REVISION_2026_01, false, "method/get", NULL},
        {"no policy by default", NULL, NULL, LEVEL_SHOULD, REVISION_2026_01, false, "key/none",
         "method/get"},
        {"documented only", NULL, NULL, LEVEL_MUST, REVISION_2026_01, false, "fields/image-missing",
         "key/none"},
        {"a suite", "key/*", NULL, LEVEL_INFO, REVISION_2026_01, false, "key/none", "method/get"},
        {"a star beyond a slash", "image*4096*", NULL, LEVEL_INFO, REVISION_2026_01, false,
         "image/sides/4096-wide", "image/sides/4095-wide"},
        {"a set", "choice/value-1[02]", NULL, LEVEL_INFO, REVISION_2026_01, false,
         "choice/value-12", "choice/value-11"},
        {"without one", NULL, "key/none", LEVEL_INFO, REVISION_2026_01, false, "key/empty",
         "key/none"},
        {"without one, but run", NULL, "key/none", LEVEL_INFO, REVISION_2026_01, true, "key/none",
         NULL},
        {"an old revision", NULL, NULL, LEVEL_INFO, REVISION_1_0_0, false, "choice/value-0",
         "choice/value-12"},
        {"a new revision", NULL, NULL, LEVEL_INFO, REVISION_2026_05, false,
         "envelope/envelope-c/errors", "envelope/error-code/errors"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan plan;
        const struct selection selection = {
            &rows[i].run,  rows[i].run ? 1 : 0, &rows[i].skip,    rows[i].skip ? 1 : 0,
            rows[i].level, rows[i].revision,    rows[i].must_fail};
        assert_true(plan_make(&plan, *state, &selection));
        if (!has(&plan, rows[i].in))
            fail_msg("%s: %s is left out", rows[i].why, rows[i].in);
        if (rows[i].out && has(&plan, rows[i].out))
            fail_msg("%s: %s is taken", rows[i].why, rows[i].out);
        plan_clear(&plan);
    }
}

static void plan_puts_quiet_cases_last(void **state)
{
    struct plan plan;
    bool quiet = false;
    const struct selection selection = {.level = LEVEL_INFO, .revision = REVISION_2026_01};
    assert_true(plan_make(&plan, *state, &selection));
    for (size_t i = 0; i < plan.count; i++) {
        bool wants = plan.items[i].def->flags & NEEDS_QUIET;
        assert_true(wants || !quiet);
        quiet = wants;
    }
    assert_true(quiet);
    plan_clear(&plan);
}

static void plan_knows_its_cost(void **state)
{
    struct plan plan;
    const char *glob = "fields/*-missing";
    const struct selection selection = {
        .run = &glob, .run_count = 1, .level = LEVEL_MUST, .revision = REVISION_2026_01};
    assert_true(plan_make(&plan, *state, &selection));
    assert_int_equal(plan.count, 3);
    assert_int_equal(plan_credits(&plan, true), 12); /* the shared control */
    plan_clear(&plan);
}

static void glob_that_is_idle_is_named(void **state)
{
    const char *globs[] = {"key/*", "no-such/*"};
    assert_null(plan_idle_glob(*state, globs, 1));
    assert_string_equal(plan_idle_glob(*state, globs, 2), "no-such/*");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_takes_what_is_asked_for),
        cmocka_unit_test(plan_puts_quiet_cases_last),
        cmocka_unit_test(plan_knows_its_cost),
        cmocka_unit_test(glob_that_is_idle_is_named),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
