/* What threads share takes its lock, and holds none when it returns. (labels: threads) */
#include "ailab_mock.h"
#include "http/block_pool.h"
#include "http/body_budget.h"
#include "http/connections.h"
#include "mock_sockets.h"
#include "testing/checked_locks.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define BLOCK_BYTES ((size_t)64 * 1024)

static void budget_holds_no_lock_when_it_returns(void **state)
{
    struct body_place place = {0};
    struct body_budget *budget = body_budget_new(1000);
    (void)state;
    assert_non_null(budget);
    CHECKED(body_budget_take(budget, &place, 600));
    CHECKED(body_budget_use(budget));
    CHECKED(body_place_yield(&place));
    CHECKED(body_budget_give_back(&place));
    CHECKED(body_budget_stop(budget));
    body_budget_free(budget);
}

static void pool_holds_no_lock_when_it_returns(void **state)
{
    void *block;
    struct block_pool *pool = block_pool_new(BLOCK_BYTES);
    (void)state;
    assert_non_null(pool);
    CHECKED(block = block_pool_take(pool, BLOCK_BYTES));
    CHECKED(block_pool_give(pool, block, BLOCK_BYTES));
    CHECKED(block_pool_trim(pool));
    block_pool_free(pool);
}

static bool nothing_to_tidy(void *context)
{
    (void)context;
    return false;
}

static void connections_hold_no_lock_when_they_return(void **state)
{
    struct connection *connection;
    struct connections *connections = connections_new(nothing_to_tidy, NULL);
    (void)state;
    assert_non_null(connections);
    CHECKED(connection = connections_add(connections, -1, NULL));
    CHECKED(connections_remove(connections, connection));
    CHECKED(connections_free(connections)); /* its watchdog has ended */
}

static void mock_holds_no_lock_when_it_has_started_and_stopped(void **state)
{
    struct ailab_mock *mock;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct mock_call call = {.method = "GET", .path = "/__admin/health", .version = "1.1"};
    (void)state;
    mock_call_header(&call, "Host", "127.0.0.1");
    CHECKED(ailab_mock_start(&mock, NULL, why));
    assert_string_equal(why, "");
    struct mock_reply reply = mock_exchange_with(ailab_mock_port(mock), &call);
    assert_int_equal(reply.status, 200);
    mock_reply_clear(&reply);
    CHECKED(ailab_mock_stop(mock));
}

#define UPLOAD                                                                                     \
    "POST /api/portrait/effects/emotion-editor HTTP/1.1\r\nHost: 127.0.0.1\r\n"                    \
    "ailabapi-api-key: some-key\r\nContent-Type: multipart/form-data; boundary=x\r\n"              \
    "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"

struct leaver {
    uint16_t port;
    int fd;
};

/* Leaves when the stop has begun: no client is let in any more. */
static void *leave(void *context)
{
    const struct leaver *leaver = context;
    const int64_t until = mock_now_us() + INT64_C(1000) * MOCK_WAIT_MS;
    for (int other = 0; other >= 0 && mock_now_us() < until;)
        if ((other = mock_connect(leaver->port)) >= 0)
            close(other);
    close(leaver->fd);
    return NULL;
}

/* The thread of the request tells the one that stops the mock that nothing is in flight. */
static void request_that_ends_during_a_stop_holds_its_lock(void **state)
{
    pthread_t thread;
    struct ailab_mock *mock;
    (void)state;
    assert_int_equal(
        ailab_mock_start(&mock, &(struct ailab_mock_options){.drain_timeout_ms = 60000}, NULL),
        AILAB_MOCK_OK);
    struct leaver leaver = {ailab_mock_port(mock), mock_connect(ailab_mock_port(mock))};
    assert_true(leaver.fd >= 0);
    mock_send(leaver.fd, slice_of(UPLOAD));
    struct mock_reply go_on = mock_read_reply(leaver.fd);
    assert_int_equal(go_on.status, 100);
    mock_reply_clear(&go_on);
    assert_int_equal(pthread_create(&thread, NULL, leave, &leaver), 0);
    CHECKED(ailab_mock_stop(mock));
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_holds_no_lock_when_it_returns),
        cmocka_unit_test(pool_holds_no_lock_when_it_returns),
        cmocka_unit_test(connections_hold_no_lock_when_they_return),
        cmocka_unit_test(mock_holds_no_lock_when_it_has_started_and_stopped),
        cmocka_unit_test(request_that_ends_during_a_stop_holds_its_lock),
    };
    return cmocka_run_group_tests_name("http_locks", tests, NULL, NULL);
}
