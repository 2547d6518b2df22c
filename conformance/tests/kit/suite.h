/* The suite and other programs, run with the test's own environment but without its keys. */
#ifndef CONFORMANCE_TESTS_SUITE_H
#define CONFORMANCE_TESTS_SUITE_H

#include "testing/files.h"
#include "testing/program.h"

/* ailab-conformance with these arguments, NULL at the end. env ends with NULL; it may be NULL. */
void suite_run(struct program_outcome *out, const char *const *env, const char *first, ...);

/* argv begins with the program and ends with NULL. */
void command_run(struct program_outcome *out, const char *const *argv, const char *const *env);

/* The same for a program that runs on and prints its URL. Stop it with program_server_stop(). */
bool command_serve(struct program_server *out, const char *const *argv, const char *const *env);

#endif
