/* Ctrl-C and friends end a call cleanly: the first signal cancels, the program then tidies up and
 * leaves with 128 plus the signal's number. */
#ifndef AILAB_CLI_SIGNALS_H
#define AILAB_CLI_SIGNALS_H

#include <stdbool.h>

struct ailab;

/* From now on SIGINT, SIGTERM and SIGHUP are noticed; blocked reads and writes return EINTR. A
 * signal that the parent ignored (nohup) stays ignored. */
void signals_catch(void);

/* The client whose call a signal cancels; NULL before it is freed. A signal that came earlier
 * cancels its first call. */
void signals_watch(struct ailab *client);

/* The number of the first signal, 0 while there was none. */
int signals_caught(void);

/* Reads and writes that could not be done at once. The caller of the program may have made its
 * standard input and output non-blocking; a picture that was paid for is not lost by that.
 *
 After a read or write that failed, errno saying why: whether to try it again. Where the
 * descriptor was not ready, waits until it is (events: POLLIN or POLLOUT), however long, or until
 * a signal asks for an end. On false errno says why. */
bool wait_again(int fd, short events);

#endif
