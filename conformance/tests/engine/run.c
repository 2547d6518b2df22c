/* See run.h. */
#include "run.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

const struct suite run_free = {"free", "Without a control", true, NULL, 0, NULL};

void run_begin(struct run *run, const char *url)
{
    *run = (struct run){
        .plan.items = run->items,
        .options = {.jobs = 1, .level = LEVEL_INFO, .stop_fd = -1, .cancel_write_fd = -1}};
    stand_open(&run->session, url);
}

struct plan_item *run_add(struct run *run, const struct suite *suite,
                          void (*function)(struct test *test, const struct case_def *def))
{
    const size_t at = run->plan.count++;
    assert_true(at < RUN_ITEMS_MAX);
    run->defs[at] = (struct case_def){.suite = suite,
                                      .slug = "a/case",
                                      .title = "a case",
                                      .clauses = {CLAUSE_error_missing},
                                      .run = function};
    run->items[at] = (struct plan_item){.def = &run->defs[at]};
    return &run->items[at];
}

static void tell(void *context, const struct result *result, size_t index)
{
    struct run *run = context;
    run->told += index == run->told && result == &run->results[index];
}

void run_finish(struct run *run)
{
    run->options.emit = tell;
    run->options.context = run;
    run->whole = runner_run(run->results, &run->session, &run->plan, &run->options);
    assert_int_equal(run->told, run->plan.count);
    for (size_t i = 0; i < run->plan.count; i++) /* whatever it says, it says of which case */
        assert_ptr_equal(run->results[i].slug, run->defs[i].slug);
}

void run_end(struct run *run)
{
    for (size_t i = 0; i < run->plan.count; i++)
        result_clear(&run->results[i]);
    session_clear(&run->session);
}

void run_assert(const char *why, const struct result *result, const char *said)
{
    char now[VERDICT_SIZE];
    stand_said(now, result);
    if (strcmp(now, said) != 0)
        fail_msg("%s: \"%s\"", why, now);
}
