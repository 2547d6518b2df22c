/* The program `ailab` run from outside: arguments and environment in, exit status and every byte it
 * wrote out, within a deadline. Nothing is inherited but what the call names. */
#ifndef AILAB_CLI_RUN_H
#define AILAB_CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define CLI_DEADLINE_MS 20000

struct cli_call {
    const char *const *arguments;   /* NULL-terminated, without the program's name */
    const char *const *environment; /* NULL-terminated NAME=VALUE; NULL: none */
    const void *input;              /* what standard input delivers */
    size_t input_size;
    const char *directory;   /* to run in; NULL: here */
    const char *output_file; /* standard output goes there; NULL: it is collected */
    bool non_blocking;       /* its ends of standard input and output, and these are short pipes */
    bool terminal;           /* standard output and error are one terminal of 80 columns */
};

struct cli_outcome {
    int status; /* exit status; -signal when a signal ended it; CLI_TOO_LATE */
    char *out;  /* standard output, a NUL after it */
    size_t out_size;
    char *err; /* standard error, a NUL after it */
    size_t err_size;
};

#define CLI_TOO_LATE (-1000) /* killed at the deadline */

struct cli_process {
    pid_t pid;
    int input, output, error;
    const char *to_write;
    size_t to_write_size;
};

/* False when the program could not be started. */
bool cli_start(struct cli_process *out, const struct cli_call *call);

/* Feeds and reads until the program has ended. Free with cli_outcome_clear(). */
void cli_finish(struct cli_outcome *out, struct cli_process *process);

/* Both. A program that cannot be started fails the test. */
void cli_run(struct cli_outcome *out, const struct cli_call *call);

void cli_outcome_clear(struct cli_outcome *outcome);

#endif
