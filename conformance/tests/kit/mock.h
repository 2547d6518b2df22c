/* The mock as a program, for tests. */
#ifndef CONFORMANCE_TESTS_MOCK_H
#define CONFORMANCE_TESTS_MOCK_H

#include "suite.h"

/* The key that mocks know unless another is asked for. */
#define KEY_TEXT "Kk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3yKk3y"
extern const char *const with_key[]; /* the environment with it */

/* revision as --revision takes it; rule and twin: such as are switched off, NULL for none. */
bool mock_start(struct program_server *server, const char *revision, const char *rule,
                const char *twin);
/* A mock that takes any key. */
bool mock_start_open(struct program_server *server);

/* A mock with --https that knows KEY_TEXT. Its authority is the file ailab-mock-ca.pem in the
 * folder. */
bool mock_start_https(struct program_server *server, const char *folder);

/* Fails the test unless the program ended with this code. */
void assert_exit(const char *why, const struct program_outcome *outcome, int code);
/* … and said the words on standard error. */
void assert_said(const char *why, const struct program_outcome *outcome, int code,
                 const char *words);

#endif
