/* A program run from outside: arguments and environment in, exit status and every byte that it
 * wrote out, within a deadline. */
#ifndef AILAB_TESTING_PROGRAM_H
#define AILAB_TESTING_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PROGRAM_DEADLINE_MS 120000

struct program_call {
    const char *program;            /* its path, or its name in PATH */
    const char *const *arguments;   /* NULL-terminated, without the program's name */
    const char *const *environment; /* NULL-terminated NAME=VALUE; NULL: none */
    bool inherits;     /* the test's own environment too, without the variables AILAB_API_KEY... */
    const void *input; /* what standard input delivers */
    size_t input_size;
    const char *directory;   /* to run in; NULL: here */
    const char *output_file; /* standard output goes there; NULL: it is collected */
    bool non_blocking;       /* its ends of standard input and output, and these are short pipes */
    int inherited_signal;    /* ignored if the test ignores it; 0: none. All others are not */
    bool terminal;           /* standard output and error are one terminal of 80 columns */
};

struct program_outcome {
    int status; /* exit status; -signal when a signal ended it; PROGRAM_TOO_LATE */
    char *out;  /* standard output, a NUL after it */
    size_t out_size;
    char *err; /* standard error, a NUL after it */
    size_t err_size;
};

#define PROGRAM_TOO_LATE (-1000) /* killed at the deadline */

struct program {
    pid_t pid;
    int input, output, error;
    const char *to_write;
    size_t to_write_size;
};

/* Whether this machine has pseudo-terminals. If it has none, says so on standard output: a test
 * that needs one then skips. */
bool program_has_terminals(void);

/* False when the program could not be started. */
bool program_start(struct program *out, const struct program_call *call);

/* Feeds and reads until the program has ended. Free with program_outcome_clear(). */
void program_finish(struct program_outcome *out, struct program *program);

/* Both. Asserts nothing, so that any thread may call it: a program that cannot be started ends with
 * 127. */
void program_run(struct program_outcome *out, const struct program_call *call);

void program_outcome_clear(struct program_outcome *outcome);

/* A program that runs on and prints its URL. */
struct program_server {
    pid_t pid;
    char url[128];
};

/* Starts a program and reads its standard output up to the first "http://...". False when none
 * comes in time. Only arguments, environment and inherits of the call count. Stop it in any case.
 */
bool program_server_start(struct program_server *out, const struct program_call *call);

/* Ends it by SIGTERM and waits for its end. */
void program_server_stop(struct program_server *server);

#endif
