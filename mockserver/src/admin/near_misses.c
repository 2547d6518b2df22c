/* Keeps the nearest few while the journal is walked once; prints afterwards. */
#include "admin/near_misses.h"
#include "journal/print.h"
#include <stdlib.h>

struct nearest {
    const struct journal_query *query;
    const struct key_digest *key;
    size_t count;
    struct {
        uint64_t id;
        double distance;
    } rows[NEAR_MISSES_MAX]; /* nearest first */
};

/* A filter that accepts nothing: it only keeps the nearest. */
static bool consider(void *context, const struct journal_entry *entry)
{
    struct nearest *nearest = context;
    if (nearest->key &&
        !(entry->has_key && memcmp(nearest->key, &entry->key, sizeof entry->key) == 0))
        return false;
    double distance = journal_query_distance(nearest->query, entry);
    size_t at = nearest->count;
    while (at > 0 && distance < nearest->rows[at - 1].distance)
        at--;
    if (at == NEAR_MISSES_MAX)
        return false;
    if (nearest->count < NEAR_MISSES_MAX)
        nearest->count++;
    for (size_t i = nearest->count - 1; i > at; i--)
        nearest->rows[i] = nearest->rows[i - 1];
    nearest->rows[at].id = entry->id;
    nearest->rows[at].distance = distance;
    return false;
}

static void add_fields(struct tree *tree, cJSON *object, const struct journal_query *query,
                       const struct journal_entry *entry)
{
    cJSON *array = tree_array(tree, object, "fields");
    struct query_field *fields = calloc(QUERY_FIELDS_MAX, sizeof *fields);
    size_t count = fields ? journal_query_compare(fields, query, entry) : 0;
    tree->failed |= !fields;
    for (size_t i = 0; i < count; i++) {
        cJSON *field = tree_object(tree, array, NULL);
        tree_text(tree, field, "field", fields[i].name);
        tree_text(tree, field, "expected", fields[i].expected);
        tree_text(tree, field, "actual", fields[i].actual);
        tree_flag(tree, field, "matched", fields[i].matched);
    }
    free(fields);
}

void near_misses_add(struct tree *tree, cJSON *array, struct state *state,
                     const struct journal_query *query, const struct key_digest *key)
{
    struct nearest nearest = {.query = query, .key = key};
    struct journal_selection none;
    struct journal_entry entry;
    if (!state_select(&none, state, consider, &nearest, 0))
        tree->failed = true;
    for (size_t i = 0; i < nearest.count; i++) {
        if (!state_journal_entry(state, nearest.rows[i].id, &entry))
            continue; /* it has left the journal since then */
        cJSON *object = tree_object(tree, array, NULL);
        journal_print(tree, object, "request", &entry, false);
        tree_number(tree, object, "distance", nearest.rows[i].distance);
        add_fields(tree, object, query, &entry);
        shared_bytes_release(entry.body);
    }
}

/* The scenarios that requests are held against. */
struct candidates {
    struct state *state;
    const struct scenario_set *set;
    size_t count;
    bool *used_up; /* owned; by the key of the entry that is looked at */
};

static void look_at_uses(struct candidates *candidates, const struct journal_entry *entry)
{
    memset(candidates->used_up, 0, candidates->count * sizeof *candidates->used_up);
    if (entry->has_key)
        state_find_used_up(candidates->used_up, candidates->count, candidates->state,
                           candidates->set, &entry->key);
}

/* The nearest one's name, and *out a query for it; NULL when there is none. */
static const char *find_nearest(struct journal_query *out, double *distance,
                                const struct candidates *candidates,
                                const struct journal_entry *entry)
{
    const char *name = NULL;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct scenario *scenario = scenario_set_at(candidates->set, i);
        struct journal_query query;
        if (!scenario->automatic)
            continue;
        journal_query_of_match(&query, &scenario->match);
        query.used_up = candidates->used_up[i];
        double far = journal_query_distance(&query, entry);
        if (!name || far < *distance) {
            name = scenario->name;
            *distance = far;
            *out = query;
        }
    }
    return name;
}

static void add_nearest(struct tree *tree, cJSON *array, struct candidates *candidates,
                        const struct journal_entry *entry)
{
    double distance = 0;
    struct journal_query query;
    look_at_uses(candidates, entry);
    const char *name = find_nearest(&query, &distance, candidates, entry);
    cJSON *object = tree_object(tree, array, NULL);
    journal_print(tree, object, "request", entry, false);
    if (!name) {
        tree_null(tree, object, "mapping");
        return;
    }
    tree_text(tree, object, "mapping", name);
    tree_number(tree, object, "distance", distance);
    add_fields(tree, object, &query, entry);
}

void near_scenarios_add(struct tree *tree, cJSON *array, struct state *state,
                        const struct journal_selection *selection, const struct scenario_set *set)
{
    size_t own_count = scenario_set_own_count(set);
    struct candidates candidates = {state, set, own_count, calloc(own_count + 1, sizeof(bool))};
    tree->failed |= !candidates.used_up;
    for (size_t i = 0; candidates.used_up && i < selection->count; i++)
        add_nearest(tree, array, &candidates, &selection->entries[i]);
    free(candidates.used_up);
}
