/* Helpers of play.h. */
#include "play.h"
#include "scenario_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct scenario_set *play_set(const char *json)
{
    struct document document;
    scenario_json_document(&document, json);
    struct scenario_set *set = scenario_set_new(document.scenarios, document.scenario_count);
    assert_non_null(set);
    document.scenarios = NULL; /* taken over */
    document.scenario_count = 0;
    document_clear(&document);
    return set;
}

struct key_state *play_key(uint64_t seed, const char *key)
{
    uint8_t digest[32] = {0};
    memcpy(digest, key, strlen(key));
    struct key_state *state = malloc(sizeof *state);
    assert_non_null(state);
    memset(state, 0xA5, sizeof *state); /* it owes nothing to what was there before */
    key_state_init(state, seed, digest);
    return state;
}

void play_end(struct key_state *state)
{
    key_state_clear(state);
    free(state);
}

char play_letter(struct choice *choice)
{
    char made = choice->step ? (char)('0' + choice->step->status % 10) : '.';
    choice_clear(choice);
    assert_null(choice->step);
    return made;
}

const char *play_named(char *out, struct scenario_set *set, const char *name,
                       struct key_state *state, size_t count)
{
    const struct scenario *scenario = scenario_set_find(set, slice_of(name));
    assert_non_null(scenario);
    assert_in_range(count, 0, PLAY_MAX);
    for (size_t i = 0; i < count; i++) {
        struct choice choice;
        choose_named(&choice, set, scenario, state);
        out[i] = play_letter(&choice);
    }
    out[count] = '\0';
    return out;
}

const char *play_matching(char *out, struct scenario_set *set, struct key_state *state,
                          size_t count)
{
    assert_in_range(count, 0, PLAY_MAX);
    for (size_t i = 0; i < count; i++) {
        struct request_facts facts = {.api_key = slice_of("k"), .number = {.service_choice = 12}};
        struct choice choice;
        facts.number.request = key_state_next(state);
        choose_matching(&choice, set, state, &facts);
        out[i] = play_letter(&choice);
    }
    out[count] = '\0';
    return out;
}
