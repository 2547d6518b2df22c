/* See exam.h. */
#include "caller/exam/exam.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct work {
    const struct candidate *candidate;
    const struct plan *plan;
    const struct exam_options *options;
    struct result *results;
    pthread_mutex_t lock; /* over all below and over emit() */
    bool *taken, *done;
    size_t emitted;
    bool stopped;
    int finished_fd; /* eventfd: a worker has ended */
};

static bool is_slow(const struct plan_item *item)
{
    return situation_find(item->def->slug)->slow;
}

/* The next situation, the slow ones first; false when there is none. */
static bool take(struct work *work, size_t *index)
{
    bool some = false;
    pthread_mutex_lock(&work->lock);
    for (int slow = 1; slow >= 0 && !some && !work->stopped; slow--)
        for (size_t i = 0; i < work->plan->count && !some; i++)
            if (!work->taken[i] && is_slow(&work->plan->items[i]) == slow) {
                work->taken[i] = some = true;
                *index = i;
            }
    pthread_mutex_unlock(&work->lock);
    return some;
}

static void finish(struct work *work, size_t index)
{
    pthread_mutex_lock(&work->lock);
    work->done[index] = true;
    while (work->emitted < work->plan->count && work->done[work->emitted])
        work->options->emit(work->options->context, work->emitted++);
    pthread_mutex_unlock(&work->lock);
}

static void *work_on(void *argument)
{
    struct work *work = argument;
    const uint64_t one = 1;
    size_t index = 0;
    while (take(work, &index)) {
        attempt(&work->results[index], work->candidate, work->plan->items[index].def);
        finish(work, index);
    }
    if (write(work->finished_fd, &one, sizeof one) < 0)
        abort(); /* an eventfd takes 2^64 - 2 of these */
    return NULL;
}

/* Ends the programs that run; the situations that were not taken yet are left out. */
static void stop(struct work *work)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&work->lock);
    work->stopped = true;
    pthread_mutex_unlock(&work->lock);
    if (write(work->options->cancel_write_fd, &one, sizeof one) < 0)
        return; /* then the programs end by their patience */
}

static void wait_for_workers(struct work *work, size_t started)
{
    for (size_t finished = 0; finished < started;) {
        struct pollfd fds[2] = {{work->finished_fd, POLLIN, 0},
                                {work->stopped ? -1 : work->options->stop_fd, POLLIN, 0}};
        uint64_t count = 0;
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        if (fds[1].revents)
            stop(work);
        if (fds[0].revents && read(work->finished_fd, &count, sizeof count) > 0)
            finished += (size_t)count;
    }
}

static void run_workers(struct work *work)
{
    pthread_t threads[EXAM_JOBS_MAX];
    size_t started = 0;
    while (started < work->options->jobs && started < EXAM_JOBS_MAX &&
           started < work->plan->count &&
           pthread_create(&threads[started], NULL, work_on, work) == 0)
        started++;
    wait_for_workers(work, started);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* Those that no worker took. */
static void fill_rest(struct work *work, enum verdict verdict, const char *reason)
{
    for (size_t i = 0; i < work->plan->count; i++)
        if (!work->done[i]) {
            work->results[i] = case_result(work->plan->items[i].def);
            work->results[i].verdict = verdict;
            work->results[i].reason = strdup(reason);
            finish(work, i);
        }
}

bool exam_run(struct result *results, const struct candidate *candidate, const struct plan *plan,
              const struct exam_options *options)
{
    struct work work = {.candidate = candidate,
                        .plan = plan,
                        .options = options,
                        .results = results,
                        .taken = calloc(plan->count + 1, sizeof *work.taken),
                        .done = calloc(plan->count + 1, sizeof *work.done),
                        .finished_fd = eventfd(0, EFD_CLOEXEC)};
    const bool ready = work.taken && work.done && work.finished_fd >= 0 &&
                       pthread_mutex_init(&work.lock, NULL) == 0;
    if (ready) {
        run_workers(&work);
        fill_rest(&work, work.stopped ? VERDICT_SKIP : VERDICT_ERROR,
                  work.stopped ? "interrupted" : "the system refused threads");
        pthread_mutex_destroy(&work.lock);
    }
    if (work.finished_fd >= 0)
        close(work.finished_fd);
    free(work.taken);
    free(work.done);
    return ready && !work.stopped;
}
