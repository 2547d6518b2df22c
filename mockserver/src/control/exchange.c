/* The way of a request through the mock: head -> verdict, body -> verdict, verdict -> reply. */
#include "control/exchange.h"
#include <cjson/cJSON.h>
#include <stdio.h>

/* What is sent when there is no memory for anything better. */
static const char OUT_OF_MEMORY[] =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static void reply_last_resort(struct exchange *exchange)
{
    reply_clear(&exchange->reply);
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
        .now_ms = exchange->now_ms,
        .keep_alive = may_keep_alive(exchange),
        .is_head = head->is_head,
    };
    if (exchange->verdict.status == 405)
        out.allow = endpoint_allowed_methods(head->endpoint);
    return out;
}

static void answer(struct exchange *exchange, cJSON *data, struct slice image)
{
    struct reply_head head = reply_head_for(exchange);
    cJSON *envelope =
        envelope_make(exchange->context.revision, &exchange->verdict, &exchange->ids, data);
    char *text = envelope ? cJSON_PrintUnformatted(envelope) : NULL;
    if (!text || !reply_json(&exchange->reply, &head, slice_of(text), image))
        reply_last_resort(exchange);
    cJSON_free(text);
    cJSON_Delete(envelope);
}

static void fail(struct exchange *exchange, enum error_code code, const char *message)
{
    verdict_make(&exchange->verdict, exchange->context.revision, code, 0, message);
    answer(exchange, NULL, (struct slice){NULL, 0});
}

static void answer_result(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    if (!pictures_result(&exchange->result, core_pictures(exchange->core), request)) {
        fail(exchange, CODE_SERVICE_INTERNAL_ERROR, "memory ran out while making the result");
        return;
    }
    struct slice image = {NULL, 0};
    if (exchange->result)
        image = blob_slice(exchange->result);
    else if (request->image)
        image = request->image->body;
    cJSON *data = envelope_image_data();
    if (data)
        answer(exchange, data, image);
    else
        reply_last_resort(exchange);
}

static bool add_pool(cJSON *pools, const char *sign, const char *name, double balance)
{
    cJSON *pool = cJSON_CreateObject();
    if (!pool || !cJSON_AddItemToArray(pools, pool)) {
        cJSON_Delete(pool);
        return false;
    }
    return cJSON_AddStringToObject(pool, "unique_sign", sign) &&
           cJSON_AddStringToObject(pool, "name", name) &&
           cJSON_AddNumberToObject(pool, "balance", balance) &&
           cJSON_AddNumberToObject(pool, "total", balance) &&
           cJSON_AddNumberToObject(pool, "last_recharge_balance", balance) &&
           cJSON_AddNumberToObject(pool, "balance_warning", 0) &&
           cJSON_AddNumberToObject(pool, "first_buy_time", 0) &&
           cJSON_AddNumberToObject(pool, "last_update_time", 0);
}

static void answer_credits(struct exchange *exchange)
{
    const double unlimited = 1000000;
    cJSON *pools = cJSON_CreateArray();
    if (!pools ||
        !add_pool(pools, "portrait_expression_editing", "Change facial expressions", unlimited) ||
        !add_pool(pools, "common", "Universal", 0)) {
        cJSON_Delete(pools);
        reply_last_resort(exchange);
        return;
    }
    answer(exchange, pools, (struct slice){NULL, 0});
}

/* OPTIONS asks what may be sent, with or without a browser's preflight headers; no key needed. */
static void answer_options(struct exchange *exchange)
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

static void start(struct exchange *exchange, struct core *core, int64_t now_ms)
{
    exchange->core = core;
    exchange->now_ms = now_ms;
    exchange->request.body_end = BODY_CUT;
    core_next_ids(&exchange->ids, core);
    request_head_derive(&exchange->request.head);
    core_context(&exchange->context, &exchange->account, core, exchange->request.head.key);
}

static bool is_options(const struct request_head *head)
{
    return head->endpoint != ENDPOINT_UNKNOWN && !head->doubt &&
           slice_equal(head->method, slice_of("OPTIONS"));
}

enum exchange_next exchange_begin(struct exchange *exchange, struct core *core, int64_t now_ms)
{
    struct request *request = &exchange->request;
    start(exchange, core, now_ms);
    if (is_options(&request->head)) {
        verdict_make(&exchange->verdict, exchange->context.revision, ERROR_NONE, 0, NULL);
        answer_options(exchange);
        return EXCHANGE_REPLY;
    }
    rules_judge(&exchange->verdict, STAGE_HEAD, request, &exchange->context);
    if (exchange->verdict.code != ERROR_NONE) {
        answer(exchange, NULL, (struct slice){NULL, 0});
        return EXCHANGE_REPLY;
    }
    if (request->head.endpoint == ENDPOINT_QUERY_CREDITS) {
        answer_credits(exchange);
        return EXCHANGE_REPLY;
    }
    return EXCHANGE_READ_BODY;
}

/* The upload fault ends the connection; nothing is said. */
static void drop(struct exchange *exchange)
{
    bool reset = exchange->intake.fault == FAULT_reset_upload;
    exchange->reply = (struct reply){.close = true};
    reply_add(&exchange->reply, reset ? REPLY_RESET : REPLY_CLOSE, (struct slice){NULL, 0}, 0);
}

void exchange_body(struct exchange *exchange, struct slice body, enum body_end end)
{
    struct request *request = &exchange->request;
    request->body = body;
    request->body_end = end;
    if (end == BODY_DROPPED) {
        drop(exchange);
        return;
    }
    if (end == BODY_NO_MEMORY) {
        fail(exchange, CODE_SERVICE_INTERNAL_ERROR, "memory ran out while reading the body");
        return;
    }
    rules_judge(&exchange->verdict, STAGE_BODY, request, &exchange->context);
    if (exchange->verdict.code == ERROR_NONE)
        answer_result(exchange);
    else
        answer(exchange, NULL, (struct slice){NULL, 0});
}

void exchange_protocol_error(struct exchange *exchange, struct core *core, int64_t now_ms,
                             enum error_code code, const char *why)
{
    char message[VERDICT_MESSAGE_SIZE];
    start(exchange, core, now_ms);
    snprintf(message, sizeof message, "%s - HTTP: %s.", error_info(code)->description, why);
    fail(exchange, code, message);
}

void exchange_unknown_method(struct exchange *exchange, struct core *core, int64_t now_ms)
{
    start(exchange, core, now_ms);
    exchange->request.head.doubt = NULL; /* headers were not read, so they are not missing */
    rules_judge(&exchange->verdict, STAGE_HEAD, &exchange->request, &exchange->context);
    answer(exchange, NULL, (struct slice){NULL, 0});
}

void exchange_clear(struct exchange *exchange)
{
    reply_clear(&exchange->reply);
    blob_release(exchange->result);
    exchange->result = NULL;
}
