/* The command as a process: started as if nothing stood before it, and waited for. */
#ifndef AILAB_MOCK_RUN_PROCESS_H
#define AILAB_MOCK_RUN_PROCESS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/* What this process had before it changed it, for the command to have. */
struct process_state {
    sigset_t mask;
    bool ignores_pipe;
    struct rlimit files;
    bool has_files;
};

void process_remember(struct process_state *out);

/* Blocks the signals that are passed on, and SIGCHLD, before any thread starts. */
void process_block_signals(sigset_t *out);

/* Starts the program that words[0] names, by PATH, in this process group: a program that reads from
 * the terminal must stay in its foreground. Returns 0 or what errno would be. */
int process_start(pid_t *out, char *const *words, char *const *environment,
                  const struct process_state *before);

/* Passes a signal on that host_wait() took. A terminal has sent its own to the command already. */
void process_pass_on(pid_t process, const siginfo_t *signal);

/* Whether it has ended; then *code is its exit code, or 128 and the signal's number. */
bool process_has_ended(int *code, pid_t process);

#endif
