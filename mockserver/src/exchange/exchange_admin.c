/* Takes a request to the router of the admin API and makes a reply of the document it answers. */
#include "exchange/exchange_admin.h"
#include "admin/admin.h"
#include "admin/admin_policy.h"
#include "base/count_of.h"
#include "exchange/exchange_answer.h"
#include "exchange/exchange_console.h"
#include <stdio.h>

/* The reply takes the answer's text over. */
static void reply_document(struct exchange *exchange, const struct admin_answer *answer)
{
    const struct reply_head head = {
        .status = answer->status,
        .content_type = answer->content_type,
        .allow = answer->allow[0] ? answer->allow : NULL,
        .now_ms = exchange->time.wall_ms,
        .keep_alive = exchange_keeps_alive(exchange),
        .is_head = exchange->request.head.is_head,
        .same_origin = true,
    };
    bool done = reply_bytes(&exchange->reply, &head, slice_make(answer->text, answer->size));
    /* Only now: reply_bytes() begins the reply anew. */
    if (!reply_own(&exchange->reply, answer->text) || !done)
        exchange_answer_last_resort(exchange);
}

static bool feed_next(void *feed, struct slice *out, uint64_t ms)
{
    return admin_feed_next(feed, out, ms);
}

static void feed_free(void *feed)
{
    admin_feed_free(feed);
}

/* The reply takes the feed over. */
static void reply_feed(struct exchange *exchange, struct admin_feed *feed)
{
    static const struct reply_header extra[] = {
        {"Cache-Control", "no-store"},
        {"X-Accel-Buffering", "no"}, /* nginx would keep events back */
    };
    const struct reply_head head = {
        .status = 200,
        .content_type = "text/event-stream",
        .now_ms = exchange->time.wall_ms,
        .extra = extra,
        .extra_count = COUNT_OF(extra),
        .same_origin = true,
    };
    const struct reply_stream stream = {feed_next, feed_free, feed};
    if (!reply_follow(&exchange->reply, &head, &stream))
        exchange_answer_last_resort(exchange);
}

/* text is to be freed; NULL when memory ran out. */
static void reply_text(struct exchange *exchange, int status, char *text)
{
    const struct admin_answer answer = {.status = status,
                                        .content_type = "application/json",
                                        .text = text,
                                        .size = text ? strlen(text) : 0};
    reply_document(exchange, &answer);
}

static void refuse(struct exchange *exchange, int status, const char *why)
{
    char *text;
    int size = asprintf(&text, "{\"error\":\"%s\",\"pointer\":\"\"}\n", why);
    reply_text(exchange, status, size < 0 ? NULL : text); /* unspecified after a failure */
}

static bool asks_for_health(const struct request_head *head)
{
    return slice_equal(head->path, slice_of(ADMIN_HEALTH_PATH)) &&
           (head->is_head || slice_equal(head->method, slice_of("GET")));
}

/* Health tells everybody that the mock serves, and those who may not use the admin API no more. */
static void refuse_for(struct exchange *exchange, const struct admin_refusal *refusal)
{
    const struct request_head *head = &exchange->request.head;
    if (asks_for_health(head) && head->framing == BODY_NONE && !head->doubt)
        reply_text(exchange, 200, strdup("{\"status\":\"ok\"}\n"));
    else
        refuse(exchange, refusal->status, refusal->why);
}

/* False when the request is not for the admin API. */
static bool take(struct exchange *exchange, struct mock *mock, struct exchange_time time)
{
    if (!admin_policy_opens_path(mock_admin_policy(mock), exchange->request.head.path))
        return false;
    exchange->mock = mock;
    exchange->time = time;
    exchange->is_admin = true;
    exchange->request.body_end = BODY_CUT;
    request_head_derive(&exchange->request.head);
    return true;
}

bool exchange_admin_refuse_method(struct exchange *exchange, struct mock *mock,
                                  struct exchange_time time)
{
    if (!take(exchange, mock, time))
        return false;
    refuse(exchange, 405, "no such method; the admin API knows GET, POST, PUT and DELETE");
    return true;
}

bool exchange_admin_begin(struct exchange *exchange, struct mock *mock, struct exchange_time time)
{
    const struct request_head *head = &exchange->request.head;
    if (exchange_console_begin(exchange, mock, time))
        return true;
    if (!take(exchange, mock, time))
        return false;
    struct admin_refusal refusal = admin_policy_judge(mock_admin_policy(mock), head);
    if (refusal.status)
        refuse_for(exchange, &refusal);
    return true;
}

void exchange_admin_answer(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    const struct admin_request asked = {
        .method = request->head.method,
        .path = request->head.path,
        .query = request->head.query,
        .accept = request_header(&request->head, "Accept"),
        .body = request->body,
        .last_event_id = request_header(&request->head, "Last-Event-ID"),
        .can_follow = !request->head.is_head,
    };
    const struct admin_host host = {
        .version = AILAB_VERSION_STRING,
        .revision = mock_revision(exchange->mock)->name,
        .uptime_ms = exchange->time.monotonic_ms - mock_started_ms(exchange->mock),
        .waiters_max =
            exchange->waiters_max < ADMIN_WAITERS_MAX ? exchange->waiters_max : ADMIN_WAITERS_MAX,
        .watchers_max = exchange->watchers_max < ADMIN_WATCHERS_MAX ? exchange->watchers_max
                                                                    : ADMIN_WATCHERS_MAX,
        .boot = mock_boot(exchange->mock),
        .is_gone = exchange->is_gone,
        .caller = exchange->client,
    };
    struct admin_answer answer;
    if (request->head.framing != BODY_NONE && request->body_end != BODY_COMPLETE) {
        refuse(exchange, request->body_end == BODY_TOO_LARGE ? 413 : 400,
               "the request's body is not complete");
        return;
    }
    admin_answer(&answer, mock_state(exchange->mock), &host, &asked);
    exchange->shutdown = answer.shutdown;
    if (answer.feed)
        reply_feed(exchange, answer.feed);
    else if (answer.text)
        reply_document(exchange, &answer);
    else
        refuse(exchange, 500, "out of memory");
}
