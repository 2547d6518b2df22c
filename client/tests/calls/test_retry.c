/* The decision to try again. */
#include "retry.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void retry_decides_by_policy_and_outcome(void **state)
{
    static const struct {
        const char *why;
        struct ai_retry_policy policy;
        struct ai_attempt attempt;
        bool due;
        long low_ms, high_ms; /* the waits for the lowest and the highest draw */
    } rows[] = {
        {"a success", {3, 1000, 60000}, {1, AILAB_OK, false, true, 0}, false, 0, 0},
        {"a final refusal", {3, 1000, 60000}, {1, AILAB_REFUSED, false, false, 0}, false, 0, 0},
        {"no retries wanted", {0, 1000, 60000}, {1, AILAB_REFUSED, true, false, 0}, false, 0, 0},
        {"the first retry", {3, 1000, 60000}, {1, AILAB_REFUSED, true, false, 0}, true, 500, 1000},
        {"the second", {3, 1000, 60000}, {2, AILAB_TIMEOUT, true, false, 0}, true, 1000, 2000},
        {"the third", {3, 1000, 60000}, {3, AILAB_UNREACHABLE, true, false, 0}, true, 2000, 4000},
        {"all used up", {3, 1000, 60000}, {4, AILAB_UNREACHABLE, true, false, 0}, false, 0, 0},
        {"bounded", {10, 1000, 3000}, {5, AILAB_TIMEOUT, true, false, 0}, true, 1500, 3000},
        {"half an odd bound, doubled",
         {3, 1500, 3001},
         {2, AILAB_TIMEOUT, true, false, 0},
         true,
         1500,
         3000},
        {"a first wait above the bound",
         {10, 9000, 3000},
         {1, AILAB_TIMEOUT, true, false, 0},
         true,
         1500,
         3000},
        {"a 200 was begun", {3, 1000, 60000}, {1, AILAB_UNREACHABLE, true, true, 0}, false, 0, 0},
        {"Retry-After asks for more",
         {3, 1000, 60000},
         {1, AILAB_REFUSED, true, false, 7},
         true,
         7000,
         7000},
        {"Retry-After asks for less",
         {3, 4000, 60000},
         {1, AILAB_REFUSED, true, false, 1},
         true,
         2000,
         4000},
        {"Retry-After at the bound",
         {3, 1000, 60000},
         {1, AILAB_REFUSED, true, false, 60},
         true,
         60000,
         60000},
        {"Retry-After beyond the bound",
         {3, 1000, 60000},
         {1, AILAB_REFUSED, true, false, 61},
         false,
         0,
         0},
        {"Retry-After absurd",
         {3, 1000, 60000},
         {1, AILAB_REFUSED, true, false, UINT_MAX},
         false,
         0,
         0},
        {"Retry-After does not make a final refusal pass",
         {3, 1000, 60000},
         {1, AILAB_REFUSED, false, false, 1},
         false,
         0,
         0},
        {"a millisecond", {3, 1, 60000}, {1, AILAB_TIMEOUT, true, false, 0}, true, 0, 1},
        {"the largest of everything",
         {10, LONG_MAX, LONG_MAX},
         {10, AILAB_TIMEOUT, true, false, 0},
         true,
         LONG_MAX / 2,
         0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        long low = -1, high = -1;
        bool due = ai_retry_due(&low, &rows[i].policy, &rows[i].attempt, 0);
        if (due != rows[i].due || low != rows[i].low_ms)
            fail_msg("%s: due %d, lowest wait %ld", rows[i].why, due, low);
        if (rows[i].policy.wait_max_ms == LONG_MAX)
            continue; /* options stop at a day: only the arithmetic above must be defined */
        due = ai_retry_due(&high, &rows[i].policy, &rows[i].attempt, UINT32_MAX);
        if (due != rows[i].due || high != rows[i].high_ms)
            fail_msg("%s: due %d, highest wait %ld", rows[i].why, due, high);
    }
}

static void retry_draws_within_the_upper_half(void **state)
{
    const struct ai_retry_policy policy = {3, 1000, 60000};
    const struct ai_attempt attempt = {1, AILAB_TIMEOUT, true, false, 0};
    (void)state;
    long before = 0;
    for (uint64_t random = 0; random <= UINT32_MAX; random += 0x01000000) {
        long wait = 0;
        assert_true(ai_retry_due(&wait, &policy, &attempt, (uint32_t)random));
        assert_true(wait >= 500 && wait <= 1000 && wait >= before);
        before = wait;
    }
    assert_true(before > 950);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_decides_by_policy_and_outcome),
        cmocka_unit_test(retry_draws_within_the_upper_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
