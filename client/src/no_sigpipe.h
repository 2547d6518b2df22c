/* No SIGPIPE out of our writes. */
#ifndef CLIENT_SRC_NO_SIGPIPE_H
#define CLIENT_SRC_NO_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

struct ai_no_sigpipe {
    sigset_t before;
    bool was_pending;
};

/* From begin to end a SIGPIPE of this thread is swallowed; one that was pending before stays. */
void ai_no_sigpipe_begin(struct ai_no_sigpipe *blocked);
void ai_no_sigpipe_end(const struct ai_no_sigpipe *blocked);

#endif
