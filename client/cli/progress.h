/* One line on the terminal that says how far a call has come. The text is made by a pure function;
 * the rest draws it, and only on a terminal. */
#ifndef AILAB_CLI_PROGRESS_H
#define AILAB_CLI_PROGRESS_H

#include "ailab.h"
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define PROGRESS_SIZE 128

struct progress {
    struct timespec start;
    size_t columns; /* 0: not drawn */
};

/* Decides whether to draw: standard error must be a terminal that can erase a line. */
void progress_init(struct progress *progress, bool wanted);

/* The callback of struct ailab_options; context is a struct progress. Never cancels. */
int progress_draw(void *context, const struct ailab_progress *state);

/* Erases the line. */
void progress_clear(struct progress *progress);

/* Milliseconds since progress_init(). */
unsigned long progress_elapsed_ms(const struct progress *progress);

/* The line without its end, shorter than columns and than PROGRESS_SIZE. Pure. */
void progress_format(char out[PROGRESS_SIZE], const struct ailab_progress *state,
                     unsigned long elapsed_ms, size_t columns);

#endif
