/* Near misses: the requests that come nearest to an expectation, and the scenario that a request
 * came nearest to; field by field, what was expected beside what came. */
#ifndef AILAB_MOCKSERVER_ADMIN_NEAR_MISSES_H
#define AILAB_MOCKSERVER_ADMIN_NEAR_MISSES_H

#include "base/json_tree.h"
#include "journal/query.h"
#include "state/state.h"

#define NEAR_MISSES_MAX 3

/* Adds to array the entries nearest to the query, nearest first, of equally near the newest first;
 * only those of one key when key is not NULL. */
void near_misses_add(struct tree *tree, cJSON *array, struct state *state,
                     const struct journal_query *query, const struct key_digest *key);

/* Adds to array, for each entry, the automatic scenario of the first own_count of set that it came
 * nearest to; an entry with none gets a null. One of which nothing is left for the entry's key says
 * so in a field of its own. */
void near_scenarios_add(struct tree *tree, cJSON *array, struct state *state,
                        const struct journal_selection *selection, const struct scenario_set *set,
                        size_t own_count);

#endif
