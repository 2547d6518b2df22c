/* Bodies that are no well-formed multipart/form-data. */
#include "cases/changes.h"
#include "cases/suites.h"
#include <string.h>

static void raw(struct request *request, const char *type, const char *body)
{
    request->content_type = type;
    request->raw_body = body;
    request->raw_body_len = strlen(body);
}

static void json(struct request *request, const struct case_def *def)
{
    raw(request, "application/json", def->argument.text);
}

static void urlencoded(struct request *request, const struct case_def *def)
{
    raw(request, "application/x-www-form-urlencoded", def->argument.text);
}

static void picture_alone(struct request *request, const struct case_def *def)
{
    (void)def;
    const struct part *part = request_part(request, "image_target");
    request->content_type = "image/jpeg";
    request->raw_body = part->body;
    request->raw_body_len = part->body_len;
}

static void no_body(struct request *request, const struct case_def *def)
{
    (void)def;
    request->content_type = "multipart/form-data; boundary=x";
    request->raw_body = "";
}

static void text_body(struct request *request, const struct case_def *def)
{
    raw(request, "multipart/form-data; boundary=x", def->argument.text);
}

static void unclosed(struct request *request, const struct case_def *def)
{
    (void)def;
    request->unclosed = true;
}

static void cut(struct request *request, const struct case_def *def)
{
    (void)def;
    request->cut = 1000;
}

#define BROKEN(slug_, title_, change_, text_)                                                      \
    {                                                                                              \
        .slug = "multipart/" slug_, ALSO(CLAUSE_request_content_type), .title = title_,            \
        .change = change_, .argument.text = text_, .expect = EXPECT_MULTIPART                      \
    }
#define BOUNDARY_71 "01234567890123456789012345678901234567890123456789012345678901234567890"

static const struct case_def cases[] = {
    CLAUSE(error_multipart,
           "A body that is not well-formed multipart/form-data is 400 ERROR_PARAMETERS."),
    BROKEN("json", "a JSON body", json, "{\"service_choice\":12}"),
    BROKEN("urlencoded", "a urlencoded body", urlencoded, "service_choice=12"),
    BROKEN("urlencoded-percent", "a urlencoded body that ends in %", urlencoded,
           "service_choice=%"),
    BROKEN("picture-alone", "a picture as the whole body", picture_alone, NULL),
    BROKEN("no-content-type", "no Content-Type", change_content_type, ""),
    BROKEN("no-boundary", "a Content-Type without a boundary", change_content_type,
           "multipart/form-data"),
    BROKEN("empty-boundary", "an empty boundary", change_content_type,
           "multipart/form-data; boundary="),
    BROKEN("other-boundary", "a boundary that does not occur in the body", change_content_type,
           "multipart/form-data; boundary=another"),
    BROKEN("long-boundary", "a boundary of 71 characters", change_boundary, BOUNDARY_71),
    BROKEN("mixed", "multipart/mixed", change_content_type,
           "multipart/mixed; boundary=------------------------5f0c1d3a9b7e2846"),
    BROKEN("no-body", "no body at all", no_body, NULL),
    BROKEN("text-body", "a body of plain text", text_body, "no parts here"),
    BROKEN("unclosed", "no closing boundary", unclosed, NULL),
    BROKEN("cut", "a body whose last kilobyte is missing", cut, NULL),
    BROKEN("part-without-name", "a part without a name", change_choice_head,
           "Content-Disposition: form-data\r\n"),
    BROKEN("part-without-disposition", "a part without Content-Disposition", change_choice_head,
           "Content-Type: text/plain\r\n"),
    BROKEN("part-without-empty-line", "a part whose headers do not end", text_body,
           "--x\r\nContent-Disposition: form-data; name=\"service_choice\"\r\n--x--\r\n"),
};

SUITE(multipart, "Broken bodies");
