/* Bodies and answers when memory runs out: what came before is whole, nothing leaks, and the pool
 * counts no block that it did not get. */
#include "http/block_pool.h"
#include "http/body_receive.h"
#include "http/connections.h"
#include "testing/failing_malloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SMALL ((size_t)64 * 1024)
#define BODY_BYTES ((size_t)300000)

static void need_failing_malloc(void)
{
    SKIP_UNLESS_MEMORY_COUNTS();
}

static bool nothing_to_tidy(void *context)
{
    (void)context;
    return false;
}

static void nothing_is_made_without_memory(void **state)
{
    (void)state;
    need_failing_malloc();
    memory_start(1, true);
    struct block_pool *pool = block_pool_new(1);
    struct body_budget *budget = body_budget_new(1);
    struct connections *connections = connections_new(nothing_to_tidy, NULL);
    memory_stop();
    assert_null(pool);
    assert_null(budget);
    assert_null(connections);
    block_pool_free(NULL);
    body_budget_free(NULL);
    connections_free(NULL);
    connections = connections_new(nothing_to_tidy, NULL);
    memory_start(1, true);
    struct connection *connection = connections_add(connections, -1, NULL);
    memory_stop();
    assert_null(connection);
    assert_int_equal(connections_count(connections), 0);
    connections_remove(connections, NULL);
    connections_free(connections);
}

static void pool_counts_no_block_that_it_did_not_get(void **state)
{
    (void)state;
    need_failing_malloc();
    struct block_pool *pool = block_pool_new(SMALL);
    memory_start(1, true);
    void *block = block_pool_take(pool, SMALL);
    memory_stop();
    assert_null(block);
    block = block_pool_take(pool, SMALL);
    assert_non_null(block);
    block_pool_give(pool, block, SMALL);
    assert_true(block_pool_trim(pool)); /* there was room to keep it */
    block_pool_free(pool);
}

/* Of those that lie in the pool, as many as were there all the time between two looks. */
static void pool_gives_back_the_blocks_that_nobody_needed(void **state)
{
    void *blocks[3];
    (void)state;
    need_failing_malloc();
    struct block_pool *pool = block_pool_new(8 * SMALL);
    memory_start(0, false);
    for (size_t i = 0; i < 3; i++)
        blocks[i] = block_pool_take(pool, SMALL);
    for (size_t i = 0; i < 3; i++)
        block_pool_give(pool, blocks[i], SMALL);
    block_pool_trim(pool);
    assert_int_equal(memory.live, 3);
    block_pool_give(pool, block_pool_take(pool, SMALL), SMALL);
    const bool keeps_one = block_pool_trim(pool);
    const long kept = memory.live;
    const bool keeps_any = block_pool_trim(pool);
    memory_stop();
    assert_true(keeps_one);
    assert_int_equal(kept, 1);
    assert_false(keeps_any);
    assert_int_equal(memory.live, 0);
    block_pool_free(pool);
}

static int read_bytes(void *context, void *buffer, size_t size)
{
    size_t *left = context;
    size_t got = size < *left ? size : *left;
    memset(buffer, 'x', got);
    *left -= got;
    return (int)got;
}

static bool no(void *context)
{
    (void)context;
    return false;
}

static void hold(void *context, bool held)
{
    (void)context, (void)held;
}

/* Whether an allocation failed. */
static bool receive_without(unsigned long fails_at, enum body_framing framing)
{
    static const struct upload_fault none;
    static const struct sink sink;
    size_t left = BODY_BYTES;
    const struct request_head head = {.framing = framing, .content_length = BODY_BYTES};
    const struct source source = {read_bytes, no, no, hold, &left};
    const struct body_memory memory_of = {block_pool_new(SMALL), body_budget_new(1 << 22)};
    struct received received = {0};
    memory_start(fails_at, true);
    receive_body(&received, &head, &none, BODY_BYTES, &source, &sink, &memory_of);
    memory_stop();
    struct slice bytes = received_bytes(&received);
    assert_int_equal(received.end, memory.failed ? BODY_NO_MEMORY : BODY_COMPLETE);
    assert_int_equal(received.size, BODY_BYTES - left);
    assert_int_equal(bytes.len, received.body ? received.size : 0);
    if (memory.failed && received.body)
        assert_int_equal(received.room, received.size); /* it was full, and found no larger one */
    for (size_t i = 0; i < bytes.len; i++)
        assert_int_equal(bytes.ptr[i], 'x');
    received_clear(&received, &memory_of);
    assert_int_equal(body_budget_use(memory_of.budget).charged, 0);
    block_pool_trim(memory_of.pool);
    block_pool_trim(memory_of.pool);
    if (memory.live != 0)
        fail_msg("allocation %lu: %ld blocks are left", fails_at, memory.live);
    body_budget_free(memory_of.budget);
    block_pool_free(memory_of.pool);
    return memory.failed;
}

static void body_that_finds_no_memory_keeps_what_came(void **state)
{
    (void)state;
    need_failing_malloc();
    for (enum body_framing framing = BODY_LENGTH; framing <= BODY_CHUNKED; framing++) {
        unsigned long failing = 1;
        while (receive_without(failing, framing))
            failing++;
        assert_int_equal(failing - 1,
                         framing == BODY_LENGTH ? 1 : 4); /* 64 KiB, and thrice twice */
    }
}

static bool take(void *context, struct slice bytes)
{
    *(size_t *)context += bytes.len;
    return true;
}

static void answer_without_memory_is_not_begun(void **state)
{
    uint64_t sent = 1;
    size_t taken = 0;
    const struct sink sink = {.write = take, .context = &taken};
    const struct reply reply = {.step_count = 1,
                                .steps = {{.kind = REPLY_SEND, .bytes = {"answer", 6}}}};
    (void)state;
    need_failing_malloc();
    memory_start(1, true);
    const bool done = send_reply(&sent, &reply, &sink, NULL);
    memory_stop();
    assert_false(done);
    assert_int_equal(sent, 0);
    assert_int_equal(taken, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_made_without_memory),
        cmocka_unit_test(pool_counts_no_block_that_it_did_not_get),
        cmocka_unit_test(pool_gives_back_the_blocks_that_nobody_needed),
        cmocka_unit_test(body_that_finds_no_memory_keeps_what_came),
        cmocka_unit_test(answer_without_memory_is_not_begun),
    };
    return cmocka_run_group_tests_name("http_memory", tests, NULL, NULL);
}
