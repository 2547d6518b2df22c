/* No SIGPIPE out of our writes. */
#ifndef AILAB_CLIENT_QUIET_H
#define AILAB_CLIENT_QUIET_H

#include <signal.h>
#include <stdbool.h>

struct ai_quiet {
    sigset_t before;
    bool was_pending;
};

/* From begin to end a SIGPIPE of this thread is swallowed; one that was pending before stays. */
void ai_quiet_begin(struct ai_quiet *quiet);
void ai_quiet_end(const struct ai_quiet *quiet);

#endif
