/* Writes a scenario as a document would have it, for listing: what is read from it is the same
 * scenario. Fields that have their default are left out. */
#include "documents/shapes.h"
#include <modp_b64.h>
#include <stdlib.h>

static bool put_text(cJSON *object, const char *name, const char *text)
{
    return !text || cJSON_AddStringToObject(object, name, text);
}

static bool put_number(cJSON *object, const char *name, double number)
{
    return cJSON_AddNumberToObject(object, name, number) != NULL;
}

/* Adds item, which it takes over; NULL means that memory ran out. */
static bool put_item(cJSON *object, const char *name, cJSON *item)
{
    if (item && cJSON_AddItemToObject(object, name, item))
        return true;
    cJSON_Delete(item);
    return false;
}

static bool put_choices(cJSON *object, const char *name, struct choices choices)
{
    return !choices.count ||
           put_item(object, name, cJSON_CreateIntArray(choices.numbers, (int)choices.count));
}

static bool put_format(cJSON *object, const char *name, enum image_format format)
{
    return format == IMAGE_OTHER || put_text(object, name, format_words[format]);
}

static bool put_range(cJSON *object, const char *name, struct range range)
{
    if (!range.given)
        return true;
    if (range.minimum == range.maximum && !range.every)
        return put_number(object, name, (double)range.minimum);
    cJSON *item = cJSON_AddObjectToObject(object, name);
    return item && put_number(item, "min", (double)range.minimum) &&
           (range.maximum == UINT64_MAX || put_number(item, "max", (double)range.maximum)) &&
           (!range.every || put_number(item, "every", (double)range.every));
}

static bool put_match(cJSON *object, const struct scenario *scenario)
{
    const struct scenario_match *match = &scenario->match;
    if (!scenario->automatic)
        return true;
    cJSON *item = cJSON_AddObjectToObject(object, "match");
    bool done = item != NULL;
#define MOCK_CRITERION(name, kind)                                                                 \
    done = done && BY_TYPE(match->name, put)(item, #name, match->name);
#include "scenarios/criteria.def"
    return done;
}

static bool put_headers(cJSON *object, const struct scenario_step *step)
{
    if (!step->header_count)
        return true;
    cJSON *item = cJSON_AddObjectToObject(object, "headers");
    for (size_t i = 0; item && i < step->header_count; i++)
        if (!put_text(item, step->headers[i].name, step->headers[i].value))
            return false;
    return item != NULL;
}

/* As text where it is one. */
static bool put_body(cJSON *object, const struct scenario_step *step)
{
    if (!step->body_size)
        return true;
    struct slice body = slice_make(step->body, step->body_size);
    bool is_text = !memchr(body.ptr, '\0', body.len) && utf8_length(body) == body.len;
    char *text = malloc(is_text ? body.len + 1 : modp_b64_encode_len(body.len));
    if (!text)
        return false;
    if (is_text) {
        memcpy(text, body.ptr, body.len);
        text[body.len] = '\0';
    } else
        modp_b64_encode(text, body.ptr, body.len);
    bool done = put_text(object, is_text ? "body" : "body_base64", text);
    free(text);
    return done;
}

static bool put_fault(cJSON *object, const struct scenario_step *step)
{
    const struct fault_info *info = fault_info(step->fault);
    if (!info)
        return true;
    if (info->parameter == FAULT_PARAMETER_NONE || step->fault_amount == info->fallback)
        return put_text(object, "fault", info->name);
    cJSON *item = cJSON_AddObjectToObject(object, "fault");
    return item && put_text(item, "name", info->name) &&
           put_number(item, "amount", (double)step->fault_amount);
}

static bool put_delay(cJSON *object, const struct delay *delay)
{
    const double bounds[] = {delay->a, delay->b};
    cJSON *item = NULL, *shape = NULL;
    if (delay->kind == DELAY_NONE)
        return true;
    if (delay->kind == DELAY_FIXED)
        return put_number(object, "delay", delay->a);
    item = cJSON_AddObjectToObject(object, "delay");
    if (delay->kind == DELAY_UNIFORM)
        return item && put_item(item, "uniform", cJSON_CreateDoubleArray(bounds, 2));
    bool normal = delay->kind == DELAY_NORMAL;
    shape = item ? cJSON_AddObjectToObject(item, normal ? "normal" : "lognormal") : NULL;
    return shape && put_number(shape, normal ? "mean" : "p50", delay->a) &&
           put_number(shape, normal ? "stddev" : "p95", delay->b);
}

static bool put_answer(cJSON *object, const struct scenario_step *step)
{
    switch (step->answer) {
    case ANSWER_NORMAL:
        break;
    case ANSWER_ERROR:
        return put_text(object, "error",
                        step->code ? error_info(step->code)->name : step->code_text) &&
               put_text(object, "message", step->message) &&
               (!step->status || put_number(object, "status", step->status));
    case ANSWER_RAW:
        return put_number(object, "status", step->status) && put_body(object, step);
    }
    bool only = !step->header_count && !step->deviation && !step->fault && !step->delay.kind;
    return put_text(object, "answer", only ? "success" : NULL);
}

static cJSON *print_step(const struct scenario_step *step)
{
    cJSON *object = cJSON_CreateObject();
    if (object && put_answer(object, step) && put_headers(object, step) &&
        put_text(object, "deviation", step->deviation) && put_fault(object, step) &&
        put_delay(object, &step->delay) &&
        (step->times <= 1 || put_number(object, "times", step->times)) &&
        (step->probability >= 1 || put_number(object, "probability", step->probability)) &&
        (!step->always || cJSON_AddTrueToObject(object, "always")))
        return object;
    cJSON_Delete(object);
    return NULL;
}

static bool put_steps(cJSON *object, const struct scenario *scenario)
{
    cJSON *array = cJSON_AddArrayToObject(object, "steps");
    for (size_t i = 0; array && i < scenario->step_count; i++) {
        cJSON *step = print_step(&scenario->steps[i]);
        if (!step || !cJSON_AddItemToArray(array, step)) {
            cJSON_Delete(step);
            return false;
        }
    }
    return array != NULL;
}

cJSON *document_print_scenario(const struct scenario *scenario)
{
    static const char *const thens[] = {
        [THEN_NORMAL] = NULL, /* the default */
        [THEN_REPEAT_LAST] = "repeat-last",
        [THEN_RESTART] = "restart",
    };
    cJSON *object = cJSON_CreateObject();
    if (object && put_text(object, "name", scenario->name) &&
        put_text(object, "summary", scenario->summary) && put_match(object, scenario) &&
        put_steps(object, scenario) && put_text(object, "then", thens[scenario->then]) &&
        (!scenario->times || put_number(object, "times", (double)scenario->times)) &&
        (scenario->probability >= 1 || put_number(object, "probability", scenario->probability)))
        return object;
    cJSON_Delete(object);
    return NULL;
}
