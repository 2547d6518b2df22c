/* Method and path: what is not POST on the endpoint. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>

static void has_allow(struct test *test, const struct answer *answer)
{
    const char *allow = http_header(&answer->http, "Allow");
    if (answer->http.status == 405 && (!allow || !strstr(allow, "POST")))
        test_fail(test, NULL, "a header Allow that names POST", "Allow: %s",
                  allow ? allow : "absent");
}

static void bare(struct request *request, const struct case_def *def)
{
    request->method = def->text;
    request->part_count = 0;
    request->framing = FRAMING_NONE;
}

static void bare_path(struct request *request, const struct case_def *def)
{
    bare(request, def);
    request->method = "GET";
    request->path = def->text;
}

#define METHOD(slug_, text_, change_)                                                              \
    {                                                                                              \
        .slug = "method/" slug_, .clauses = "error_method request_method",                         \
        .title = text_ " on the endpoint is refused", .change = change_, .text = text_,            \
        .expect = EXPECT_METHOD, .check = has_allow                                                \
    }
#define PATH(slug_, text_, change_)                                                                \
    {                                                                                              \
        .slug = "method/path-" slug_, .clauses = "error_path request_path",                        \
        .title = text_ " is no path of the API", .change = change_, .text = text_,                 \
        .expect = EXPECT_PATH                                                                      \
    }

static const struct case_def cases[] = {
    METHOD("get", "GET", bare),
    METHOD("put", "PUT", change_method),
    METHOD("patch", "PATCH", change_method),
    METHOD("delete", "DELETE", bare),
    PATH("unknown", "/api/portrait/effects/no-such-effect", change_path),
    PATH("unknown-group", "/api/no-such-group", change_path),
    PATH("unknown-get", "/api/no-such-group/", bare_path),
    PATH("longer", REQUEST_EDITOR "x", change_path),
    PATH("deeper", REQUEST_EDITOR "/extra", change_path),
    PATH("shorter", "/api/portrait/effects", change_path),
};

const struct suite suite_method = {"method", "Method and path", cases, COUNT_OF(cases), false};
