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

CHANGE(no_host)
{
    request->host = NULL;
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

CHANGE(line_feeds)
{
    request->line_end = "\n";
}

#define DOUBTFUL(slug_, title_, change_, text_)                                                    \
    CASE("framing/" slug_, title_, TEXT(change_, text_), .run = run_framing, .flags = RAW_FRAMING)

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
    DOUBTFUL("space-before-colon", "a space before the colon of a header", change_raw_headers,
             "X-Note : none\r\n"),
    DOUBTFUL("empty-name", "a header without a name", change_raw_headers, ": none\r\n"),
    DOUBTFUL("folded", "a folded header line", change_raw_headers, "X-Note: a\r\n b\r\n"),
    DOUBTFUL("line-feeds", "header lines that end in LF alone", line_feeds, NULL),
    DOUBTFUL("ends-early", "a body that ends before its Content-Length", ends_early, NULL),
    DOUBTFUL("no-host", "HTTP/1.1 without a Host", no_host, NULL),
};

SUITE(framing, "Doubtful framing");
