/* Addresses to listen on, from text and back. */
#include "front/address.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void address_is_read_and_printed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed;
        bool is_local;
    } table[] = {
        {"127.0.0.1:80", "127.0.0.1:80", true},
        {"127.9.9.9:0", "127.9.9.9:0", true},
        {"0.0.0.0:65535", "0.0.0.0:65535", false},
        {"192.0.2.1:1", "192.0.2.1:1", false},
        {"[::1]:8080", "[::1]:8080", true},
        {"[::]:8080", "[::]:8080", false},
        {"[0:0::0:1]:1", "[::1]:1", true},
        {"[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1", true},
        {"[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:1", false},
        {"unix:/a:1", "unix:/a:1", true},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct front_address address[FRONT_ADDRESSES_PER_TEXT];
        char why[AILAB_MOCK_ERROR_SIZE], printed[160];
        if (front_address_parse(address, table[i].text, why) != 1)
            fail_msg("%s: %s", table[i].text, why);
        front_address_print(address, printed, sizeof printed);
        assert_string_equal(printed, table[i].printed);
        if (front_address_is_local(address) != table[i].is_local)
            fail_msg("%s: local or not", table[i].text);
    }
}

static void address_of_localhost_is_two(void **state)
{
    (void)state;
    struct front_address address[FRONT_ADDRESSES_PER_TEXT];
    char why[AILAB_MOCK_ERROR_SIZE], printed[160];
    assert_int_equal(front_address_parse(address, "localhost:8080", why), 2);
    front_address_print(&address[0], printed, sizeof printed);
    assert_string_equal(printed, "127.0.0.1:8080");
    front_address_print(&address[1], printed, sizeof printed);
    assert_string_equal(printed, "[::1]:8080");
    assert_false(address[0].with_last);
    assert_true(address[1].with_last);
}

static void address_that_is_wrong_is_refused(void **state)
{
    (void)state;
    static const char *const table[] = {
        "",       "127.0.0.1",   "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", ":80",
        "::1:80", "[::1]",       "[::1:80",    "::1]:80",         "[]:80",        "[127.0.0.1]:80",
        "unix:",  "localhost:x", "host:80",    "[::g]:80",        "[::1%lo]:80",
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct front_address address[FRONT_ADDRESSES_PER_TEXT];
        char why[AILAB_MOCK_ERROR_SIZE] = "";
        if (front_address_parse(address, table[i], why) != 0)
            fail_msg("'%s' was taken", table[i]);
        assert_non_null(strstr(why, "listen address"));
    }
}

static void address_of_a_socket_file_has_a_bound(void **state)
{
    (void)state;
    for (int len = 107; len <= 108; len++) {
        struct front_address address[FRONT_ADDRESSES_PER_TEXT];
        char text[160], why[AILAB_MOCK_ERROR_SIZE];
        snprintf(text, sizeof text, "unix:%0*d", len, 0);
        assert_int_equal(front_address_parse(address, text, why), len == 107);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_is_read_and_printed),
        cmocka_unit_test(address_of_localhost_is_two),
        cmocka_unit_test(address_that_is_wrong_is_refused),
        cmocka_unit_test(address_of_a_socket_file_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
