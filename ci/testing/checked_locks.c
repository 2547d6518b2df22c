/* Locks that notice it when a thread gives back what it does not hold, or takes one twice. */
#include "testing/checked_locks.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);

static atomic_uint wrong; /* of all threads */
static _Thread_local struct {
    unsigned taken;
    int held;
} locks;

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    pthread_mutexattr_t checked;
    (void)attributes;
    pthread_mutexattr_init(&checked);
    pthread_mutexattr_settype(&checked, PTHREAD_MUTEX_ERRORCHECK);
    const int result = __real_pthread_mutex_init(mutex, &checked);
    pthread_mutexattr_destroy(&checked);
    return result;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    const int result = __real_pthread_mutex_lock(mutex);
    atomic_fetch_add(&wrong, result != 0);
    locks.held += result == 0;
    locks.taken++;
    return result;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    const int result = __real_pthread_mutex_unlock(mutex);
    atomic_fetch_add(&wrong, result != 0);
    locks.held -= result == 0;
    return result;
}

void checked_locks_look(const char *call)
{
    if (!locks.taken || atomic_load(&wrong) || locks.held)
        fail_msg("%s: %u times a lock was taken, %u times wrongly, %d are held", call, locks.taken,
                 atomic_load(&wrong), locks.held);
    locks.taken = 0;
}
