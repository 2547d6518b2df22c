/* The router: finds the row, takes path and query apart, and turns what the handler made into an
 * answer. What the routes do is in requests.c, scenarios.c and settings.c. */
#include "admin/admin.h"
#include "admin/admin_call.h"
#include "base/count_of.h"
#include "base/decimal.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The handler of every MOCK_RESET. */
static void reset(struct admin_call *call)
{
    const struct slice key = slice_of(call->key);
    call->tree.failed |=
        !state_reset(call->state, call->route->resets, call->has_key ? &key : NULL);
}

/* clang-format off */
#define NO_BODY {NULL, false}
#define BODY(schema) {schema, true}
#define OPTIONAL_BODY(schema) {schema, false}
#define DONE(schema) {schema, 200}
#define CREATED(schema) {schema, 201}
#define FEED {NULL, 200}
/* clang-format on */
#define MOCK_ROUTE(id, method, pattern, query, takes, gives, summary)                              \
    {#id, method, pattern, query, 0, takes, gives, summary, admin_##id},
#define MOCK_RESET(id, method, pattern, query, resets, summary)                                    \
    {#id, method, pattern, query, resets, NO_BODY, DONE("Done"), summary, reset},

static const struct admin_route routes[] = {
#include "admin/routes.def"
};

#define ROUTES COUNT_OF(routes)

const struct admin_route *admin_routes(size_t *count_out)
{
    *count_out = ROUTES;
    return routes;
}

bool admin_owns(struct slice path)
{
    static const char prefix[] = "/__admin";
    const size_t len = sizeof prefix - 1;
    return slice_equal(path, slice_of("/metrics")) ||
           (path.len >= len && memcmp(path.ptr, prefix, len) == 0 &&
            (path.len == len || path.ptr[len] == '/'));
}

/* Answers */

void admin_fail(struct admin_call *call, int status, const char *pointer, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    cJSON_Delete(call->tree.root);
    free(call->text);
    call->text = NULL;
    call->status = status;
    call->shutdown = false;
    tree_start(&call->tree);
    tree_text(&call->tree, call->tree.root, "error", message);
    tree_text(&call->tree, call->tree.root, "pointer", pointer);
}

void admin_refuse(struct admin_call *call, const struct document_error *error)
{
    admin_fail(call, error->no_memory ? 507 : 400, error->pointer, "%s", error->message);
}

void admin_fail_full(struct admin_call *call, const char *what)
{
    admin_fail(call, 507, "", "%s, or memory ran out; nothing was changed", what);
}

/* Percent-encoded text. False when it is malformed, holds a NUL or does not fit. '+' is itself. */
static bool decode(char out[ADMIN_TEXT_SIZE], struct slice text)
{
    size_t used = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '%') {
            char digits[3] = {0};
            if (text.len - i < 3)
                return false;
            memcpy(digits, text.ptr + i + 1, 2);
            if (strspn(digits, "0123456789abcdefABCDEF") != 2)
                return false;
            c = (unsigned char)strtoul(digits, NULL, 16);
            i += 2;
        }
        if (!c || used + 1 >= ADMIN_TEXT_SIZE)
            return false;
        out[used++] = (char)c;
    }
    out[used] = '\0';
    return true;
}

/* Queries */

static const char *unknown_parameter(unsigned allowed)
{
    switch (allowed) {
    case 0:
        return "this route takes no parameters";
    case QUERY_KEY:
        return "the only parameter here is api_key";
    case QUERY_KEY | QUERY_WAIT:
        return "the parameters here are api_key, at_least and wait_ms";
    case QUERY_KEY | QUERY_COVERAGE:
        return "the parameters here are api_key, format and since";
    case QUERY_KEY | QUERY_PAGE:
        return "the parameters here are api_key, limit and before";
    case QUERY_AFTER:
        return "the only parameter here is after";
    default:
        return "the parameters here are api_key, limit, before, at_least and wait_ms";
    }
}

