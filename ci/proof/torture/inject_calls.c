/* The functions that fail by a value of their own and an errno, or return their error. The headers
 * of the C library would make macros and checked variants of some: this file declares what it needs
 * by itself. */
#undef _FORTIFY_SOURCE
#include "inject.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The C library names parameters otherwise, and with underscores. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

/* glibc's own names: no way through dlsym(), which allocates. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

EXPORTED void *malloc(size_t size)
{
    return torture_fails(TORTURE_malloc) ? NULL : __libc_malloc(size);
}

EXPORTED void *calloc(size_t count, size_t size)
{
    return torture_fails(TORTURE_calloc) ? NULL : __libc_calloc(count, size);
}

EXPORTED void *realloc(void *block, size_t size)
{
    return torture_fails(TORTURE_realloc) ? NULL : __libc_realloc(block, size);
}

EXPORTED int posix_memalign(void **out, size_t alignment, size_t size)
{
    const int fault = torture_fault(TORTURE_posix_memalign);
    void *block = fault ? NULL : __libc_memalign(alignment, size);
    if (!block)
        return fault ? fault : ENOMEM;
    *out = block;
    return 0;
}

WRAP(void *, mmap, mmap, MAP_FAILED,
     (void *at, size_t size, int protection, int flags, int fd, off_t offset),
     (at, size, protection, flags, fd, offset))

WRAP(int, socket, socket, -1, (int domain, int type, int protocol), (domain, type, protocol))
WRAP(int, socketpair, socketpair, -1, (int domain, int type, int protocol, int pair[2]),
     (domain, type, protocol, pair))
WRAP(int, bind, bind, -1, (int fd, const struct sockaddr *at, socklen_t size), (fd, at, size))
WRAP(int, listen, listen, -1, (int fd, int backlog), (fd, backlog))
WRAP(int, accept, accept, -1, (int fd, struct sockaddr *peer, socklen_t *size), (fd, peer, size))
WRAP(int, accept4, accept4, -1, (int fd, struct sockaddr *peer, socklen_t *size, int flags),
     (fd, peer, size, flags))

/* One that was interrupted goes on by itself. */
EXPORTED int connect(int fd, const struct sockaddr *to, socklen_t size)
{
    static int (*real)(int, const struct sockaddr *, socklen_t);
    const int kind = torture_fault(TORTURE_connect);
    if (!real)
        *(void **)&real = torture_real("connect");
    const int result = kind && kind != EINTR ? -1 : real(fd, to, size);
    if (kind)
        errno = kind;
    return kind ? -1 : result;
}

WRAP(int, getsockname, getsockname, -1, (int fd, struct sockaddr *name, socklen_t *size),
     (fd, name, size))
WRAP(int, getpeername, getpeername, -1, (int fd, struct sockaddr *name, socklen_t *size),
     (fd, name, size))
WRAP(int, setsockopt, setsockopt, -1,
     (int fd, int level, int name, const void *value, socklen_t size),
     (fd, level, name, value, size))
WRAP(int, getsockopt, getsockopt, -1, (int fd, int level, int name, void *value, socklen_t *size),
     (fd, level, name, value, size))
WRAP(int, shutdown, shutdown, -1, (int fd, int how), (fd, how))
WRAP(ssize_t, recvmsg, recvmsg, -1, (int fd, struct msghdr *message, int flags),
     (fd, message, flags))
WRAP(ssize_t, sendmsg, sendmsg, -1, (int fd, const struct msghdr *message, int flags),
     (fd, message, flags))
WRAP(ssize_t, sendto, sendto, -1,
     (int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t room),
     (fd, data, size, flags, to, room))
