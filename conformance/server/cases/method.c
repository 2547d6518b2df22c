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

#define METHOD(slug, method, then_)                                                                \
    CASE("method/" slug, method " on the endpoint is refused", TEXT(change_method, method),        \
         EXPECTS(METHOD), .check = has_allow, .then = then_, ALSO(request_method))
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
    CLAUSE(error_path, "An unknown path is 404 ERROR_AI_NOT_EXISTS."),
    PATH("unknown", "/api/portrait/effects/no-such-effect", NULL),
    PATH("unknown-group", "/api/no-such-group", NULL),
    PATH("unknown-get", "/api/no-such-group/", get),
    PATH("longer", REQUEST_EDITOR "x", NULL),
    PATH("deeper", REQUEST_EDITOR "/extra", NULL),
    PATH("shorter", "/api/portrait/effects", NULL),
};

SUITE(method, "Method and path");
