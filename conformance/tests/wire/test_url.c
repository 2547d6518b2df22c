/* Base URLs, and which of them cost money. */
#include "wire/url.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void url_is_normalised(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *port, *prefix, *base;
        bool tls, live;
    } rows[] = {
        {"http://h", "h", "80", "", "http://h", false, false},
        {"http://h/", "h", "80", "", "http://h", false, false},
        {"HTTP://h:81/a/b//", "h", "81", "/a/b", "http://h:81/a/b", false, false},
        {"https://h", "h", "443", "", "https://h", true, false},
        {"http://[::1]:8080/x", "::1", "8080", "/x", "http://[::1]:8080/x", false, false},
        {"https://www.ailabapi.com", "www.ailabapi.com", "443", "", "https://www.ailabapi.com",
         true, true},
        {"https://AILABAPI.com", "AILABAPI.com", "443", "", "https://AILABAPI.com", true, true},
        {"https://www.ailabapi.com.", "www.ailabapi.com.", "443", "", "https://www.ailabapi.com.",
         true, true},
        {"https://Www.AilabApi.Com.:443/", "Www.AilabApi.Com.", "443", "",
         "https://Www.AilabApi.Com.:443", true, true},
        {"https://ailabapi.com:8443", "ailabapi.com", "8443", "", "https://ailabapi.com:8443", true,
         true},
        {"http://www.ailabapi.com", "www.ailabapi.com", "80", "", "http://www.ailabapi.com", false,
         true},
        {"https://notailabapi.com.", "notailabapi.com.", "443", "", "https://notailabapi.com.",
         true, false},
        {"https://notailabapi.com", "notailabapi.com", "443", "", "https://notailabapi.com", true,
         false},
        {"https://ailabapi.com.example", "ailabapi.com.example", "443", "",
         "https://ailabapi.com.example", true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url url;
        char why[URL_WHY_SIZE] = "";
        if (!url_parse(&url, rows[i].text, why))
            fail_msg("%s: %s", rows[i].text, why);
        assert_string_equal(url.host, rows[i].host);
        assert_string_equal(url.port, rows[i].port);
        assert_string_equal(url.prefix, rows[i].prefix);
        assert_string_equal(url.base, rows[i].base);
        assert_int_equal(url.tls, rows[i].tls);
        assert_int_equal(url_is_live(&url), rows[i].live);
    }
}

static void url_says_what_is_wrong(void **state)
{
    (void)state;
    static const char *const rows[] = {"",
                                       "h",
                                       "ftp://h",
                                       "http://",
                                       "http:///",
                                       "http://h:",
                                       "http://h:0",
                                       "http://h:65536",
                                       "http://h:8x",
                                       "http://u@h",
                                       "http://[::1",
                                       "http://www.ailabapi%2Ecom",
                                       "http://[::1%25lo]",
                                       "http://a;b",
                                       "http://h?x",
                                       "http://h#x",
                                       "http://h/ x",
                                       "http://h\r\n"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url url;
        char why[URL_WHY_SIZE] = "";
        if (url_parse(&url, rows[i], why))
            fail_msg("\"%s\" is taken for a URL", rows[i]);
        assert_true(why[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_is_normalised),
        cmocka_unit_test(url_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
