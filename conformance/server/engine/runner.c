/* See runner.h. */
#include "engine/runner.h"
#include "base/clock.h"
#include "base/workers.h"
#include "engine/test.h"
#include "evidence/redact.h"
#include <stdlib.h>
#include <string.h>

#define SUITE_TIMEOUTS 12 /* a suite may last as long as this many cases */

enum control { CONTROL_UNKNOWN = 0, CONTROL_FINE, CONTROL_FAILED, CONTROL_SKIPPED };

struct suite_state {
    pthread_mutex_t lock; /* held while the control runs */
    const struct suite *suite;
    enum control control;
    char *why; /* owned */
    double deadline_ms;
};

struct work {
    struct session *session;
    const struct plan *plan;
    const struct runner_options *options;
    struct result *results;
    struct suite_state suites[CATALOGUE_SUITES_MAX];
    size_t suite_count;
};

static struct suite_state *state_of(struct work *work, const struct suite *suite)
{
    for (size_t i = 0; i < work->suite_count; i++)
        if (work->suites[i].suite == suite)
            return &work->suites[i];
    return NULL;
}

/* Sends the good call and judges it as the cases do that expect a success. Sets control, and why
 * when it failed. */
static void control(struct session *session, struct suite_state *state, double deadline_ms)
{
    static const struct case_def def = {.slug = "call/documented",
                                        .clauses = {CLAUSE_request_documented_call}};
    struct result result = {0};
    struct test test = {
        .session = session, .def = &def, .result = &result, .deadline_ms = deadline_ms};
    struct request request;
    struct exchange own = {0};
    struct buf why = {0};
    const struct answer *answer = NULL;
    if (session->economy)
        answer = test_good_answer(&test);
    else if (test_good(&request, &test) && test_ask(&own, &test, &request))
        answer = &own.answer;
    bool fine =
        answer && expect_match(answer, EXPECT_SUCCESS, session->revision, NULL) != MATCH_NONE;
    if (answer && !fine)
        answer_describe(&why, answer);
    else if (!answer)
        buf_text(&why, result.actual ? result.actual : result.reason ? result.reason : "no answer");
    if (!answer)
        test_note_silence(&test, buf_str(&why));
    state->control = fine                             ? CONTROL_FINE
                     : result.verdict == VERDICT_SKIP ? CONTROL_SKIPPED
                                                      : CONTROL_FAILED;
    state->why = fine ? NULL : redact_line(&why, &session->secrets);
    budget_release(&session->budget);
    exchange_clear(&own);
    result_clear(&result);
}

static void set_plain(struct result *result, const struct plan_item *item, enum verdict verdict,
                      const char *before, const char *text)
{
    struct buf reason = {0};
    buf_printf(&reason, "%s%s", before, text);
    *result = case_result(item->def);
    result->verdict = verdict;
    result->reason = buf_take(&reason);
}

/* A failure below the level in force is a remark on a pass. */
static void apply_level(struct result *result, enum level level)
{
    const struct clause *blamed = result->blamed;
    if (result->verdict != VERDICT_FAIL || blamed->level <= level)
        return;
    struct buf note = {0};
    buf_printf(&note, "%s clause %s is not kept: %s", level_name(blamed->level), blamed->id,
               result->actual);
    free(result->reason);
    free(result->expected);
    free(result->actual);
    result->reason = buf_take(&note);
    result->expected = result->actual = NULL;
    result->blamed = NULL;
    result->verdict = VERDICT_PASS;
}

/* A case that is expected to fail: failing is a skip, passing a failure. */
static void apply_expected(struct result *result, const struct plan_item *item)
{
    if (!item->expected_to_fail || result->verdict == VERDICT_SKIP ||
        result->verdict == VERDICT_ERROR)
        return;
    struct buf reason = {0};
    if (result->verdict == VERDICT_FAIL) {
        buf_printf(&reason, "known to fail (%s): %s", item->why, result->actual);
        result->verdict = VERDICT_SKIP;
        free(result->reason);
        result->reason = buf_take(&reason);
        return;
    }
    buf_printf(&reason, "it passes, although it is %s", item->why);
    result->verdict = VERDICT_FAIL;
    result->blamed = result->clauses[0];
    result->expected = strdup("a failure: the case is listed as expected to fail");
    result->actual = buf_take(&reason);
}

