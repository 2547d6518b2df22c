/* `ailab-mock run --revisions all`: the command once under each revision. */
#ifndef AILAB_MOCK_RUN_MATRIX_H
#define AILAB_MOCK_RUN_MATRIX_H

#include "commands.h"

/* Calls run() in a process of its own for each revision, one after the other, and says which the
 * command survives. The exit code: 0 for all, EXIT_FAILED for some, or that of run() where the
 * command could not be run or was ended by a signal. Call it before any thread starts. */
int matrix_run(const struct cmdline *line,
               int (*run)(const struct cmdline *line, const char *revision));

#endif
