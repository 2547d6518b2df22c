/* posix_spawn, three pipes (or one pseudo-terminal) and a poll loop. */
#include "testing/program.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CANNOT_START 127
#define SECRETS "AILAB_API_KEY" /* variables that begin so are never inherited */

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

/* A page long, so that the program's output never fits at once: it must wait. */
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
        ptsname_r(pair[0], name, sizeof name) != 0)
        return false;
    pair[1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return pair[1] >= 0 && ioctl(pair[1], TIOCSWINSZ, &window) == 0;
}

bool program_has_terminals(void)
{
    int pair[2] = {-1, -1};
    const bool has = open_terminal(pair);
    if (!has)
        printf("skipped: this machine has no pseudo-terminals: %s\n", strerror(errno));
    close_pair(pair);
    return has;
}

static size_t texts_count(const char *const *texts)
{
    size_t count = 0;
    while (texts && texts[count])
        count++;
    return count;
}

/* The array is the caller's, its texts are borrowed. posix_spawn() takes them without const. */
static char **copy_environment(const struct program_call *call)
{
    size_t count = texts_count(call->environment), used = 0;
    size_t inherited = call->inherits ? texts_count((const char *const *)environ) : 0;
    char **all = calloc(count + inherited + 1, sizeof *all);
    for (size_t i = 0; all && i < inherited; i++)
        if (strncmp(environ[i], SECRETS, strlen(SECRETS)) != 0)
            all[used++] = environ[i];
    if (all && count > 0)
        memcpy(&all[used], call->environment, count * sizeof *all);
    return all;
}

static char **copy_arguments(const struct program_call *call)
{
    size_t count = texts_count(call->arguments);
    char **all = calloc(count + 2, sizeof *all);
    if (!all)
        return NULL;
    memcpy(&all[0], &call->program, sizeof *all);
    if (count > 0)
        memcpy(&all[1], call->arguments, count * sizeof *all);
    return all;
}

/* A test may run where signals are ignored or blocked, such as in the background of a script. The
 * program starts as from a terminal. */
static bool with_default_signals(posix_spawnattr_t *attributes, int but)
{
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    if (but)
        sigdelset(&all, but);
    return posix_spawnattr_setsigdefault(attributes, &all) == 0 &&
           posix_spawnattr_setsigmask(attributes, &none) == 0 &&
           posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) ==
               0;
}

static bool spawn(pid_t *pid_out, const struct program_call *call, int input, int output, int error)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char **argv = copy_arguments(call);
    char **environment = copy_environment(call);
    bool ok = argv && environment && posix_spawn_file_actions_init(&actions) == 0;
    if (ok) {
        posix_spawnattr_init(&attributes);
        ok = (input < 0 || posix_spawn_file_actions_adddup2(&actions, input, 0) == 0) &&
             posix_spawn_file_actions_adddup2(&actions, output, 1) == 0 &&
             (error < 0 || posix_spawn_file_actions_adddup2(&actions, error, 2) == 0) &&
             (!call->output_file ||
              posix_spawn_file_actions_addopen(&actions, 1, call->output_file, O_WRONLY, 0) == 0) &&
             (!call->directory ||
              posix_spawn_file_actions_addchdir_np(&actions, call->directory) == 0) &&
             with_default_signals(&attributes, call->inherited_signal) &&
             posix_spawnp(pid_out, argv[0], &actions, &attributes, argv, environment) == 0;
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    free(argv);
    free(environment);
    return ok;
}

