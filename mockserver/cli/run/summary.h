/* What a command asked the mock for, counted while it runs and told at its end. Any thread. */
#ifndef AILAB_MOCK_RUN_SUMMARY_H
#define AILAB_MOCK_RUN_SUMMARY_H

#include "ailab_mock.h"
#include <stdio.h>

struct summary;

/* NULL when memory ran out. */
struct summary *summary_new(void);
/* NULL is allowed. */
void summary_free(struct summary *summary);

/* A request that the mock has answered, or something that the log says instead of one. */
void summary_add(struct summary *summary, const struct ailab_mock_log_entry *entry);
/* The command asked for this other host, which it could not reach. */
void summary_add_host(struct summary *summary, const char *name);

struct summary_counts {
    size_t calls;
    size_t unexpected; /* calls refused that no scenario refuses */
    size_t hosts;      /* other hosts that were asked for */
};
struct summary_counts summary_counts(struct summary *summary);

/* Says all of it, a line at a time. advice is what would help if no call came; NULL for nothing. */
void summary_tell(struct summary *summary, const char *advice, void (*say)(const char *line));

#endif
