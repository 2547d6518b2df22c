/* How right requests differ on the wire: what the vendor's SDKs, browsers and curl really send. All
 * of these succeed. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>

static void swapped(struct request *request, const struct case_def *def)
{
    (void)def;
    struct part first = request->parts[0];
    request->parts[0] = request->parts[1];
    request->parts[1] = first;
}

static void no_file_name(struct request *request, const struct case_def *def)
{
    (void)def;
    struct part *part = request_part(request, "image_target");
    part->file_name = NULL;
    part->type = NULL;
}

static void octet_stream(struct request *request, const struct case_def *def)
{
    struct part *part = request_part(request, "image_target");
    part->type = "application/octet-stream";
    part->file_name = def->text;
}

static void choice_type(struct request *request, const struct case_def *def)
{
    request_part(request, "service_choice")->type = def->text;
}

static void around(struct request *request, const struct case_def *def)
{
    if (strcmp(def->text, "preamble") == 0)
        request->preamble = "This is a message with multiple parts in MIME format.\r\n";
    else
        request->epilogue = "This is the epilogue. It is also to be ignored.\r\n";
}

static void chunked(struct request *request, const struct case_def *def)
{
    request->framing = FRAMING_CHUNKED;
    request->chunk_bytes = def->text[0] == '1' ? 97 : def->text[0] == '2' ? 8192 : (size_t)1 << 24;
}

static void expects(struct request *request, const struct case_def *def)
{
    (void)def;
    request->expect = true;
}

static void version(struct request *request, const struct case_def *def)
{
    request->version = def->text;
}

static void header(struct request *request, const struct case_def *def)
{
    request->raw_headers = def->text;
}

/* The SDK sends this before it knows whether the server speaks HTTP/2. */
static void upgrade(struct request *request, const struct case_def *def)
{
    (void)def;
    request_add_header(request, "Connection", "Upgrade, HTTP2-Settings");
    request_add_header(request, "Upgrade", "h2c");
    request_add_header(request, "HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA");
}

static void closing(struct request *request, const struct case_def *def)
{
    (void)def;
    request->close = true;
}

/* curl itself gives up waiting after a second and sends the body all the same. */
static void run_expect_quick(struct test *test, const struct case_def *def)
{
    struct request request;
    struct exchange exchange = {0};
    if (!test_request(&request, test))
        return;
    request.expect = true;
    if (test_ask(&exchange, test, &request) && test_expect(test, &exchange.answer, def->expect) &&
        exchange.ms >= 1000 && exchange.answer.http.interim == 0)
        test_fail(test, NULL, "100 Continue, or a final answer, within a second",
                  "neither came; the call took %.0f ms", exchange.ms);
    exchange_clear(&exchange);
}

static void run_keep_alive(struct test *test, const struct case_def *def)
{
    struct request good, bad;
    struct connection *connection = test_connect(test);
    bool mixed = strcmp(def->text, "mixed") == 0;
    bool open = connection && test_good(&good, test) && test_good(&bad, test);
    if (open)
        request_drop_part(&bad, "image_target");
    for (unsigned i = 0; open && i < 4; i++) {
        bool ask_bad = mixed && i % 2 == 0;
        struct exchange exchange = {0};
        open = test_ask_over(&exchange, test, connection, ask_bad ? &bad : &good) &&
               test_expect(test, &exchange.answer, ask_bad ? EXPECT_MISSING : EXPECT_SUCCESS);
        if (open && i < 3 && !exchange.answer.http.keep) {
            test_fail(test, NULL, "a connection that stays open",
                      "answer %u says that it ends the connection", i + 1);
            open = false;
        }
        exchange_clear(&exchange);
    }
    connection_close(connection);
}

/* A boundary that is used again on the same connection with another body. */
static void run_connection_close(struct test *test, const struct case_def *def)
{
    struct request request;
    struct exchange exchange = {0};
    struct connection *connection = test_connect(test);
    if (!connection || !test_good(&request, test))
        goto out;
    closing(&request, def);
    if (test_ask_over(&exchange, test, connection, &request) &&
        test_expect(test, &exchange.answer, EXPECT_SUCCESS) &&
        !connection_is_closed(connection, test->deadline_ms))
        test_fail(test, NULL, "a connection that is closed, as was asked for", "it stays open");
out:
    exchange_clear(&exchange);
    connection_close(connection);
}

