/* Tests of requests to the admin API as whole exchanges, without sockets: how many may wait and
 * follow, what stops the mock, and what the transport learns of an exchange. */
#include "exchange/exchange.h"
#include "mock_requests.h"
#include "testing/failing_malloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define MOST_ALLOCATIONS 5000

static struct mock *open_mock(void)
{
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.admin_open = true;
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    return mock;
}

/* Fills in the reply; exchange has what the transport sets. */
static void ask(struct exchange *exchange, struct mock *mock, const char *method, const char *path,
                const char *query)
{
    static const struct slice NOTHING = {NULL, 0};
    char length_text[24];
    struct mock_call call = {
        .method = method, .path = path, .query = query, .version = "1.1", .not_announced = true};
    mock_call_header(&call, "Host", "127.0.0.1:8080");
    mock_call_header(&call, "Accept", "text/html");
    mock_call_head(&exchange->request.head, &call, 0, length_text);
    if (exchange_begin(exchange, mock, MOCK_NOW) == EXCHANGE_READ_BODY)
        exchange_body(exchange, NOTHING, BODY_COMPLETE);
}

/* The transport says how many, and the admin API bounds that. */
static void exchange_lets_so_many_follow_the_feed(void **state)
{
    static const struct {
        unsigned transport, most;
    } rows[] = {{0, 0}, {1, 1}, {8, 8}, {9, 8}, {1000, 8}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct exchange *following = calloc(rows[i].most + 1, sizeof *following);
        struct mock *mock = open_mock();
        assert_non_null(following);
        for (size_t k = 0; k <= rows[i].most; k++) {
            following[k].watchers_max = rows[i].transport;
            ask(&following[k], mock, "GET", "/__admin/events", "");
            if (following[k].reply.status != (k < rows[i].most ? 200 : 503))
                fail_msg("%u may follow; number %zu: %d", rows[i].transport, k + 1,
                         following[k].reply.status);
            struct slice event = {NULL, 0};
            const struct reply_stream *feed = &following[k].reply.stream;
            if (k < rows[i].most)
                assert_true(feed->next(feed->context, &event, 1)); /* it has no end */
        }
        for (size_t k = 0; k <= rows[i].most; k++)
            exchange_end(&following[k]);
        mock_free(mock);
        free(following);
    }
}

/* Where no request may wait, one that would have to is refused at once. */
static void exchange_lets_so_many_wait(void **state)
{
    static const struct {
        unsigned transport;
        int status;
    } rows[] = {{0, 503}, {1, 200}};
    struct mock *mock = open_mock();
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct exchange exchange = {.waiters_max = rows[i].transport};
        ask(&exchange, mock, "POST", "/__admin/requests/count", "at_least=1&wait_ms=1");
        assert_int_equal(exchange.reply.status, rows[i].status);
        exchange_end(&exchange);
    }
    mock_free(mock);
}

static void exchange_tells_the_transport_what_it_is(void **state)
{
    static const struct {
        const char *method, *path;
        bool is_admin, shutdown;
    } rows[] = {
        {"GET", "/", true, false}, /* the console */
        {"GET", "/__admin/version", true, false},
        {"GET", "/__admin/shutdown", true, false},
        {"POST", "/__admin/shutdown", true, true},
        {"GET", MOCK_CREDITS_PATH, false, false},
        {"GET", "/elsewhere", false, false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock *mock = open_mock();
        struct exchange exchange = {0};
        ask(&exchange, mock, rows[i].method, rows[i].path, "");
        struct mock_answer answer = mock_answer_of(&exchange);
        if (exchange.is_admin != rows[i].is_admin || exchange.shutdown != rows[i].shutdown)
            fail_msg("%s %s: admin %d, shutdown %d", rows[i].method, rows[i].path,
                     exchange.is_admin, exchange.shutdown);
        assert_true(slice_equal(mock_answer_header(&answer, "Date"),
                                slice_of("Thu, 08 Jan 2026 12:34:56 GMT"))); /* MOCK_NOW */
        mock_answer_clear(&answer);
        exchange_end(&exchange);
        mock_free(mock);
    }
}

/* With the n-th allocation failing. Returns whether one did. */
static bool follow_failing(unsigned long n, bool for_ever)
{
    struct mock *mock = open_mock();
    struct exchange exchange = {.watchers_max = 1};
    memory_start(n, for_ever);
    ask(&exchange, mock, "GET", "/__admin/events", "");
    memory_stop();
    const bool failed = memory.failed;
    const struct reply *reply = &exchange.reply;
    const bool follows = reply->status == 200 && reply->stream.next && reply->step_count == 2 &&
                         reply->steps[1].kind == REPLY_STREAM;
    const bool refused = reply->status == 500 && !reply->stream.next && reply->step_count;
    if (!follows && !(failed && refused))
        fail_msg("allocation %lu: status %d, %zu steps", n, reply->status, reply->step_count);
    exchange_end(&exchange);
    if (memory.live != 0)
        fail_msg("allocation %lu: %ld blocks leak", n, memory.live);
    mock_free(mock);
    return failed;
}

static void exchange_follows_or_answers_500_whichever_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        unsigned long n = 1;
        while (follow_failing(n, for_ever))
            assert_true(++n < MOST_ALLOCATIONS);
        assert_true(n > 1); /* something was allocated, so something was tested */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_lets_so_many_follow_the_feed),
        cmocka_unit_test(exchange_lets_so_many_wait),
        cmocka_unit_test(exchange_tells_the_transport_what_it_is),
        cmocka_unit_test(exchange_follows_or_answers_500_whichever_allocation_fails),
    };
    return cmocka_run_group_tests_name("exchange_admin", tests, NULL, NULL);
}
