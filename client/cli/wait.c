/* One poll() without a time-out: a blocking descriptor would wait as long. */
#include "wait.h"
#include "signals.h"
#include <errno.h>
#include <poll.h>

bool wait_again(int fd, short events)
{
    struct pollfd waiter = {.fd = fd, .events = events};
    if (errno == EAGAIN && poll(&waiter, 1, -1) >= 0)
        return true;
    return errno == EINTR && !signals_caught();
}
