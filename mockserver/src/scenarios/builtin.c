/* Makes a scenario of one step of each row of errors.def, situations.def, faults.def and
 * deviations.def. A name that stands in two of them means the first. */
#include "scenarios/builtin.h"
#include "api/deviation.h"
#include <stdio.h>
#include <stdlib.h>

struct situation {
    const char *name;
    enum answer_kind answer;
    enum error_code code;
    int status;
    const char *message, *header, *value, *body;
    enum fault_id fault;
    uint32_t delay_ms;
    const char *summary;
};

static const struct situation situations[] = {
#define MOCK_SITUATION(name, answer, code, status, message, header, value, body, fault, delay,     \
                       summary)                                                                    \
    {name, ANSWER_##answer, code,  status, message, header, value,                                 \
     body, FAULT_##fault,   delay, summary},
#include "scenarios/builtin_situations.def"
};

struct builder {
    struct scenario *scenarios;
    size_t count, size;
    bool failed;
};

static char *copy(struct builder *builder, const char *text)
{
    char *made = text ? strdup(text) : NULL;
    if (text && !made)
        builder->failed = true;
    return made;
}

/* A scenario of one step that it repeats. */
static struct scenario_step *add(struct builder *builder, const char *name, const char *summary)
{
    if (builder->failed || builder->count == builder->size)
        return NULL;
    struct scenario *scenario = &builder->scenarios[builder->count];
    struct scenario_step *step = calloc(1, sizeof *step);
    if (!step) {
        builder->failed = true;
        return NULL;
    }
    builder->count++;
    snprintf(scenario->name, sizeof scenario->name, "%s", name);
    scenario->summary = copy(builder, summary);
    scenario->then = THEN_REPEAT_LAST;
    scenario->probability = 1;
    scenario->steps = step;
    scenario->step_count = 1;
    step->probability = step->times = 1;
    return step;
}

static void add_errors(struct builder *builder)
{
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const struct error_info *info = error_info(code);
        struct scenario_step *step = add(builder, info->name, info->description);
        if (step) {
            step->answer = ANSWER_ERROR;
            step->code = code;
        }
    }
}

static void fill(struct builder *builder, struct scenario_step *step, const struct situation *from)
{
    step->answer = from->answer;
    step->code = from->code;
    step->status = from->status;
    step->message = copy(builder, from->message);
    step->body = copy(builder, from->body);
    step->body_size = from->body ? strlen(from->body) : 0;
    step->fault = from->fault;
    step->fault_amount = from->fault ? fault_info(from->fault)->fallback : 0;
    if (from->delay_ms)
        step->delay = (struct delay){DELAY_FIXED, from->delay_ms, 0};
    if (from->header) {
        step->headers[0].name = copy(builder, from->header);
        step->headers[0].value = copy(builder, from->value);
        step->header_count = 1;
    }
}

static void add_situations(struct builder *builder)
{
    for (size_t i = 0; i < sizeof situations / sizeof situations[0]; i++) {
        struct scenario_step *step = add(builder, situations[i].name, situations[i].summary);
        if (step)
            fill(builder, step, &situations[i]);
    }
}

static void add_faults(struct builder *builder)
{
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++) {
        const struct fault_info *info = fault_info(id);
        struct scenario_step *step = add(builder, info->name, info->summary);
        if (step) {
            step->fault = id;
            step->fault_amount = info->fallback;
        }
    }
}

/* Those that are only to be seen on an error get one. */
static void add_deviations(struct builder *builder)
{
    size_t count;
    const struct deviation *table = deviation_table(&count);
    for (size_t i = 0; i < count; i++) {
        struct scenario_step *step = add(builder, table[i].name, table[i].summary);
        if (!step)
            return;
        step->deviation = copy(builder, table[i].name);
        if (deviation_wants_error(&table[i])) {
            step->answer = ANSWER_ERROR;
            step->code = CODE_ERROR_NO_FACE_IN_FILE;
        }
    }
}

bool builtin_scenarios(struct scenario **out, size_t *count_out)
{
    size_t deviations;
    deviation_table(&deviations);
    struct builder builder = {.size = ERROR_COUNT + sizeof situations / sizeof situations[0] +
                                      FAULT_COUNT + deviations};
    builder.scenarios = calloc(builder.size, sizeof *builder.scenarios);
    if (!builder.scenarios)
        return false;
    add_errors(&builder);
    add_situations(&builder);
    add_faults(&builder);
    add_deviations(&builder);
    *out = builder.scenarios;
    *count_out = builder.count;
    if (!builder.failed)
        return true;
    for (size_t i = 0; i < builder.count; i++)
        scenario_clear(&builder.scenarios[i]);
    free(builder.scenarios);
    return false;
}
