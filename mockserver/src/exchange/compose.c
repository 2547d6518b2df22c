/* The one place where an answer is made of its parts; what each part is, is decided elsewhere. */
#include "exchange/compose.h"
#include "api/deviation.h"
#include <cjson/cJSON.h>
#include <stdio.h>

void compose_verdict(struct composition *composition)
{
    const struct scenario_step *step = composition->step;
    if (!step || step->answer != ANSWER_ERROR)
        return;
    /* A code outside the table borrows the row that says "unknown" until its text replaces it. */
    enum error_code code = step->code_text ? CODE_UNKNOWN_ERROR : step->code;
    enum rule_id rule = composition->verdict->rule;
    verdict_make(composition->verdict, composition->revision, code, step->status, step->message);
    composition->verdict->rule = rule;
}

static bool replace_text(cJSON *object, const char *name, const char *text)
{
    if (!cJSON_GetObjectItemCaseSensitive(object, name))
        return true;
    cJSON *value = cJSON_CreateString(text);
    if (value && cJSON_ReplaceItemInObjectCaseSensitive(object, name, value))
        return true;
    cJSON_Delete(value);
    return false;
}

static bool name_unlisted_code(cJSON *envelope, const char *code)
{
    cJSON *detail = cJSON_GetObjectItemCaseSensitive(envelope, "error_detail");
    return replace_text(envelope, "error_code_str", code) && replace_text(detail, "code", code);
}

static cJSON *make_envelope(struct composition *composition, cJSON *data)
{
    const struct scenario_step *step = composition->step;
    cJSON *envelope =
        envelope_make(composition->revision, composition->verdict, composition->ids, data);
    int *status = &composition->head.status;
    *status = composition->verdict->status;
    bool made = envelope != NULL;
    if (made && step && step->answer == ANSWER_ERROR && step->code_text)
        made = name_unlisted_code(envelope, step->code_text);
    if (made && step && step->deviation)
        made = deviation_apply(deviation_find(slice_of(step->deviation)), envelope, status);
    if (made)
        return envelope;
    cJSON_Delete(envelope);
    return NULL;
}

static void add_headers(struct reply_head *head, const struct scenario_step *step,
                        struct reply_header headers[SCENARIO_HEADERS_MAX])
{
    if (!step || !step->header_count)
        return;
    for (size_t i = 0; i < step->header_count; i++)
        headers[i] = (struct reply_header){step->headers[i].name, step->headers[i].value};
    head->extra = headers;
    head->extra_count = step->header_count;
}

/* The delay comes before everything else. */
static bool put_delay_first(struct reply *reply, uint32_t delay_ms)
{
    if (!delay_ms)
        return true;
    if (!reply_add(reply, REPLY_WAIT, (struct slice){NULL, 0}, delay_ms))
        return false;
    struct reply_step wait = reply->steps[reply->step_count - 1];
    memmove(&reply->steps[1], &reply->steps[0], (reply->step_count - 1) * sizeof wait);
    reply->steps[0] = wait;
    return true;
}

/* The fault that the answer itself shows: what went wrong with the upload leaves it as it is. */
static enum fault_id fault_of_answer(const struct scenario_step *step)
{
    const struct fault_info *fault = step ? fault_info(step->fault) : NULL;
    return fault && fault->place != FAULT_UPLOAD ? step->fault : FAULT_NONE;
}

static bool lay_out(struct reply *out, const struct composition *composition, struct slice json)
{
    struct reply_header headers[SCENARIO_HEADERS_MAX];
    struct reply_head head = composition->head;
    const struct scenario_step *step = composition->step;
    add_headers(&head, step, headers);
    enum fault_id fault = fault_of_answer(step);
    bool done = fault ? fault_reply(out, &head, json, composition->image, fault, step->fault_amount)
                      : reply_json(out, &head, json, composition->image);
    return done && put_delay_first(out, composition->delay_ms);
}

bool compose_reply(struct reply *out, struct composition *composition, cJSON *data)
{
    cJSON *envelope = make_envelope(composition, data);
    char *text = envelope ? cJSON_PrintUnformatted(envelope) : NULL;
    bool done = text && lay_out(out, composition, slice_of(text));
    cJSON_free(text);
    cJSON_Delete(envelope);
    return done;
}

bool compose_raw(struct reply *out, struct composition *composition)
{
    const struct scenario_step *step = composition->step;
    struct reply_header headers[SCENARIO_HEADERS_MAX];
    struct reply_head *head = &composition->head;
    struct slice body = slice_make(step->body, step->body_size);
    head->status = step->status;
    head->content_type = NULL;
    add_headers(head, step, headers);
    enum fault_id fault = fault_of_answer(step);
    bool done = fault ? fault_reply(out, head, body, composition->image, fault, step->fault_amount)
                      : reply_bytes(out, head, body);
    return done && put_delay_first(out, composition->delay_ms);
}
