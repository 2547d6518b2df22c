/* Which blocks the pool keeps, for whom, and until when. */
#include "http/block_pool.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define KIB ((size_t)1024)

static struct block_pool *open_pool(size_t max_bytes)
{
    struct block_pool *pool = block_pool_new(max_bytes);
    assert_non_null(pool);
    return pool;
}

static void pool_gives_a_block_to_the_next_of_its_size(void **state)
{
    static const struct {
        size_t given, taken;
        bool same;
    } rows[] = {
        {100 * KIB, 100 * KIB, true},    {64 * KIB, 40 * KIB, true},
        {64 * KIB, 64 * KIB + 1, false}, {128 * KIB, 64 * KIB + 1, true},
        {128 * KIB, 64 * KIB, false},    {32 * KIB + 1, 64 * KIB, true},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct block_pool *pool = open_pool(1024 * KIB);
        char *first = block_pool_take(pool, rows[i].given);
        assert_non_null(first);
        first[rows[i].given - 1] = 1;
        block_pool_give(pool, first, rows[i].given);
        char *second = block_pool_take(pool, rows[i].taken);
        assert_non_null(second);
        if ((second == first) != rows[i].same)
            fail_msg("%zu bytes behind %zu", rows[i].taken, rows[i].given);
        block_pool_give(pool, second, rows[i].taken);
        block_pool_free(pool);
    }
}

static void pool_keeps_neither_small_nor_huge_blocks(void **state)
{
    static const struct {
        size_t size;
        bool kept;
    } rows[] = {
        {0, false},
        {1, false},
        {32 * KIB, false},
        {32 * KIB + 1, true},
        {128 * 1024 * KIB, true},
        {128 * 1024 * KIB + 1, false},
        {256 * 1024 * KIB + 1, false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct block_pool *pool = open_pool(SIZE_MAX);
        void *block = block_pool_take(pool, rows[i].size);
        assert_non_null(block);
        block_pool_give(pool, block, rows[i].size);
        if (block_pool_trim(pool) != rows[i].kept)
            fail_msg("%zu bytes", rows[i].size);
        block_pool_free(pool);
    }
}

/* The bound counts the blocks in use too. */
static void pool_keeps_blocks_up_to_its_bound(void **state)
{
    void *blocks[3];
    struct block_pool *pool = open_pool(128 * KIB);
    (void)state;
    for (size_t i = 0; i < ROWS(blocks); i++)
        assert_non_null(blocks[i] = block_pool_take(pool, 64 * KIB));
    block_pool_give(pool, blocks[0], 64 * KIB); /* there are 192 KiB */
    assert_false(block_pool_trim(pool));
    block_pool_give(pool, blocks[1], 64 * KIB); /* and now 128 */
    assert_true(block_pool_trim(pool));
    block_pool_give(pool, blocks[2], 64 * KIB);
    for (size_t i = 0; i < 2; i++) {
        void *again = block_pool_take(pool, 64 * KIB);
        assert_ptr_equal(again, blocks[2 - i]);
        blocks[2 - i] = again;
    }
    block_pool_give(pool, blocks[1], 64 * KIB);
    block_pool_give(pool, blocks[2], 64 * KIB);
    block_pool_free(pool);
}

static void pool_trims_what_was_not_needed_since_the_last_time(void **state)
{
    struct block_pool *pool = open_pool(1024 * KIB);
    void *one = block_pool_take(pool, 64 * KIB), *two = block_pool_take(pool, 64 * KIB);
    (void)state;
    assert_false(block_pool_trim(pool));
    block_pool_give(pool, one, 64 * KIB);
    block_pool_give(pool, two, 64 * KIB);
    assert_true(block_pool_trim(pool)); /* both were in use before */
    one = block_pool_take(pool, 64 * KIB);
    block_pool_give(pool, one, 64 * KIB);
    assert_true(block_pool_trim(pool)); /* one was needed */
    assert_false(block_pool_trim(pool));
    one = block_pool_take(pool, 64 * KIB);
    assert_non_null(one);
    block_pool_give(pool, one, 64 * KIB);
    assert_true(block_pool_trim(pool));
    block_pool_free(pool);
}

/* What was trimmed counts no more. */
static void pool_has_room_again_after_a_trim(void **state)
{
    struct block_pool *pool = open_pool(64 * KIB);
    (void)state;
    for (int i = 0; i < 3; i++) {
        void *block = block_pool_take(pool, 64 * KIB);
        assert_non_null(block);
        block_pool_give(pool, block, 64 * KIB);
        assert_true(block_pool_trim(pool));
        assert_false(block_pool_trim(pool));
    }
    block_pool_free(pool);
}

static void no_pool_is_malloc(void **state)
{
    (void)state;
    char *block = block_pool_take(NULL, 100 * KIB);
    assert_non_null(block);
    block[100 * KIB - 1] = 1;
    block_pool_give(NULL, block, 100 * KIB);
    block_pool_give(NULL, NULL, 100 * KIB);
    block_pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_gives_a_block_to_the_next_of_its_size),
        cmocka_unit_test(pool_keeps_neither_small_nor_huge_blocks),
        cmocka_unit_test(pool_keeps_blocks_up_to_its_bound),
        cmocka_unit_test(pool_trims_what_was_not_needed_since_the_last_time),
        cmocka_unit_test(pool_has_room_again_after_a_trim),
        cmocka_unit_test(no_pool_is_malloc),
    };
    return cmocka_run_group_tests_name("block_pool", tests, NULL, NULL);
}
