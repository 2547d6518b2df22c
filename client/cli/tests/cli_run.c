/* posix_spawn, three pipes (or one pseudo-terminal) and a poll loop. */
#include "cli_run.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PROGRAM AILAB_BIN_DIR "/ailab"
#define ARGUMENTS_MAX 32

struct buffer {
    char *data;
    size_t size, capacity;
};

static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
        pair[i] = -1;
    }
}

/* A page long, so that what the program does at once never fits: it must wait. */
static bool make_short(int ours, int its)
{
    return fcntl(ours, F_SETPIPE_SZ, 4096) >= 0 && fcntl(its, F_SETFL, O_NONBLOCK) == 0;
}

/* pair[0] is read here, pair[1] written by the program: the two ends of a terminal. */
static bool open_terminal(int pair[2])
{
    const struct winsize window = {.ws_row = 24, .ws_col = 80};
    char name[64];
    pair[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pair[0] < 0 || grantpt(pair[0]) != 0 || unlockpt(pair[0]) != 0 ||
        ptsname_r(pair[0], name, sizeof(name)) != 0)
        return false;
    pair[1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return pair[1] >= 0 && ioctl(pair[1], TIOCSWINSZ, &window) == 0;
}

static bool spawn(pid_t *pid_out, const struct cli_call *call, int input, int output, int error)
{
    static char program[] = PROGRAM;
    char *argv[ARGUMENTS_MAX + 2] = {program};
    char *no_environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    size_t count = 0;
    for (; count < ARGUMENTS_MAX && call->arguments[count]; count++)
        memcpy(&argv[count + 1], &call->arguments[count], sizeof(char *));
    char **environment = no_environment;
    if (call->environment)
        memcpy(&environment, &call->environment, sizeof(char **));
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    bool ok = posix_spawn_file_actions_adddup2(&actions, input, 0) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, output, 1) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, error, 2) == 0 &&
              (!call->output_file || posix_spawn_file_actions_addopen(
                                         &actions, 1, call->output_file, O_WRONLY, 0) == 0) &&
              (!call->directory ||
               posix_spawn_file_actions_addchdir_np(&actions, call->directory) == 0) &&
              posix_spawn(pid_out, program, &actions, NULL, argv, environment) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

bool cli_start(struct cli_process *out, const struct cli_call *call)
{
    int input[2] = {-1, -1}, output[2] = {-1, -1}, error[2] = {-1, -1};
    memset(out, 0, sizeof(*out));
    bool ok = pipe2(input, O_CLOEXEC) == 0 &&
              (call->terminal ? open_terminal(output) : pipe2(output, O_CLOEXEC) == 0) &&
              pipe2(error, O_CLOEXEC) == 0;
    ok = ok && (!call->non_blocking ||
                (make_short(input[1], input[0]) && make_short(output[0], output[1])));
    ok = ok && spawn(&out->pid, call, input[0], output[1], call->terminal ? output[1] : error[1]);
    if (!ok) {
        close_pair(input);
        close_pair(output);
        close_pair(error);
        return false;
    }
    close(input[0]);
    close(output[1]);
    close(error[1]);
    out->input = input[1];
    out->output = output[0];
    out->error = error[0];
    out->to_write = call->input;
    out->to_write_size = call->input_size;
    fcntl(out->input, F_SETFL, O_NONBLOCK);
    return true;
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Closes *fd when there is nothing more; a terminal ends with EIO. */
static void read_some(struct buffer *buffer, int *fd)
{
    if (buffer->capacity - buffer->size < 4096) {
        size_t capacity = buffer->capacity ? buffer->capacity * 2 : 65536;
        char *data = realloc(buffer->data, capacity);
        assert_non_null(data);
        buffer->data = data;
        buffer->capacity = capacity;
    }
    ssize_t got = read(*fd, buffer->data + buffer->size, buffer->capacity - buffer->size - 1);
    if (got > 0) {
        buffer->size += (size_t)got;
        return;
    }
    if (got < 0 && errno == EINTR)
        return;
    close(*fd);
    *fd = -1;
}

static void write_some(struct cli_process *process)
{
    ssize_t put = 0;
    if (process->to_write_size > 0)
        put = write(process->input, process->to_write, process->to_write_size);
    if (put > 0) {
        process->to_write += put;
        process->to_write_size -= (size_t)put;
    } else if (put < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    } else if (put < 0) {
        process->to_write_size = 0; /* it reads no more */
    }
    if (process->to_write_size == 0) {
        close(process->input);
        process->input = -1;
    }
}

static bool exchange(struct cli_process *process, struct buffer *out, struct buffer *err)
{
    long deadline = now_ms() + CLI_DEADLINE_MS;
    while (process->output >= 0 || process->error >= 0) {
        struct pollfd fds[] = {{.fd = process->output, .events = POLLIN},
                               {.fd = process->error, .events = POLLIN},
                               {.fd = process->input, .events = POLLOUT}};
        long left = deadline - now_ms();
        if (left <= 0)
            return false;
        if (poll(fds, 3, (int)left) < 0 && errno != EINTR)
            return false;
        if (fds[0].revents)
            read_some(out, &process->output);
        if (fds[1].revents)
            read_some(err, &process->error);
        if (fds[2].revents)
            write_some(process);
    }
    return true;
}

static char *take(struct buffer *buffer, size_t *size_out)
{
    char *text = buffer->data ? buffer->data : calloc(1, 1);
    assert_non_null(text);
    text[buffer->size] = '\0';
    *size_out = buffer->size;
    return text;
}

void cli_finish(struct cli_outcome *out, struct cli_process *process)
{
    struct buffer output = {0}, error = {0};
    int status = 0;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before); /* a program may end before it has read its input */
    bool in_time = exchange(process, &output, &error);
    sigaction(SIGPIPE, &before, NULL);
    if (!in_time)
        kill(process->pid, SIGKILL);
    int fds[] = {process->input, process->output, process->error};
    for (size_t i = 0; i < 3; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    out->status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    if (!in_time)
        out->status = CLI_TOO_LATE;
    out->out = take(&output, &out->out_size);
    out->err = take(&error, &out->err_size);
}

void cli_run(struct cli_outcome *out, const struct cli_call *call)
{
    struct cli_process process;
    if (!cli_start(&process, call))
        fail_msg("cannot start %s", PROGRAM);
    cli_finish(out, &process);
}

void cli_outcome_clear(struct cli_outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
    memset(outcome, 0, sizeof(*outcome));
}
