/* HTTP framing that two readers could understand differently: refused, and the connection closed.
 * Nothing else is wrong with each request. */
#include "base/clock.h"
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <stdio.h>
#include <string.h>

#define CLOSE_WAIT_MS 2000

RUN(run_framing)
{
    struct request request;
    struct exchange exchange = {0};
    test->unseen = true; /* an answer below the API owes no envelope */
    struct connection *connection = NULL;
    if (url_is_live(&test->session->endpoint.url)) {
        test_skip(test, "it could disturb other users of the live service");
        return;
    }
    connection = test_connect(test);
    if (!connection || !test_request(&request, test, def))
        goto out;
    if (request.finish && !connection_can_finish(connection)) {
        test_skip(test, "before TLS 1.3 a client cannot end its sending half alone");
        goto out;
    }
    if (test_ask_over(&exchange, test, connection, &request) &&
        test_expect(test, &exchange.answer, EXPECT_MULTIPART) &&
        !connection_is_closed(connection, clock_ms() + CLOSE_WAIT_MS))
        test_fail(test, "a closed connection", "it stays open");
out:
    exchange_clear(&exchange);
    connection_close(connection);
}

/* All parts are there and closed, but ten bytes more were announced. */
CHANGE(ends_early)
{
    struct buf body = {0};
    request_body(&body, request);
    snprintf(request->store, sizeof request->store, "%zu", body.len + 10);
    buf_clear(&body);
    request->length_text = request->store;
    request->finish = true;
}

CHANGE(finished)
{
    request->finish = true;
}

CHANGE(bad_chunk)
{
    request->framing = FRAMING_NONE;
    request->raw_headers = "Transfer-Encoding: chunked\r\n";
    request_raw_body(request, "multipart/form-data; boundary=x", def->argument.text);
}

CHANGE(other_coding)
{
    request->framing = FRAMING_NONE;
    request->raw_headers = def->argument.text;
}

CHANGE(version_1_0)
{
    request->version = "HTTP/1.0";
}

CHANGE(free_call)
{
    request->method = "GET";
    request->path = REQUEST_CREDITS;
    request_raw_body(request, "", "0\r\n\r\n");
}

CHANGE(free_call_1_0)
{
    free_call(request, def);
    version_1_0(request, def);
}

CHANGE(line_feeds)
{
    request->line_end = "\n";
}

#define DOUBTFUL(slug_, title_, change_, text_)                                                    \
    CASE("framing/" slug_, title_, TEXT(change_, text_), .run = run_framing, .flags = RAW_FRAMING)

/* Where a reader that overlooks the doubt finds a whole request, with the last chunk behind it. */
#define FREE_CALL(slug_, title_, headers)                                                          \
    CASE("framing/free-call-" slug_, title_ ", of the free call", TEXT(other_coding, headers),     \
         .then = free_call, .run = run_framing, .flags = RAW_FRAMING)

