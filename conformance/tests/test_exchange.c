/* The key stays out of everything that is shown, and the curl line repeats the request. */
#include "exchange.h"
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
    static struct run run;
    char why[URL_WHY_SIZE];
    if (!run_init(&run) || !url_parse(&run.url, "http://127.0.0.1:1/base", why))
        return -1;
    run.key = SECRET;
    *state = &run;
    return 0;
}

static int clear(void **state)
{
    run_clear(*state);
    return 0;
}

static void exchange_never_shows_the_key(void **state)
{
    struct run *run = *state;
    struct request request;
    struct exchange exchange;
    request_good(&request, run->url.authority, run->key, "12", (struct picture_bytes){"x", 1});
    request_add_header(&request, "X-Echo", "again " SECRET " and " SECRET);
    exchange_once(&exchange, run, &request, 0);
    assert_int_not_equal(exchange.result, WIRE_OK);
    assert_non_null(strstr(buf_str(&exchange.text), "> ailabapi-api-key: <redacted>"));
    assert_non_null(strstr(buf_str(&exchange.text), "again <redacted> and <redacted>"));
    assert_null(strstr(buf_str(&exchange.text), SECRET));
    exchange_clear(&exchange);
}

static void redact_masks_a_short_key_in_its_header(void **state)
{
    struct run *run = *state;
    struct request request;
    struct exchange exchange;
    run->key = "k3y";
    request_good(&request, run->url.authority, run->key, "12", (struct picture_bytes){"x", 1});
    exchange_once(&exchange, run, &request, 0);
    assert_null(strstr(buf_str(&exchange.text), "k3y"));
    exchange_clear(&exchange);
    run->key = SECRET;
}

static void curl_line_repeats_the_request(void **state)
{
    struct run *run = *state;
    struct request request;
    struct buf line = {0};
    request_good(&request, run->url.authority, run->key, "12", (struct picture_bytes){"x", 1});
    request.boundary = "b";
    request.framing = FRAMING_CHUNKED;
    request.version = "HTTP/1.0";
    request_add_header(&request, "X-Quote", "it's");
    exchange_curl(&line, run, &request, "a/case", 2, false);
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
    struct run *run = *state;
    struct request request;
    struct buf head = {0}, body = {0}, frame = {0};
    request_good(&request, "h", run->key, "12", (struct picture_bytes){"PIC", 3});
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_never_shows_the_key),
        cmocka_unit_test(redact_masks_a_short_key_in_its_header),
        cmocka_unit_test(curl_line_repeats_the_request),
        cmocka_unit_test(request_is_rendered_exactly),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
