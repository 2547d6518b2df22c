/* Another thread or a signal handler cancels a call by an atomic flag and a pipe, which both may
 * touch. The flag decides; a byte in the pipe only ends a sleep early. */
#include "wake.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "a signal handler may only touch what needs no lock");

bool ai_wake_init(struct ai_wake *wake)
{
    atomic_init(&wake->wanted, false);
    if (pipe2(wake->pipe, O_CLOEXEC | O_NONBLOCK)) {
        wake->pipe[0] = wake->pipe[1] = -1;
        return false;
    }
    return true;
}

void ai_wake_clear(struct ai_wake *wake)
{
    for (int i = 0; i < 2; i++) {
        if (wake->pipe[i] >= 0)
            close(wake->pipe[i]);
        wake->pipe[i] = -1;
    }
}

void ai_wake_up(struct ai_wake *wake)
{
    int kept = errno;
    atomic_store(&wake->wanted, true);
    /* A full pipe is as good as one more byte. */
    ssize_t ignored = write(wake->pipe[1], "", 1);
    (void)ignored;
    errno = kept;
}

bool ai_wake_taken(struct ai_wake *wake)
{
    char bytes[64];
    while (read(wake->pipe[0], bytes, sizeof bytes) > 0)
        continue;
    return atomic_exchange(&wake->wanted, false);
}

long long ai_now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

bool ai_wake_wait(struct ai_wake *wake, long wait_ms)
{
    long long end = ai_now_ms() + wait_ms;
    for (;;) {
        if (ai_wake_taken(wake))
            return true;
        long long left = end - ai_now_ms();
        if (left <= 0)
            return false;
        struct pollfd waiter = {.fd = wake->pipe[0], .events = POLLIN};
        poll(&waiter, 1, left > INT_MAX ? INT_MAX : (int)left);
    }
}
