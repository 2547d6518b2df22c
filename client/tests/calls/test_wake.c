/* The wish to cancel, and the wait that it ends. The clock and poll() are the test's own, so
 * nothing here waits. */
#include "wake.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

int __real_poll(struct pollfd *waiters, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *waiters, nfds_t count, int timeout_ms);
int __real_clock_gettime(clockid_t clock, struct timespec *out);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out);

#define START_NS 12345678901LL /* no whole millisecond */

static struct {
    bool runs; /* else the real clock and the real poll() */
    long long now_ns;
    long long slice_ms;    /* a signal interrupts poll() after so long; 0: none does */
    long long wish_ms;     /* when it is woken, since the start; 0: never */
    struct ai_wake *wakes; /* the one that is woken then */
    unsigned polls, looks; /* looks at the clock since the last poll() */
} own;

static void clock_set(long long now_ns)
{
    memset(&own, 0, sizeof own);
    own.runs = true;
    own.now_ns = now_ns;
}

static long long passed_ms(void)
{
    return (own.now_ns - START_NS) / 1000000;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    if (!own.runs)
        return __real_clock_gettime(clock, out);
    assert_int_equal(clock, CLOCK_MONOTONIC);
    assert_in_range(++own.looks, 0, 10); /* a wait that looks more often does not sleep */
    *out = (struct timespec){.tv_sec = (time_t)(own.now_ns / 1000000000),
                             .tv_nsec = (long)(own.now_ns % 1000000000)};
    return 0;
}

/* Sleeps by the test's clock. */
int __wrap_poll(struct pollfd *waiters, nfds_t count, int timeout_ms)
{
    if (!own.runs)
        return __real_poll(waiters, count, timeout_ms);
    assert_int_equal(count, 1);
    assert_true(waiters->events == POLLIN && timeout_ms > 0);
    own.polls++;
    own.looks = 0;
    const bool interrupted = own.slice_ms && own.slice_ms < timeout_ms;
    const long long slept_ms = interrupted ? own.slice_ms : timeout_ms;
    if (own.wish_ms && passed_ms() + slept_ms >= own.wish_ms) {
        own.now_ns = START_NS + own.wish_ms * 1000000;
        own.wish_ms = 0;
        ai_wake_up(own.wakes);
        assert_int_equal(__real_poll(waiters, count, 0), 1); /* the kernel would wake it, too */
        return 1;
    }
    own.now_ns += slept_ms * 1000000;
    errno = EINTR;
    return interrupted ? -1 : 0;
}

static void clock_is_read_in_milliseconds(void **state)
{
    static const struct {
        long long ns, ms;
    } rows[] = {
        {0, 0},           {999999, 0},        {1000000, 1},
        {999999999, 999}, {1000000000, 1000}, {86400LL * 1000000000 + 7999999, 86400007},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        clock_set(rows[i].ns);
        assert_int_equal(ai_now_ms(), rows[i].ms);
    }
}

