/* Preloaded into the mock under soak: says how much memory the mock has in use, whatever a
 * sanitizer or the C library keeps. For each byte that soak.py writes into the FIFO $SOAK_HEAP.ask,
 * it writes a line into the FIFO $SOAK_HEAP.told: the bytes, and 1 where a sanitizer counts them.
 * After 'p' nothing is in quarantine. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));
void __sanitizer_purge_allocator(void) __attribute__((weak));

static size_t in_use(void)
{
    if (__sanitizer_get_current_allocated_bytes)
        return __sanitizer_get_current_allocated_bytes();
    const struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

static int open_fifo(const char *end)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.%s", getenv("SOAK_HEAP"), end);
    return open(path, O_RDWR | O_CLOEXEC);
}

static void *answer(void *unused)
{
    char byte;
    const int ask = open_fifo("ask"), told = open_fifo("told");
    while (ask >= 0 && told >= 0 && read(ask, &byte, 1) == 1) {
        if (byte == 'p' && __sanitizer_purge_allocator)
            __sanitizer_purge_allocator();
        dprintf(told, "%zu %d\n", in_use(), __sanitizer_get_current_allocated_bytes != NULL);
    }
    return unused;
}

__attribute__((constructor)) static void start(void)
{
    pthread_t thread;
    sigset_t all, before;
    if (!getenv("SOAK_HEAP"))
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, answer, NULL) == 0)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
