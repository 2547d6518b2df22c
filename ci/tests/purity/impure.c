/* Breaks the rule of the pure core on purpose: asks the environment, reads the clock, starts a
 * thread. It is compiled and handed to check_purity, which must name all three. Nothing calls it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

int ci_impure_example(void *(*run)(void *));

int ci_impure_example(void *(*run)(void *))
{
    pthread_t thread;
    char *home = getenv("HOME");
    return pthread_create(&thread, NULL, run, home) || time(NULL) == 0;
}
