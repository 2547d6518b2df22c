/* A library must not end the program because a peer hung up. libcurl guards its own sends, but
 * some versions let the TLS library write without that guard. The signal is blocked in the calling
 * thread alone, so that the program's own handling of it stays as it is. */
#include "no_sigpipe.h"
#include <errno.h>
#include <time.h>

static void only_sigpipe(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
}

void ai_no_sigpipe_begin(struct ai_no_sigpipe *blocked)
{
    sigset_t ours, pending;
    only_sigpipe(&ours);
    sigemptyset(&pending);
    sigpending(&pending);
    blocked->was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &ours, &blocked->before);
}

void ai_no_sigpipe_end(const struct ai_no_sigpipe *blocked)
{
    static const struct timespec at_once = {0, 0};
    sigset_t ours;
    only_sigpipe(&ours);
    while (!blocked->was_pending && sigtimedwait(&ours, NULL, &at_once) < 0 && errno == EINTR)
        continue;
    pthread_sigmask(SIG_SETMASK, &blocked->before, NULL);
}
