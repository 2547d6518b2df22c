/* See keeper.h. The functions above keeper_start() run in the keeper, or in the process that
 * becomes the program: they make only calls that are safe after a fork. */
#include "caller/process/keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where the keeper moves the descriptors that it was given, before it closes all others. */
enum { FD_CONTROL = 3, FD_RESULT, FD_OUTPUT, FD_REST };

struct watch {
    pid_t program;
    int children; /* the kernel's list of the keeper's children; -1 where it keeps none */
    int signals;  /* signalfd: a child has ended */
    struct keeper_result result;
};

/* Not every C library has close_range(). */
static void close_from(int first)
{
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0)
        return;
    struct rlimit limit;
    long most = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (long)limit.rlim_cur : 1024;
    for (long fd = first; fd < most && fd < 65536; fd++)
        close((int)fd);
}

/* Becomes the program. Only a failure comes back: its errno goes into start. */
static void become(char *const argv[], char *const environment[], unsigned long file_bytes_max,
                   int start)
{
    const struct rlimit none = {0, 0}, file = {file_bytes_max, file_bytes_max};
    sigset_t empty;
    sigemptyset(&empty);
    setsid();
    dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    dup2(FD_OUTPUT, STDOUT_FILENO);
    dup2(FD_OUTPUT, STDERR_FILENO);
    for (int fd = FD_CONTROL; fd < FD_REST; fd++)
        close(fd);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &empty, NULL);
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_FSIZE, &file);
    execve(argv[0], argv, environment);
    int error = errno;
    _exit(write(start, &error, sizeof error) < 0 ? 126 : 127);
}

/* Kills the group of the program and each child of the keeper. False where the kernel does not list
 * the children. */
static bool kill_all(const struct watch *watch)
{
    char list[4096];
    kill(-watch->program, SIGKILL);
    ssize_t len = watch->children >= 0 ? pread(watch->children, list, sizeof list, 0) : -1;
    for (ssize_t at = 0; at < len; at++) {
        int pid = 0;
        for (; at < len && list[at] >= '0' && list[at] <= '9'; at++)
            pid = pid * 10 + (list[at] - '0');
        if (pid > 1 && at < len) /* a number at the end may be cut */
            kill(pid, SIGKILL);
    }
    return len >= 0;
}

/* Kills and buries until there is nothing left. A child that dies leaves its own children to the
 * keeper, so that one round may not be enough. */
static void sweep(struct watch *watch, bool running)
{
    for (;;) {
        int status = 0;
        const bool listed = kill_all(watch);
        pid_t pid = waitpid(-1, &status, listed || running ? 0 : WNOHANG);
        if (pid == watch->program) {
            watch->result.status = status;
            running = false;
        } else if (pid > 0) {
            watch->result.strays++;
        } else if (pid == 0 || errno != EINTR) {
            return;
        }
    }
}

/* Whether the program has ended by itself; other processes that have ended are buried in passing.
 */
static bool has_ended(struct watch *watch)
{
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == watch->program) {
            watch->result.status = status;
            return true;
        }
    return false;
}

/* Until the program ends, or until FD_CONTROL is closed: by keeper_kill(), or by our death. */
static void watch_program(struct watch *watch)
{
    bool ended = false;
    while (!ended && !watch->result.told) {
        struct pollfd fds[2] = {{FD_CONTROL, POLLIN, 0}, {watch->signals, POLLIN, 0}};
        struct signalfd_siginfo info;
        bool failed = poll(fds, 2, -1) < 0 && errno != EINTR;
        if (fds[1].revents && read(watch->signals, &info, sizeof info) < 0)
            failed = true;
        ended = has_ended(watch);
        watch->result.told = !ended && (failed || fds[0].revents != 0);
    }
    sweep(watch, !ended);
}

/* Above FD_REST first: the wanted places may be in use by one of them. */
static void take_descriptors(const int fds[3])
{
    int high[3];
    for (int i = 0; i < 3; i++)
        high[i] = fcntl(fds[i], F_DUPFD, FD_REST);
    for (int i = 0; i < 3; i++)
        dup2(high[i], FD_CONTROL + i);
    close_from(FD_REST);
}

static void keep(const int fds[3], char *const argv[], char *const environment[],
                 unsigned long file_bytes_max)
{
    struct watch watch = {0};
    int start[2] = {-1, -1};
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    setpgid(0, 0); /* Ctrl-C is for us, who tell the keeper */
    take_descriptors(fds);
    sigprocmask(SIG_BLOCK, &child, NULL);
    watch.children = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    watch.signals = signalfd(-1, &child, SFD_CLOEXEC);
    bool ready = watch.signals >= 0 && pipe2(start, O_CLOEXEC) == 0;
    watch.program = ready ? fork() : -1;
    if (watch.program == 0)
        become(argv, environment, file_bytes_max, start[1]);
    if (watch.program < 0)
        watch.result.start_error = errno;
    close(FD_OUTPUT);
    close(start[1]);
    if (watch.program > 0 &&
        read(start[0], &watch.result.start_error, sizeof watch.result.start_error) >= 0)
        watch_program(&watch);
    _exit(write(FD_RESULT, &watch.result, sizeof watch.result) < 0);
}

bool keeper_start(struct keeper *out, char *const argv[], char *const environment[],
                  unsigned long file_bytes_max)
{
    int control[2] = {-1, -1}, result[2] = {-1, -1}, output[2] = {-1, -1};
    bool fine = pipe2(control, O_CLOEXEC) == 0 && pipe2(result, O_CLOEXEC) == 0 &&
                pipe2(output, O_CLOEXEC) == 0 && fcntl(output[0], F_SETFL, O_NONBLOCK) == 0;
    pid_t pid = fine ? fork() : -1;
    if (pid == 0) {
        const int fds[3] = {control[0], result[1], output[1]};
        keep(fds, argv, environment, file_bytes_max);
    }
    const int error = errno;
    close(control[0]);
    close(result[1]);
    close(output[1]);
    *out = (struct keeper){pid, control[1], result[0], output[0]};
    if (pid > 0)
        return true;
    close(control[1]);
    close(result[0]);
    close(output[0]);
    errno = error;
    return false;
}

void keeper_kill(struct keeper *keeper)
{
    if (keeper->control >= 0)
        close(keeper->control);
    keeper->control = -1;
}

void keeper_end(struct keeper_result *out, struct keeper *keeper)
{
    ssize_t got = 0;
    *out = (struct keeper_result){0};
    while ((got = read(keeper->result, out, sizeof *out)) < 0 && errno == EINTR)
        ;
    if (got != sizeof *out)
        *out = (struct keeper_result){.start_error = EIO};
    while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    keeper_kill(keeper);
    close(keeper->result);
    close(keeper->output);
}
