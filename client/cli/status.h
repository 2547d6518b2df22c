/* How the program ends. The list is a promise to scripts: help, man page and tests repeat it. After
 * a signal the status is 128 plus the signal's number instead, as shells expect. */
#ifndef AILAB_CLI_STATUS_H
#define AILAB_CLI_STATUS_H

enum status {
    STATUS_DONE = 0,
    STATUS_REFUSED = 1,   /* the service refused, or would refuse */
    STATUS_USAGE = 2,     /* nothing could be asked, or the answer not be saved */
    STATUS_UNREACHED = 3, /* no connection, or none in time */
    STATUS_NONSENSE = 4,  /* an answer that breaks the contract */
    STATUS_SIGNAL = 128,  /* plus the number of the signal */
};

/* Room for one sentence of explanation, as the parts of this program hand them back. */
#define WHY_SIZE 640

#endif
