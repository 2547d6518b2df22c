/* The one place of the program with static state: a handler can be handed nothing. It does two
 * async-signal-safe things, remembers the number and calls ailab_cancel(). */
#include "signals.h"
#include "ailab.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t caught;
static _Atomic(struct ailab *) watched;

static void on_signal(int number)
{
    int saved_errno = errno;
    if (!caught)
        caught = number;
    struct ailab *client = atomic_load(&watched);
    if (client)
        ailab_cancel(client);
    errno = saved_errno;
}

void signals_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct sigaction action;
        if (sigaction(numbers[i], NULL, &action) != 0 || action.sa_handler == SIG_IGN)
            continue;
        memset(&action, 0, sizeof(action));
        action.sa_handler = on_signal;
        sigfillset(&action.sa_mask);
        sigaction(numbers[i], &action, NULL);
    }
}

void signals_watch(struct ailab *client)
{
    atomic_store(&watched, client);
    if (client && caught)
        ailab_cancel(client);
}

int signals_caught(void)
{
    return (int)caught;
}

/* One poll() without a time-out: a blocking descriptor would wait as long. */
bool wait_again(int fd, short events)
{
    struct pollfd waiter = {.fd = fd, .events = events};
    if (errno == EAGAIN && poll(&waiter, 1, -1) >= 0)
        return true;
    return errno == EINTR && !signals_caught();
}
