/* Bodies that are no well-formed multipart/form-data. */
#include "cases/changes.h"
#include "cases/suites.h"
#include <string.h>

CHANGE(json)
{
    request_raw_body(request, "application/json", def->argument.text);
}

CHANGE(urlencoded)
{
    request_raw_body(request, "application/x-www-form-urlencoded", def->argument.text);
}

CHANGE(picture_alone)
{
    const struct part *part = request_part(request, "image_target");
    request->content_type = "image/jpeg";
    request->raw_body = part->body;
    request->raw_body_len = part->body_len;
}

CHANGE(no_body)
{
    request_raw_body(request, "multipart/form-data; boundary=x", "");
}

CHANGE(text_body)
{
    request_raw_body(request, "multipart/form-data; boundary=x", def->argument.text);
}

CHANGE(unclosed)
{
    request->unclosed = true;
}

CHANGE(cut)
{
    request->cut = 1000;
}

#define BROKEN(slug_, title_, change_, text_)                                                      \
    CASE("multipart/" slug_, title_, TEXT(change_, text_), EXPECTS(MULTIPART),                     \
         ALSO(request_content_type))

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
