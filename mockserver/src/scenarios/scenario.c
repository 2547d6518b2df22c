/* Owning, sharing and letting go of scenarios. */
#include "scenarios/scenario.h"
#include <stdlib.h>

void scenario_step_clear(struct scenario_step *step)
{
    for (size_t i = 0; i < step->header_count; i++) {
        free(step->headers[i].name);
        free(step->headers[i].value);
    }
    free(step->code_text);
    free(step->message);
    free(step->body);
    free(step->deviation);
    memset(step, 0, sizeof *step);
}

static void clear_text(char **text)
{
    free(*text);
}

static void clear_headers(struct header_patterns *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        free(headers->items[i].name);
        free(headers->items[i].value);
    }
    free(headers->items);
}

static void clear_nothing(const void *number)
{
    (void)number;
}

static void match_clear(struct scenario_match *match)
{
#define MOCK_CRITERION(name, kind)                                                                 \
    _Generic(&match->name, char **                                                                 \
             : clear_text, struct header_patterns *                                                \
             : clear_headers, default                                                              \
             : clear_nothing)(&match->name);
#include "scenarios/criteria.def"
}

void scenario_clear(struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->step_count; i++)
        scenario_step_clear(&scenario->steps[i]);
    free(scenario->steps);
    free(scenario->summary);
    match_clear(&scenario->match);
    memset(scenario, 0, sizeof *scenario);
}

struct scenario *scenario_new(struct scenario *from)
{
    static atomic_uint_fast64_t last_serial;
    struct scenario *scenario = malloc(sizeof *scenario);
    if (!scenario) {
        scenario_clear(from);
        return NULL;
    }
    memcpy(scenario, from, sizeof *scenario);
    memset(from, 0, sizeof *from);
    atomic_init(&scenario->references, 1);
    scenario->serial = atomic_fetch_add_explicit(&last_serial, 1, memory_order_relaxed) + 1;
    return scenario;
}

struct scenario *scenario_hold(struct scenario *scenario)
{
    atomic_fetch_add_explicit(&scenario->references, 1, memory_order_relaxed);
    return scenario;
}

void scenario_release(struct scenario *scenario)
{
    if (!scenario || atomic_fetch_sub_explicit(&scenario->references, 1, memory_order_acq_rel) != 1)
        return;
    scenario_clear(scenario);
    free(scenario);
}
