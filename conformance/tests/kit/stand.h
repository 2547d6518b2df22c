/* A case in this process, against a server whose answers a test writes. */
#ifndef CONFORMANCE_TESTS_STAND_H
#define CONFORMANCE_TESTS_STAND_H

#include "engine/session.h"
#include "evidence/result.h"
#include "plan/catalogue.h"
#include "reports.h"
#include "testing/scripted.h"

#define STAND_PATIENCE_MS 30000

/* The session of a run against that URL, with a key for each account. End it with session_clear().
 */
void stand_open(struct session *out, const char *url);

/* Runs the case of that name. End *out with result_clear(). */
void stand_run(struct result *out, struct session *session, const struct catalogue *catalogue,
               const char *slug);

/* A server that answers with the texts of a list, one a request, and with the last to all further
 * ones; with none where the list is empty. The list ends with NULL; *answers moves on in it. */
struct scripted *stand_serve(const char *const **answers);

/* The verdict as verdict_of() has it: "fail | clause | words". */
void stand_said(char out[VERDICT_SIZE], const struct result *result);

/* The catalogue of all cases as the state of a group of tests. */
int stand_catalogue(void **state);
int stand_catalogue_free(void **state);

#endif
