/* See run.h. */
#include "caller/process/run.h"
#include "base/clock.h"
#include "caller/process/keeper.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Keeps the last bytes. */
static void keep_tail(struct run *run, const char *text, size_t len)
{
    if (len > RUN_TAIL_SIZE) {
        text += len - RUN_TAIL_SIZE;
        len = RUN_TAIL_SIZE;
    }
    const size_t over =
        run->tail_size + len > RUN_TAIL_SIZE ? run->tail_size + len - RUN_TAIL_SIZE : 0;
    memmove(run->tail, run->tail + over, run->tail_size - over);
    run->tail_size -= over;
    memcpy(run->tail + run->tail_size, text, len);
    run->tail_size += len;
}

/* Reads once; false when there is nothing to read now or ever. */
static bool read_some(struct run *run, int fd)
{
    char text[16384];
    const ssize_t got = read(fd, text, sizeof text);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    run->printed += (unsigned long)got;
    leak_feed(&run->leak, text, (size_t)got);
    keep_tail(run, text, (size_t)got);
    return true;
}

/* Why the program must be killed now; RUN_EXITED: there is no reason. */
static enum run_ending reason_to_kill(const struct run *run, double deadline_ms, bool cancelled)
{
    return cancelled                         ? RUN_CANCELLED
           : run->printed > RUN_OUTPUT_MAX   ? RUN_FLOODED
           : clock_left_ms(deadline_ms) == 0 ? RUN_LATE
                                             : RUN_EXITED;
}

/* Reads until the keeper has something to tell; kills the program when there is a reason. */
static void attend(struct run *run, struct keeper *keeper, const struct run_call *call,
                   double deadline_ms)
{
    bool open = true, told = false;
    for (;;) {
        const bool killed = run->ending != RUN_EXITED;
        struct pollfd fds[3] = {{keeper->result, POLLIN, 0},
                                {open ? keeper->output : -1, POLLIN, 0},
                                {killed ? -1 : call->cancel_fd, POLLIN, 0}};
        if (poll(fds, 3, killed ? -1 : clock_left_ms(deadline_ms)) < 0 && errno != EINTR)
            break;
        if (fds[0].revents)
            break;
        if (fds[1].revents && !read_some(run, keeper->output))
            open = false;
        if (!killed)
            run->ending = reason_to_kill(run, deadline_ms, fds[2].revents != 0);
        if (run->ending != RUN_EXITED && !told) {
            keeper_kill(keeper);
            told = true;
        }
    }
}

/* All its processes are dead now: the pipe holds the rest, and then its end. */
static void read_rest(struct run *run, int fd)
{
    while (run->printed <= RUN_OUTPUT_MAX && read_some(run, fd))
        ;
}

static void settle(struct run *run, const struct keeper_result *result)
{
    run->strays = result->strays;
    if (result->start_error) {
        run->ending = RUN_NOT_STARTED;
        run->code = result->start_error;
    } else if (run->ending == RUN_EXITED || !result->told) {
        run->ending = WIFSIGNALED(result->status) ? RUN_SIGNALLED : RUN_EXITED;
        run->code =
            WIFSIGNALED(result->status) ? WTERMSIG(result->status) : WEXITSTATUS(result->status);
    }
}

void run_program(struct run *out, const struct run_call *call)
{
    struct keeper keeper;
    struct keeper_result result;
    const double start_ms = clock_ms();
    memset(out, 0, sizeof *out);
    leak_init(&out->leak, call->key);
    if (!keeper_start(&keeper, call->argv, call->environment, RUN_FILE_BYTES_MAX)) {
        out->ending = RUN_NOT_STARTED;
        out->code = errno;
        return;
    }
    attend(out, &keeper, call, start_ms + call->patience_ms);
    out->ms = clock_ms() - start_ms;
    read_rest(out, keeper.output);
    keeper_end(&result, &keeper);
    settle(out, &result);
}
