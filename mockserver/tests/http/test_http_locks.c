/* What threads share takes its lock, and holds none when it returns. (labels: threads) */
#include "ailab_mock.h"
#include "http/block_pool.h"
#include "http/body_budget.h"
#include "http/connections.h"
#include "mock_sockets.h"
#include "testing/checked_locks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_holds_no_lock_when_it_returns),
        cmocka_unit_test(pool_holds_no_lock_when_it_returns),
        cmocka_unit_test(connections_hold_no_lock_when_they_return),
        cmocka_unit_test(mock_holds_no_lock_when_it_has_started_and_stopped),
    };
    return cmocka_run_group_tests_name("http_locks", tests, NULL, NULL);
}
