/* From a verdict and a chosen step to the reply. */
#include "exchange/exchange_answer.h"
#include "exchange/compose.h"
#include <cjson/cJSON.h>

/* What is sent when there is no memory for anything better. */
static const char OUT_OF_MEMORY[] =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static void reply_last_resort(struct exchange *exchange)
{
    reply_clear(&exchange->reply);
    exchange->charged = false;
    verdict_make(&exchange->verdict, exchange->context.revision, CODE_SERVICE_INTERNAL_ERROR, 500,
                 "memory ran out while answering");
    exchange->reply = (struct reply){
        .status = 500,
        .close = true,
        .steps = {{REPLY_SEND, slice_make(OUT_OF_MEMORY, sizeof OUT_OF_MEMORY - 1), 0}},
        .step_count = 1,
    };
}

/* The connection can go on only when the request was read to its end. */
static bool may_keep_alive(const struct exchange *exchange)
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
        .keep_alive = may_keep_alive(exchange),
        .is_head = head->is_head,
    };
    if (exchange->verdict.status == 405)
        out.allow = endpoint_allowed_methods(head->endpoint);
    if (exchange->verdict.code == CODE_EXCEEDING_LIMITS)
        out.retry_after_s = exchange->visit.retry_after_s;
    if (exchange->choice.scenario[0] && !state_is_strict(core_state(exchange->core)))
        out.scenario = exchange->choice.scenario;
    return out;
}

static struct composition composition_of(struct exchange *exchange)
{
    return (struct composition){
        .revision = exchange->context.revision,
        .verdict = &exchange->verdict,
        .ids = &exchange->ids,
        .head = reply_head_for(exchange),
    };
}

void exchange_answer(struct exchange *exchange, cJSON *data)
{
    struct composition composition = composition_of(exchange);
    if (!compose_reply(&exchange->reply, &composition, data))
        reply_last_resort(exchange);
}

void exchange_fail(struct exchange *exchange, enum error_code code, const char *message)
{
    verdict_make(&exchange->verdict, exchange->context.revision, code, 0, message);
    exchange_answer(exchange, NULL);
}

/* A success: the picture, with the step's deviation, fault and delay if there is a step. */
static void answer_result(struct exchange *exchange, struct composition *composition)
{
    struct request *request = &exchange->request;
    if (!pictures_result(&exchange->result, core_pictures(exchange->core), request)) {
        exchange_fail(exchange, CODE_SERVICE_INTERNAL_ERROR,
                      "memory ran out while making the result");
        return;
    }
    if (exchange->result)
        composition->image = blob_slice(exchange->result);
    else if (request->image)
        composition->image = request->image->body;
    exchange->charged = true;
    cJSON *data = envelope_image_data();
    if (!data || !compose_reply(&exchange->reply, composition, data))
        reply_last_resort(exchange);
}

void exchange_answer_chosen(struct exchange *exchange)
{
    struct composition composition = composition_of(exchange);
    composition.step = exchange->choice.step;
    composition.delay_ms = exchange->choice.delay_ms;
    bool done = true;
    if (composition.step && composition.step->answer == ANSWER_RAW) {
        done = compose_raw(&exchange->reply, &composition);
    } else {
        compose_verdict(&composition);
        composition.head = reply_head_for(exchange);
        if (exchange->verdict.code == ERROR_NONE) {
            answer_result(exchange, &composition);
            return;
        }
        done = compose_reply(&exchange->reply, &composition, NULL);
    }
    if (!done)
        reply_last_resort(exchange);
}

void exchange_answer_early_413(struct exchange *exchange)
{
    verdict_make(&exchange->verdict, exchange->context.revision, CODE_FILE_SIZE_EXCEEDS_LIMIT, 0,
                 NULL);
    struct composition composition = composition_of(exchange);
    composition.step = exchange->choice.step;
    composition.delay_ms = exchange->choice.delay_ms;
    if (!compose_reply(&exchange->reply, &composition, NULL))
        reply_last_resort(exchange);
}

void exchange_answer_credits(struct exchange *exchange)
{
    cJSON *pools = account_pools(&exchange->visit.balance);
    if (pools)
        exchange_answer(exchange, pools);
    else
        reply_last_resort(exchange);
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
        reply_last_resort(exchange);
}
