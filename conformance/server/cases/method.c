/* Method and path: requests that are not POST on the endpoint. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>

static void has_allow(struct test *test, const struct answer *answer)
{
    const char *allow = http_header(&answer->http, "Allow");
    if (answer->http.status == 405 && (!allow || !strstr(allow, "POST")))
        test_fail(test, "a header Allow that names POST", "Allow: %s", allow ? allow : "absent");
}

CHANGE(no_body)
{
    request_no_body(request);
}

CHANGE(get)
{
    request->method = "GET";
    request_no_body(request);
}

CHANGE(free_call)
{
    request->path = REQUEST_CREDITS;
}

CHANGE(free_call_no_body)
{
    free_call(request, def);
    request_no_body(request);
}

static void allows_get(struct test *test, const struct answer *answer)
{
    const char *allow = http_header(&answer->http, "Allow");
    if (answer->http.status == 405 && (!allow || !strstr(allow, "GET")))
        test_fail(test, "a header Allow that names GET", "Allow: %s", allow ? allow : "absent");
}

/* A body behind the answer to HEAD would be taken for the beginning of the next answer. */
RUN(run_head)
{
    struct request head, good;
    struct exchange exchange = {0};
    struct connection *connection = test_connect(test);
    test->unseen = true; /* an answer without a body has no envelope */
    if (!connection || !test_request(&head, test, def) || !test_good(&good, test))
        goto out;
    if (!test_ask_over(&exchange, test, connection, &head))
        goto out;
    def->check(test, &exchange.answer);
    const bool stays = exchange.answer.http.keep;
    exchange_clear(&exchange);
    if (!test->decided && stays && test_ask_over(&exchange, test, connection, &good))
        test_expect(test, &exchange.answer, EXPECT_SUCCESS);
out:
    exchange_clear(&exchange);
    connection_close(connection);
}

static void is_405(struct test *test, const struct answer *answer)
{
    if (answer->http.status != 405)
        test_fail(test, "405", "%d", answer->http.status);
    has_allow(test, answer);
}

static void is_200(struct test *test, const struct answer *answer)
{
    if (answer->http.status != 200)
        test_fail(test, "200, as GET is answered", "%d", answer->http.status);
}

#define METHOD(slug, method, then_)                                                                \
    CASE("method/" slug, method " on the endpoint is refused", TEXT(change_method, method),        \
         EXPECTS(METHOD), .check = has_allow, .then = then_, ALSO(request_method))
#define DIRECTORIES "portrait/effects/portrait/effects/portrait/effects/"
#define PATH(slug, path, then_)                                                                    \
    CASE("method/path-" slug, path " is no path of the API", TEXT(change_path, path),              \
         EXPECTS(PATH), .then = then_, ALSO(request_path))

static const struct case_def cases[] = {
    CLAUSE(error_method,
           "Another method on the endpoint is 405 with Allow, ERROR_ILLEGAL_OPERATION."),
    METHOD("get", "GET", no_body),
    METHOD("put", "PUT", NULL),
    METHOD("patch", "PATCH", NULL),
    METHOD("delete", "DELETE", no_body),
    CASE("method/head", "HEAD on the endpoint is refused without a body",
         TEXT(change_method, "HEAD"), .then = no_body, .run = run_head, .check = is_405,
         ALSO(answer_without_body), .credits = 12),
    CASE("method/free-call-post", "POST on the free call is refused", .change = free_call,
         EXPECTS(METHOD), .check = allows_get),
    CLAUSE(error_path, "An unknown path is 404 ERROR_AI_NOT_EXISTS."),
    PATH("unknown", "/api/portrait/effects/no-such-effect", NULL),
    PATH("unknown-group", "/api/no-such-group", NULL),
    PATH("unknown-get", "/api/no-such-group/", get),
    PATH("longer", REQUEST_EDITOR "x", NULL),
    PATH("long", "/api/" DIRECTORIES DIRECTORIES DIRECTORIES DIRECTORIES, NULL),
    PATH("deeper", REQUEST_EDITOR "/extra", NULL),
    PATH("shorter", "/api/portrait/effects", NULL),
    CLAUSE(answer_without_body,
           "An answer to HEAD has no body, and one with status 204 no Content-Length."),
    CASE("method/free-call-head", "HEAD on the free call is answered without a body",
         TEXT(change_method, "HEAD"), .then = free_call_no_body, .run = run_head, .check = is_200,
         ALSO(http_syntax), .credits = 12),
};

SUITE(method, "Method and path");
