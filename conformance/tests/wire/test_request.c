/* The bytes of a request. */
#include "wire/request.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "s3cr3t-k3y-0123456789"

static void request_is_rendered_exactly(void **state)
{
    (void)state;
    struct request request;
    struct buf head = {0}, body = {0}, frame = {0};
    request_good(&request, "h", SECRET, "12", (struct picture_bytes){"PIC", 3});
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

/* What only the cases about the wire need. */
static void request_is_rendered_as_a_case_wants_it(void **state)
{
    (void)state;
    struct request request;
    struct buf head = {0}, body = {0};
    request_good(&request, "h", NULL, "12", (struct picture_bytes){"PIC", 3});
    request_drop_part(&request, "image_target");
    request.boundary = "b";
    request.padding = " \t";
    request.scheme = "http";
    request.framing = FRAMING_CHUNKED;
    request.coding = "Chunked";
    request_body(&body, &request);
    request_head(&head, &request, "/p", body.len);
    assert_string_equal(
        buf_str(&body),
        "--b \t\r\nContent-Disposition: form-data; name=\"service_choice\"\r\n\r\n12\r\n"
        "--b-- \t\r\n");
    assert_string_equal(buf_str(&head),
                        "POST http://h/p/api/portrait/effects/emotion-editor HTTP/1.1\r\n"
                        "Host: h\r\nAccept: */*\r\n"
                        "Content-Type: multipart/form-data; boundary=b\r\n"
                        "Transfer-Encoding: Chunked\r\n\r\n");
    buf_clear(&head);
    buf_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_is_rendered_exactly),
        cmocka_unit_test(request_is_rendered_as_a_case_wants_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
