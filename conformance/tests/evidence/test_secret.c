/* A key costs money: no memory that the suite gives back still holds one. */
#include "base/clock.h"
#include "engine/ask.h"
#include "evidence/record.h"
#include "evidence/redact.h"
#include "testing/closed_port.h"
#include "testing/freed_secret.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "S3cret-0123456789-of-an-account"

static void assert_wiped(const char *why, unsigned blocks)
{
    const unsigned seen = atomic_load(&freed.blocks), found = atomic_load(&freed.found);
    freed_secret_look_for(NULL);
    if (found)
        fail_msg("%s: the key is in %u blocks that were given back", why, found);
    if (seen < blocks)
        fail_msg("%s: only %u blocks were seen", why, seen);
}

static void secret_is_wiped_with_a_text_that_grew(void **state)
{
    (void)state;
    struct buf text = {0};
    freed_secret_look_for(SECRET);
    buf_text(&text, "key: " SECRET "\n");
    for (int i = 0; i < 1000; i++)
        buf_text(&text, "another line\n");
    buf_clear(&text);
    assert_wiped("a text", 3);
}

/* Rendered, shown and recorded; that it is not answered changes nothing of that. */
static void secret_is_wiped_after_a_request(void **state)
{
    (void)state;
    static const char picture[20000] = {0};
    const struct closed_port port = closed_port_take();
    struct session session;
    struct request request;
    struct exchange exchange;
    char why[URL_WHY_SIZE];
    assert_true(session_init(&session));
    assert_true(url_parse(&session.endpoint.url, port.url, why));
    session.secrets.keys[ACCOUNT_GOOD] = SECRET;
    struct record *record = record_new(NULL, why);
    assert_non_null(record);
    freed_secret_look_for(SECRET);
    request_good(&request, session.endpoint.url.authority, SECRET, "12",
                 (struct picture_bytes){picture, sizeof picture});
    request_add_header(&request, "X-Echo", SECRET);
    ask_once(&exchange, &session, &request, clock_ms() + 10000);
    assert_int_equal(exchange.result, WIRE_UNREACHABLE);
    record_add(record, "a/case", 1, &request, &exchange, &session.secrets);
    struct buf raw = {0};
    buf_text(&raw, "it said " SECRET);
    char *line = redact_line(&raw, &session.secrets);
    assert_null(strstr(line, SECRET));
    free(line);
    buf_clear(&raw);
    exchange_clear(&exchange);
    record_free(record);
    session_clear(&session);
    assert_wiped("a request", 6);
    closed_port_give_back(&port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_is_wiped_with_a_text_that_grew),
        cmocka_unit_test(secret_is_wiped_after_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
