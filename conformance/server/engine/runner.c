/* See runner.h. Cases are handed out in the order of the plan; a result waits until all before it
 * are there, so that every report of a run has the same order. */
#include "engine/runner.h"
#include "base/clock.h"
#include "engine/test.h"
#include "evidence/redact.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SUITE_TIMEOUTS 12 /* a suite may last as long as this many cases */
#define JOBS_MAX 64

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
    pthread_mutex_t lock; /* over all below and over emit() */
    bool *done;
    size_t next, emitted, quiet_from;
    bool stopped;
    int finished_fd; /* eventfd: a worker has ended */
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
        answer && expect_match(answer, EXPECT_SUCCESS, session->revision, &why) != MATCH_NONE;
    if (answer && !fine)
        answer_describe(&why, answer);
    else if (!answer)
        buf_text(&why, result.actual ? result.actual : result.reason ? result.reason : "no answer");
    if (!answer)
        test_note_silence(&test, buf_str(&why));
    state->control = fine                                        ? CONTROL_FINE
                     : !answer && result.verdict == VERDICT_SKIP ? CONTROL_SKIPPED
                                                                 : CONTROL_FAILED;
    state->why = fine ? NULL : redact_line(&why, &session->secrets);
    budget_release(&session->budget);
    buf_clear(&why);
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
    if (result->verdict != VERDICT_FAIL || !blamed || blamed->level <= level)
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

static void run_item(struct work *work, size_t index)
{
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

static void finish(struct work *work, size_t index)
{
    pthread_mutex_lock(&work->lock);
    work->done[index] = true;
    while (work->emitted < work->plan->count && work->done[work->emitted]) {
        if (work->options->emit)
            work->options->emit(work->options->context, &work->results[work->emitted],
                                work->emitted);
        work->emitted++;
    }
    pthread_mutex_unlock(&work->lock);
}

/* The next item before end, or false when there is none. */
static bool take(struct work *work, size_t end, size_t *index)
{
    pthread_mutex_lock(&work->lock);
    bool some = !work->stopped && work->next < end;
    if (some)
        *index = work->next++;
    pthread_mutex_unlock(&work->lock);
    return some;
}

static void *work_on(void *argument)
{
    struct work *work = argument;
    size_t index = 0;
    const uint64_t one = 1;
    while (take(work, work->quiet_from, &index)) {
        run_item(work, index);
        finish(work, index);
    }
    if (write(work->finished_fd, &one, sizeof one) < 0)
        abort(); /* an eventfd takes 2^64 - 2 of these */
    return NULL;
}

static void stop(struct work *work)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&work->lock);
    work->stopped = true;
    pthread_mutex_unlock(&work->lock);
    if (work->options->cancel_write_fd >= 0 &&
        write(work->options->cancel_write_fd, &one, sizeof one) < 0)
        return; /* then cases in flight end by their deadlines */
}

/* The user may have interrupted the run before its first case. */
static void stop_if_asked(struct work *work)
{
    struct pollfd fd = {work->options->stop_fd, POLLIN, 0};
    if (poll(&fd, 1, 0) > 0)
        stop(work);
}

/* Waits until all workers have ended, or passes a stop on to them and goes on waiting. */
static void wait_for_workers(struct work *work, size_t started)
{
    size_t finished = 0;
    while (finished < started) {
        struct pollfd fds[2] = {{work->finished_fd, POLLIN, 0},
                                {work->stopped ? -1 : work->options->stop_fd, POLLIN, 0}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        if (fds[1].revents)
            stop(work);
        uint64_t count = 0;
        if (fds[0].revents && read(work->finished_fd, &count, sizeof count) > 0)
            finished += (size_t)count;
    }
}

static void run_loud(struct work *work)
{
    pthread_t threads[JOBS_MAX];
    size_t started = 0, jobs = work->options->jobs < JOBS_MAX ? work->options->jobs : JOBS_MAX;
    if (work->session->budget.bound >= 0)
        jobs = 1; /* what one call costs is known before the next is sent */
    while (started < jobs && pthread_create(&threads[started], NULL, work_on, work) == 0)
        started++;
    wait_for_workers(work, started);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static void run_quiet(struct work *work)
{
    size_t index = 0;
    while (take(work, work->plan->count, &index)) {
        stop_if_asked(work);
        if (work->stopped)
            break;
        run_item(work, index);
        finish(work, index);
    }
}

static bool prepare(struct work *work)
{
    const struct plan *plan = work->plan;
    work->done = calloc(plan->count + 1, sizeof *work->done);
    work->finished_fd = eventfd(0, EFD_CLOEXEC);
    if (!work->done || work->finished_fd < 0 || pthread_mutex_init(&work->lock, NULL) != 0)
        return false;
    work->quiet_from = plan->count;
    for (size_t i = 0; i < plan->count; i++) {
        if ((plan->items[i].def->flags & NEEDS_QUIET) && work->quiet_from == plan->count)
            work->quiet_from = i;
        if (state_of(work, plan->items[i].def->suite) || work->suite_count == CATALOGUE_SUITES_MAX)
            continue;
        struct suite_state *state = &work->suites[work->suite_count];
        state->suite = plan->items[i].def->suite;
        if (pthread_mutex_init(&state->lock, NULL) != 0)
            return false;
        work->suite_count++;
    }
    return true;
}

bool runner_run(struct result *results, struct session *session, const struct plan *plan,
                const struct runner_options *options)
{
    struct work work = {.session = session,
                        .plan = plan,
                        .options = options,
                        .results = results,
                        .finished_fd = -1};
    bool ready = prepare(&work);
    if (ready) {
        stop_if_asked(&work);
        run_loud(&work);
        run_quiet(&work);
    }
    for (size_t i = 0; i < plan->count; i++)
        if (!ready || !work.done[i]) {
            set_plain(&results[i], &plan->items[i], ready ? VERDICT_SKIP : VERDICT_ERROR, "",
                      ready ? "interrupted" : "out of memory");
            if (ready)
                finish(&work, i);
        }
    bool whole = ready && !work.stopped;
    for (size_t i = 0; i < work.suite_count; i++) {
        free(work.suites[i].why);
        pthread_mutex_destroy(&work.suites[i].lock);
    }
    if (work.finished_fd >= 0)
        close(work.finished_fd);
    if (ready)
        pthread_mutex_destroy(&work.lock);
    free(work.done);
    return whole;
}