/* The complaint about the parameter, or NULL. */
static const char *take_parameter(struct admin_call *call, unsigned allowed, struct slice name,
                                  struct slice value)
{
    char text[ADMIN_TEXT_SIZE];
    uint64_t number;
    if (!decode(text, value))
        return "a value is malformed or longer than " TEXT_OF(ADMIN_TEXT_MAX) " bytes";
    if (allowed & QUERY_KEY && slice_equal(name, slice_of("api_key"))) {
        if (!text[0])
            return "api_key is empty; leave it out to mean all keys";
        memcpy(call->key, text, sizeof text);
        call->has_key = true;
        return NULL;
    }
    if (allowed & QUERY_PAGE && slice_equal(name, slice_of("limit"))) {
        if (!decimal_read(&number, slice_of(text), 15) || number < 1 || number > ADMIN_PAGE_MAX)
            return "limit is not a whole number from 1 to " TEXT_OF(ADMIN_PAGE_MAX);
        call->limit = (size_t)number;
        return NULL;
    }
    if (allowed & QUERY_PAGE && slice_equal(name, slice_of("before")))
        return decimal_read(&call->before, slice_of(text), 15) && call->before
                   ? NULL
                   : "before is not the id of a request";
    if (allowed & QUERY_COVERAGE && slice_equal(name, slice_of("format"))) {
        snprintf(call->format, sizeof call->format, "%.7s", text);
        return strcmp(text, "json") == 0 || strcmp(text, "text") == 0 || strcmp(text, "html") == 0
                   ? NULL
                   : "format is not one of json, text and html";
    }
    if (allowed & QUERY_COVERAGE && slice_equal(name, slice_of("since"))) {
        call->since_start = strcmp(text, "start") == 0;
        return call->since_start || strcmp(text, "reset") == 0
                   ? NULL
                   : "since is not one of reset and start";
    }
    if (allowed & QUERY_WAIT && slice_equal(name, slice_of("at_least")))
        return decimal_read(&call->at_least, slice_of(text), 15) && call->at_least &&
                       call->at_least <= JOURNAL_ENTRIES_MAX
                   ? NULL
                   : "at_least is not a whole number from 1 to " TEXT_OF(JOURNAL_ENTRIES_MAX);
    if (allowed & QUERY_WAIT && slice_equal(name, slice_of("wait_ms")))
        return decimal_read(&call->wait_ms, slice_of(text), 15) && call->wait_ms &&
                       call->wait_ms <= ADMIN_WAIT_MAX_MS
                   ? NULL
                   : "wait_ms is not a whole number from 1 to " TEXT_OF(ADMIN_WAIT_MAX_MS);
    if (allowed & QUERY_AFTER && slice_equal(name, slice_of("after"))) {
        call->has_after = true;
        return decimal_read(&call->after, slice_of(text), 15) ? NULL
                                                              : "after is not the id of a request";
    }
    return unknown_parameter(allowed);
}

static bool take_query(struct admin_call *call, unsigned allowed, struct slice query)
{
    while (query.len) {
        const char *end = memchr(query.ptr, '&', query.len);
        size_t len = end ? (size_t)(end - query.ptr) : query.len;
        const char *equals = memchr(query.ptr, '=', len);
        size_t name_len = equals ? (size_t)(equals - query.ptr) : len;
        struct slice value = {NULL, 0};
        if (equals)
            value = slice_make(equals + 1, len - name_len - 1);
        const char *wrong =
            len ? take_parameter(call, allowed, slice_make(query.ptr, name_len), value) : NULL;
        if (wrong) {
            admin_fail(call, 400, "", "query: %s", wrong);
            return false;
        }
        query = slice_make(query.ptr + len + (end != NULL), query.len - len - (end != NULL));
    }
    if (!call->at_least != !call->wait_ms) {
        admin_fail(call, 400, "", "query: at_least and wait_ms stand together");
        return false;
    }
    key_digest_of(&call->digest, slice_of(call->key));
    return true;
}

/* Routes */

static bool ends_with(struct slice text, const char *end)
{
    const size_t len = strlen(end);
    return text.len >= len && memcmp(text.ptr + text.len - len, end, len) == 0;
}

