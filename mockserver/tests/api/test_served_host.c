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
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (host_is_served(slice_of(others[i])))
            fail_msg("%s", others[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_of_vendor_and_loopback_are_served),
        cmocka_unit_test(other_hosts_are_not_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
