/* A handler that does nothing rather than SIG_IGN: that would be inherited. */
#include "cmdline/file_limit.h"
#include <signal.h>
#include <stddef.h>

static void go_on(int number)
{
    (void)number;
}

void file_limit_is_an_error(void)
{
    struct sigaction action;
    if (sigaction(SIGXFSZ, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
        return;
    action = (struct sigaction){.sa_handler = go_on, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGXFSZ, &action, NULL);
}
