/* Work that is done by some threads at once, for tests that start many programs. The result
 * is kept by the caller and asserted in the main thread. */
#ifndef CONFORMANCE_TESTS_PARALLEL_H
#define CONFORMANCE_TESTS_PARALLEL_H

#include <stddef.h>

/* Calls work(context, i) once for each i below count, some at the same time. */
void parallel(size_t count, void (*work)(void *context, size_t index), void *context);

#endif
