/* Only trying shows the number: the limits lie in several places (RLIMIT_NPROC counts all processes
 * of the user, a container's pids limit all processes in it), and none tells what is left. */
#include "http/threads.h"
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define LEAVE_CHECKS_MAX 200 /* of a millisecond each */

static void *wait_for_the_gate(void *context)
{
    pthread_mutex_t *gate = context;
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

static unsigned threads_of_this_process(void)
{
    unsigned count = 0;
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks)
        return 0;
    while (readdir(tasks))
        count++;
    closedir(tasks);
    return count;
}

/* pthread_join() returns a moment before the system stops counting the thread. */
static void wait_until_left(unsigned before)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    for (int i = 0; i < LEAVE_CHECKS_MAX && threads_of_this_process() > before; i++)
        nanosleep(&moment, NULL);
}

unsigned threads_available(unsigned wanted)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = calloc(wanted, sizeof *threads);
    const unsigned before = threads_of_this_process();
    unsigned got = 0;
    pthread_mutex_lock(&gate);
    while (threads && got < wanted &&
           !pthread_create(&threads[got], NULL, wait_for_the_gate, &gate))
        got++;
    pthread_mutex_unlock(&gate);
    for (unsigned i = 0; i < got; i++)
        pthread_join(threads[i], NULL);
    wait_until_left(before);
    pthread_mutex_destroy(&gate);
    free(threads);
    return got;
}
