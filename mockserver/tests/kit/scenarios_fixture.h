/* What the tests of scenarios over real sockets share: a mock, pictures with cues, the admin API
 * and the vendor's error table, read again from a table of the tests' own. Helpers assert, and so
 * belong to the main thread, except the pictures. */
#ifndef AILAB_TESTS_SCENARIOS_FIXTURE_H
#define AILAB_TESTS_SCENARIOS_FIXTURE_H

#include "ailab_mock.h"
#include "pins.h"
#include "scenarios_client.h"

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* The small portrait of fixtures/images, read once; static storage. */
struct slice scenarios_portrait(void);
/* The portrait with a JPEG comment, put in here byte by byte; to be freed. */
char *scenarios_marked(size_t *size, const char *comment);

/* Ends the test when it does not start. options may be NULL. */
struct ailab_mock *scenarios_start(const struct ailab_mock_options *options);
/* A mock as *state: setup and teardown of a group or a test. */
int scenarios_setup(void **state);
int scenarios_teardown(void **state);

/* Each ends the test, with the complaint, when it is refused. */
__attribute__((format(printf, 3, 4))) void scenarios_arm(struct ailab_mock *mock, const char *key,
                                                         const char *format, ...);
void scenarios_load(struct ailab_mock *mock, const char *document);
void scenarios_reset(struct ailab_mock *mock);
size_t scenarios_count(struct ailab_mock *mock, const char *match);
/* A call of the admin API in the library that must give this status; delete the answer. */
struct cJSON *scenarios_admin(struct ailab_mock *mock, const char *method, const char *path,
                              const char *body, int status);
/* Ends the test unless the next answer to call is status and code; why is printed. */
void scenarios_expect(struct ailab_mock *mock, const struct scenarios_call *call, int status,
                      const char *code, const char *why);

/* The vendor's table, from fixtures/witness/errors.def. */
struct scenarios_error {
    const char *code, *description;
    int before, since; /* statuses of 2025-09 and 2026-01 */
    bool met;          /* this endpoint can meet it: yes or maybe */
};
#define SCENARIOS_ERRORS PINNED_CODES
/* Static storage; exactly SCENARIOS_ERRORS rows. */
const struct scenarios_error *scenarios_errors(void);

#endif
