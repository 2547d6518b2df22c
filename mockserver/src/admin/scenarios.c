/* The routes of scenarios: own ones (mappings), all names, and the queue. */
#include "admin/admin_call.h"
#include "api/deviation.h"
#include "documents/shapes.h"
#include <stdlib.h>

static void add_total(struct admin_call *call, size_t total)
{
    struct tree *tree = &call->tree;
    tree_number(tree, tree_object(tree, tree->root, "meta"), "total", (double)total);
}

/* Makes a scenario the answer. */
static void answer_scenario(struct admin_call *call, const struct scenario *scenario)
{
    cJSON_Delete(call->tree.root);
    call->tree.root = document_print_scenario(scenario);
    call->tree.failed |= call->tree.root == NULL;
}

void admin_list_mappings(struct admin_call *call)
{
    struct scenario_set *set = state_scenarios(call->state);
    size_t count = scenario_set_own_count(set);
    cJSON *array = tree_array(&call->tree, call->tree.root, "mappings");
    for (size_t i = 0; i < count; i++)
        tree_item(&call->tree, array, NULL, document_print_scenario(scenario_set_at(set, i)));
    add_total(call, count);
    scenario_set_release(set);
}

void admin_add_mapping(struct admin_call *call)
{
    struct document_error error;
    struct scenario scenario;
    if (!document_parse_scenario(&scenario, call->body, &error)) {
        admin_refuse(call, &error);
        return;
    }
    answer_scenario(call, &scenario);
    if (!state_put_scenario(call->state, &scenario))
        admin_fail_full(call, "there are " TEXT_OF(DOCUMENT_SCENARIOS_MAX) " mappings already");
}

void admin_load_mappings(struct admin_call *call)
{
    struct document_error error;
    struct document document;
    if (!document_parse(&document, call->body, &error)) {
        admin_refuse(call, &error);
        return;
    }
    if (document.tls_count && admin_refuse_tls(call, "/tls")) {
        document_clear(&document);
        return;
    }
    tree_number(&call->tree, call->tree.root, "scenarios", (double)document.scenario_count);
    tree_number(&call->tree, call->tree.root, "accounts", (double)document.account_count);
    if (!state_load(call->state, &document))
        admin_fail_full(call, "every account is in use");
}

void admin_delete_mappings(struct admin_call *call)
{
    call->tree.failed |= !state_remove_scenarios(call->state);
}

static void fail_unknown(struct admin_call *call, const struct scenario_set *set)
{
    char nearest[256], name[96];
    struct slice wanted = slice_of(call->segment);
    admin_fail(call, 404, "", "there is no scenario '%s'; the nearest are %s",
               printable(name, sizeof name, wanted),
               scenario_set_nearest(set, wanted, nearest, sizeof nearest));
}

void admin_get_mapping(struct admin_call *call)
{
    struct scenario_set *set = state_scenarios(call->state);
    const struct scenario *scenario = scenario_set_find(set, slice_of(call->segment));
    if (scenario)
        answer_scenario(call, scenario);
    else
        fail_unknown(call, set);
    scenario_set_release(set);
}

void admin_delete_mapping(struct admin_call *call)
{
    switch (state_remove_scenario(call->state, slice_of(call->segment))) {
    case REMOVED:
        return;
    case REMOVAL_NO_MEMORY:
        call->tree.failed = true;
        return;
    case REMOVAL_UNKNOWN:
        break;
    }
    struct scenario_set *set = state_scenarios(call->state);
    if (scenario_set_find(set, slice_of(call->segment)))
        admin_fail(call, 404, "", "'%s' is built in and cannot be removed", call->segment);
    else
        fail_unknown(call, set);
    scenario_set_release(set);
}

/* Which table a built-in scenario comes from. */
static const char *kind_of(struct slice name)
{
    if (error_find(name) != ERROR_NONE)
        return "code";
    if (fault_find(name) != FAULT_NONE)
        return "fault";
    return deviation_find(name) ? "deviation" : "situation";
}

