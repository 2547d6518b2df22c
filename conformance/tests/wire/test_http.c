/* The reader of HTTP answers tells a whole one from a beginning and from nonsense. Every answer is
 * also fed a byte at a time. */
#include "wire/http_answer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void http_reads_whole_answers(void **state)
{
    (void)state;
    static const struct {
        const char *why, *bytes, *body;
        int status;
        unsigned interim;
        bool keep, head_request;
    } rows[] = {
        {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc", 200, 0, true, false},
        {"an empty reason", "HTTP/1.1 204 \r\n\r\n", "", 204, 0, true, false},
        {"no reason", "HTTP/1.1 304\r\n\r\n", "", 304, 0, true, false},
        {"a length of zero", "HTTP/1.1 500 No\r\ncontent-length:0\r\n\r\n", "", 500, 0, true,
         false},
        {"chunks",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n"
         "0123456789\r\n0\r\n\r\n",
         "abc0123456789", 200, 0, true, false},
        {"trailers",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n", "a",
         200, 0, true, false},
        {"an interim answer",
         "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", "",
         413, 1, true, false},
        {"two interim answers",
         "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 102 P\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n"
         "Content-Length: 1\r\n\r\nx",
         "x", 200, 2, true, false},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", "x", 200, 0, false, false},
        {"close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", "x", 200, 0,
         false, false},
        {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "", 200, 0, true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t len = strlen(rows[i].bytes), used = 0;
        char why[HTTP_WHY_SIZE] = "";
        struct http_answer answer;
        for (size_t come = 0; come < len; come++)
            if (http_read(&answer, &used, rows[i].bytes, come, false, rows[i].head_request, why) !=
                HTTP_MORE)
                fail_msg("%s: %zu of %zu bytes are no beginning: %s", rows[i].why, come, len, why);
        if (http_read(&answer, &used, rows[i].bytes, len, false, rows[i].head_request, why) !=
            HTTP_DONE)
            fail_msg("%s: %s", rows[i].why, why);
        assert_int_equal(used, len);
        assert_int_equal(answer.status, rows[i].status);
        assert_int_equal(answer.interim, rows[i].interim);
        assert_int_equal(answer.keep, rows[i].keep);
        assert_string_equal(answer.body, rows[i].body);
        http_answer_clear(&answer);
    }
}

static void http_reads_until_the_end_without_a_length(void **state)
{
    (void)state;
    static const char bytes[] = "HTTP/1.1 200 OK\r\n\r\nall of it";
    size_t used = 0;
    char why[HTTP_WHY_SIZE] = "";
    struct http_answer answer;
    assert_int_equal(http_read(&answer, &used, bytes, sizeof bytes - 1, false, false, why),
                     HTTP_MORE);
    assert_int_equal(http_read(&answer, &used, bytes, sizeof bytes - 1, true, false, why),
                     HTTP_DONE);
    assert_string_equal(answer.body, "all of it");
    assert_false(answer.keep);
    http_answer_clear(&answer);
}

static void http_leaves_the_next_answer_alone(void **state)
{
    (void)state;
    static const char bytes[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 404";
    size_t used = 0;
    char why[HTTP_WHY_SIZE] = "";
    struct http_answer answer;
    assert_int_equal(http_read(&answer, &used, bytes, sizeof bytes - 1, false, false, why),
                     HTTP_DONE);
    assert_string_equal(bytes + used, "HTTP/1.1 404");
    http_answer_clear(&answer);
}

static void http_refuses_nonsense(void **state)
{
    (void)state;
    static const struct {
        const char *why, *bytes;
    } rows[] = {
        {"no status line", "hello\r\n\r\n"},
        {"HTTP/2", "HTTP/2 200 OK\r\n\r\n"},
        {"a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"},
        {"a status below 100", "HTTP/1.1 099 OK\r\n\r\n"},
        {"a header without a colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"},
        {"a header name with a space", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n"},
        {"a folded header", "HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n"},
        {"a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"},
        {"a length with a plus", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na"},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
        {"length and chunks",
         "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"a chunk size in words",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n"},
        {"a chunk that is too long",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n"},
        {"an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: zigzag\r\n\r\n"},
        {"a body cut off", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"},
        {"a head cut off", "HTTP/1.1 200 OK\r\nContent-Le"},
        {"chunks cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t used = 0;
        char why[HTTP_WHY_SIZE] = "";
        struct http_answer answer;
        if (http_read(&answer, &used, rows[i].bytes, strlen(rows[i].bytes), true, false, why) !=
            HTTP_BROKEN)
            fail_msg("%s is taken for an answer", rows[i].why);
        assert_true(why[0] != '\0');
    }
}

static void http_refuses_an_endless_head(void **state)
{
    (void)state;
    static char bytes[HTTP_HEAD_BYTES_MAX + 100];
    size_t used = 0;
    char why[HTTP_WHY_SIZE] = "";
    struct http_answer answer;
    memset(bytes, 'a', sizeof bytes);
    memcpy(bytes, "HTTP/1.1 200 OK\r\nA: ", 20);
    assert_int_equal(http_read(&answer, &used, bytes, sizeof bytes, false, false, why),
                     HTTP_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_reads_whole_answers),
        cmocka_unit_test(http_reads_until_the_end_without_a_length),
        cmocka_unit_test(http_leaves_the_next_answer_alone),
        cmocka_unit_test(http_refuses_nonsense),
        cmocka_unit_test(http_refuses_an_endless_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
