/* The scenarios in force: own ones, and behind them the built-in ones. A set does not change; a
 * changed one is made from it and shares its scenarios. Reference-counted, for any thread. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_SCENARIO_SET_H
#define AILAB_MOCKSERVER_SCENARIOS_SCENARIO_SET_H

#include "scenarios/scenario.h"

struct scenario_set;

/* Each of these four returns a reference for the caller, or NULL when memory ran out; scenarios
 * are taken over, also on failure. Later names win over earlier and over built-in ones. */

/* Makes the built-in scenarios, which every set that is made from this one shares. */
struct scenario_set *scenario_set_new(struct scenario *scenarios, size_t count);
/* The same with other own scenarios. */
struct scenario_set *scenario_set_reload(const struct scenario_set *from,
                                         struct scenario *scenarios, size_t count);
/* With this scenario where the own one of its name stands, else before the others. */
struct scenario_set *scenario_set_with(const struct scenario_set *from, struct scenario *scenario);
/* Without the own scenario at this place. */
struct scenario_set *scenario_set_without(const struct scenario_set *from, size_t place);

struct scenario_set *scenario_set_hold(struct scenario_set *set);
/* NULL is allowed. */
void scenario_set_release(struct scenario_set *set);

/* NULL when there is no such scenario. Borrowed from the set. */
const struct scenario *scenario_set_find(const struct scenario_set *set, struct slice name);
/* Own ones come first. at: NULL past the end. */
size_t scenario_set_count(const struct scenario_set *set);
size_t scenario_set_own_count(const struct scenario_set *set);
const struct scenario *scenario_set_at(const struct scenario_set *set, size_t index);
/* The place of the own scenario of this name; scenario_set_own_count() when there is none. */
size_t scenario_set_place(const struct scenario_set *set, struct slice name);
/* Whether the scenario of this serial is in the set, or may be newer than the set. */
bool scenario_set_may_hold(const struct scenario_set *set, uint64_t serial);
/* Up to three names near to this one, ", "-separated. Returns out. */
const char *scenario_set_nearest(const struct scenario_set *set, struct slice name, char *out,
                                 size_t size);

#endif
