/* Runs a program of unknown manners and lets nothing of it stay behind.
 *
 * Between us and the program stands the keeper, a process of ours with one thread. Every process
 * that the program leaves behind becomes the keeper's child (PR_SET_CHILD_SUBREAPER), so it can
 * kill them all, those that left the process group too. If we die ourselves, the keeper notices and
 * does the same. The keeper is forked without exec, so it calls only what is safe after a fork in a
 * program with threads. */
#ifndef CONFORMANCE_CALLER_PROCESS_KEEPER_H
#define CONFORMANCE_CALLER_PROCESS_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

struct keeper {
    pid_t pid;
    int control; /* closing it tells the keeper to kill everything */
    int result;  /* where the keeper writes a struct keeper_result, and then ends */
    int output;  /* non-blocking: standard output and error of the program, in one stream */
};

struct keeper_result {
    int start_error; /* errno of a program that could not be started, or 0 */
    int status;      /* as waitpid() gives it */
    bool told;       /* the keeper killed it, because it was told to */
    unsigned strays; /* processes that outlived the program and were killed */
};

/* Starts argv[0], a path, with this environment, in its own session, without a terminal. It
 * may write files of at most file_bytes_max bytes and leaves no core file. False, with errno, when
 * the system refuses a process or a pipe. End it with keeper_end(). */
bool keeper_start(struct keeper *out, char *const argv[], char *const environment[],
                  unsigned long file_bytes_max);
/* Tells the keeper to kill everything; the result follows. */
void keeper_kill(struct keeper *keeper);
/* Waits for the result, which comes within moments once the program has ended or keeper_kill() was
 * called, and gives back what the keeper holds. */
void keeper_end(struct keeper_result *out, struct keeper *keeper);

#endif
