/* See program.h. */
#include "program.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_MS 60000
#define ARGUMENTS_MAX 160

void outcome_clear(struct outcome_of *outcome)
{
    buf_clear(&outcome->out);
    buf_clear(&outcome->err);
}

/* The inherited environment without keys, and with what is given. To be freed, not its texts. */
static char **environment(const char *const *env)
{
    size_t count = 0, given = 0;
    while (environ[count])
        count++;
    while (env && env[given])
        given++;
    char **all = calloc(count + given + 1, sizeof *all);
    size_t used = 0;
    for (size_t i = 0; all && i < count; i++)
        if (strncmp(environ[i], "AILAB_API_KEY", strlen("AILAB_API_KEY")) != 0)
            all[used++] = environ[i];
    for (size_t i = 0; all && i < given; i++) /* execvpe() takes them without const */
        memcpy(&all[used++], &env[i], sizeof *all);
    return all;
}

/* All memory is had before the fork: other threads may run, and the child may only exec. */
static pid_t start(const char *const *argv, const char *const *env, int out, int err)
{
    char *arguments[ARGUMENTS_MAX + 1] = {NULL};
    char **all = environment(env);
    if (!all)
        return -1;
    for (size_t i = 0; i < ARGUMENTS_MAX && argv[i]; i++)
        memcpy(&arguments[i], &argv[i], sizeof *arguments);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(out, STDOUT_FILENO);
        if (err >= 0)
            dup2(err, STDERR_FILENO);
        if (arguments[0])
            execvpe(arguments[0], arguments, all);
        _exit(127);
    }
    free(all);
    return pid;
}

static bool drain(struct buf *buf, int fd)
{
    char *room = buf_room(buf, 65536);
    ssize_t got = room ? read(fd, room, 65536) : -1;
    if (got <= 0)
        return false;
    buf->len += (size_t)got;
    buf->ptr[buf->len] = '\0';
    return true;
}

void program_run(struct outcome_of *out, const char *const *argv, const char *const *env)
{
    int pipes[2][2], status = 0;
    double deadline_ms = clock_ms() + DEADLINE_MS;
    *out = (struct outcome_of){.exit = -1};
    if (pipe2(pipes[0], O_CLOEXEC) != 0 || pipe2(pipes[1], O_CLOEXEC) != 0)
        return;
    pid_t pid = start(argv, env, pipes[0][1], pipes[1][1]);
    close(pipes[0][1]);
    close(pipes[1][1]);
    struct pollfd fds[2] = {{pipes[0][0], POLLIN, 0}, {pipes[1][0], POLLIN, 0}};
    struct buf *bufs[2] = {&out->out, &out->err};
    while ((fds[0].fd >= 0 || fds[1].fd >= 0) && clock_left_ms(deadline_ms) > 0) {
        if (poll(fds, 2, clock_left_ms(deadline_ms)) < 0 && errno != EINTR)
            break;
        for (size_t i = 0; i < 2; i++)
            if (fds[i].revents && !drain(bufs[i], fds[i].fd))
                fds[i].fd = -1;
    }
    if (clock_left_ms(deadline_ms) == 0)
        kill(pid, SIGKILL);
    if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
        out->exit = WEXITSTATUS(status);
    close(pipes[0][0]);
    close(pipes[1][0]);
}

void suite_run(struct outcome_of *out, const char *const *env, const char *first, ...)
{
    const char *argv[ARGUMENTS_MAX + 1] = {AILAB_BIN_DIR "/ailab-conformance"};
    size_t count = 1;
    va_list args;
    va_start(args, first);
    for (const char *text = first; text && count < ARGUMENTS_MAX; text = va_arg(args, const char *))
        argv[count++] = text;
    va_end(args);
    program_run(out, argv, env);
}

bool server_start(struct server *out, const char *const *argv, const char *const *env)
{
    int fds[2];
    struct buf said = {0};
    double deadline_ms = clock_ms() + 20000;
    *out = (struct server){.pid = -1};
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    out->pid = start(argv, env, fds[1], -1);
    close(fds[1]);
    const char *url = NULL;
    while (!url || !strpbrk(url, "\r\n")) {
        struct pollfd fd = {fds[0], POLLIN, 0};
        if (clock_left_ms(deadline_ms) == 0 || poll(&fd, 1, clock_left_ms(deadline_ms)) <= 0 ||
            !drain(&said, fds[0]))
            break;
        url = strstr(buf_str(&said), "http");
    }
    close(fds[0]);
    size_t len = url ? strcspn(url, " \r\n") : 0;
    if (len > 0 && len < sizeof out->url)
        snprintf(out->url, sizeof out->url, "%.*s", (int)len, url);
    buf_clear(&said);
    return out->url[0] != '\0';
}

void server_stop(struct server *server)
{
    if (server->pid <= 0)
        return;
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    server->pid = -1;
}

bool directory_make(char out[64])
{
    const char *base = getenv("TMPDIR");
    snprintf(out, 64, "%.40s/conformance-XXXXXX", base && base[0] ? base : "/tmp");
    return mkdtemp(out) != NULL;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
    (void)info;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void directory_remove(const char *directory)
{
    nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

bool file_read(struct buf *out, const char *path)
{
    FILE *file = fopen(path, "re");
    size_t got = 0;
    if (!file)
        return false;
    do {
        char *room = buf_room(out, 65536);
        got = room ? fread(room, 1, 65536, file) : 0;
        out->len += got;
        if (room)
            out->ptr[out->len] = '\0';
    } while (got > 0);
    fclose(file);
    return !out->failed;
}
