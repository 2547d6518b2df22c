/* From a verdict and a chosen step to the reply: verdict -> envelope -> reply. The step may change
 * each of them: another answer, a deviation, headers, a fault, a delay. */
#include "exchange/exchange_answer.h"
#include "api/deviation.h"
#include <cjson/cJSON.h>
#include <stdio.h>

static const struct slice NOTHING = {NULL, 0};

void exchange_answer_last_resort(struct exchange *exchange)
{
    static const char head[] =
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    reply_clear(&exchange->reply);
    exchange->charged = false;
    verdict_make(&exchange->verdict, exchange->context.revision, CODE_SERVICE_INTERNAL_ERROR, 500,
                 "memory ran out while answering");
    exchange->reply = (struct reply){
        .status = 500,
        .close = true,
        .steps = {{REPLY_SEND, slice_make(head, sizeof head - 1), 0}},
        .step_count = 1,
    };
}

/* Heads */

bool exchange_keeps_alive(const struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    return request->head.keep_alive && !exchange->closing && !request->head.doubt &&
           (request->head.framing == BODY_NONE || request->body_end == BODY_COMPLETE);
}

static struct reply_head reply_head_for(const struct exchange *exchange)
{
    const struct request_head *head = &exchange->request.head;
    struct reply_head out = {
        .status = exchange->verdict.status,
        .content_type = "application/json",
        .now_ms = exchange->time.wall_ms,
        .keep_alive = exchange_keeps_alive(exchange),
        .is_head = head->is_head,
    };
    if (exchange->verdict.status == 405)
        out.allow = endpoint_allowed_methods(head->endpoint);
    if (exchange->verdict.code == CODE_EXCEEDING_LIMITS)
        out.retry_after_s = exchange->visit.retry_after_s;
    if (exchange->choice.scenario[0] && !state_is_strict(mock_state(exchange->mock)))
        out.scenario = exchange->choice.scenario;
    return out;
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

/* Replies */

/* The fault that the answer itself shows; a fault of the upload leaves the answer as it is. */
static enum fault_id fault_of_answer(const struct scenario_step *step)
{
    const struct fault_info *fault = step ? fault_info(step->fault) : NULL;
    return fault && fault->place != FAULT_UPLOAD ? step->fault : FAULT_NONE;
}

/* The delay comes before everything else. */
static bool put_delay_first(struct reply *reply, uint32_t delay_ms)
{
    if (!delay_ms)
        return true;
    if (!reply_add(reply, REPLY_WAIT, NOTHING, delay_ms))
        return false;
    struct reply_step wait = reply->steps[reply->step_count - 1];
    memmove(&reply->steps[1], &reply->steps[0], (reply->step_count - 1) * sizeof wait);
    reply->steps[0] = wait;
    return true;
}

/* Sends body as step, which may be NULL, says. */
static bool lay_out(struct exchange *exchange, const struct scenario_step *step,
                    struct reply_head head, struct slice body, struct slice image)
{
    struct reply *reply = &exchange->reply;
    struct reply_header headers[SCENARIO_HEADERS_MAX];
    enum fault_id fault = fault_of_answer(step);
    bool done;
    add_headers(&head, step, headers);
    if (!reply_may_have_body(head.status))
        head.is_head = true; /* a fault may want to send a body all the same */
    if (fault)
        done = fault_reply(reply, &head, body, image, fault, step->fault_amount);
    else if (step && step->answer == ANSWER_RAW)
        done = reply_bytes(reply, &head, body);
    else
        done = reply_json(reply, &head, body, image);
    return done && (!step || put_delay_first(reply, exchange->choice.delay_ms));
}

/* Envelopes */

/* False when memory ran out, also for a copy of the name, of which cJSON tells only since 1.7.16.
 */
static bool replace_text(cJSON *object, const char *name, const char *text)
{
    if (!cJSON_GetObjectItemCaseSensitive(object, name))
        return true;
    cJSON *value = cJSON_CreateString(text);
    if (value && cJSON_ReplaceItemInObjectCaseSensitive(object, name, value))
        return value->string != NULL;
    cJSON_Delete(value);
    return false;
}

static bool name_unlisted_code(cJSON *envelope, const char *code)
{
    cJSON *detail = cJSON_GetObjectItemCaseSensitive(envelope, "error_detail");
    return replace_text(envelope, "error_code_str", code) && replace_text(detail, "code", code);
}

/* data is consumed. A deviation may change *status. NULL when memory ran out. */
static cJSON *make_envelope(const struct exchange *exchange, const struct scenario_step *step,
                            cJSON *data, int *status)
{
    cJSON *envelope =
        envelope_make(exchange->context.revision, &exchange->verdict, &exchange->ids, data);
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

/* Says behind the message of a rule what was nearly right. Strict and an error of the step leave
 * the message alone. */
static void add_hint(struct exchange *exchange, const struct scenario_step *step)
{
    struct verdict *verdict = &exchange->verdict;
    const size_t used = strlen(verdict->message);
    if (!hint_find(exchange->hint, verdict->rule, &exchange->request, exchange->context.revision) ||
        (step && step->answer == ANSWER_ERROR) || state_is_strict(mock_state(exchange->mock)))
        return;
    snprintf(verdict->message + used, sizeof verdict->message - used, " Hint: %s.", exchange->hint);
}

/* data and step may be NULL; data is consumed. image is borrowed until the reply is sent. */
static void reply_envelope(struct exchange *exchange, const struct scenario_step *step, cJSON *data,
                           struct slice image)
{
    struct reply_head head = reply_head_for(exchange);
    if (exchange->verdict.rule)
        add_hint(exchange, step);
    cJSON *envelope = make_envelope(exchange, step, data, &head.status);
    char *text = envelope ? cJSON_PrintUnformatted(envelope) : NULL;
    if (!text || !lay_out(exchange, step, head, slice_of(text), image))
        exchange_answer_last_resort(exchange);
    cJSON_free(text);
    cJSON_Delete(envelope);
}

void exchange_answer(struct exchange *exchange, cJSON *data)
{
    reply_envelope(exchange, NULL, data, NOTHING);
}

void exchange_fail(struct exchange *exchange, enum error_code code, const char *message)
{
    verdict_make(&exchange->verdict, exchange->context.revision, code, 0, message);
    exchange_answer(exchange, NULL);
}

/* Steps */

/* Replaces the verdict by the error of the step. */
static void take_error_of(struct exchange *exchange, const struct scenario_step *step)
{
    /* A code outside the table borrows the row that says "unknown" until its text replaces it. */
    enum error_code code = step->code_text ? CODE_UNKNOWN_ERROR : step->code;
    enum rule_id rule = exchange->verdict.rule;
    verdict_make(&exchange->verdict, exchange->context.revision, code, step->status, step->message);
    exchange->verdict.rule = rule;
}

/* A step that says everything itself. */
static void answer_raw(struct exchange *exchange, const struct scenario_step *step)
{
    struct reply_head head = reply_head_for(exchange);
    head.status = step->status;
    head.content_type = NULL;
    if (!lay_out(exchange, step, head, slice_make(step->body, step->body_size), NOTHING))
        exchange_answer_last_resort(exchange);
}

/* A success: the picture, sent as step, which may be NULL, says. */
static void answer_result(struct exchange *exchange, const struct scenario_step *step)
{
    struct request *request = &exchange->request;
    struct slice image = NOTHING;
    if (!picture_work_result(&exchange->result, mock_pictures(exchange->mock), request)) {
        exchange_fail(exchange, CODE_SERVICE_INTERNAL_ERROR,
                      "memory ran out while making the result");
        return;
    }
    if (exchange->result)
        image = shared_bytes_slice(exchange->result);
    else if (request->image)
        image = request->image->body;
    exchange->charged = true;
    cJSON *data = envelope_image_data();
    if (data)
        reply_envelope(exchange, step, data, image);
    else
        exchange_answer_last_resort(exchange);
}

void exchange_answer_chosen(struct exchange *exchange)
{
    const struct scenario_step *step = exchange->choice.step;
    if (exchange->choice.no_memory) {
        exchange_fail(exchange, CODE_SERVICE_INTERNAL_ERROR,
                      "memory ran out while a scenario was chosen");
        return;
    }
    if (step && step->answer == ANSWER_RAW) {
        answer_raw(exchange, step);
        return;
    }
    if (step && step->answer == ANSWER_ERROR)
        take_error_of(exchange, step);
    if (exchange->verdict.code == ERROR_NONE)
        answer_result(exchange, step);
    else
        reply_envelope(exchange, step, NULL, NOTHING);
}

void exchange_answer_early_413(struct exchange *exchange)
{
    verdict_make(&exchange->verdict, exchange->context.revision, CODE_FILE_SIZE_EXCEEDS_LIMIT, 0,
                 NULL);
    reply_envelope(exchange, exchange->choice.step, NULL, NOTHING);
}

/* Other endpoints and methods */

void exchange_answer_credits(struct exchange *exchange)
{
    cJSON *pools = account_pools(&exchange->visit.balance);
    if (pools)
        exchange_answer(exchange, pools);
    else
        exchange_answer_last_resort(exchange);
}

void exchange_answer_options(struct exchange *exchange)
{
    char wanted[256] = "ailabapi-api-key, content-type";
    struct slice asked = request_header(&exchange->request.head, "Access-Control-Request-Headers");
    if (asked.len)
        printable(wanted, sizeof wanted, asked);
    struct reply_head head = reply_head_for(exchange);
    head.status = exchange->verdict.status = 204;
    head.content_type = NULL;
    head.allow = endpoint_allowed_methods(exchange->request.head.endpoint);
    head.allow_methods = head.allow;
    head.allow_headers = wanted;
    if (!reply_empty(&exchange->reply, &head))
        exchange_answer_last_resort(exchange);
}
