/* The nearest right name for a wrong one. */
#ifndef AILAB_CLI_SUGGEST_H
#define AILAB_CLI_SUGGEST_H

#include <stddef.h>

/* One of the candidates, or NULL when none is near enough to be meant. name need not end in NUL. */
const char *suggest(const char *name, size_t length, const char *const *candidates, size_t count);

#endif
