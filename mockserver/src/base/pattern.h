/* Patterns for names. Not fnmatch(), which takes exponential time for some patterns and asks the
 * locale. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_PATTERN_H
#define AILAB_MOCKSERVER_BASE_PATTERN_H

#include "base/slice.h"

/* '*' is any run, '?' any one character, everything else itself. NULL accepts everything. */
bool pattern_accepts(const char *pattern, struct slice text);

#endif
