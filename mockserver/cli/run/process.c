/* posix_spawn() and the signals around it. */
#include "process.h"
#include "base/count_of.h"
#include <errno.h>
#include <paths.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const int passed_on[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1,
                                SIGUSR2, SIGCONT, SIGTSTP, SIGWINCH};

void process_remember(struct process_state *out)
{
    struct sigaction action;
    pthread_sigmask(SIG_BLOCK, NULL, &out->mask);
    out->ignores_pipe = sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
    out->has_files = getrlimit(RLIMIT_NOFILE, &out->files) == 0;
}

void process_block_signals(sigset_t *out)
{
    sigemptyset(out);
    sigaddset(out, SIGCHLD);
    for (size_t i = 0; i < COUNT_OF(passed_on); i++)
        sigaddset(out, passed_on[i]);
    signal(SIGCHLD, SIG_DFL); /* where it is ignored, there would be no exit code */
    pthread_sigmask(SIG_BLOCK, out, NULL);
}

/* A file that is executable and has no format that the kernel knows is a script of the shell. */
static int spawn(pid_t *out, char *const *words, char *const *environment,
                 const posix_spawnattr_t *attributes)
{
    int error = posix_spawnp(out, words[0], NULL, attributes, words, environment);
    if (error != ENOEXEC)
        return error;
    size_t count = 0;
    while (words[count])
        count++;
    char **shell = calloc(count + 2, sizeof(char *));
    if (!shell)
        return ENOMEM;
    static char name[] = "sh";
    shell[0] = name;
    memcpy(shell + 1, words, count * sizeof(char *));
    error = posix_spawn(out, _PATH_BSHELL, NULL, attributes, shell, environment);
    free(shell);
    return error;
}

int process_start(pid_t *out, char *const *words, char *const *environment,
                  const struct process_state *before)
{
    struct rlimit now;
    posix_spawnattr_t attributes;
    sigset_t by_default;
    if (posix_spawnattr_init(&attributes) != 0)
        return ENOMEM;
    sigemptyset(&by_default);
    if (!before->ignores_pipe)
        sigaddset(&by_default, SIGPIPE);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &before->mask);
    posix_spawnattr_setsigdefault(&attributes, &by_default);
    /* The mock has raised the limit for itself; no client is there yet that would need it. */
    const bool lowered = before->has_files && getrlimit(RLIMIT_NOFILE, &now) == 0 &&
                         setrlimit(RLIMIT_NOFILE, &before->files) == 0;
    int error = spawn(out, words, environment, &attributes);
    if (lowered)
        setrlimit(RLIMIT_NOFILE, &now);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* As the signal would have done by itself: not where no shell would let this process go on. */
static void stop_here(void)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
}

void process_pass_on(pid_t process, const siginfo_t *signal)
{
    const bool from_the_terminal = signal->si_code == SI_KERNEL;
    /* A command that stops its whole group has sent the signal here itself. */
    if (!from_the_terminal && signal->si_pid != process)
        kill(process, signal->si_signo);
    if (signal->si_signo == SIGTSTP)
        stop_here();
}

bool process_has_ended(int *code, pid_t process)
{
    int status;
    pid_t ended;
    do
        ended = waitpid(process, &status, WNOHANG);
    while (ended < 0 && errno == EINTR); /* no other signal would come for it */
    if (ended != process)
        return false;
    *code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}