#define FINE(slug_, clauses_, title_, change_, text_)                                              \
    {                                                                                              \
        .slug = "wire/" slug_, .clauses = clauses_, .title = title_, .change = change_,            \
        .text = text_                                                                              \
    }
#define CHOICE_HEAD(slug_, clauses_, title_, text_)                                                \
    FINE(slug_, clauses_, title_, change_choice_head, text_)
#define FILE_HEAD(slug_, clauses_, title_, text_)                                                  \
    FINE(slug_, clauses_, title_, change_file_head, text_)
#define FORM "Content-Disposition: form-data; "
#define JPEG_TYPE "Content-Type: image/jpeg\r\n"
#define BOUNDARY_70 "0123456789012345678901234567890123456789012345678901234567890123456789"
#define GOOD_BOUNDARY "------------------------5f0c1d3a9b7e2846"

static const struct case_def cases[] = {
    FINE("order-swapped", "wire_part_order", "image_target before service_choice", swapped, NULL),
    CHOICE_HEAD("name-unquoted", "wire_name_unquoted", "name=service_choice without quotes",
                FORM "name=service_choice\r\n"),
    CHOICE_HEAD("name-unquoted-semicolon", "wire_name_unquoted",
                "name=service_choice; with a trailing semicolon", FORM "name=service_choice;\r\n"),
    FILE_HEAD("file-name-unquoted", "wire_name_unquoted", "name and filename without quotes",
              FORM "name=image_target; filename=portrait.jpg\r\n" JPEG_TYPE),
    FILE_HEAD("file-name-first", "wire_name_unquoted", "filename before name",
              FORM "filename=\"portrait.jpg\"; name=\"image_target\"\r\n" JPEG_TYPE),
    FILE_HEAD("file-name-extended", "wire_file_name_extended", "filename* beside filename",
              FORM "name=\"image_target\"; filename=\"p.jpg\"; "
                   "filename*=UTF-8''p%C3%B6rtrait.jpg\r\n" JPEG_TYPE),
    FILE_HEAD("file-name-extended-alone", "wire_file_name_extended", "filename* alone",
              FORM "name=\"image_target\"; filename*=utf-8''portrait.jpg\r\n" JPEG_TYPE),
    FINE("text-type-charset", "wire_text_part_content_type",
         "service_choice as text/plain; charset=utf-8", choice_type, "text/plain; charset=utf-8"),
    FINE("text-type", "wire_text_part_content_type", "service_choice as text/plain", choice_type,
         "text/plain"),
    FINE("file-octet-stream", "wire_file_part_content_type", "the file as application/octet-stream",
         octet_stream, "portrait.jpg"),
    FINE("file-name-file", "wire_file_part_content_type", "the file name \"file\"", octet_stream,
         "file"),
    FINE("file-name-bin", "wire_file_part_content_type", "the file name image_target.bin",
         octet_stream, "image_target.bin"),
    FINE("file-name-path", "wire_file_part_content_type", "a file name with a path",
         change_file_name, "/pictures/of/me/portrait.jpg"),
    FINE("file-name-windows-path", "wire_file_part_content_type", "a file name with backslashes",
         change_file_name, "C:\\\\fakepath\\\\portrait.jpg"),
    FINE("file-name-utf-8", "wire_file_part_content_type", "a file name in UTF-8", change_file_name,
         "p\xc3\xb6rtrait \xe8\x82\x96\xe5\x83\x8f.jpg"),
    FINE("file-name-quote", "wire_file_part_content_type", "a file name with an escaped quote",
         change_file_name, "a \\\" b.jpg"),
    FINE("file-name-semicolon", "wire_file_part_content_type", "a file name with a semicolon",
         change_file_name, "a; name=b.jpg"),
    FINE("file-name-long", "wire_file_part_content_type", "a file name of 255 characters",
         change_file_name,
         BOUNDARY_70 BOUNDARY_70 BOUNDARY_70 "0123456789012345678901234567890123456789x.jpg"),
    FINE("file-name-empty", "image_without_file_name", "an empty file name", change_file_name, ""),
    FINE("file-name-none", "image_without_file_name", "image_target without a file name",
         no_file_name, NULL),
    FILE_HEAD("part-headers-lower", "wire_part_headers_any_case", "part headers in lower case",
              "content-disposition: form-data; name=\"image_target\"; filename=\"p.jpg\"\r\n"
              "content-type: image/jpeg\r\n"),
    CHOICE_HEAD("part-headers-upper", "wire_part_headers_any_case", "part headers in upper case",
                "CONTENT-DISPOSITION: FORM-DATA; NAME=\"service_choice\"\r\n"),
    CHOICE_HEAD("part-headers-no-spaces", "wire_part_headers_any_case",
                "part headers without spaces",
                "Content-Disposition:form-data;name=\"service_choice\"\r\n"),
    FILE_HEAD("part-headers-more", "wire_part_headers_any_case", "further part headers",
              FORM "name=\"image_target\"; filename=\"p.jpg\"\r\n" JPEG_TYPE
                   "Content-Transfer-Encoding: binary\r\nX-Note: none\r\n"),
    FILE_HEAD("part-headers-type-first", "wire_part_headers_any_case",
              "Content-Type before Content-Disposition",
              JPEG_TYPE FORM "name=\"image_target\"; filename=\"p.jpg\"\r\n"),
    FINE("boundary-quoted", "wire_boundary_quoted", "a quoted boundary in the header",
         change_content_type, "multipart/form-data; boundary=\"" GOOD_BOUNDARY "\""),
    FINE("boundary-charset-before", "wire_boundary_quoted", "a charset before the boundary",
         change_content_type, "multipart/form-data; charset=utf-8; boundary=" GOOD_BOUNDARY),
    FINE("boundary-charset-after", "wire_boundary_quoted", "a charset behind the boundary",
         change_content_type, "multipart/form-data; boundary=" GOOD_BOUNDARY "; charset=utf-8"),
    FINE("boundary-any-case", "wire_boundary_quoted", "Multipart/Form-Data; Boundary=",
         change_content_type, "Multipart/Form-Data; Boundary=" GOOD_BOUNDARY),
    FINE("boundary-short", "wire_boundary_quoted", "a boundary of one character", change_boundary,
         "x"),
    FINE("boundary-long", "wire_boundary_quoted", "a boundary of 70 characters", change_boundary,
         BOUNDARY_70),
    FINE("boundary-punctuation", "wire_boundary_quoted", "a boundary with punctuation",
         change_boundary, "a'b+c_d-e.f"),
    FINE("preamble", "request_content_type", "text before the first boundary", around, "preamble"),
    FINE("epilogue", "request_content_type", "text behind the last boundary", around, "epilogue"),
    FINE("chunked", "wire_chunked", "chunks of 8 KiB", chunked, "2"),
    FINE("chunked-small", "wire_chunked", "chunks of 97 bytes", chunked, "1"),
    FINE("chunked-one", "wire_chunked", "one chunk", chunked, "0"),
    FINE("expect", "wire_expect_continue", "Expect: 100-continue", expects, NULL),
    {.slug = "wire/expect-quick",
     .clauses = "wire_expect_continue",
     .title = "Expect: 100-continue with 1.5 MiB, answered at once",
     .run = run_expect_quick,
     .picture = PICTURE_JPEG_LARGE,
     .credits = 12},
    FINE("http-1-0", "wire_http_1_0", "HTTP/1.0", version, "HTTP/1.0"),
    FINE("upgrade-offer", "wire_upgrade_offer", "an offer to upgrade to h2c", upgrade, NULL),
    FINE("header-names-lower", "key_name_any_case", "further header names in lower case", header,
         "user-agent: conformance\r\naccept-encoding: identity\r\n"),
    {.slug = "wire/keep-alive",
     .clauses = "wire_keep_alive",
     .title = "four calls over one connection, with the same boundary",
     .run = run_keep_alive,
     .text = "good",
     .credits = 48},
    {.slug = "wire/keep-alive-mixed",
     .clauses = "wire_keep_alive",
     .title = "refused and good calls in turn over one connection",
     .run = run_keep_alive,
     .text = "mixed",
     .credits = 24},
    {.slug = "wire/connection-close",
     .clauses = "wire_keep_alive",
     .title = "Connection: close is honoured",
     .run = run_connection_close,
     .credits = 12},
};

const struct suite suite_wire = {"wire", "The wire", cases, COUNT_OF(cases), false};
