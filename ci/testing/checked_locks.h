/* For tests that ask whether a function takes its lock, gives it back, and holds none when it
 * returns. CMake hands their calls of pthread_mutex_init(), _lock() and _unlock() to
 * checked_locks.c (ailab_wrap). */
#ifndef AILAB_TESTING_CHECKED_LOCKS_H
#define AILAB_TESTING_CHECKED_LOCKS_H

/* Fails, with the call's text, unless this thread has taken and given back locks rightly since its
 * last look, and the others did too. */
void checked_locks_look(const char *call);

#define CHECKED(call)                                                                              \
    do {                                                                                           \
        (void)(call);                                                                              \
        checked_locks_look(#call);                                                                 \
    } while (0)

#endif
