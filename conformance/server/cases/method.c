/* Method and path: what is not POST on the endpoint. */
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

static void bare(struct request *request, const struct case_def *def)
{
    request->method = def->argument.text;
    request->part_count = 0;
    request->framing = FRAMING_NONE;
}

static void bare_path(struct request *request, const struct case_def *def)
{
    bare(request, def);
    request->method = "GET";
    request->path = def->argument.text;
}

#define METHOD(slug_, text_, change_)                                                              \
    {                                                                                              \
        .slug = "method/" slug_, ALSO(CLAUSE_request_method),                                      \
        .title = text_ " on the endpoint is refused", .change = change_, .argument.text = text_,   \
        .expect = EXPECT_METHOD, .check = has_allow                                                \
    }
#define PATH(slug_, text_, change_)                                                                \
    {                                                                                              \
        .slug = "method/path-" slug_, ALSO(CLAUSE_request_path),                                   \
        .title = text_ " is no path of the API", .change = change_, .argument.text = text_,        \
        .expect = EXPECT_PATH                                                                      \
    }

static const struct case_def cases[] = {
    CLAUSE(error_method,
           "Another method on the endpoint is 405 with Allow, ERROR_ILLEGAL_OPERATION."),
    METHOD("get", "GET", bare),
    METHOD("put", "PUT", change_method),
    METHOD("patch", "PATCH", change_method),
    METHOD("delete", "DELETE", bare),
    CLAUSE(error_path, "An unknown path is 404 ERROR_AI_NOT_EXISTS."),
    PATH("unknown", "/api/portrait/effects/no-such-effect", change_path),
    PATH("unknown-group", "/api/no-such-group", change_path),
    PATH("unknown-get", "/api/no-such-group/", bare_path),
    PATH("longer", REQUEST_EDITOR "x", change_path),
    PATH("deeper", REQUEST_EDITOR "/extra", change_path),
    PATH("shorter", "/api/portrait/effects", change_path),
};

SUITE(method, "Method and path");
