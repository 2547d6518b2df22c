/* The key stays out of everything that is shown, and the curl line repeats the request. */
#include "base/clock.h"
#include "evidence/curl_line.h"
#include "testing/scripted.h"
#include "wire/exchange.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "s3cr3t-k3y-0123456789"

static int make(void **state)
{
    static struct session session;
    char why[URL_WHY_SIZE];
    if (!session_init(&session) || !url_parse(&session.url, "http://127.0.0.1:1/base", why))
        return -1;
    session.key = SECRET;
    *state = &session;
    return 0;
}

static int clear(void **state)
{
    session_clear(*state);
    return 0;
}

static void exchange_never_shows_the_key(void **state)
{
    struct session *session = *state;
    struct request request;
    struct exchange exchange;
    request_good(&request, session->url.authority, session->key, "12",
                 (struct picture_bytes){"x", 1});
    request_add_header(&request, "X-Echo", "again " SECRET " and " SECRET);
    exchange_once(&exchange, session, &request, 0);
    assert_int_not_equal(exchange.result, WIRE_OK);
    assert_non_null(strstr(buf_str(&exchange.text), "> ailabapi-api-key: <redacted>"));
    assert_non_null(strstr(buf_str(&exchange.text), "again <redacted> and <redacted>"));
    assert_null(strstr(buf_str(&exchange.text), SECRET));
    exchange_clear(&exchange);
}

static void exchange_masks_a_short_key_in_its_header(void **state)
{
    struct session *session = *state;
    struct request request;
    struct exchange exchange;
    session->key = "k3y";
    request_good(&request, session->url.authority, session->key, "12",
                 (struct picture_bytes){"x", 1});
    exchange_once(&exchange, session, &request, 0);
    assert_null(strstr(buf_str(&exchange.text), "k3y"));
    exchange_clear(&exchange);
    session->key = SECRET;
}

static void curl_line_repeats_the_request(void **state)
{
    struct session *session = *state;
    struct request request;
    struct buf line = {0};
    request_good(&request, session->url.authority, session->key, "12",
                 (struct picture_bytes){"x", 1});
    request.boundary = "b";
    request.framing = FRAMING_CHUNKED;
    request.version = "HTTP/1.0";
    request_add_header(&request, "X-Quote", "it's");
    curl_line(&line, session, &request, "a/case", 2, false);
    assert_string_equal(
        buf_str(&line),
        "ailab-conformance --target http://127.0.0.1:1/base --body a/case#2 | curl -sS -i -X POST "
        "--http1.0 -H \"ailabapi-api-key: $AILAB_API_KEY\" -H 'Content-Type: multipart/form-data; "
        "boundary=b' -H 'X-Quote: it'\\''s' -H 'Transfer-Encoding: chunked' --data-binary @- "
        "'http://127.0.0.1:1/base/api/portrait/effects/emotion-editor'");
    buf_clear(&line);
}

static void request_is_rendered_exactly(void **state)
{
    struct session *session = *state;
    struct request request;
    struct buf head = {0}, body = {0}, frame = {0};
    request_good(&request, "h", session->key, "12", (struct picture_bytes){"PIC", 3});
    request.boundary = "b";
    request.framing = FRAMING_CHUNKED;
    request.chunk_bytes = 100;
    request_body(&body, &request);
    request_head(&head, &request, "/p", body.len);
    request_frame(&frame, &request, &body);
    assert_string_equal(
        buf_str(&body),
        "--b\r\nContent-Disposition: form-data; name=\"service_choice\"\r\n\r\n12\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"image_target\"; "
        "filename=\"portrait.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nPIC\r\n"
        "--b--\r\n");
    assert_string_equal(buf_str(&head),
                        "POST /p/api/portrait/effects/emotion-editor HTTP/1.1\r\nHost: h\r\n"
                        "Accept: */*\r\nailabapi-api-key: " SECRET "\r\n"
                        "Content-Type: multipart/form-data; boundary=b\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n");
    assert_true(body.len > 100);
    assert_memory_equal(buf_str(&frame), "64\r\n--b\r\n", 9);
    assert_string_equal(buf_str(&frame) + frame.len - 7, "\r\n0\r\n\r\n");
    buf_clear(&head);
    buf_clear(&body);
    buf_clear(&frame);
}

struct row {
    const char *why;
    void (*change)(struct session *session, struct request *request);
    bool raw;
    const char *has, *lacks;
};

static void stand_in_key(struct session *session, struct request *request)
{
    (void)request;
    session->own_key = true;
}

static void bearer(struct session *session, struct request *request)
{
    (void)session;
    request->key_name = "Authorization";
    request->key = "Bearer " SECRET;
}

static void other_case(struct session *session, struct request *request)
{
    (void)session;
    request->key = "S3CR3T-K3Y-0123456789";
}

static void other_key(struct session *session, struct request *request)
{
    (void)session;
    request->key = "x";
}

static void apostrophe(struct session *session, struct request *request)
{
    (void)session;
    request->boundary = "a'b";
}