static void run_item(void *context, size_t index)
{
    struct work *work = context;
    const struct plan_item *item = &work->plan->items[index];
    struct result *result = &work->results[index];
    struct suite_state *state = state_of(work, item->def->suite);
    double deadline_ms = clock_ms() + (double)work->session->timeout_ms;
    const char *silence = session_silence(work->session);
    if (silence) {
        set_plain(result, item, VERDICT_ERROR, "the target does not answer: ", silence);
        return;
    }
    pthread_mutex_lock(&state->lock);
    if (state->deadline_ms <= 0)
        state->deadline_ms = clock_ms() + (double)work->session->timeout_ms * SUITE_TIMEOUTS;
    if (state->control == CONTROL_UNKNOWN && !item->def->suite->no_control)
        control(work->session, state, deadline_ms);
    enum control verdict = state->control;
    double suite_deadline_ms = state->deadline_ms;
    pthread_mutex_unlock(&state->lock);
    if (verdict == CONTROL_SKIPPED) {
        set_plain(result, item, VERDICT_SKIP, "", state->why);
        return;
    }
    if (verdict == CONTROL_FAILED) {
        set_plain(result, item, VERDICT_ERROR, "the good call fails: ", state->why);
        return;
    }
    if (clock_left_ms(suite_deadline_ms) == 0) {
        set_plain(result, item, VERDICT_ERROR, "no time is left for suite ",
                  item->def->suite->name);
        return;
    }
    deadline_ms = clock_ms() + (double)work->session->timeout_ms;
    test_run(result, work->session, item->def,
             deadline_ms < suite_deadline_ms ? deadline_ms : suite_deadline_ms);
    apply_level(result, work->options->level);
    apply_expected(result, item);
}

static void tell(void *context, size_t index)
{
    const struct work *work = context;
    if (work->options->emit)
        work->options->emit(work->options->context, &work->results[index], index);
}

/* The cases that bear no others beside them come last in a plan, and one after the other. */
static size_t count_loud(const struct plan *plan)
{
    size_t count = 0;
    while (count < plan->count && !(plan->items[count].def->flags & NEEDS_QUIET))
        count++;
    return count;
}

/* NULL when memory ran out. The caller frees it. */
static size_t *order_of(const struct plan *plan)
{
    size_t *order = calloc(plan->count + 1, sizeof *order);
    for (size_t i = 0; order && i < plan->count; i++)
        order[i] = i;
    return order;
}

static bool know_suites(struct work *work)
{
    for (size_t i = 0; i < work->plan->count; i++) {
        const struct suite *suite = work->plan->items[i].def->suite;
        if (state_of(work, suite))
            continue;
        struct suite_state *state = &work->suites[work->suite_count];
        state->suite = suite;
        if (pthread_mutex_init(&state->lock, NULL) != 0)
            return false;
        work->suite_count++;
    }
    return true;
}

static void run_all(struct work *work, struct workers *workers, const size_t *order)
{
    const struct plan *plan = work->plan;
    const size_t loud = count_loud(plan);
    /* With a bound on credits the cost of a call is known before the next is sent. */
    workers_run(workers, order, loud, work->session->budget.bound >= 0 ? 1 : work->options->jobs);
    workers_run(workers, order + loud, plan->count - loud, 1);
    for (size_t i = 0; i < plan->count; i++)
        if (!workers_did(workers, i)) {
            set_plain(&work->results[i], &plan->items[i], VERDICT_SKIP, "", "interrupted");
            workers_finish(workers, i);
        }
}

bool runner_run(struct result *results, struct session *session, const struct plan *plan,
                const struct runner_options *options)
{
    struct work work = {.session = session, .plan = plan, .options = options, .results = results};
    struct workers workers;
    size_t *order = order_of(plan);
    const bool ready = order && know_suites(&work) &&
                       workers_init(&workers, &(struct workers_options){
                                                  .count = plan->count,
                                                  .work = run_item,
                                                  .tell = tell,
                                                  .context = &work,
                                                  .stop_fd = options->stop_fd,
                                                  .cancel_write_fd = options->cancel_write_fd,
                                              });
    bool whole = false;
    if (ready) {
        run_all(&work, &workers, order);
        whole = !workers_were_stopped(&workers);
        workers_clear(&workers);
    }
    for (size_t i = 0; !ready && i < plan->count; i++)
        set_plain(&results[i], &plan->items[i], VERDICT_ERROR, "", "out of memory");
    for (size_t i = 0; i < work.suite_count; i++) {
        free(work.suites[i].why);
        pthread_mutex_destroy(&work.suites[i].lock);
    }
    free(order);
    return whole;
}
