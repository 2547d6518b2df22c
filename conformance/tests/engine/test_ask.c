/* An exchange: its text, from which the key stays out; what it costs; and that it can be printed
 * instead. */
#include "answers.h"
#include "base/clock.h"
#include "engine/ask.h"
#include "stand.h"
#include "testing/closed_port.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

#define NO_IMAGE ANSWER("200", "", "{" DETAIL("", "") "}")
#define PAID_REFUSAL                                                                               \
    ANSWER("400", "", "{" DETAIL("ERROR_PARAMETERS", "t") ",\"data\":{\"image\":\"" PIXEL "\"}}")

/* A call is booked when it gave a picture, or when it was planned and its answer did not come. */
static void exchange_is_booked_when_it_costs(void **state)
{
    (void)state;
    static const struct {
        const char *why, *method, *path, *answer; /* NULL: no connection */
        bool planned;
        unsigned credits;
        long spent, unsure;
    } rows[] = {
        {"a success", "POST", REQUEST_EDITOR, GOOD(""), true, 12, 12, 0},
        {"a success that was not planned", "POST", REQUEST_EDITOR, GOOD(""), false, 12, 12, 0},
        {"a success without a picture", "POST", REQUEST_EDITOR, NO_IMAGE, true, 12, 12, 0},
        {"a refusal", "POST", REQUEST_EDITOR, MISSING, true, 0, 0, 0},
        {"a refusal with a picture", "POST", REQUEST_EDITOR, PAID_REFUSAL, true, 0, 0, 0},
        {"another method", "GET", REQUEST_EDITOR, NO_IMAGE, true, 0, 0, 0},
        {"another method with a picture", "GET", REQUEST_EDITOR, GOOD(""), true, 12, 12, 0},
        {"another path", "POST", "/api/other", NO_IMAGE, true, 0, 0, 0},
        {"another path with a picture", "POST", "/api/other", GOOD(""), true, 12, 12, 0},
        {"the free call", "GET", REQUEST_CREDITS, GOOD(""), true, 0, 0, 0},
        {"no answer", "POST", REQUEST_EDITOR, "", true, 0, 12, 12},
        {"no answer to a refusal", "POST", REQUEST_EDITOR, "", false, 0, 0, 0},
        {"no connection", "POST", REQUEST_EDITOR, NULL, true, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct closed_port port = closed_port_take();
        struct scripted *server = scripted_start_alike(rows[i].answer ? rows[i].answer : "");
        struct session session;
        struct request request;
        struct exchange exchange;
        assert_non_null(server);
        stand_open(&session, rows[i].answer ? server->url : port.url);
        session.budget.bound = 100;
        assert_true(!rows[i].planned || budget_reserve(&session.budget, CALL_CREDITS));
        request_good(&request, "h", "k", "12", (struct picture_bytes){"x", 1});
        request.method = rows[i].method;
        request.path = rows[i].path;
        ask_once(&exchange, &session, &request, clock_ms() + STAND_PATIENCE_MS);
        if (exchange.credits != rows[i].credits || session.budget.spent != rows[i].spent ||
            session.budget.unsure != rows[i].unsure || session.budget.in_flight != 0 ||
            exchange.unplanned != (exchange.credits > 0 && !rows[i].planned))
            fail_msg("%s: %u credits, %ld spent, %ld unsure, %u in flight", rows[i].why,
                     exchange.credits, session.budget.spent, session.budget.unsure,
                     session.budget.in_flight);
        assert_true(rows[i].answer == NULL || exchange.ms > 0);
        assert_true(exchange.ms < STAND_PATIENCE_MS);
        exchange_clear(&exchange);
        session_clear(&session);
        scripted_free(server);
        closed_port_give_back(&port);
    }
}

/* The clause about Date compares with our clock, and only the endpoint charges for a picture. */
static void exchange_knows_when_it_was_and_where_it_went(void **state)
{
    (void)state;
    static const char *const paths[] = {REQUEST_EDITOR, REQUEST_CREDITS, REQUEST_EDITOR "/"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct scripted *server = scripted_start_alike(MISSING);
        struct session session;
        struct request request;
        struct exchange exchange;
        assert_non_null(server);
        stand_open(&session, server->url);
        request_good(&request, "h", "k", "12", (struct picture_bytes){"x", 1});
        request.path = paths[i];
        const time_t before = time(NULL);
        ask_once(&exchange, &session, &request, clock_ms() + STAND_PATIENCE_MS);
        assert_int_equal(exchange.result, WIRE_OK);
        assert_in_range(exchange.answer.asked_s, before, exchange.answer.answered_s);
        assert_in_range(exchange.answer.answered_s, before, time(NULL));
        assert_int_equal(exchange.answer.from_editor, i == 0);
        exchange_clear(&exchange);
        session_clear(&session);
        scripted_free(server);
    }
}

/* The body before chunking; or all that would go over the wire. */
static void add_printed(struct buf *out, const struct request *request, bool wire)
{
    struct rendered rendered;
    assert_true(rendered_make(&rendered, request, ""));
    const struct buf *rest = wire ? &rendered.sent : &rendered.body;
    if (wire)
        buf_add(out, rendered.head.ptr, rendered.head.len);
    buf_add(out, rest->ptr, rest->len);
    rendered_clear(&rendered);
}

/* Three requests of a run that prints one of them: those before it are sent, those behind not. */
static void exchange_is_printed_instead_of_sent(void **state)
{
    (void)state;
    static const struct {
        unsigned step;
        bool wire;
        unsigned sent;
    } rows[] = {{1, false, 0}, {1, true, 0}, {3, false, 2}, {4, false, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *printed = NULL;
        size_t size = 0;
        struct session session;
        struct request request;
        struct scripted *server = scripted_start_alike(MISSING);
        assert_non_null(server);
        stand_open(&session, server->url);
        session.dry = open_memstream(&printed, &size);
        session.dry_step = rows[i].step;
        session.dry_wire = rows[i].wire;
        request_good(&request, "h", "k", "12", (struct picture_bytes){"x", 1});
        request.framing = FRAMING_CHUNKED;
        for (unsigned k = 1; k <= 3; k++) {
            struct exchange exchange;
            ask_once(&exchange, &session, &request, clock_ms() + STAND_PATIENCE_MS);
            assert_int_equal(exchange.result == WIRE_OK, k < rows[i].step);
            assert_int_equal(exchange.result == WIRE_CANCELLED, k == rows[i].step);
            exchange_clear(&exchange);
        }
        fclose(session.dry);
        scripted_stop(server);
        assert_int_equal(server->connections, rows[i].sent);
        struct buf owed = {0};
        if (rows[i].step <= 3)
            add_printed(&owed, &request, rows[i].wire);
        assert_int_equal(size, owed.len);
        assert_memory_equal(printed, buf_str(&owed), owed.len);
        buf_clear(&owed);
        free(printed);
        session_clear(&session);
        scripted_free(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_never_shows_the_key),
        cmocka_unit_test(exchange_masks_a_short_key_in_its_header),
        cmocka_unit_test(exchange_folds_the_picture),
        cmocka_unit_test(exchange_is_booked_when_it_costs),
        cmocka_unit_test(exchange_knows_when_it_was_and_where_it_went),
        cmocka_unit_test(exchange_is_printed_instead_of_sent),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