static const struct case_def cases[] = {
    CLAUSE(framing_doubtful, "A request whose HTTP framing is doubtful is 400 ERROR_PARAMETERS and "
                             "the connection is closed."),
    DOUBTFUL("chunked-and-length", "Transfer-Encoding together with Content-Length",
             change_raw_headers, "Transfer-Encoding: chunked\r\n"),
    DOUBTFUL("two-lengths", "two Content-Length that disagree", change_raw_headers,
             "Content-Length: 5\r\n"),
    DOUBTFUL("length-plus", "Content-Length: +5", change_length, "+5"),
    DOUBTFUL("length-minus", "Content-Length: -5", change_length, "-5"),
    DOUBTFUL("length-hexadecimal", "Content-Length: 0x5", change_length, "0x5"),
    DOUBTFUL("length-tail", "Content-Length: 5abc", change_length, "5abc"),
    DOUBTFUL("length-exponent", "Content-Length: 1e3", change_length, "1e3"),
    DOUBTFUL("length-list", "Content-Length: 5,6", change_length, "5,6"),
    DOUBTFUL("length-huge", "a Content-Length beyond 64 bits", change_length,
             "18446744073709551617"),
    DOUBTFUL("chunk-size", "a chunk size that is no number", bad_chunk, "zz\r\nabc\r\n0\r\n\r\n"),
    DOUBTFUL("chunk-size-minus", "a negative chunk size", bad_chunk, "-5\r\nabc\r\n0\r\n\r\n"),
    DOUBTFUL("unknown-coding", "an unknown Transfer-Encoding", other_coding,
             "Transfer-Encoding: zigzag\r\n"),
    DOUBTFUL("coding-list", "a Transfer-Encoding in front of chunked", change_coding,
             "gzip, chunked"),
    DOUBTFUL("coding-twice", "chunked twice", change_coding,
             "chunked\r\nTransfer-Encoding: chunked"),
    DOUBTFUL("coding-tail", "a Transfer-Encoding that begins with chunked", change_coding,
             "chunkedx"),
    CASE("framing/coding-1-0", "Transfer-Encoding in HTTP/1.0", TEXT(change_coding, "chunked"),
         .then = version_1_0, .run = run_framing, .flags = RAW_FRAMING),
    CASE("framing/free-call-coding-1-0", "Transfer-Encoding of the free call in HTTP/1.0",
         TEXT(other_coding, "Transfer-Encoding: chunked\r\n"), .then = free_call_1_0,
         .run = run_framing, .flags = RAW_FRAMING),
    FREE_CALL("unknown-coding", "an unknown Transfer-Encoding", "Transfer-Encoding: zigzag\r\n"),
    FREE_CALL("coding-twice", "chunked twice",
              "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
    FREE_CALL("chunked-and-length", "Transfer-Encoding together with Content-Length",
              "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"),
    FREE_CALL("two-lengths", "two Content-Length that disagree",
              "Content-Length: 0\r\nContent-Length: 5\r\n"),
    FREE_CALL("length-plus", "Content-Length: +0", "Content-Length: +0\r\n"),
    FREE_CALL("length-minus", "Content-Length: -0", "Content-Length: -0\r\n"),
    FREE_CALL("length-hexadecimal", "Content-Length: 0x0", "Content-Length: 0x0\r\n"),
    FREE_CALL("length-tail", "Content-Length: 0abc", "Content-Length: 0abc\r\n"),
    FREE_CALL("length-empty", "an empty Content-Length", "Content-Length:\r\n"),
    DOUBTFUL("length-empty", "an empty Content-Length", change_length, ""),
    DOUBTFUL("length-two-words", "Content-Length: 5 5", change_length, "5 5"),
    DOUBTFUL("name-not-token", "a bracket in the name of a header", change_raw_headers,
             "X-Note[]: none\r\n"),
    DOUBTFUL("name-not-token-first", "a bracket at the beginning of the name of a header",
             change_raw_headers, "[X-Note: none\r\n"),
    DOUBTFUL("name-not-ascii", "a letter beyond ASCII in the name of a header", change_raw_headers,
             "X-N\xc3\xb6te: none\r\n"),
    DOUBTFUL("host-twice", "two Host headers", change_raw_headers, "Host: other.example\r\n"),
    DOUBTFUL("space-before-colon", "a space before the colon of a header", change_raw_headers,
             "X-Note : none\r\n"),
    DOUBTFUL("empty-name", "a header without a name", change_raw_headers, ": none\r\n"),
    DOUBTFUL("folded", "a folded header line", change_raw_headers, "X-Note: a\r\n b\r\n"),
    DOUBTFUL("line-feeds", "header lines that end in LF alone", line_feeds, NULL),
    DOUBTFUL("ends-early", "a body that ends before its Content-Length", ends_early, NULL),
    CASE("framing/chunks-end-early", "chunks that end before the last one",
         TEXT(bad_chunk, "400\r\n--x\r\n"), .then = finished, .run = run_framing,
         .flags = RAW_FRAMING),
    DOUBTFUL("no-host", "HTTP/1.1 without a Host", change_no_host, NULL),
};

SUITE(framing, "Doubtful framing");
