/* One array of pointers for each set; the built-in scenarios are made once and shared. */
#include "scenarios/scenario_set.h"
#include "base/suggest.h"
#include "scenarios/builtin.h"
#include <stdlib.h>

struct builtins {
    atomic_uint references;
    struct scenario *scenarios;
    size_t count;
};

struct scenario_set {
    atomic_uint references;
    struct builtins *builtins; /* a reference */
    size_t count, own_count;
    struct scenario *scenarios[]; /* own ones are references, the others belong to builtins */
};

static struct builtins *builtins_new(void)
{
    struct builtins *builtins = calloc(1, sizeof *builtins);
    if (!builtins)
        return NULL;
    atomic_init(&builtins->references, 1);
    if (builtin_scenarios(&builtins->scenarios, &builtins->count))
        return builtins;
    free(builtins);
    return NULL;
}

static void builtins_release(struct builtins *builtins)
{
    if (!builtins || atomic_fetch_sub_explicit(&builtins->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < builtins->count; i++)
        scenario_clear(&builtins->scenarios[i]);
    free(builtins->scenarios);
    free(builtins);
}

/* Whether one of these scenarios has the name. */
static bool stands_in(struct scenario *const *scenarios, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(scenarios[i]->name, name) == 0)
            return true;
    return false;
}

/* Takes the references over that own holds, also on failure, but not own itself. */
static struct scenario_set *make(struct builtins *builtins, struct scenario *const *own,
                                 size_t count)
{
    struct scenario_set *set =
        builtins ? calloc(1, sizeof *set + (count + builtins->count) * sizeof(struct scenario *))
                 : NULL;
    for (size_t i = 0; i < count; i++)
        if (set && !stands_in(own + i + 1, count - i - 1, own[i]->name))
            set->scenarios[set->own_count++] = own[i];
        else
            scenario_release(own[i]);
    if (!set)
        return NULL;
    set->count = set->own_count;
    for (size_t i = 0; i < builtins->count; i++)
        if (!stands_in(set->scenarios, set->own_count, builtins->scenarios[i].name))
            set->scenarios[set->count++] = &builtins->scenarios[i];
    atomic_init(&set->references, 1);
    atomic_fetch_add_explicit(&builtins->references, 1, memory_order_relaxed);
    set->builtins = builtins;
    return set;
}

static struct scenario_set *load(struct builtins *builtins, struct scenario *scenarios,
                                 size_t count)
{
    struct scenario **own = calloc(count + 1, sizeof(struct scenario *));
    struct scenario_set *set = NULL;
    size_t made = 0;
    while (own && made < count && (own[made] = scenario_new(&scenarios[made])))
        made++;
    if (own && made == count)
        set = make(builtins, own, count);
    else
        for (size_t i = 0; own && i < made; i++)
            scenario_release(own[i]);
    for (size_t i = made; i < count; i++)
        scenario_clear(&scenarios[i]);
    free(own);
    free(scenarios);
    return set;
}

struct scenario_set *scenario_set_new(struct scenario *scenarios, size_t count)
{
    struct builtins *builtins = builtins_new();
    struct scenario_set *set = load(builtins, scenarios, count);
    builtins_release(builtins);
    return set;
}

struct scenario_set *scenario_set_reload(const struct scenario_set *from,
                                         struct scenario *scenarios, size_t count)
{
    return load(from->builtins, scenarios, count);
}

/* Own scenarios of from, the one at skip left out, behind a first one that is taken over and may
 * be NULL. Where first replaces one, it stands at its place. */
static struct scenario_set *change(const struct scenario_set *from, struct scenario *added,
                                   size_t skip, size_t place)
{
    size_t count = 0;
    struct scenario **own = calloc(from->own_count + 1, sizeof(struct scenario *));
    if (!own) {
        scenario_release(added);
        return NULL;
    }
    for (size_t i = 0; i <= from->own_count; i++) {
        if (added && i == place)
            own[count++] = added;
        if (i < from->own_count && i != skip)
            own[count++] = scenario_hold(from->scenarios[i]);
    }
    struct scenario_set *set = make(from->builtins, own, count);
    free(own);
    return set;
}

struct scenario_set *scenario_set_with(const struct scenario_set *from, struct scenario *scenario)
{
    size_t place = scenario_set_place(from, slice_of(scenario->name));
    bool is_new = place == from->own_count;
    struct scenario *added = scenario_new(scenario);
    return added ? change(from, added, place, is_new ? 0 : place) : NULL;
}

struct scenario_set *scenario_set_without(const struct scenario_set *from, size_t place)
{
    return change(from, NULL, place, 0);
}

struct scenario_set *scenario_set_hold(struct scenario_set *set)
{
    atomic_fetch_add_explicit(&set->references, 1, memory_order_relaxed);
    return set;
}

void scenario_set_release(struct scenario_set *set)
{
    if (!set || atomic_fetch_sub_explicit(&set->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < set->own_count; i++)
        scenario_release(set->scenarios[i]);
    builtins_release(set->builtins);
    free(set);
}

/* Looking */

const struct scenario *scenario_set_find(const struct scenario_set *set, struct slice name)
{
    for (size_t i = 0; i < set->count; i++)
        if (slice_equal(name, slice_of(set->scenarios[i]->name)))
            return set->scenarios[i];
    return NULL;
}

size_t scenario_set_count(const struct scenario_set *set)
{
    return set->count;
}

size_t scenario_set_own_count(const struct scenario_set *set)
{
    return set->own_count;
}

const struct scenario *scenario_set_at(const struct scenario_set *set, size_t index)
{
    return index < set->count ? set->scenarios[index] : NULL;
}

size_t scenario_set_place(const struct scenario_set *set, struct slice name)
{
    size_t at = 0;
    while (at < set->own_count && !slice_equal(slice_of(set->scenarios[at]->name), name))
        at++;
    return at;
}

bool scenario_set_may_hold(const struct scenario_set *set, uint64_t serial)
{
    uint64_t newest = 0;
    for (size_t i = 0; i < set->own_count; i++) {
        if (set->scenarios[i]->serial == serial)
            return true;
        if (set->scenarios[i]->serial > newest)
            newest = set->scenarios[i]->serial;
    }
    return serial > newest;
}

const char *scenario_set_nearest(const struct scenario_set *set, struct slice name, char *out,
                                 size_t size)
{
    struct suggestions nearest;
    suggestions_init(&nearest, name);
    for (size_t i = 0; i < set->count; i++)
        suggestions_consider(&nearest, set->scenarios[i]->name);
    return suggestions_print(&nearest, out, size);
}