WRAP(int, poll, poll, -1, (struct pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
WRAP(int, __poll_chk, poll, -1, (struct pollfd * fds, nfds_t count, int timeout, size_t room),
     (fds, count, timeout, room))
WRAP(int, select, select, -1,
     (int count, fd_set *in, fd_set *out, fd_set *broken, struct timeval *timeout),
     (count, in, out, broken, timeout))
WRAP(int, epoll_create1, epoll_create1, -1, (int flags), (flags))

/* To take a descriptor out needs no memory, and no system refuses it. */
EXPORTED int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
    static int (*real)(int, int, int, struct epoll_event *);
    if (!real)
        *(void **)&real = torture_real("epoll_ctl");
    if (what != EPOLL_CTL_DEL && torture_fails(TORTURE_epoll_ctl))
        return -1;
    return real(epoll, what, fd, event);
}

WRAP(int, epoll_wait, epoll_wait, -1,
     (int epoll, struct epoll_event *events, int room, int timeout), (epoll, events, room, timeout))
WRAP(int, eventfd, eventfd, -1, (unsigned value, int flags), (value, flags))
WRAP(int, signalfd, signalfd, -1, (int fd, const sigset_t *set, int flags), (fd, set, flags))

WRAP(FILE *, fopen, fopen, NULL, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, fopen64, fopen, NULL, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, fdopen, fdopen, NULL, (int fd, const char *mode), (fd, mode))
WRAP(DIR *, opendir, opendir, NULL, (const char *path), (path))
WRAP(int, mkdir, mkdir, -1, (const char *path, mode_t mode), (path, mode))
WRAP(char *, mkdtemp, mkdtemp, NULL, (char *pattern), (pattern))
WRAP(int, mkostemp, mkostemp, -1, (char *pattern, int flags), (pattern, flags))
WRAP(int, mkostemp64, mkostemp, -1, (char *pattern, int flags), (pattern, flags))
WRAP(int, fsync, fsync, -1, (int fd), (fd))
WRAP(int, stat, stat, -1, (const char *path, struct stat *out), (path, out))
WRAP(int, fstat, fstat, -1, (int fd, struct stat *out), (fd, out))
WRAP(int, lstat, lstat, -1, (const char *path, struct stat *out), (path, out))
WRAP(int, access, access, -1, (const char *path, int mode), (path, mode))
WRAP(int, fchmod, fchmod, -1, (int fd, mode_t mode), (fd, mode))
WRAP(int, chmod, chmod, -1, (const char *path, mode_t mode), (path, mode))
WRAP(int, flock, flock, -1, (int fd, int what), (fd, what))
WRAP(int, rename, rename, -1, (const char *from, const char *to), (from, to))
WRAP(int, renameat2, renameat2, -1,
     (int from_fd, const char *from, int to_fd, const char *to, unsigned flags),
     (from_fd, from, to_fd, to, flags))
WRAP(int, link, link, -1, (const char *from, const char *to), (from, to))
WRAP(int, unlink, unlink, -1, (const char *path), (path))
WRAP(char *, realpath, realpath, NULL, (const char *path, char *out), (path, out))
WRAP(int, pipe2, pipe2, -1, (int pair[2], int flags), (pair, flags))
WRAP(int, dup2, dup2, -1, (int fd, int wanted), (fd, wanted))
WRAP(int, dup3, dup3, -1, (int fd, int wanted, int flags), (fd, wanted, flags))

WRAP_ERROR(getaddrinfo, getaddrinfo,
           (const char *host, const char *service, const struct addrinfo *hints,
            struct addrinfo **out),
           (host, service, hints, out))
WRAP_ERROR(pthread_create, pthread_create,
           (pthread_t * out, const pthread_attr_t *attributes, void *(*run)(void *), void *of),
           (out, attributes, run, of))
WRAP_ERROR(posix_spawn, posix_spawn,
           (pid_t * out, const char *path, const posix_spawn_file_actions_t *actions,
            const posix_spawnattr_t *attributes, char *const words[], char *const environment[]),
           (out, path, actions, attributes, words, environment))
WRAP_ERROR(posix_spawnp, posix_spawnp,
           (pid_t * out, const char *path, const posix_spawn_file_actions_t *actions,
            const posix_spawnattr_t *attributes, char *const words[], char *const environment[]),
           (out, path, actions, attributes, words, environment))
WRAP(int, execve, execve, -1, (const char *path, char *const words[], char *const environment[]),
     (path, words, environment))
WRAP(pid_t, waitpid, waitpid, -1, (pid_t process, int *status, int options),
     (process, status, options))
WRAP(int, sigtimedwait, sigtimedwait, -1,
     (const sigset_t *set, siginfo_t *info, const struct timespec *timeout), (set, info, timeout))
WRAP(int, sigwaitinfo, sigwaitinfo, -1, (const sigset_t *set, siginfo_t *info), (set, info))
WRAP(ssize_t, getrandom, getrandom, -1, (void *data, size_t size, unsigned flags),
     (data, size, flags))
WRAP(int, getrlimit, getrlimit, -1, (__rlimit_resource_t what, struct rlimit *out), (what, out))
WRAP(int, setrlimit, setrlimit, -1, (__rlimit_resource_t what, const struct rlimit *limit),
     (what, limit))
WRAP(long, sysconf, sysconf, -1, (int name), (name))
WRAP(int, gethostname, gethostname, -1, (char *out, size_t room), (out, room))

EXPORTED pid_t fork(void)
{
    static pid_t (*real)(void);
    if (!real)
        *(void **)&real = torture_real("fork");
    if (torture_fails(TORTURE_fork))
        return -1;
    const pid_t process = real();
    if (process == 0)
        torture_leave();
    return process;
}

/* Those with a parameter that may be missing: it is passed on all the same. */
#define WRAP_OPTIONAL(name, as, of, type, parameters, arguments)                                   \
    EXPORTED int name parameters;                                                                  \
    EXPORTED int name parameters                                                                   \
    {                                                                                              \
        static int(*real) parameters;                                                              \
        va_list rest;                                                                              \
        va_start(rest, of);                                                                        \
        type last = va_arg(rest, type);                                                            \
        va_end(rest);                                                                              \
        if (!real)                                                                                 \
            *(void **)&real = torture_real(#name);                                                 \
        return torture_fails(TORTURE_##as) ? -1 : real arguments;                                  \
    }
WRAP_OPTIONAL(open, open, flags, mode_t, (const char *path, int flags, ...), (path, flags, last))
WRAP_OPTIONAL(open64, open, flags, mode_t, (const char *path, int flags, ...), (path, flags, last))
WRAP_OPTIONAL(fcntl, fcntl, what, void *, (int fd, int what, ...), (fd, what, last))
WRAP_OPTIONAL(fcntl64, fcntl, what, void *, (int fd, int what, ...), (fd, what, last))
WRAP_OPTIONAL(ioctl, ioctl, what, void *, (int fd, unsigned long what, ...), (fd, what, last))
WRAP(int, __open_2, open, -1, (const char *path, int flags), (path, flags))
WRAP(int, __open64_2, open, -1, (const char *path, int flags), (path, flags))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
