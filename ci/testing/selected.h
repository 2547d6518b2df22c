/* Some tests of a program by their names, for a program whose tests take long. */
#ifndef AILAB_TESTING_SELECTED_H
#define AILAB_TESTING_SELECTED_H

#include <stddef.h>

struct CMUnitTest;

/* Runs the tests whose name matches a pattern among the arguments ("budget*"), and without
 * arguments all. Returns what main() is to return: 2 where a pattern matches none, because a
 * selection of nothing would pass. */
int selected_run(const struct CMUnitTest *tests, size_t count, int argc, char **argv);

#endif
