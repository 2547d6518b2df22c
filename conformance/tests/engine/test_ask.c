/* The text of an exchange: the key stays out of it, and the picture is cut short. */
#include "base/clock.h"
#include "engine/ask.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "s3cr3t-k3y-0123456789"

static int make(void **state)
{
    static struct session session;
    char why[URL_WHY_SIZE];
    if (!session_init(&session) ||
        !url_parse(&session.endpoint.url, "http://127.0.0.1:1/base", why))
        return -1;
    session.secrets.keys[ACCOUNT_GOOD] = SECRET;
    *state = &session;
    return 0;
}

static int clear(void **state)
{
    session_clear(*state);
    return 0;
}

static void exchange_never_shows_the_key(void **state)
{
    struct session *session = *state;
    struct request request;
    struct exchange exchange;
    request_good(&request, session->endpoint.url.authority, session->secrets.keys[ACCOUNT_GOOD],
                 "12", (struct picture_bytes){"x", 1});
    request_add_header(&request, "X-Echo", "again " SECRET " and " SECRET);
    ask_once(&exchange, session, &request, 0);
    assert_int_not_equal(exchange.result, WIRE_OK);
    assert_non_null(strstr(buf_str(&exchange.text), "> ailabapi-api-key: <redacted>"));
    assert_non_null(strstr(buf_str(&exchange.text), "again <redacted> and <redacted>"));
    assert_null(strstr(buf_str(&exchange.text), SECRET));
    exchange_clear(&exchange);
}

static void exchange_masks_a_short_key_in_its_header(void **state)
{
    struct session *session = *state;
    struct request request;
    struct exchange exchange;
    session->secrets.keys[ACCOUNT_GOOD] = "k3y";
    request_good(&request, session->endpoint.url.authority, session->secrets.keys[ACCOUNT_GOOD],
                 "12", (struct picture_bytes){"x", 1});
    ask_once(&exchange, session, &request, 0);
    assert_null(strstr(buf_str(&exchange.text), "k3y"));
    exchange_clear(&exchange);
    session->secrets.keys[ACCOUNT_GOOD] = SECRET;
}

/* One answer to one request, as text for people. */
static void exchange_folds_the_picture(void **state)
{
    static const struct {
        const char *why, *between;
    } rows[] = {{"no spaces", ":"}, {"as Python writes it", ": "}, {"spaces around", " :\n\t"}};
    struct session *session = *state;
    char picture[1101];
    memset(picture, 'A', sizeof picture - 1);
    picture[sizeof picture - 1] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session here = *session;
        struct scripted *canned;
        struct request request;
        struct exchange exchange;
        struct buf answer = {0};
        char why[URL_WHY_SIZE];
        buf_printf(&answer, "HTTP/1.1 200 OK\r\n\r\n{\"data\":{\"image\"%s\"%s\"},\"last\":1}",
                   rows[i].between, picture);
        assert_non_null(canned = scripted_start_alike(buf_str(&answer)));
        assert_true(url_parse(&here.endpoint.url, canned->url, why));
        request_good(&request, here.endpoint.url.authority, "k", "12",
                     (struct picture_bytes){"x", 1});
        ask_once(&exchange, &here, &request, clock_ms() + 10000);
        scripted_free(canned);
        assert_int_equal(exchange.result, WIRE_OK);
        if (strstr(buf_str(&exchange.text), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") ||
            !strstr(buf_str(&exchange.text), "AAAA... (1100 bytes in all)") ||
            !strstr(buf_str(&exchange.text), "\"last\":1"))
            fail_msg("%s: %s", rows[i].why, buf_str(&exchange.text));
        exchange_clear(&exchange);
        buf_clear(&answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_never_shows_the_key),
        cmocka_unit_test(exchange_masks_a_short_key_in_its_header),
        cmocka_unit_test(exchange_folds_the_picture),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
