/* See workers.h. */
#include "base/workers.h"
#include "base/thread.h"
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool workers_init(struct workers *workers, const struct workers_options *options)
{
    *workers = (struct workers){.options = *options,
                                .done = calloc(options->count + 1, sizeof *workers->done),
                                .finished_fd = eventfd(0, EFD_CLOEXEC)};
    if (workers->done && workers->finished_fd >= 0 && pthread_mutex_init(&workers->lock, NULL) == 0)
        return true;
    if (workers->finished_fd >= 0)
        close(workers->finished_fd);
    free(workers->done);
    return false;
}

void workers_clear(struct workers *workers)
{
    close(workers->finished_fd);
    pthread_mutex_destroy(&workers->lock);
    free(workers->done);
}

static void tell_eventfd(int fd)
{
    const uint64_t one = 1;
    if (write(fd, &one, sizeof one) < 0)
        abort(); /* an eventfd takes 2^64 - 2 of these */
}

static void stop(struct workers *workers)
{
    if (!atomic_exchange(&workers->stopped, true) && workers->options.cancel_write_fd >= 0)
        tell_eventfd(workers->options.cancel_write_fd);
}

/* The user may have asked for the end since the last item. */
static bool may_go_on(struct workers *workers)
{
    struct pollfd fd = {workers->options.stop_fd, POLLIN, 0};
    if (poll(&fd, 1, 0) > 0)
        stop(workers);
    return !workers_were_stopped(workers);
}

static bool take(struct workers *workers, size_t *index)
{
    if (!may_go_on(workers))
        return false;
    pthread_mutex_lock(&workers->lock);
    const bool some = workers->next < workers->end;
    if (some)
        *index = workers->order[workers->next++];
    pthread_mutex_unlock(&workers->lock);
    return some;
}

void workers_finish(struct workers *workers, size_t index)
{
    pthread_mutex_lock(&workers->lock);
    workers->done[index] = true;
    while (workers->told < workers->options.count && workers->done[workers->told])
        workers->options.tell(workers->options.context, workers->told++);
    pthread_mutex_unlock(&workers->lock);
}

static void do_items(struct workers *workers)
{
    for (size_t index = 0; take(workers, &index);) {
        workers->options.work(workers->options.context, index);
        workers_finish(workers, index);
    }
}

static void *run_worker(void *argument)
{
    struct workers *workers = argument;
    do_items(workers);
    tell_eventfd(workers->finished_fd);
    return NULL;
}

/* Passes a stop on to the items in progress, and goes on waiting. */
static void wait_for(struct workers *workers, size_t started)
{
    for (size_t finished = 0; finished < started;) {
        const bool stopped = workers_were_stopped(workers);
        struct pollfd fds[2] = {{workers->finished_fd, POLLIN, 0},
                                {stopped ? -1 : workers->options.stop_fd, POLLIN, 0}};
        uint64_t count = 0;
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        if (fds[1].revents)
            stop(workers);
        if (fds[0].revents && read(workers->finished_fd, &count, sizeof count) > 0)
            finished += (size_t)count;
    }
}

void workers_run(struct workers *workers, const size_t *order, size_t count, size_t jobs)
{
    pthread_t threads[WORKERS_MAX];
    size_t started = 0;
    workers->order = order;
    workers->next = 0;
    workers->end = count;
    while (started < jobs && started < WORKERS_MAX && started < count &&
           thread_start(&threads[started], run_worker, workers))
        started++;
    if (started == 0)
        do_items(workers);
    wait_for(workers, started);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

bool workers_were_stopped(const struct workers *workers)
{
    return atomic_load(&workers->stopped);
}

bool workers_did(const struct workers *workers, size_t index)
{
    return workers->done[index];
}
