/* Reads and writes that could not be done at once. Whoever started the program may have made its
 * standard input and output non-blocking; a picture that was paid for is not lost by that. */
#ifndef AILAB_CLI_WAIT_H
#define AILAB_CLI_WAIT_H

#include <stdbool.h>

/* After a read or write that failed, errno saying why: whether to try it again. Where the
 * descriptor was not ready, waits until it is (events: POLLIN or POLLOUT), however long, or until
 * a signal asks for an end. On false errno says why. */
bool wait_again(int fd, short events);

#endif
