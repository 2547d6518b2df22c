/* Right requests differ on the wire: these are sent by the vendor's SDKs, browsers and curl. All of
 * them succeed. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <stdio.h>
#include <string.h>

CHANGE(swapped)
{
    struct part first = request->parts[0];
    request->parts[0] = request->parts[1];
    request->parts[1] = first;
}

CHANGE(no_file_name)
{
    struct part *part = request_part(request, "image_target");
    part->file_name = NULL;
    part->type = NULL;
}

CHANGE(octet_stream)
{
    struct part *part = request_part(request, "image_target");
    part->type = "application/octet-stream";
    part->file_name = def->argument.text;
}

CHANGE(chunked)
{
    request->framing = FRAMING_CHUNKED;
    request->chunk_bytes = def->argument.chunk_bytes;
}

CHANGE(expects)
{
    request->expect = true;
}

CHANGE(version)
{
    request->version = def->argument.text;
}

/* The SDK sends this before it knows whether the server speaks HTTP/2. */
CHANGE(upgrade)
{
    request_add_header(request, "Connection", "Upgrade, HTTP2-Settings");
    request_add_header(request, "Upgrade", "h2c");
    request_add_header(request, "HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA");
}

CHANGE(closing)
{
    request->close = true;
}

CHANGE(key_in_blanks)
{
    snprintf(request->store, sizeof request->store, "  %s  ", request->key);
    request->key = request->store;
}

/* curl itself gives up waiting after a second and sends the body all the same. */
RUN(run_expect_quick)
{
    struct request request;
    struct exchange exchange = {0};
    if (!test_request(&request, test, def))
        return;
    request.expect = true;
    if (test_ask(&exchange, test, &request) && test_expect(test, &exchange.answer, def->expect) &&
        exchange.ms >= 1000 && exchange.answer.http.interim == 0)
        test_fail(test, "100 Continue, or a final answer, within a second",
                  "neither came; the call took %.0f ms", exchange.ms);
    exchange_clear(&exchange);
}

/* A proxy writes the target so, with the scheme of the connection. text: another host; NULL: the
 * target's own. */
RUN(run_absolute)
{
    struct request request;
    struct exchange exchange = {0};
    if (!test_request(&request, test, def))
        return;
    if (def->argument.text) {
        request.host = def->argument.text;
        test->unseen = true; /* who refuses to be a proxy owes no envelope */
    }
    request.scheme = test->session->endpoint.url.tls ? "https" : "http";
    if (test_ask(&exchange, test, &request))
        test_expect(test, &exchange.answer, def->expect);
    exchange_clear(&exchange);
}

static void says_close(struct test *test, const struct answer *answer)
{
    if (answer->http.keep)
        test_fail(test, "Connection: close", "an answer by which the connection stays open");
}

static void no_interim(struct test *test, const struct answer *answer)
{
    if (answer->http.interim > 0)
        test_fail(test, "no 100 Continue, which HTTP/1.0 does not know", "%u of them",
                  answer->http.interim);
}

/* text: a part that every other call leaves out, so that it is refused; NULL: none. */
RUN(run_keep_alive)
{
    struct request good, bad;
    struct connection *connection = test_connect(test);
    const bool ready = connection && test_good(&good, test) && test_good(&bad, test);
    if (ready && def->argument.text)
        request_drop_part(&bad, def->argument.text);
    for (unsigned i = 0; i < 4 && !test->decided; i++) {
        bool ask_bad = def->argument.text && i % 2 == 0;
        struct exchange exchange = {0};
        if (test_ask_over(&exchange, test, connection, ask_bad ? &bad : &good) &&
            test_expect(test, &exchange.answer, ask_bad ? EXPECT_MISSING : EXPECT_SUCCESS) &&
            i < 3 && !exchange.answer.http.keep)
            test_fail(test, "a connection that stays open",
                      "answer %u says that it ends the connection", i + 1);
        exchange_clear(&exchange);
    }
    connection_close(connection);
}

RUN(run_connection_close)
{
    struct request request;
    struct exchange exchange = {0};
    struct connection *connection = test_connect(test);
    if (!connection || !test_request(&request, test, def))
        goto out;
    if (!test_ask_over(&exchange, test, connection, &request) ||
        !test_expect(test, &exchange.answer, EXPECT_SUCCESS))
        goto out;
    if (!connection_is_closed(connection, test->deadline_ms))
        test_fail(test, "a connection that is closed, as was asked for", "it stays open");
    if (def->check)
        def->check(test, &exchange.answer);
out:
    exchange_clear(&exchange);
    connection_close(connection);
}

