/* The window of a rate: how many calls it lets in, and when the next one may come. */
#include "accounts/rate_window.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void rate_never_admits_more_than_the_limit_in_any_window(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint32_t requests, window_ms, gap_ms;
    } rows[] = {
        {"one a second", 1, 1000, 130},      {"as many as are kept apart", 64, 1000, 3},
        {"more than are kept", 65, 1000, 3}, {"many in a window", 1000, 10000, 2},
        {"a window of a few ms", 500, 7, 1}, {"no gaps at all", 300, 1000, 0},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct rate_window window = {0};
        static int64_t admitted[20000];
        size_t count = 0, oldest = 0;
        int64_t now_ms = 5;
        print_message("%s\n", rows[r].why);
        for (size_t i = 0; i < 20000; i++, now_ms += (int64_t)(i % (rows[r].gap_ms * 2 + 1))) {
            if (rate_wait_ms(&window, rows[r].requests, rows[r].window_ms, now_ms) > 0)
                continue;
            rate_take(&window, rows[r].requests, rows[r].window_ms, now_ms);
            admitted[count++] = now_ms;
            while (admitted[oldest] <= now_ms - rows[r].window_ms)
                oldest++;
            assert_true(count - oldest <= rows[r].requests);
        }
        assert_true(count >= rows[r].requests);
    }
}

static void rate_exact_window_admits_at_its_end_and_not_before(void **state)
{
    (void)state;
    struct rate_window window = {0};
    rate_take(&window, 2, 1000, 100);
    rate_take(&window, 2, 1000, 400);
    assert_int_equal(rate_wait_ms(&window, 2, 1000, 1099), 1);
    assert_int_equal(rate_wait_ms(&window, 2, 1000, 1100), 0);
    rate_take(&window, 2, 1000, 1100);
    assert_int_equal(rate_wait_ms(&window, 2, 1000, 1100), 300);
}

/* Calls that are counted one by one, however close together they come. */
static void rate_exact_window_tells_calls_apart_that_come_within_ms(void **state)
{
    (void)state;
    struct rate_window window = {0};
    rate_take(&window, 2, 1000, 100);
    rate_take(&window, 2, 1000, 110);
    assert_int_equal(rate_wait_ms(&window, 2, 1000, 1100), 0);
}

/* Up to 64 in a window are kept one by one, also those of one ms. */
static void rate_window_is_exact_up_to_64_requests(void **state)
{
    static const struct {
        uint32_t requests;
        int64_t wait_ms; /* at the end of the first one's window */
    } rows[] = {{64, 0}, {65, 15}};
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct rate_window window = {0};
        for (uint32_t i = 0; i < rows[r].requests; i++)
            rate_take(&window, rows[r].requests, 1000, 100 + i);
        assert_int_equal(rate_wait_ms(&window, rows[r].requests, 1000, 1099), 1 + rows[r].wait_ms);
        assert_int_equal(rate_wait_ms(&window, rows[r].requests, 1000, 1100), rows[r].wait_ms);
    }
    struct rate_window window = {0};
    for (uint32_t i = 1; i <= 64; i++) {
        rate_take(&window, 64, 1000, 100);
        assert_int_equal(window.group_count, i);
    }
}

/* What keeps within the limit is never refused, however long it goes on. */
static void rate_admits_for_ever_what_keeps_within_the_limit(void **state)
{
    static const struct {
        const char *why;
        uint32_t requests, window_ms, gap_ms;
    } rows[] = {
        {"one a window", 1, 1000, 1000},
        {"two a window", 2, 1000, 500},
        {"as many as are kept apart", 64, 1024, 16},
        {"more than are kept", 100, 1000, 11},
        {"many in a window", 1000, 10000, 12},
    };
    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct rate_window window = {0};
        int64_t now_ms = 1700000000000;
        print_message("%s\n", rows[r].why);
        for (size_t i = 0; i < 3000; i++, now_ms += rows[r].gap_ms) {
            assert_int_equal(rate_wait_ms(&window, rows[r].requests, rows[r].window_ms, now_ms), 0);
            rate_take(&window, rows[r].requests, rows[r].window_ms, now_ms);
        }
    }
}

/* A limit may be raised while calls are kept one by one: then the ring fills, its last group takes
 * what follows, and no call is lost. */
static void rate_window_counts_every_call_when_its_ring_is_full(void **state)
{
    struct rate_window window = {0};
    (void)state;
    for (int i = 0; i < 64; i++)
        rate_take(&window, 64, 1000, 100);
    for (int64_t i = 1; i <= 20; i++)
        rate_take(&window, 1000, 1000, 100 + i * 20);
    assert_int_equal(window.group_count, RATE_GROUPS);
    assert_int_equal(rate_wait_ms(&window, 84, 1000, 1099), 1);
    assert_int_equal(rate_wait_ms(&window, 21, 1000, 1100), 0);
    assert_int_equal(rate_wait_ms(&window, 20, 1000, 1100), 20);
    assert_int_equal(rate_wait_ms(&window, 18, 1000, 1100), 60);
    assert_int_equal(rate_wait_ms(&window, 17, 1000, 1100), 400);
    assert_int_equal(rate_wait_ms(&window, 1, 1000, 1500), 0);
}

static void rate_survives_a_clock_read_out_of_order(void **state)
{
    (void)state;
    struct rate_window window = {0};
    rate_take(&window, 2, 1000, 500);
    rate_take(&window, 2, 1000, 498);
    assert_true(rate_wait_ms(&window, 2, 1000, 499) > 0);
    assert_int_equal(rate_wait_ms(&window, 1, 1000, 1499), 1); /* the second counts from 500 too */
    assert_int_equal(rate_wait_ms(&window, 2, 1000, 1499), 1);
    assert_int_equal(rate_wait_ms(&window, 2, 1000, 1500), 0);
}

/* Of more than 64 in a window, those within a 64th of it are counted together. */
static void rate_counts_calls_together_that_come_close(void **state)
{
    static const struct {
        int64_t at_ms;
        uint32_t groups;
    } rows[] = {{0, 1}, {0, 1}, {5, 1}, {15, 1}, {16, 2}, {31, 2}, {32, 3}};
    struct rate_window window = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rate_take(&window, 1000, 1000, rows[i].at_ms);
        assert_int_equal(window.group_count, rows[i].groups);
        assert_int_equal(window.total, i + 1);
    }
    assert_int_equal(rate_wait_ms(&window, 4, 1000, 1014), 1); /* the first group ends at 15 */
    assert_int_equal(rate_wait_ms(&window, 4, 1000, 1015), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_never_admits_more_than_the_limit_in_any_window),
        cmocka_unit_test(rate_exact_window_admits_at_its_end_and_not_before),
        cmocka_unit_test(rate_exact_window_tells_calls_apart_that_come_within_ms),
        cmocka_unit_test(rate_window_is_exact_up_to_64_requests),
        cmocka_unit_test(rate_admits_for_ever_what_keeps_within_the_limit),
        cmocka_unit_test(rate_window_counts_every_call_when_its_ring_is_full),
        cmocka_unit_test(rate_survives_a_clock_read_out_of_order),
        cmocka_unit_test(rate_counts_calls_together_that_come_close),
    };
    return cmocka_run_group_tests_name("rate_window", tests, NULL, NULL);
}
