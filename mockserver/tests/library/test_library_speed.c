/* The mock as a library starts and stops at once, also while clients keep their connections. */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include "testing/image_make.h"
#include "testing/sanitized.h"
#include "testing/slowness.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define STARTS 20
#define STEP_US_MAX (SANITIZED ? 1000000 : 50000)
#define IDLERS 50
#define THREADS AILAB_MOCK_CONNECTIONS_DEFAULT

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right_one = *(const int64_t *)b;
    return (left > right_one) - (left < right_one);
}

static double ms_of(int64_t us)
{
    return (double)us / 1000;
}

static void *do_nothing(void *context)
{
    return context;
}

/* What the kernel takes for as many threads as a mock has, the fastest of a few rounds: a start
 * makes them twice, once to see whether they are to be had. */
static int64_t threads_us(void)
{
    pthread_t threads[THREADS];
    int64_t least = INT64_MAX;
    for (int round = 0; round < 5; round++) {
        const int64_t before = mock_now_us();
        for (size_t i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, do_nothing, NULL), 0);
        for (size_t i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        const int64_t took = mock_now_us() - before;
        least = took < least ? took : least;
    }
    return least;
}

static void mock_starts_and_stops_within_50_ms(void **state)
{
    int64_t starting[STARTS], stopping[STARTS];
    struct mock_call call = mock_call_right(image_make_slice(*state));
    struct slowness *slowness = slowness_start();
    for (size_t i = 0; i < STARTS; i++) {
        int64_t before = mock_now_us();
        struct ailab_mock *mock = scenarios_start(NULL);
        starting[i] = mock_now_us() - before;
        struct mock_reply reply = mock_exchange_with(ailab_mock_port(mock), &call);
        assert_int_equal(reply.status, 200);
        mock_reply_clear(&reply);
        before = mock_now_us();
        ailab_mock_stop(mock);
        stopping[i] = mock_now_us() - before;
    }
    const int64_t threads = threads_us();
    const double bound_us = STEP_US_MAX * slowness_stop(slowness) + 2.0 * (double)threads;
    qsort(starting, STARTS, sizeof *starting, compare);
    qsort(stopping, STARTS, sizeof *stopping, compare);
    print_message("%d threads: %.2f ms\n", THREADS, ms_of(threads));
    print_message("start: least %.2f ms, median %.2f, most %.2f; stop: %.2f, %.2f, %.2f\n",
                  ms_of(starting[0]), ms_of(starting[STARTS / 2]), ms_of(starting[STARTS - 1]),
                  ms_of(stopping[0]), ms_of(stopping[STARTS / 2]), ms_of(stopping[STARTS - 1]));
    /* Other work on the machine delays most of them; a wait of the mock's own delays all. */
    assert_true((double)starting[0] < bound_us);
    assert_true((double)stopping[0] < bound_us);
}

static void mock_stops_quickly_while_many_connections_are_idle(void **state)
{
    int fds[IDLERS];
    struct mock_call call = mock_call_right(image_make_slice(*state));
    struct ailab_mock *mock = scenarios_start(NULL);
    struct mock_text bytes = mock_call_bytes(&call);
    for (size_t i = 0; i < IDLERS; i++) {
        fds[i] = mock_connect(ailab_mock_port(mock));
        assert_true(fds[i] >= 0);
        mock_send(fds[i], mock_text_slice(&bytes));
        struct mock_reply reply = mock_read_reply(fds[i]);
        assert_int_equal(reply.status, 200);
        assert_non_null(strstr(reply.bytes.ptr, "Connection: keep-alive"));
        mock_reply_clear(&reply);
    }
    struct slowness *slowness = slowness_start();
    int64_t before = mock_now_us();
    ailab_mock_stop(mock);
    double ms = ms_of(mock_now_us() - before);
    ms /= slowness_stop(slowness);
    print_message("stop with %d idle connections: %.2f ms\n", IDLERS, ms);
    assert_true(ms < 500);
    for (size_t i = 0; i < IDLERS; i++) {
        assert_true(mock_is_closed(fds[i]));
        close(fds[i]);
    }
    mock_text_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_starts_and_stops_within_50_ms),
        cmocka_unit_test(mock_stops_quickly_while_many_connections_are_idle),
    };
    return cmocka_run_group_tests_name("library_speed", tests, image_make_state, image_free_state);
}
