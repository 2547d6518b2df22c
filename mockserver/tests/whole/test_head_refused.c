/* Heads that the HTTP server has read and then refuses: the answer says why, and reaches a client
 * that still sends. */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define BODY_BYTES ((size_t)32 << 20) /* more than the system buffers on the way */

/* What is doubtful about a head is told before its version is. */
static void mock_says_why_it_refuses_a_head_that_it_has_read(void **state)
{
    static const struct {
        const char *head, *says;
    } rows[] = {
        {"GET / HTTP/2.0\r\nHost: a\r\nHost: b\r\n\r\n", "Host is given more than once"},
        {"GET / HTTP/1.1\r\n\r\n", "Host"},
        {"GET / HTTP/1.1\r\n\r\nHost: a\r\n\r\n", "Host"},
        {"GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n", "ends a line without CR"},
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "more than one blank"},
        {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "before the request line"},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "the HTTP version is neither 1.0 nor 1.1"},
    };
    struct ailab_mock *mock = *state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int fd = mock_connect(ailab_mock_port(mock));
        assert_true(fd >= 0);
        mock_send(fd, slice_of(rows[i].head));
        struct mock_reply reply = mock_read_reply(fd);
        assert_int_equal(reply.status, 400);
        if (!memmem(reply.body.ptr, reply.body.len, rows[i].says, strlen(rows[i].says)))
            fail_msg("%s: %.*s", rows[i].says, (int)reply.body.len, reply.body.ptr);
        mock_reply_clear(&reply);
        close(fd);
    }
}

/* Which only HTTP/1.0 allows. */
static void mock_answers_a_head_without_a_header(void **state)
{
    int fd = mock_connect(ailab_mock_port(*state));
    assert_true(fd >= 0);
    mock_send(fd, slice_of("\r\nGET /__admin/health HTTP/1.0\r\n\r\n"));
    struct mock_reply reply = mock_read_reply(fd);
    assert_int_equal(reply.status, 200);
    mock_reply_clear(&reply);
    close(fd);
}

static void mock_tells_a_broken_chunk_from_one_that_is_cut_off(void **state)
{
    static const struct {
        const char *body, *says;
    } rows[] = {
        {"5\r\nhel", "ends before the last chunk"},
        {"5\r\nhello\r\n", "ends before the last chunk"},
        {"x\r\nhello\r\n", "is malformed"},
        {"5;a=b\r\nhello\r\n0\r\n\r\n", "is malformed"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = mock_call_right(slice_of("no picture"));
        call.chunked = call.not_announced = true;
        struct mock_text head = mock_call_bytes(&call);
        int fd = mock_connect(ailab_mock_port(*state));
        assert_true(fd >= 0);
        mock_send(fd, mock_text_slice(&head));
        mock_send(fd, slice_of(rows[i].body));
        if (strcmp(rows[i].says, "is malformed") != 0)
            shutdown(fd, SHUT_WR);
        struct mock_reply reply = mock_read_reply(fd);
        if (!memmem(reply.body.ptr, reply.body.len, rows[i].says, strlen(rows[i].says)))
            fail_msg("%s: %.*s", rows[i].body, (int)reply.body.len, reply.body.ptr);
        mock_reply_clear(&reply);
        mock_text_clear(&head);
        close(fd);
    }
}

/* Many clients read nothing before they have sent everything. A connection that is closed over
 * unread bytes is reset, and takes the answer with it. */
static void mock_reads_away_what_a_refused_client_still_sends(void **state)
{
    static const struct {
        const char *why, *head;
        int status;
    } rows[] = {
        {"a method that has no body",
         "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 33554432\r\n\r\n", 404},
        {"a length that is doubtful",
         "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 33554432\r\n\r\n",
         400},
        {"a version that there is not",
         "POST /x HTTP/3.0\r\nHost: a\r\nContent-Length: 33554432\r\n\r\n", 400},
        {"a chunk that is longer than a body may be",
         "POST " SCENARIOS_PATH " HTTP/1.1\r\nHost: a\r\nailabapi-api-key: k\r\n"
         "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n"
         "2000000\r\n",
         413},
    };
    char *body = calloc(1, BODY_BYTES);
    assert_non_null(body);
    for (size_t i = 0; i < ROWS(rows); i++) {
        int fd = mock_connect(ailab_mock_port(*state));
        assert_true(fd >= 0);
        mock_send(fd, slice_of(rows[i].head));
        if (!scenarios_send(fd, body, BODY_BYTES))
            fail_msg("%s: the mock does not take all", rows[i].why);
        shutdown(fd, SHUT_WR);
        struct mock_reply reply = mock_read_reply(fd);
        if (reply.status != rows[i].status)
            fail_msg("%s: %d", rows[i].why, reply.status);
        mock_reply_clear(&reply);
        close(fd);
    }
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_says_why_it_refuses_a_head_that_it_has_read),
        cmocka_unit_test(mock_answers_a_head_without_a_header),
        cmocka_unit_test(mock_tells_a_broken_chunk_from_one_that_is_cut_off),
        cmocka_unit_test(mock_reads_away_what_a_refused_client_still_sends),
    };
    return cmocka_run_group_tests_name("head_refused", tests, scenarios_setup, scenarios_teardown);
}