/* It sleeps in one piece where it can. */
static void wake_wait_lasts_as_long_as_it_should(void **state)
{
    static const struct {
        const char *why;
        long wait_ms;
        long long slice_ms, wish_ms;
        long long passed_ms;
        unsigned polls;
        bool woken;
    } rows[] = {
        {"no time", 0, 0, 0, 0, 0, false},
        {"a millisecond", 1, 0, 0, 1, 1, false},
        {"a minute", 60000, 0, 0, 60000, 1, false},
        {"as long as poll() can", INT_MAX, 0, 0, INT_MAX, 1, false},
        {"signals of others", 1000, 300, 0, 1000, 4, false},
        {"a wish", 60000, 0, 7, 7, 1, true},
        {"a wish after signals of others", 1000, 300, 700, 700, 3, true},
        {"a wish at the last moment", 1000, 0, 1000, 1000, 1, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ai_wake wake;
        assert_true(ai_wake_init(&wake));
        clock_set(START_NS);
        own.slice_ms = rows[i].slice_ms;
        own.wish_ms = rows[i].wish_ms;
        own.wakes = &wake;
        const bool woken = ai_wake_wait(&wake, rows[i].wait_ms);
        if (woken != rows[i].woken || passed_ms() != rows[i].passed_ms ||
            own.polls != rows[i].polls)
            fail_msg("%s: woken %d, after %lld ms and %u polls", rows[i].why, woken, passed_ms(),
                     own.polls);
        ai_wake_clear(&wake);
    }
}

/* However often a thread wished, it is one wish: the wait after the next one lasts. */
static void wake_is_taken_once(void **state)
{
    struct ai_wake wake;
    (void)state;
    assert_true(ai_wake_init(&wake));
    clock_set(START_NS);
    assert_false(ai_wake_taken(&wake));
    for (unsigned i = 0; i < 100; i++)
        ai_wake_up(&wake);
    assert_true(ai_wake_wait(&wake, 1000));
    assert_int_equal(own.polls, 0);
    assert_false(ai_wake_taken(&wake));
    assert_false(ai_wake_wait(&wake, 1000));
    assert_int_equal(passed_ms(), 1000);
    ai_wake_clear(&wake);
}

static bool is_readable(int fd)
{
    struct pollfd waiter = {.fd = fd, .events = POLLIN};
    return __real_poll(&waiter, 1, 0) == 1;
}

/* A thread that sleeps elsewhere looks at the descriptor. */
static void wake_shows_the_wish_by_its_descriptor(void **state)
{
    struct ai_wake wake;
    (void)state;
    assert_true(ai_wake_init(&wake));
    assert_false(is_readable(wake.pipe[0]));
    ai_wake_up(&wake);
    assert_true(is_readable(wake.pipe[0]));
    assert_true(ai_wake_taken(&wake));
    assert_false(is_readable(wake.pipe[0]));
    ai_wake_clear(&wake);
}

/* A signal handler calls it between a call and the look at errno. */
static void wake_up_leaves_errno_alone(void **state)
{
    struct ai_wake wake;
    (void)state;
    assert_true(ai_wake_init(&wake));
    while (write(wake.pipe[1], "", 1) == 1)
        continue;
    errno = EDOM;
    ai_wake_up(&wake); /* into a pipe that is full */
    assert_int_equal(errno, EDOM);
    assert_true(ai_wake_taken(&wake));
    ai_wake_clear(&wake);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* Also where it got descriptor 0, because the program had closed it. */
static void wake_closes_its_own_descriptors_alone(void **state)
{
    struct {
        struct ai_wake wake;
        int neighbour;
    } memory;
    const int kept = fcntl(0, F_DUPFD_CLOEXEC, 3);
    (void)state;
    memory.neighbour = fcntl(1, F_DUPFD_CLOEXEC, 3);
    assert_true(kept >= 0 && memory.neighbour >= 0);
    close(0);
    const bool made = ai_wake_init(&memory.wake);
    const int ends[] = {memory.wake.pipe[0], memory.wake.pipe[1]};
    ai_wake_clear(&memory.wake);
    const bool closed = !is_open(ends[0]) && !is_open(ends[1]);
    const bool neighbour_is_open = is_open(memory.neighbour);
    assert_int_equal(dup2(kept, 0), 0);
    close(kept);
    close(memory.neighbour);
    assert_true(made && ends[0] == 0);
    assert_true(closed && neighbour_is_open);
}

static int use_the_real_clock(void **state)
{
    (void)state;
    own.runs = false;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(clock_is_read_in_milliseconds, use_the_real_clock),
        cmocka_unit_test_teardown(wake_wait_lasts_as_long_as_it_should, use_the_real_clock),
        cmocka_unit_test_teardown(wake_is_taken_once, use_the_real_clock),
        cmocka_unit_test(wake_shows_the_wish_by_its_descriptor),
        cmocka_unit_test(wake_up_leaves_errno_alone),
        cmocka_unit_test(wake_closes_its_own_descriptors_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
