/* Who may use the admin API, and its answers as replies. Without a token it is open only where the
 * mock listens on loopback, and never to a web page of another origin: a browser would send such a
 * page's requests from the very machine. */
#include "admin/gate.h"
#include "admin/admin.h"
#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>

static void reply_text(struct exchange *exchange, int status, const char *content_type,
                       const char *allow, const char *text, size_t size)
{
    const struct request_head *head = &exchange->request.head;
    bool whole = head->framing == BODY_NONE || exchange->request.body_end == BODY_COMPLETE;
    const struct reply_head out = {
        .status = status,
        .content_type = content_type,
        .allow = allow && *allow ? allow : NULL,
        .now_ms = exchange->time.wall_ms,
        .keep_alive = head->keep_alive && !exchange->closing && !head->doubt && whole,
        .is_head = head->is_head,
        .same_origin = true,
    };
    char *copy = malloc(size + 1);
    if (!copy) {
        exchange->reply = (struct reply){.status = 500, .close = true};
        reply_add(&exchange->reply, REPLY_CLOSE, (struct slice){NULL, 0}, 0);
        return;
    }
    memcpy(copy, text, size);
    bool done = reply_bytes(&exchange->reply, &out, slice_make(copy, size));
    if (!reply_own(&exchange->reply, copy) || !done) {
        reply_clear(&exchange->reply);
        exchange->reply.close = true;
        reply_add(&exchange->reply, REPLY_CLOSE, (struct slice){NULL, 0}, 0);
    }
}

static void refuse(struct exchange *exchange, int status, const char *why)
{
    char text[256];
    int size = snprintf(text, sizeof text, "{\"error\":\"%s\",\"pointer\":\"\"}\n", why);
    reply_text(exchange, status, "application/json", NULL, text, (size_t)size);
}

static bool tokens_equal(struct slice given, const char *token)
{
    return given.len == strlen(token) && memeql_sec(given.ptr, token, given.len);
}

static bool has_token(const struct request_head *head, const char *token)
{
    static const char bearer[] = "Bearer ";
    struct slice given = request_header(head, "Authorization");
    size_t prefix = sizeof bearer - 1;
    if (given.len < prefix || !slice_equal_nocase(slice_make(given.ptr, prefix), slice_of(bearer)))
        return false;
    return tokens_equal(slice_make(given.ptr + prefix, given.len - prefix), token);
}

/* "http://HOST" of the very host that is asked. */
static bool is_same_origin(const struct request_head *head)
{
    static const char scheme[] = "http://";
    struct slice origin = request_header(head, "Origin");
    size_t prefix = sizeof scheme - 1;
    if (!origin.ptr)
        return true;
    return origin.len > prefix && memcmp(origin.ptr, scheme, prefix) == 0 &&
           slice_equal_nocase(slice_make(origin.ptr + prefix, origin.len - prefix),
                              request_header(head, "Host"));
}

static bool is_loopback_name(struct slice host)
{
    static const char *const names[] = {"localhost", "[::1]"};
    size_t digits = 0, len = host.len;
    const char *colon = host.len ? memrchr(host.ptr, ':', host.len) : NULL;
    if (colon && !memchr(colon, ']', host.len - (size_t)(colon - host.ptr)))
        len = (size_t)(colon - host.ptr);
    host.len = len;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(host, slice_of(names[i])))
            return true;
    while (digits < len && strchr("0123456789.", host.ptr[digits]))
        digits++;
    return digits == len && len > 4 && memcmp(host.ptr, "127.", 4) == 0;
}

/* A web page can give its own name an address of this machine, and is then of the same origin as
 * the mock; but it cannot give the mock another name. Browsers always send Host. */
static bool is_asked_by_own_name(const struct request_head *head)
{
    struct slice host = request_header(head, "Host");
    return !host.ptr || is_loopback_name(host);
}

/* Whether the request may go on; otherwise it has been refused. */
static bool is_allowed(struct exchange *exchange)
{
    const struct request_head *head = &exchange->request.head;
    const struct admin_policy *policy = core_admin_policy(exchange->core);
    if (head->doubt) {
        refuse(exchange, 400, head->doubt);
        return false;
    }
    if (policy->token ? !has_token(head, policy->token) : !policy->open) {
        refuse(exchange, policy->token ? 401 : 403,
               policy->token ? "the admin API wants 'Authorization: Bearer TOKEN'"
                             : "the admin API is off: the mock listens on more than loopback and "
                               "was started without --admin-token");
        return false;
    }
    if (!policy->token && !is_asked_by_own_name(head)) {
        refuse(exchange, 403,
               "without --admin-token the admin API answers only where Host is a loopback address "
               "or localhost");
        return false;
    }
    if (!is_same_origin(head)) {
        refuse(exchange, 403, "the admin API does not answer web pages of another origin");
        return false;
    }
    if (head->framing == BODY_LENGTH && head->content_length > ADMIN_BODY_MAX) {
        refuse(exchange, 413, "a document has at most 4194304 bytes");
        return false;
    }
    return true;
}

/* False when the request is not for the admin API. */
static bool take(struct exchange *exchange, struct core *core, struct exchange_time time)
{
    if (!admin_owns(exchange->request.head.path))
        return false;
    exchange->core = core;
    exchange->time = time;
    exchange->is_admin = true;
    exchange->request.body_end = BODY_CUT;
    request_head_derive(&exchange->request.head);
    return true;
}

bool exchange_admin_refuse_method(struct exchange *exchange, struct core *core,
                                  struct exchange_time time)
{
    if (!take(exchange, core, time))
        return false;
    refuse(exchange, 405, "no such method; the admin API knows GET, POST, PUT and DELETE");
    return true;
}

bool exchange_admin_begin(struct exchange *exchange, struct core *core, struct exchange_time time)
{
    const struct request_head *head = &exchange->request.head;
    if (!take(exchange, core, time))
        return false;
    if (is_allowed(exchange) && head->framing == BODY_NONE)
        exchange_admin_answer(exchange);
    return true;
}

void exchange_admin_answer(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    const struct admin_request asked = {request->head.method, request->head.path,
                                        request->head.query, request->body};
    const struct admin_host host = {
        .version = AILAB_VERSION_STRING,
        .revision = core_revision(exchange->core)->name,
        .uptime_ms = exchange->time.monotonic_ms - core_admin_policy(exchange->core)->started_ms,
    };
    struct admin_answer answer;
    if (request->head.framing != BODY_NONE && request->body_end != BODY_COMPLETE) {
        refuse(exchange, request->body_end == BODY_TOO_LARGE ? 413 : 400,
               "the request's body is not complete");
        return;
    }
    admin_answer(&answer, core_state(exchange->core), &host, &asked);
    exchange->shutdown = answer.shutdown;
    if (answer.text)
        reply_text(exchange, answer.status, answer.content_type, answer.allow, answer.text,
                   answer.size);
    else
        refuse(exchange, 500, "out of memory");
    admin_answer_clear(&answer);
}
