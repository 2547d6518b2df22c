/* Near misses: the requests that come nearest to an expectation, and the scenario that a request
 * came nearest to. Each is shown field by field: the expected value beside the actual one. */
#ifndef AILAB_MOCKSERVER_ADMIN_NEAR_MISSES_H
#define AILAB_MOCKSERVER_ADMIN_NEAR_MISSES_H

#include "base/json_tree.h"
#include "journal/query.h"
#include "state/state.h"

#define NEAR_MISSES_MAX 3

/* Adds to array the entries nearest to the query, nearest first, the newest first where two are
 * equally near. With a key, only entries of that key. */
void near_misses_add(struct tree *tree, cJSON *array, struct state *state,
                     const struct journal_query *query, const struct key_digest *key);

/* Adds to array, for each entry, the automatic scenario among the first own_count of set that it
 * came nearest to, or null. Where the entry's key has used that scenario up, one more field says
 * so. */
void near_scenarios_add(struct tree *tree, cJSON *array, struct state *state,
                        const struct journal_selection *selection, const struct scenario_set *set);

#endif
