/* A process for each revision: nothing of one run, neither its namespaces nor its limits, is left
 * for the next. */
#include "matrix.h"
#include "api/contract.h"
#include "process.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMES_SIZE 128

/* Until the process ends; signals that come meanwhile are passed on to it. */
static int wait_for(pid_t process, const sigset_t *signals, bool *stopped)
{
    int code;
    siginfo_t signal;
    while (!process_has_ended(&code, process)) {
        const int received = sigwaitinfo(signals, &signal);
        if (received > 0 && received != SIGCHLD)
            process_pass_on(process, &signal);
        *stopped |= received == SIGINT || received == SIGTERM || received == SIGHUP;
    }
    return code;
}

static void add_name(char names[NAMES_SIZE], const char *name)
{
    const size_t used = strlen(names);
    snprintf(names + used, NAMES_SIZE - used, "%s%s", used ? ", " : "", name);
}

/* No other revision can change that. */
static bool ends_all(int code, bool stopped)
{
    return stopped || code == 126 || code == 127;
}

int matrix_run(const struct cmdline *line,
               int (*run)(const struct cmdline *line, const char *revision))
{
    sigset_t signals, before;
    bool stopped = false;
    char survived[NAMES_SIZE] = "", failed[NAMES_SIZE] = "";
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    process_block_signals(&signals);
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        const char *name = revision_info(id)->name;
        cmdline_say(mock_program.name, "revision %s", name);
        fflush(NULL);
        const pid_t process = fork();
        if (process < 0) {
            cmdline_say(mock_program.name, "cannot start a process: %s", strerror(errno));
            return EXIT_UNAVAILABLE;
        }
        if (process == 0) {
            pthread_sigmask(SIG_SETMASK, &before, NULL);
            const int code = run(line, name);
            fflush(NULL);
            _exit(code);
        }
        const int code = wait_for(process, &signals, &stopped);
        if (ends_all(code, stopped))
            return code;
        add_name(code == EXIT_DONE ? survived : failed, name);
    }
    cmdline_say(mock_program.name, "the command survives: %s; it fails under: %s",
                *survived ? survived : "no revision", *failed ? failed : "no revision");
    return *failed ? EXIT_FAILED : EXIT_DONE;
}
