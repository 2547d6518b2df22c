/* Runs programs for tests: arguments in, exit code and output out, never longer than a deadline. */
#ifndef CONFORMANCE_TESTS_PROGRAM_H
#define CONFORMANCE_TESTS_PROGRAM_H

#include "base/buf.h"
#include <sys/types.h>

struct outcome_of {
    int exit; /* -1 when it was ended by a signal or by the deadline */
    struct buf out, err;
};

/* argv ends with NULL; env too ("NAME=value", instead of the inherited value), may be NULL. */
void program_run(struct outcome_of *out, const char *const *argv, const char *const *env);
void outcome_clear(struct outcome_of *outcome);

/* The suite itself, with these arguments, NULL at the end. */
void suite_run(struct outcome_of *out, const char *const *env, const char *first, ...);

/* A program that goes on running and prints its URL. Stop it with server_stop(). */
struct server {
    pid_t pid;
    char url[128];
};

/* Starts argv and reads up to the first "http://…" on its standard output. False when there came
 * none in time. */
bool server_start(struct server *out, const char *const *argv, const char *const *env);
void server_stop(struct server *server);

/* A directory of its own for the test, to be given to directory_remove(). */
bool directory_make(char out[64]);
void directory_remove(const char *directory);
/* The file as text; false when it cannot be read. */
bool file_read(struct buf *out, const char *path);

#endif
