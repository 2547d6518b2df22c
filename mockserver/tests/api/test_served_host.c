/* Whose requests are answered here. */
#include "api/served_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void hosts_of_vendor_and_loopback_are_served(void **state)
{
    (void)state;
    static const char *const served[] = {
        "www.ailabapi.com",
        "www.ailabapi.com:443",
        "WWW.AILABAPI.COM:80",
        "ailabapi.com",
        "localhost",
        "localhost:8080",
        "127.0.0.1",
        "127.1.2.3:65535",
        "127.1",
        "[::1]",
        "[::1]:8080",
    };
    for (size_t i = 0; i < sizeof served / sizeof served[0]; i++)
        if (!host_is_served(slice_of(served[i])))
            fail_msg("%s", served[i]);
}

static void other_hosts_are_not_served(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "example.com",
        "www.ailabapi.com.evil.test",
        "notailabapi.com",
        "10.0.0.1",
        "127.evil.test",
        "a.ailabapi.com@evil.test",
        "[::2]:80",
        "[::1].evil",
        "www.ailabapi.com:1:2",
        "127.",
        "127",
        "1270.0.1",
        "12.7.0.1",
        "227.0.0.1",
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (host_is_served(slice_of(others[i])))
            fail_msg("%s", others[i]);
}

/* A host is a slice: what stands behind it is not looked at, and a NUL is a byte of it. */
static void hosts_end_where_their_slice_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        bool served;
    } rows[] = {
        {"localhost:80]", 12, true}, {"127.0.0.12", 9, true},  {"127.0.0.1x", 9, true},
        {"127.0.0.1x", 10, false},   {"127.0.0.1", 10, false}, {"localhost", 10, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (host_is_served(slice_make(rows[i].text, rows[i].len)) != rows[i].served)
            fail_msg("%zu bytes of %s", rows[i].len, rows[i].text);
    assert_false(host_is_served(slice_make(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_of_vendor_and_loopback_are_served),
        cmocka_unit_test(other_hosts_are_not_served),
        cmocka_unit_test(hosts_end_where_their_slice_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
