/* Heads that the HTTP server has read and then refuses: the answer says why. */
#include "ailab_mock.h"
#include "mock_sockets.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* What is doubtful about a head is told before its version is. */
static void mock_says_why_it_refuses_a_head_that_it_has_read(void **state)
{
    static const struct {
        const char *head, *says;
    } rows[] = {
        {"GET / HTTP/2.0\r\nHost: a\r\nHost: b\r\n\r\n", "Host is given more than once"},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "the HTTP version is neither 1.0 nor 1.1"},
    };
    struct ailab_mock *mock = NULL;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    (void)state;
    if (ailab_mock_start(&mock, NULL, why) != AILAB_MOCK_OK)
        fail_msg("no start: %s", why);
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
    ailab_mock_stop(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_says_why_it_refuses_a_head_that_it_has_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
