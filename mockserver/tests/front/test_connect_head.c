/* The head of CONNECT. */
#include "front/connect_head.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define END "\r\nHost: a\r\n\r\n"

static void connect_head_tells_host_and_port(void **state)
{
    (void)state;
    static const struct {
        const char *why, *bytes, *host;
        uint16_t port;
    } table[] = {
        {"a host", "CONNECT www.ailabapi.com:443 HTTP/1.1" END, "www.ailabapi.com", 443},
        {"an address", "CONNECT 127.0.0.1:8080 HTTP/1.1" END, "127.0.0.1", 8080},
        {"an IPv6 address", "CONNECT [::1]:1 HTTP/1.1" END, "::1", 1},
        {"HTTP/1.0", "CONNECT a:65535 HTTP/1.0\r\n\r\n", "a", 65535},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct connect_head head;
        if (connect_head_parse(&head, slice_of(table[i].bytes)) != CONNECT_READ)
            fail_msg("%s: not read", table[i].why);
        assert_string_equal(head.host, table[i].host);
        assert_int_equal(head.port, table[i].port);
        assert_int_equal(head.size, strlen(table[i].bytes));
    }
}

static void connect_head_refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const table[] = {
        "CONNECT a HTTP/1.1" END,
        "CONNECT a: HTTP/1.1" END,
        "CONNECT :1 HTTP/1.1" END,
        "CONNECT a:0 HTTP/1.1" END,
        "CONNECT a:65536 HTTP/1.1" END,
        "CONNECT a:+1 HTTP/1.1" END,
        "CONNECT a:1 HTTP/2.0" END,
        "CONNECT a:1 HTTP/1.2" END,
        "CONNECT a:1 HTTP/1.1 " END,
        "CONNECT a:1" END,
        "CONNECT  a:1 HTTP/1.1" END,
        "CONNECT a/b:1 HTTP/1.1" END,
        "CONNECT u@a:1 HTTP/1.1" END,
        "CONNECT ::1:1 HTTP/1.1" END,
        "CONNECT []:1 HTTP/1.1" END,
        "CONNECT a\x01:1 HTTP/1.1" END,
        "CONNECT \r\n\r\n",
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct connect_head head;
        if (connect_head_parse(&head, slice_of(table[i])) != CONNECT_WRONG)
            fail_msg("%s: was taken", table[i]);
    }
}

static void connect_head_waits_for_its_end(void **state)
{
    (void)state;
    static const char whole[] = "CONNECT a:1 HTTP/1.1" END "more";
    struct connect_head head;
    const size_t size = sizeof whole - 1 - 4;
    for (size_t len = 8; len < size; len++)
        assert_int_equal(connect_head_parse(&head, slice_make(whole, len)), CONNECT_MORE);
    assert_int_equal(connect_head_parse(&head, slice_make(whole, size + 4)), CONNECT_READ);
    assert_int_equal(head.size, size);
}

static void connect_head_has_a_bound(void **state)
{
    (void)state;
    static const char line[] = "CONNECT a:1 HTTP/1.1\r\nX: ";
    struct connect_head head;
    char *bytes = malloc(CONNECT_HEAD_BYTES_MAX);
    assert_non_null(bytes);
    memset(bytes, 'a', CONNECT_HEAD_BYTES_MAX);
    memcpy(bytes, line, sizeof line - 1);
    struct slice all = slice_make(bytes, CONNECT_HEAD_BYTES_MAX);
    assert_int_equal(connect_head_parse(&head, slice_make(bytes, all.len - 1)), CONNECT_MORE);
    assert_int_equal(connect_head_parse(&head, all), CONNECT_WRONG);
    memcpy(bytes + all.len - 4, "\r\n\r\n", 4);
    assert_int_equal(connect_head_parse(&head, all), CONNECT_READ);
    free(bytes);
}

static void connect_host_has_a_bound(void **state)
{
    (void)state;
    for (int len = CONNECT_HOST_MAX; len <= CONNECT_HOST_MAX + 1; len++) {
        char text[CONNECT_HOST_MAX + 64], name[CONNECT_HOST_MAX + 2] = "";
        struct connect_head head;
        memset(name, 'a', (size_t)len);
        snprintf(text, sizeof text, "CONNECT %s:1 HTTP/1.1\r\n\r\n", name);
        assert_int_equal(connect_head_parse(&head, slice_of(text)),
                         len == CONNECT_HOST_MAX ? CONNECT_READ : CONNECT_WRONG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connect_head_tells_host_and_port),
        cmocka_unit_test(connect_head_refuses_what_is_none),
        cmocka_unit_test(connect_head_waits_for_its_end),
        cmocka_unit_test(connect_head_has_a_bound),
        cmocka_unit_test(connect_host_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
