/* Helpers of state_requests.h. */
#include "state_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void load(struct state *state, const char *json)
{
    struct document document;
    struct document_error error;
    if (!document_parse(&document, slice_of(json), &error))
        fail_msg("%s: %s", error.pointer, error.message);
    assert_true(state_load(state, &document));
}

struct state *state_with(const char *json)
{
    struct state *state = state_new(&(struct state_options){.settings = {.seed = 7}});
    assert_non_null(state);
    if (json)
        load(state, json);
    return state;
}

struct visit enter_at(struct state *state, const char *key, bool known, int64_t now_ms)
{
    struct visit visit;
    state_enter(&visit, state,
                &(struct visit_head){VISIT_CALL, slice_of(key), known, now_ms, 1700000000000});
    return visit;
}

struct visit enter(struct state *state, const char *key)
{
    return enter_at(state, key, true, 1000);
}

void leave(struct visit *visit, const char *code, bool success)
{
    struct journal_entry entry = {.status = code[0] ? 400 : 200, .duration_ms = 1};
    snprintf(entry.code, sizeof entry.code, "%s", code);
    state_leave(visit, &entry, slice_make("body", 4), success);
}

struct cue cue(enum cue_source source, const char *name)
{
    return (struct cue){.source = source, .name = slice_of(name)};
}

void choose_for(char out[SCENARIO_NAME_MAX + 1], struct visit *visit, const struct wish *wish)
{
    struct choice choice;
    char why[STATE_WHY_SIZE];
    struct cue header = cue(wish->header ? CUE_HEADER : CUE_NONE, wish->header);
    struct cue key = cue(wish->key ? CUE_KEY : CUE_NONE, wish->key);
    struct cue file_name = cue(wish->file_name ? CUE_FILE_NAME : CUE_NONE, wish->file_name);
    struct cue picture = cue(wish->picture ? CUE_PICTURE : CUE_NONE, wish->picture);
    struct request_facts facts = {.number = {.service_choice = wish->service_choice}};
    enum choose_result result = state_choose_by_head(&choice, why, visit, &header, &key);
    if (result == CHOOSE_NOTHING)
        result = state_choose_by_body(&choice, why, visit, &file_name, &picture, &facts);
    snprintf(out, SCENARIO_NAME_MAX + 1, "%s", result == CHOOSE_UNKNOWN ? "?" : choice.scenario);
    choice_clear(&choice);
}

bool enqueue(struct state *state, const char *key, const char *step_json)
{
    struct scenario_step step;
    struct document_error error;
    assert_true(shape_parse(&step, &step_shape, slice_of(step_json), &error));
    return state_enqueue(state, slice_of(key), &step, 1);
}

static bool count(void *context, const struct journal_entry *entry)
{
    (void)entry;
    ++*(size_t *)context;
    return false;
}

size_t journalled(struct state *state)
{
    size_t entries = 0;
    struct journal_selection none;
    assert_true(state_select(&none, state, count, &entries, 0));
    return entries;
}
