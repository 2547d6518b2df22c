/* CORS: the questions of a browser before and after it calls with the custom header. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>
#include <strings.h>

#define ORIGIN "https://app.example"

static void look_for_origin(struct test *test, const struct answer *answer)
{
    const char *origin = http_header(&answer->http, "Access-Control-Allow-Origin");
    if (!origin || (strcmp(origin, "*") != 0 && strcmp(origin, ORIGIN) != 0))
        test_fail(test, "Access-Control-Allow-Origin: * or the origin that asked",
                  "Access-Control-Allow-Origin: %s", origin ? origin : "absent");
}

/* Whether a comma-separated list has the word, in any case, or is "*". */
static bool lists(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = list; p && *p;) {
        p += strspn(p, ", \t");
        size_t item = strcspn(p, ", \t");
        if ((item == len && strncasecmp(p, word, len) == 0) || (item == 1 && *p == '*'))
            return true;
        p += item;
    }
    return false;
}

static void look_at_preflight(struct test *test, const struct answer *answer)
{
    const char *headers = http_header(&answer->http, "Access-Control-Allow-Headers");
    if (answer->http.status < 200 || answer->http.status > 299)
        test_fail(test, "a status from 200 to 299", "%d", answer->http.status);
    look_for_origin(test, answer);
    if (!lists(headers, "ailabapi-api-key"))
        test_fail(test, "Access-Control-Allow-Headers with ailabapi-api-key",
                  "Access-Control-Allow-Headers: %s", headers ? headers : "absent");
}

RUN(run_preflight)
{
    struct request request;
    struct exchange exchange = {0};
    if (!test_good(&request, test))
        return;
    test->unseen = true; /* a preflight is no answer of the API */
    request.method = "OPTIONS";
    request.path = def->argument.text;
    request.key = NULL;
    request_no_body(&request);
    request_add_header(&request, "Origin", ORIGIN);
    request_add_header(&request, "Access-Control-Request-Method", "POST");
    request_add_header(&request, "Access-Control-Request-Headers", "ailabapi-api-key");
    if (test_ask(&exchange, test, &request))
        (def->check ? def->check : look_at_preflight)(test, &exchange.answer);
    exchange_clear(&exchange);
}

/* RFC 9110, section 8.6. */
static void has_no_length(struct test *test, const struct answer *answer)
{
    const char *length = http_header(&answer->http, "Content-Length");
    if (answer->http.status == 204 && length)
        test_fail(test, "no Content-Length with 204", "Content-Length: %s", length);
}

CHANGE(with_origin)
{
    request_add_header(request, "Origin", ORIGIN);
}

static const struct case_def cases[] = {
    CLAUSE(
        cors_preflight,
        "A CORS preflight for POST with the custom header is answered so that a browser proceeds."),
    CASE("cors/preflight", "the preflight of a call with the key header",
         .argument.text = REQUEST_EDITOR, .run = run_preflight),
    CASE("cors/success", "a browser may read the result", .change = with_origin,
         .check = look_for_origin),
    CASE("cors/error", "a browser may read an error", TEXT(change_without, "image_target"),
         .then = with_origin, EXPECTS(MISSING), .check = look_for_origin),
    CLAUSE(answer_without_body,
           "An answer to HEAD has no body, and one with status 204 no Content-Length."),
    CASE("cors/preflight-length", "204 without a Content-Length", .argument.text = REQUEST_EDITOR,
         .run = run_preflight, .check = has_no_length),
};

SUITE(cors, "Browsers");