bool program_start(struct program *out, const struct program_call *call)
{
    int input[2] = {-1, -1}, output[2] = {-1, -1}, error[2] = {-1, -1};
    memset(out, 0, sizeof *out);
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
        if (!data)
            abort();
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

/* Without SIGPIPE, in this thread alone: a program may end before it has read its input. */
static ssize_t write_quietly(int fd, const void *data, size_t size)
{
    const struct timespec now = {0};
    sigset_t pipe_signal, before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t put = write(fd, data, size);
    int error = errno;
    if (put < 0 && error == EPIPE)
        sigtimedwait(&pipe_signal, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return put;
}

static void write_some(struct program *program)
{
    ssize_t put = 0;
    if (program->to_write_size > 0)
        put = write_quietly(program->input, program->to_write, program->to_write_size);
    if (put > 0) {
        program->to_write += put;
        program->to_write_size -= (size_t)put;
    } else if (put < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    } else if (put < 0) {
        program->to_write_size = 0; /* it reads no more */
    }
    if (program->to_write_size == 0) {
        close(program->input);
        program->input = -1;
    }
}

static bool exchange(struct program *program, struct buffer *out, struct buffer *err)
{
    long deadline = now_ms() + PROGRAM_DEADLINE_MS;
    while (program->output >= 0 || program->error >= 0) {
        struct pollfd fds[] = {{.fd = program->output, .events = POLLIN},
                               {.fd = program->error, .events = POLLIN},
                               {.fd = program->input, .events = POLLOUT}};
        long left = deadline - now_ms();
        if (left <= 0)
            return false;
        if (poll(fds, 3, (int)left) < 0) {
            if (errno != EINTR)
                return false;
            continue;
        }
        if (fds[0].revents)
            read_some(out, &program->output);
        if (fds[1].revents)
            read_some(err, &program->error);
        if (fds[2].revents)
            write_some(program);
    }
    return true;
}

static char *take(struct buffer *buffer, size_t *size_out)
{
    char *text = buffer->data ? buffer->data : calloc(1, 1);
    if (!text)
        abort();
    text[buffer->size] = '\0';
    *size_out = buffer->size;
    return text;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void program_finish(struct program_outcome *out, struct program *program)
{
    struct buffer output = {0}, error = {0};
    bool in_time = exchange(program, &output, &error);
    if (!in_time)
        kill(program->pid, SIGKILL);
    int fds[] = {program->input, program->output, program->error};
    for (size_t i = 0; i < 3; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }
    out->status = wait_for(program->pid);
    if (!in_time)
        out->status = PROGRAM_TOO_LATE;
    out->out = take(&output, &out->out_size);
    out->err = take(&error, &out->err_size);
}

void program_run(struct program_outcome *out, const struct program_call *call)
{
    struct program program;
    struct buffer nothing = {0};
    if (program_start(&program, call)) {
        program_finish(out, &program);
        return;
    }
    out->status = CANNOT_START;
    out->out = take(&nothing, &out->out_size);
    out->err = take(&nothing, &out->err_size);
}

void program_outcome_clear(struct program_outcome *outcome)
{
    free(outcome->out);
    free(outcome->err);
    memset(outcome, 0, sizeof *outcome);
}

bool program_server_start(struct program_server *out, const struct program_call *call)
{
    int output[2];
    char said[4096] = "";
    size_t size = 0;
    const char *url = NULL;
    long deadline = now_ms() + PROGRAM_DEADLINE_MS;
    *out = (struct program_server){.pid = -1};
    if (pipe2(output, O_CLOEXEC) != 0)
        return false;
    bool started = spawn(&out->pid, call, -1, output[1], -1);
    if (!started)
        out->pid = -1;
    close(output[1]);
    while (started && (!url || !strpbrk(url, "\r\n")) && size < sizeof said - 1) {
        struct pollfd fd = {.fd = output[0], .events = POLLIN};
        long left = deadline - now_ms();
        ssize_t got = 0;
        if (left > 0 && poll(&fd, 1, (int)left) > 0)
            got = read(output[0], said + size, sizeof said - 1 - size);
        if (got <= 0)
            break;
        size += (size_t)got;
        said[size] = '\0';
        url = strstr(said, "http");
    }
    close(output[0]);
    size_t length = url ? strcspn(url, " \r\n") : 0;
    if (length > 0 && length < sizeof out->url)
        snprintf(out->url, sizeof out->url, "%.*s", (int)length, url);
    return out->url[0] != '\0';
}

void program_server_stop(struct program_server *server)
{
    if (server->pid <= 0)
        return;
    kill(server->pid, SIGTERM);
    wait_for(server->pid);
    server->pid = -1;
}
