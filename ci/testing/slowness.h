/* How slow the machine is at the moment, for tests with a bound of time. A thread works beside what
 * is measured; other programs make it take longer, and by the same factor what is measured. The
 * bound is held against the time divided by that factor. Waiting of the measured code's own, such
 * as for an answer that never comes, makes the thread no slower, and so it is still found. */
#ifndef AILAB_TESTING_SLOWNESS_H
#define AILAB_TESTING_SLOWNESS_H

struct slowness;

/* NULL when there is no thread to be had. */
struct slowness *slowness_start(void);
/* How many times its own time all work took since then; at least 1, and 1 for NULL. Frees it. */
double slowness_stop(struct slowness *slowness);

#endif
