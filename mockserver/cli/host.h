/* A mock in this process, made from the command line: what serving and `run` have in common. */
#ifndef AILAB_MOCK_HOST_H
#define AILAB_MOCK_HOST_H

#include "ailab_mock.h"
#include "commands.h"
#include "line_writer.h"
#include "scenario_file.h"
#include <signal.h>

#define HOST_ADDRESS_SIZE 32

struct host {
    const struct cmdline *line;
    struct ailab_mock_options options;
    struct scenario_file file;
    struct line_writer *log; /* while the mock lives */
    char port[HOST_ADDRESS_SIZE], https_port[HOST_ADDRESS_SIZE];
    const char *addresses[LISTEN_MAX + 1];
};

/* The options of the mock, from those of the command line. logs: whether a line a request is logged
 * when neither flag nor variable says so. */
void host_init(struct host *host, const struct cmdline *line, bool logs);

/* Where the mock listens first, by --port or --listen; NULL when neither says it. Port has room for
 * it, and is to live as long as it. */
const char *host_first_address(char port[HOST_ADDRESS_SIZE], const struct cmdline *line);

/* Starts the mock, lets use() have it, and stops it. SIGPIPE is ignored; signals that no thread of
 * the mock shall see are blocked before. Returns what use() returns, or an exit code with the
 * reason told on stderr. */
int host_run(struct host *host, int (*use)(void *context, struct ailab_mock *mock), void *context);

/* Loads the file of --scenarios again when it has changed, or when that is asked for. */
void host_reload(struct host *host, struct ailab_mock *mock, bool asked_for);

/* Waits for one of the signals; 0 when none has come for a while and the file of --scenarios wants
 * to be looked at. *info says more, and may be NULL. */
int host_wait(const struct host *host, const sigset_t *signals, siginfo_t *info);

#endif
