/* The admin API without HTTP, for its tests: asked with a text, answered in JSON. */
#ifndef MOCKSERVER_TESTS_ADMIN_ASK_H
#define MOCKSERVER_TESTS_ADMIN_ASK_H

#include "admin/admin.h"
#include "admin/admin_call.h"
#include <cjson/cJSON.h>

#define SECRET "secret-key-0042" /* no answer has it */

/* Who answers. */
extern const struct admin_host admin_fixed_host;

/* A state that knows nothing yet. The caller's: state_free(). */
struct state *admin_state(void);
/* A request that was answered so. */
void admin_journal(struct state *state, const char *key, const char *code, const char *scenario,
                   int service_choice);

/* Bodies are written with ' for ". The caller's: admin_answer_clear(). Its text is NULL when memory
 * ran out. */
struct admin_answer admin_ask_for(struct state *state, const char *method, const char *target,
                                  const char *body);
/* The same, and there is a text. */
struct admin_answer admin_ask(struct state *state, const char *method, const char *target,
                              const char *body);
/* The answer's JSON, to be deleted; its status is checked. */
cJSON *admin_json(struct state *state, const char *method, const char *target, const char *body,
                  int status);

/* A member by its path, "requests/0/code"; NULL when there is none. */
const cJSON *admin_find(const cJSON *json, const char *path);
/* The same, which must be there; and a text. */
const cJSON *admin_at(const cJSON *json, const char *path);
const char *admin_text_at(const cJSON *json, const char *path);

#endif