static void add_name(struct tree *tree, cJSON *array, const struct scenario *scenario, bool own)
{
    cJSON *object = tree_object(tree, array, NULL);
    tree_text(tree, object, "name", scenario->name);
    tree_optional(tree, object, "summary", scenario->summary);
    tree_flag(tree, object, "built_in", !own);
    tree_text(tree, object, "kind", own ? "own" : kind_of(slice_of(scenario->name)));
    tree_flag(tree, object, "automatic", scenario->automatic);
    tree_number(tree, object, "steps", (double)scenario->step_count);
}

void admin_list_scenarios(struct admin_call *call)
{
    struct scenario_set *set = state_scenarios(call->state);
    cJSON *array = tree_array(&call->tree, call->tree.root, "scenarios");
    for (size_t i = 0; i < scenario_set_count(set); i++)
        add_name(&call->tree, array, scenario_set_at(set, i), i < scenario_set_own_count(set));
    add_total(call, scenario_set_count(set));
    scenario_set_release(set);
}

void admin_reset_scenario(struct admin_call *call)
{
    const struct slice key = slice_of(call->key);
    if (state_reset_scenario(call->state, slice_of(call->segment), call->has_key ? &key : NULL))
        return;
    struct scenario_set *set = state_scenarios(call->state);
    fail_unknown(call, set);
    scenario_set_release(set);
}

/* The queue */

struct queue_call {
    char *api_key;
    struct scenario_step *steps;
    size_t count;
};

static const struct shape_row queue_rows[] = {
    {"api_key", SHAPE_TEXT, SHAPE_REQUIRED | SHAPE_SECRET, SHAPE_AT(struct queue_call, api_key),
     .minimum = 1, .maximum = 255, .of.noun = "an API key"},
    // NOLINTNEXTLINE(bugprone-sizeof-expression): the size of the pointer is meant
    {"steps", SHAPE_LIST, SHAPE_REQUIRED, SHAPE_AT(struct queue_call, steps), .minimum = 1,
     .maximum = KEY_QUEUE_MAX, .of.shape = &step_shape, SHAPE_GIVEN(struct queue_call, count)},
};

const struct shape queue_shape = {"an object with api_key and steps", SHAPE_ROWS(queue_rows),
                                  .size = sizeof(struct queue_call)};

void admin_add_to_queue(struct admin_call *call)
{
    struct document_error error;
    struct queue_call queue;
    size_t count = 0;
    if (!shape_parse(&queue, &queue_shape, call->body, &error)) {
        for (size_t i = 0; i < queue.count; i++)
            scenario_step_clear(&queue.steps[i]);
        admin_refuse(call, &error);
    } else {
        count = queue.count;
        tree_number(&call->tree, call->tree.root, "queued", (double)count);
        if (!state_enqueue(call->state, slice_of(queue.api_key), queue.steps, count))
            admin_fail_full(call, "the queue of a key holds at most " TEXT_OF(
                                      KEY_QUEUE_MAX) " steps, or every account is in use");
    }
    free(queue.steps);
    if (queue.api_key)
        explicit_bzero(queue.api_key, strlen(queue.api_key));
    free(queue.api_key);
}

void admin_get_queue(struct admin_call *call)
{
    size_t count;
    struct tree *tree = &call->tree;
    if (!call->has_key) {
        admin_fail(call, 400, "", "query: api_key is missing: whose queue?");
        return;
    }
    struct queued_row *rows = state_queue(call->state, slice_of(call->key), &count);
    if (count == SIZE_MAX) {
        tree->failed = true;
        return;
    }
    cJSON *array = tree_array(tree, tree->root, "steps");
    for (size_t i = 0; i < count; i++) {
        cJSON *row = tree_object(tree, array, NULL);
        shape_print(tree, tree_object(tree, row, "step"), &step_shape, rows[i].choice.step);
        tree_number(tree, row, "left", rows[i].left);
    }
    state_queue_free(rows, count);
}
