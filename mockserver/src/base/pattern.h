/* Patterns for names. Not fnmatch(), which takes exponential time for some patterns and asks the
 * locale. Pure. */
#ifndef AILAB_MOCK_GLOB_H
#define AILAB_MOCK_GLOB_H

#include "base/slice.h"

/* '*' is any run, '?' any one character, everything else itself. NULL accepts everything. */
bool glob_accepts(const char *glob, struct slice text);

#endif
