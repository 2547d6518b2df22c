/* The code and the reason of what civetweb refused, for every status of its own and all that the
 * first bytes of a connection may have shown. */
#include "http/civetweb_head.h"
#include "http/civetweb_refusal.h"
#include <civetweb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define SLICE(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static void refusal_blames_the_client_unless_the_server_failed(void **state)
{
    static const struct {
        int status;
        enum error_code code;
        const char *says;
    } rows[] = {
        {400, CODE_ERROR_PARAMETERS, "did not come whole in time"},
        {408, CODE_ERROR_PARAMETERS, "did not come whole in time"},
        {499, CODE_ERROR_PARAMETERS, "did not come whole in time"},
        {500, CODE_SERVICE_INTERNAL_ERROR, "the HTTP server failed"},
        {503, CODE_SERVICE_INTERNAL_ERROR, "the HTTP server failed"},
        {504, CODE_SERVICE_INTERNAL_ERROR, "the HTTP server failed"},
        {505, CODE_ERROR_PARAMETERS, "neither 1.0 nor 1.1"},
        {506, CODE_SERVICE_INTERNAL_ERROR, "the HTTP server failed"},
    };
    const struct head_trouble none = {.kind = HEAD_TROUBLE_NONE};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[CIVETWEB_REFUSAL_SIZE] = "";
        const enum error_code code = civetweb_refusal(why, rows[i].status, NULL, &none);
        if (code != rows[i].code || !strstr(why, rows[i].says))
            fail_msg("%d: code %d, %s", rows[i].status, (int)code, why);
    }
}

static void refusal_tells_what_the_first_bytes_showed(void **state)
{
    static const struct {
        struct head_trouble trouble;
        const char *says;
    } rows[] = {
        {{.kind = HEAD_TROUBLE_TLS}, "TLS hello"},
        {{.kind = HEAD_TROUBLE_TAB}, "the request line holds a tab"},
        {{.kind = HEAD_TROUBLE_TAB, .header = SLICE("X-A")}, "the header X-A holds a tab"},
        {{.kind = HEAD_TROUBLE_CONTROL, .byte = 1},
         "the request line holds the control character 0x01"},
        {{.kind = HEAD_TROUBLE_CONTROL, .byte = 0x7f, .header = SLICE("X")},
         "the header X holds the control character 0x7f"},
        {{.kind = HEAD_TROUBLE_LINE}, "is not 'METHOD PATH HTTP/1.1'"},
        {{.kind = HEAD_TROUBLE_SIZE}, "the head is larger than 16384 bytes"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[CIVETWEB_REFUSAL_SIZE] = "";
        assert_int_equal(civetweb_refusal(why, 400, NULL, &rows[i].trouble), CODE_ERROR_PARAMETERS);
        if (!strstr(why, rows[i].says))
            fail_msg("%s: %s", rows[i].says, why);
    }
}

/* civetweb gives up at a method that it does not know, behind the version and before the headers.
 */
static void unknown_method_shows_in_how_far_civetweb_has_read(void **state)
{
    static const struct {
        const char *why, *version;
        int headers, status;
        bool unknown;
    } rows[] = {
        {"HTTP/1.1", "1.1", 0, 400, true},         {"HTTP/1.0", "1.0", 0, 400, true},
        {"another version", "2.0", 0, 400, false}, {"no version", NULL, 0, 400, false},
        {"headers", "1.1", 1, 400, false},         {"another status", "1.1", 0, 505, false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        const struct mg_request_info info = {.request_method = "FETCH",
                                             .request_uri = "/",
                                             .http_version = rows[i].version,
                                             .num_headers = rows[i].headers};
        if (civetweb_head_has_unknown_method(&info, rows[i].status) != rows[i].unknown)
            fail_msg("%s", rows[i].why);
    }
    assert_false(civetweb_head_has_unknown_method(NULL, 400));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusal_blames_the_client_unless_the_server_failed),
        cmocka_unit_test(refusal_tells_what_the_first_bytes_showed),
        cmocka_unit_test(unknown_method_shows_in_how_far_civetweb_has_read),
    };
    return cmocka_run_group_tests_name("civetweb_refusal", tests, NULL, NULL);
}
