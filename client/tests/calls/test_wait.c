/* The waits between the attempts of a call, by a clock and by dice of the test's own: nothing here
 * waits. The port has no listener, so each attempt fails at once. */
#include "samples.h"
#include "scene.h"
#include "testing/closed_port.h"
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <cmocka.h>

ssize_t __wrap_getrandom(void *out, size_t size, unsigned flags);
int __wrap_poll(struct pollfd *waiters, nfds_t count, int timeout_ms);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out);

static struct {
    long long now_ms;
    bool has_random;
    uint32_t random;
    long waited_ms[8];
    unsigned waits;
} own;

ssize_t __wrap_getrandom(void *out, size_t size, unsigned flags)
{
    assert_int_equal(size, sizeof own.random);
    assert_int_equal(flags, GRND_NONBLOCK);
    if (!own.has_random) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(out, &own.random, size);
    return (ssize_t)size;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    (void)clock;
    *out = (struct timespec){.tv_sec = (time_t)(own.now_ms / 1000),
                             .tv_nsec = (long)(own.now_ms % 1000 * 1000000)};
    return 0;
}

int __wrap_poll(struct pollfd *waiters, nfds_t count, int timeout_ms)
{
    (void)waiters;
    (void)count;
    assert_in_range(own.waits, 0, 7);
    own.waited_ms[own.waits++] = timeout_ms;
    own.now_ms += timeout_ms;
    return 0;
}

/* Makes a call of three attempts; the waits between them are in own. */
static void call_three_times(long long now_ms)
{
    const struct closed_port port = closed_port_take();
    const struct ailab_options options = {
        .api_key = SCENE_KEY, .base_url = port.url, .retries = 2, .retry_wait_ms = 1000};
    const struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    own.now_ms = now_ms;
    own.waits = 0;
    assert_int_equal(ailab_new(&client, &options), AILAB_OK);
    assert_int_equal(ailab_edit(&result, client, 12, &image), AILAB_UNREACHABLE);
    assert_int_equal(ailab_result_attempts(result), 3);
    assert_int_equal(own.waits, 2);
    ailab_result_free(result);
    ailab_free(client);
    closed_port_give_back(&port);
}

/* The upper half of what the policy allows. */
static void wait_is_drawn_by_the_systems_dice(void **state)
{
    static const struct {
        uint32_t random;
        long first_ms, second_ms;
    } rows[] = {{0, 500, 1000}, {UINT32_MAX / 2, 749, 1499}, {UINT32_MAX, 1000, 2000}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        own.has_random = true;
        own.random = rows[i].random;
        call_three_times(5000);
        assert_int_equal(own.waited_ms[0], rows[i].first_ms);
        assert_int_equal(own.waited_ms[1], rows[i].second_ms);
    }
}

/* A system that has just started has no random numbers yet. Clients that start one after another
 * still do not come back together. */
static void wait_is_drawn_by_the_clock_where_the_system_has_no_dice(void **state)
{
    long least_ms = 1000, most_ms = 500;
    (void)state;
    own.has_random = false;
    for (long long now_ms = 7000; now_ms < 7016; now_ms++) {
        call_three_times(now_ms);
        const long waited_ms = own.waited_ms[0];
        assert_in_range(waited_ms, 500, 1000);
        least_ms = waited_ms < least_ms ? waited_ms : least_ms;
        most_ms = waited_ms > most_ms ? waited_ms : most_ms;
    }
    assert_in_range(most_ms - least_ms, 250, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait_is_drawn_by_the_systems_dice),
        cmocka_unit_test(wait_is_drawn_by_the_clock_where_the_system_has_no_dice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