static void raw_lines(struct session *session, struct request *request)
{
    (void)session;
    request->raw_headers = "user-agent: conformance\r\naccept-encoding: identity\r\n";
}

static void closing(struct session *session, struct request *request)
{
    (void)session;
    request->close = true;
}

static void called(struct session *session, struct request *request)
{
    (void)request;
    session->program = "build/bin/ailab-conformance";
}

static void called_oddly(struct session *session, struct request *request)
{
    (void)request;
    session->program = "./my tools/ailab-conformance";
}

static void revised(struct session *session, struct request *request)
{
    (void)request;
    session->revision = REVISION_1_0_0;
    session->ca_file = "ca.pem";
}

static void finishing(struct session *session, struct request *request)
{
    (void)session;
    request->finish = true;
}

static void plain(struct session *session, struct request *request)
{
    (void)session;
    (void)request;
}

/* Whoever pastes the line sends what the suite has sent. */
static void curl_line_leaves_nothing_out(void **state)
{
    static const struct row rows[] = {
        {"the suite's own key", stand_in_key, false, "-H 'ailabapi-api-key: " SECRET "'", "$AILAB"},
        {"the key of the user", plain, false, "-H \"ailabapi-api-key: $AILAB_API_KEY\"", SECRET},
        {"something around the key", bearer, false, "-H \"Authorization: Bearer $AILAB_API_KEY\"",
         SECRET},
        {"the key in another case", other_case, false, "\"$AILAB_API_KEY\" | tr a-zA-Z A-Za-z)",
         "S3CR3T"},
        {"a key that a case made", other_key, false, "-H 'ailabapi-api-key: x'", "$AILAB"},
        {"an apostrophe", apostrophe, false, "boundary=a'\\''b'", "redacted"},
        {"header lines as they are", raw_lines, false,
         "-H 'user-agent: conformance' -H 'accept-encoding: identity'", "redacted"},
        {"the end of the connection", closing, false, "-H 'Connection: close'", "redacted"},
        {"the program as it was called", called, false,
         "build/bin/ailab-conformance --target http://127.0.0.1:1/base --body a/case | curl",
         "redacted"},
        {"a program that must be quoted", called_oddly, false,
         "'./my tools/ailab-conformance' --target", "redacted"},
        {"revision and authority", revised, false,
         "--revision 1.0.0 --ca-file ca.pem --body a/case | curl -sS -i --cacert ca.pem",
         "redacted"},
        {"no end of its own", plain, true, "--wire a/case | nc -w 10 127.0.0.1 1", "-N"},
        {"an early end", finishing, true, "--wire a/case | nc -N -w 10 127.0.0.1 1", "curl"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session session = *(struct session *)*state;
        struct request request;
        struct buf line = {0};
        request_good(&request, session.url.authority, session.key, "12",
                     (struct picture_bytes){"x", 1});
        rows[i].change(&session, &request);
        curl_line(&line, &session, &request, "a/case", 1, rows[i].raw);
        if (!strstr(buf_str(&line), rows[i].has) || strstr(buf_str(&line), rows[i].lacks))
            fail_msg("%s: %s", rows[i].why, buf_str(&line));
        buf_clear(&line);
    }
}

/* One answer to one request, as text for people. */
static void exchange_folds_the_picture(void **state)
{
    static const struct {
        const char *why, *between;
    } rows[] = {{"no spaces", ":"}, {"as Python writes it", ": "}, {"spaces around", " :\n\t"}};
    struct session *session = *state;
    char picture[1101];
    memset(picture, 'A', sizeof picture - 1);
    picture[sizeof picture - 1] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session here = *session;
        struct scripted *canned;
        struct request request;
        struct exchange exchange;
        struct buf answer = {0};
        char why[URL_WHY_SIZE];
        buf_printf(&answer, "HTTP/1.1 200 OK\r\n\r\n{\"data\":{\"image\"%s\"%s\"},\"last\":1}",
                   rows[i].between, picture);
        assert_non_null(canned = scripted_start_alike(buf_str(&answer)));
        assert_true(url_parse(&here.url, canned->url, why));
        request_good(&request, here.url.authority, "k", "12", (struct picture_bytes){"x", 1});
        exchange_once(&exchange, &here, &request, clock_ms() + 10000);
        scripted_free(canned);
        assert_int_equal(exchange.result, WIRE_OK);
        if (strstr(buf_str(&exchange.text), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") ||
            !strstr(buf_str(&exchange.text), "AAAA... (1100 bytes in all)") ||
            !strstr(buf_str(&exchange.text), "\"last\":1"))
            fail_msg("%s: %s", rows[i].why, buf_str(&exchange.text));
        exchange_clear(&exchange);
        buf_clear(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_never_shows_the_key),
        cmocka_unit_test(exchange_masks_a_short_key_in_its_header),
        cmocka_unit_test(curl_line_repeats_the_request),
        cmocka_unit_test(curl_line_leaves_nothing_out),
        cmocka_unit_test(exchange_folds_the_picture),
        cmocka_unit_test(request_is_rendered_exactly),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
