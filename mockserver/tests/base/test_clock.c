/* Moments to wait until, across a second's end: the system refuses a timespec of 10^9 nanoseconds
 * or more, and a thread that waits until such a moment spins. */
#include "base/clock.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NS 1000000000

/* Whatever the time is, a second's end lies within these. */
static void clock_in_ms_is_a_moment_whenever_it_is_asked_for(void **state)
{
    (void)state;
    for (uint32_t ms = 0; ms <= 2000; ms++) {
        const int64_t before_us = clock_monotonic_us();
        const struct timespec until = clock_in_ms(ms);
        const int64_t after_us = clock_monotonic_us();
        const int64_t until_us = (int64_t)until.tv_sec * 1000000 + until.tv_nsec / 1000;
        if (until.tv_nsec < 0 || until.tv_nsec >= NS)
            fail_msg("in %u ms: %ld ns of a second", ms, until.tv_nsec);
        if (until_us < before_us + (int64_t)ms * 1000 || until_us > after_us + (int64_t)ms * 1000)
            fail_msg("in %u ms: in %lld us", ms, (long long)(until_us - before_us));
    }
}

/* 50 ms as the watchdog waits, at every twentieth of a second. */
static void clock_condition_waits_until_the_moment(void **state)
{
    (void)state;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition;
    clock_condition_init(&condition);
    pthread_mutex_lock(&lock);
    for (int i = 0; i < 25; i++) {
        const int64_t before_ms = clock_monotonic_ms();
        const struct timespec until = clock_in_ms(50);
        int code = 0;
        while (code == 0) /* it may wake up early */
            code = pthread_cond_timedwait(&condition, &lock, &until);
        assert_int_equal(code, ETIMEDOUT);
        assert_true(clock_monotonic_ms() - before_ms >= 50);
    }
    pthread_mutex_unlock(&lock);
    pthread_cond_destroy(&condition);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_in_ms_is_a_moment_whenever_it_is_asked_for),
        cmocka_unit_test(clock_condition_waits_until_the_moment),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