/* {…} stands for one segment that is not empty. */
static bool fits(const char *pattern, struct slice path, struct slice *segment)
{
    *segment = (struct slice){NULL, 0};
    const char *brace = strchr(pattern, '{');
    if (!brace)
        return slice_equal(slice_of(pattern), path);
    const char *tail = strchr(brace, '}') + 1;
    size_t head = (size_t)(brace - pattern), around = head + strlen(tail);
    if (path.len <= around || memcmp(path.ptr, pattern, head) != 0 || !ends_with(path, tail))
        return false;
    *segment = slice_make(path.ptr + head, path.len - around);
    return memchr(segment->ptr, '/', segment->len) == NULL;
}

/* The first row whose pattern fits; rows of one pattern are its methods. */
static const char *find_pattern(struct slice path, struct slice *segment)
{
    for (size_t i = 0; i < ROUTES; i++)
        if (fits(routes[i].pattern, path, segment))
            return routes[i].pattern;
    return NULL;
}

static bool is_method(const struct admin_route *route, struct slice method)
{
    return slice_equal(slice_of(route->method), method) ||
           (strcmp(route->method, "GET") == 0 && slice_equal(method, slice_of("HEAD")));
}

/* NULL, and the methods of the pattern in allow, when there is none for this method. */
static const struct admin_route *find_route(const char *pattern, struct slice method,
                                            char allow[32])
{
    size_t used = 0;
    for (size_t i = 0; i < ROUTES; i++) {
        if (strcmp(routes[i].pattern, pattern) != 0)
            continue;
        if (is_method(&routes[i], method))
            return &routes[i];
        used +=
            (size_t)snprintf(allow + used, 32 - used, "%s%s", used ? ", " : "", routes[i].method);
    }
    return NULL;
}

static void dispatch(struct admin_call *call, const struct admin_request *request, char allow[32])
{
    struct slice segment;
    const char *pattern = find_pattern(request->path, &segment);
    if (!pattern) {
        admin_fail(call, 404, "", "no such path; /__admin/openapi.json lists all");
        return;
    }
    const struct admin_route *route = find_route(pattern, request->method, allow);
    if (!route) {
        admin_fail(call, 405, "", "%s takes %s", pattern, allow);
        return;
    }
    allow[0] = '\0';
    call->route = route;
    call->status = route->gives.status;
    if (request->body.len > ADMIN_BODY_MAX)
        admin_fail(call, 413, "", "the body has more than " TEXT_OF(ADMIN_BODY_MAX) " bytes");
    else if (!decode(call->segment, segment))
        admin_fail(call, 404, "", "the last segment of the path is malformed");
    else if (take_query(call, route->query, request->query))
        route->handler(call);
}

void admin_answer(struct admin_answer *out, struct state *state, const struct admin_host *host,
                  const struct admin_request *request)
{
    struct admin_call call = {
        .state = state,
        .host = host,
        .body = request->body,
        .accept = request->accept,
        .last_event_id = request->last_event_id,
        .can_follow = request->can_follow,
        .limit = ADMIN_PAGE_MAX,
        .before = UINT64_MAX,
    };
    *out = (struct admin_answer){0};
    tree_start(&call.tree);
    dispatch(&call, request, out->allow);
    if (call.feed) {
        cJSON_Delete(call.tree.root);
        *out = (struct admin_answer){
            .status = call.status, .content_type = "text/event-stream", .feed = call.feed};
        return;
    }
    if (call.text) {
        cJSON_Delete(call.tree.root);
        out->text = call.text;
        out->content_type = call.content_type;
    } else {
        out->text = tree_print(&call.tree);
        out->content_type = "application/json";
    }
    out->size = out->text ? strlen(out->text) : 0;
    out->status = out->text ? call.status : 500;
    out->shutdown = out->text && call.shutdown;
}

void admin_answer_clear(struct admin_answer *answer)
{
    free(answer->text);
    admin_feed_free(answer->feed);
    *answer = (struct admin_answer){0};
}