#define FORM "Content-Disposition: form-data; "
#define JPEG_TYPE "Content-Type: image/jpeg\r\n"
#define BOUNDARY_70 "0123456789012345678901234567890123456789012345678901234567890123456789"
#define FIVE_NOTES "X-A: 1\r\nX-B: 2\r\nX-C: 3\r\nX-D: 4\r\nX-E: 5\r\n"
#define TEN_NOTES FIVE_NOTES FIVE_NOTES
#define GOOD_BOUNDARY "------------------------5f0c1d3a9b7e2846"

/* A case whose call asks by these headers that the connection ends. */
#define CLOSES(id, what, headers)                                                                  \
    CASE(id, what, TEXT(change_raw_headers, headers), .check = says_close,                         \
         .run = run_connection_close, .credits = 12)

static const struct case_def cases[] = {
    CLAUSE(wire_part_order, "The order of the two parts does not matter."),
    CASE("wire/order-swapped", "image_target before service_choice", .change = swapped),
    CLAUSE(wire_name_unquoted,
           "A part name without quotes is understood, also with a trailing semicolon."),
    CASE("wire/name-unquoted", "name=service_choice without quotes",
         TEXT(change_choice_head, FORM "name=service_choice\r\n")),
    CASE("wire/name-unquoted-semicolon", "name=service_choice; with a trailing semicolon",
         TEXT(change_choice_head, FORM "name=service_choice;\r\n")),
    CASE("wire/file-name-unquoted", "name and filename without quotes",
         TEXT(change_file_head, FORM "name=image_target; filename=portrait.jpg\r\n" JPEG_TYPE)),
    CASE("wire/file-name-first", "filename before name",
         TEXT(change_file_head,
              FORM "filename=\"portrait.jpg\"; name=\"image_target\"\r\n" JPEG_TYPE)),
    CLAUSE(wire_file_name_extended, "A part with filename*= is understood."),
    CASE("wire/file-name-extended", "filename* beside filename",
         TEXT(change_file_head, FORM "name=\"image_target\"; filename=\"p.jpg\"; "
                                     "filename*=UTF-8''p%C3%B6rtrait.jpg\r\n" JPEG_TYPE)),
    CASE("wire/file-name-extended-alone", "filename* alone",
         TEXT(change_file_head,
              FORM "name=\"image_target\"; filename*=utf-8''portrait.jpg\r\n" JPEG_TYPE)),
    CLAUSE(wire_text_part_content_type, "The text part may have a Content-Type or none."),
    CASE("wire/text-type-charset", "service_choice as text/plain; charset=utf-8",
         TEXT(change_choice_type, "text/plain; charset=utf-8")),
    CASE("wire/text-type", "service_choice as text/plain", TEXT(change_choice_type, "text/plain")),
    CLAUSE(wire_file_part_content_type,
           "The file part may be application/octet-stream, with any file name."),
    CASE("wire/file-octet-stream", "the file as application/octet-stream",
         TEXT(octet_stream, "portrait.jpg")),
    CASE("wire/file-name-file", "the file name \"file\"", TEXT(octet_stream, "file")),
    CASE("wire/file-name-bin", "the file name image_target.bin",
         TEXT(octet_stream, "image_target.bin")),
    CASE("wire/file-name-path", "a file name with a path",
         TEXT(change_file_name, "/pictures/of/me/portrait.jpg")),
    CASE("wire/file-name-windows-path", "a file name with backslashes",
         TEXT(change_file_name, "C:\\\\fakepath\\\\portrait.jpg")),
    CASE("wire/file-name-utf-8", "a file name in UTF-8",
         TEXT(change_file_name, "p\xc3\xb6rtrait \xe8\x82\x96\xe5\x83\x8f.jpg")),
    CASE("wire/file-name-quote", "a file name with an escaped quote",
         TEXT(change_file_name, "a \\\" b.jpg")),
    CASE("wire/file-name-semicolon", "a file name with a semicolon",
         TEXT(change_file_name, "a; name=b.jpg")),
    CASE("wire/file-name-long", "a file name of 255 characters",
         TEXT(change_file_name,
              BOUNDARY_70 BOUNDARY_70 BOUNDARY_70 "0123456789012345678901234567890123456789x.jpg")),
    CLAUSE(image_without_file_name,
           "A part image_target without a file name is taken by its bytes all the same."),
    CASE("wire/file-name-empty", "an empty file name", TEXT(change_file_name, "")),
    CASE("wire/file-name-none", "image_target without a file name", .change = no_file_name),
    CLAUSE(wire_part_headers_any_case,
           "The names of part headers are compared without regard to case."),
    CASE("wire/part-headers-lower", "part headers in lower case",
         TEXT(change_file_head,
              "content-disposition: form-data; name=\"image_target\"; filename=\"p.jpg\"\r\n"
              "content-type: image/jpeg\r\n")),
    CASE("wire/part-headers-upper", "part headers in upper case",
         TEXT(change_choice_head, "CONTENT-DISPOSITION: FORM-DATA; NAME=\"service_choice\"\r\n")),
    CASE("wire/part-headers-no-spaces", "part headers without spaces",
         TEXT(change_choice_head, "Content-Disposition:form-data;name=\"service_choice\"\r\n")),
    CASE("wire/part-headers-more", "further part headers",
         TEXT(change_file_head, FORM "name=\"image_target\"; filename=\"p.jpg\"\r\n" JPEG_TYPE
                                     "Content-Transfer-Encoding: binary\r\nX-Note: none\r\n")),
    CASE("wire/part-headers-type-first", "Content-Type before Content-Disposition",
         TEXT(change_file_head, JPEG_TYPE FORM "name=\"image_target\"; filename=\"p.jpg\"\r\n")),
    CLAUSE(wire_boundary_quoted, "The boundary in the Content-Type header may be quoted."),
    CASE("wire/boundary-quoted", "a quoted boundary in the header",
         TEXT(change_content_type, "multipart/form-data; boundary=\"" GOOD_BOUNDARY "\"")),
    CASE("wire/boundary-charset-before", "a charset before the boundary",
         TEXT(change_content_type, "multipart/form-data; charset=utf-8; boundary=" GOOD_BOUNDARY)),
    CASE("wire/boundary-charset-after", "a charset behind the boundary",
         TEXT(change_content_type,
              "multipart/form-data; boundary=" GOOD_BOUNDARY "; charset=utf-8")),
    CASE("wire/boundary-any-case", "Multipart/Form-Data; Boundary=",
         TEXT(change_content_type, "Multipart/Form-Data; Boundary=" GOOD_BOUNDARY)),
    CASE("wire/boundary-short", "a boundary of one character", TEXT(change_boundary, "x")),
    CASE("wire/boundary-long", "a boundary of 70 characters", TEXT(change_boundary, BOUNDARY_70)),
    CASE("wire/boundary-punctuation", "a boundary with punctuation",
         TEXT(change_boundary, "a'b+c_d-e.f")),
    CLAUSE(request_content_type, "The request body is multipart/form-data."),
    CASE("wire/preamble", "text before the first boundary",
         TEXT(change_preamble, "This is a message with multiple parts in MIME format.\r\n")),
    CASE("wire/epilogue", "text behind the last boundary",
         TEXT(change_epilogue, "This is the epilogue. It is also to be ignored.\r\n")),
    CLAUSE(wire_chunked, "A chunked upload is accepted."),
    CASE("wire/chunked", "chunks of 8 KiB", .change = chunked, .argument.chunk_bytes = 8192),
    CASE("wire/chunked-small", "chunks of 97 bytes", .change = chunked, .argument.chunk_bytes = 97),
    CASE("wire/chunked-one", "one chunk", .change = chunked, .argument.chunk_bytes = 1 << 24),
    CLAUSE(wire_expect_continue,
           "Expect: 100-continue is answered without making the client wait."),
    CASE("wire/expect", "Expect: 100-continue", .change = expects),
    CASE("wire/expect-quick", "Expect: 100-continue with 1.5 MiB, answered at once",
         .run = run_expect_quick, UPLOADS(JPEG_LARGE), .credits = 12),
    CLAUSE(wire_http_1_0, "An HTTP/1.0 request is answered."),
    CASE("wire/http-1-0", "HTTP/1.0", TEXT(version, "HTTP/1.0")),
    CLAUSE(wire_upgrade_offer, "An offer to upgrade to h2c is ignored and the call answered."),
    CASE("wire/upgrade-offer", "an offer to upgrade to h2c", .change = upgrade),
    CLAUSE(key_name_any_case, "The name of the key header is compared without regard to case."),
    CASE("wire/header-names-lower", "further header names in lower case",
         TEXT(change_raw_headers, "user-agent: conformance\r\naccept-encoding: identity\r\n")),
    CLAUSE(wire_keep_alive, "Several calls over one connection are answered."),
    CASE("wire/keep-alive", "four calls over one connection, with the same boundary",
         .run = run_keep_alive, .credits = 48),
    CASE("wire/keep-alive-mixed", "refused and good calls in turn over one connection",
         .argument.text = "image_target", .run = run_keep_alive, .credits = 24),
    CASE("wire/connection-close", "Connection: close is honoured", .change = closing,
         .run = run_connection_close, .credits = 12),
    CLAUSE(
        http_syntax,
        "A request that RFC 9110 and RFC 9112 allow is understood, however its head is written."),
    CASE("wire/target-absolute", "a target in absolute form, as a proxy writes it",
         .run = run_absolute, .flags = RAW_FRAMING, .credits = 12),
    CASE("wire/header-blanks", "blanks around the key", .change = key_in_blanks,
         .flags = RAW_FRAMING),
    CASE("wire/header-empty", "a header without a value", TEXT(change_raw_headers, "X-Note:\r\n"),
         .flags = RAW_FRAMING),
    CASE("wire/header-characters", "a header with every character that its name may have",
         TEXT(change_raw_headers, "X!#$%&'*+-.^_`|~09azAZ: none\r\n")),
    CASE("wire/headers-forty", "forty further headers",
         TEXT(change_raw_headers, TEN_NOTES TEN_NOTES TEN_NOTES TEN_NOTES)),
    CASE("wire/chunked-any-case", "Transfer-Encoding: Chunked", TEXT(change_coding, "Chunked"),
         .flags = RAW_FRAMING),
    CASE("wire/http-1-0-no-host", "HTTP/1.0 without a Host", TEXT(version, "HTTP/1.0"),
         .then = change_no_host, .flags = RAW_FRAMING),
    CASE("wire/http-1-0-closes", "HTTP/1.0 ends the connection", TEXT(version, "HTTP/1.0"),
         .check = says_close, .run = run_connection_close, .credits = 12),
    CASE("wire/http-1-0-expect", "Expect: 100-continue in HTTP/1.0", TEXT(version, "HTTP/1.0"),
         .then = expects, .check = no_interim),
    CASE("wire/connection-close-said", "the answer before the end says close", .change = closing,
         .run = run_connection_close, .check = says_close, .credits = 12),
    CLOSES("wire/connection-list", "close in a list, in upper case",
           "Connection: x-note, CLOSE\r\n"),
    CLOSES("wire/connection-list-dense", "close in a list without blanks",
           "Connection: x-a,close,x-b\r\n"),
    CLOSES("wire/connection-second", "close in a second Connection header",
           "Connection: x-note\r\nConnection: close\r\n"),
    CLOSES("wire/connection-both", "close behind keep-alive", "Connection: keep-alive,close\r\n"),
    CLOSES("wire/connection-second-both", "close in a Connection header behind one with keep-alive",
           "Connection: keep-alive\r\nConnection: close\r\n"),
    CLAUSE(http_other_host, "A call whose target names another host is refused."),
    CASE("wire/target-other-host", "a target in absolute form, of another host",
         .argument.text = "other.example", .run = run_absolute, EXPECTS(REFUSED),
         .flags = RAW_FRAMING),
    CASE("wire/target-other-address", "the same, of another address",
         .argument.text = "203.0.113.9", .run = run_absolute, EXPECTS(REFUSED),
         .flags = RAW_FRAMING),
    CASE("wire/target-other-alike", "the same, of a name that begins as an address",
         .argument.text = "127.0.0.1.other.example:80", .run = run_absolute, EXPECTS(REFUSED),
         .flags = RAW_FRAMING),
};

SUITE(wire, "The wire");
