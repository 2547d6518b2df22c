/* Loaded before a program (LD_PRELOAD), it counts the calls of calls.def and makes the wanted one
 * fail. It counts in one process alone, that of TORTURE_PROGRAM, from its main() on: neither the
 * start of the loader nor a program that it starts. What is to fail stands in the file
 * TORTURE_CONTROL, which the driver may change while the program runs. */
#include "inject.h"
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TRACE_DEPTH 24

static struct torture_control *control; /* NULL: this process is not the one */

void *torture_real(const char *name)
{
    void *real = dlsym(RTLD_NEXT, name);
    if (!real)
        abort();
    return real;
}

/* Who made the call that fails: the first of them, into the file TORTURE_TRACE. By system calls
 * alone, for the functions may be the ones that fail. */
static void trace(void)
{
    void *frames[TRACE_DEPTH];
    const char *path = getenv("TORTURE_TRACE");
    const int depth = path ? backtrace(frames, TRACE_DEPTH) : 0;
    const long fd = path ? syscall(SYS_open, path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (fd < 0)
        return;
    backtrace_symbols_fd(frames, depth, (int)fd);
    syscall(SYS_close, fd);
}

int torture_fault(enum torture_call call)
{
    struct torture_control *shared = control;
    if (!shared)
        return 0;
    const uint32_t number = __atomic_add_fetch(&shared->counts[call], 1, __ATOMIC_RELAXED);
    if (__atomic_load_n(&shared->call, __ATOMIC_ACQUIRE) != (uint32_t)call + 1 ||
        number < shared->first || number > shared->last)
        return 0;
    const int kind = shared->kind;
    if (__atomic_fetch_add(&shared->hits, 1, __ATOMIC_RELAXED) == 0)
        trace();
    return kind;
}

bool torture_fails(enum torture_call call)
{
    const int kind = torture_fault(call);
    if (kind > 0)
        errno = kind;
    return kind > 0;
}

void torture_leave(void)
{
    control = NULL;
}

static bool is_the_program(void)
{
    char path[PATH_MAX];
    const char *wanted = getenv("TORTURE_PROGRAM");
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (!wanted || size < 0)
        return false;
    path[size] = '\0';
    return strcmp(path, wanted) == 0;
}

/* The first process that comes has it: one that this program starts as itself again has not. */
static void enter(void)
{
    const char *path = getenv("TORTURE_CONTROL");
    const int fd = path && is_the_program() ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    struct torture_control *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    uint32_t none = 0;
    if (shared == MAP_FAILED || shared->size != sizeof *shared ||
        !__atomic_compare_exchange_n(&shared->pid, &none, (uint32_t)getpid(), false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return;
    void *frame;
    backtrace(&frame, 1); /* it loads a library the first time */
    control = shared;
}

static int (*real_main)(int argc, char **argv, char **environment);

static int counted_main(int argc, char **argv, char **environment)
{
    enter();
    return real_main(argc, argv, environment);
}

typedef int start_function(int (*)(int, char **, char **), int, char **, void (*)(void),
                           void (*)(void), void (*)(void), void *);

EXPORTED int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                               void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
                               void *stack_end)
{
    start_function *start = NULL;
    *(void **)&start = torture_real("__libc_start_main");
    real_main = main;
    return start(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}
