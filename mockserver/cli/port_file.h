/* The file that tells other programs the port: there only while the mock that wrote it answers. */
#ifndef AILAB_MOCK_PORT_FILE_H
#define AILAB_MOCK_PORT_FILE_H

#include "file.h"
#include <signal.h>
#include <stdint.h>

enum port_file {
    PORT_FILE_WRITTEN,
    PORT_FILE_FAILED, /* why says it */
    PORT_FILE_ENDED,  /* a signal to end came before a pipe had its reader */
};

/* Removes what a mock that was killed left behind, so that no reader takes its port for ours. The
 * file of a mock that still runs stays. */
void port_file_clear(const char *path);

/* end: the blocked signals that end the wait for the reader of a pipe. *held is a descriptor, or
 * -1: while it is open, port_file_clear() of another mock sees that this one runs. */
enum port_file port_file_write(int *held, const char *path, uint16_t port, const sigset_t *end,
                               char why[FILE_WHY_SIZE]);

/* Removes the file unless another mock has written its own port there meanwhile; closes held. */
void port_file_remove(int held, const char *path, uint16_t port);

#endif
