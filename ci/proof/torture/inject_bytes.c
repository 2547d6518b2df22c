/* The functions that read, write and close, whose failures have more kinds; and the clocks. */
#undef _FORTIFY_SOURCE
#include "inject.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* The C library names parameters otherwise, and with underscores. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

#define DAY_S (24L * 60 * 60)

/* An eventfd and its like, which no disk and no peer can make fail. */
static bool is_of_the_kernel(int fd)
{
    char name[32], target[16];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return readlink(name, target, sizeof target) > 10 && memcmp(target, "anon_inode", 10) == 0;
}

/* Whether the call is over before it was made: *result is what it returns then. Else *size may have
 * become less. */
static bool is_cut(ssize_t *result, int fd, size_t *size, enum torture_call call)
{
    const int kind = torture_fault(call);
    *result = -1;
    if (kind && is_of_the_kernel(fd))
        return false;
    if (kind > 0)
        errno = kind;
    else if (kind == TORTURE_END)
        *result = 0;
    else if (kind == TORTURE_SHORT && *size > 1)
        *size /= 2;
    return kind > 0 || kind == TORTURE_END;
}

#define WRAP_BYTES(name, as, parameters, arguments)                                                \
    EXPORTED ssize_t name parameters;                                                              \
    EXPORTED ssize_t name parameters                                                               \
    {                                                                                              \
        static ssize_t(*real) parameters;                                                          \
        ssize_t result;                                                                            \
        if (!real)                                                                                 \
            *(void **)&real = torture_real(#name);                                                 \
        return is_cut(&result, fd, &size, TORTURE_##as) ? result : real arguments;                 \
    }
WRAP_BYTES(read, read, (int fd, void *data, size_t size), (fd, data, size))
WRAP_BYTES(__read_chk, read, (int fd, void *data, size_t size, size_t room), (fd, data, size, room))
WRAP_BYTES(recv, recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
WRAP_BYTES(__recv_chk, recv, (int fd, void *data, size_t size, size_t room, int flags),
           (fd, data, size, room, flags))
WRAP_BYTES(recvfrom, recvfrom,
           (int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *length),
           (fd, data, size, flags, from, length))
WRAP_BYTES(write, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP_BYTES(send, send, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags))

EXPORTED size_t fread(void *data, size_t size, size_t count, FILE *file)
{
    static size_t (*real)(void *, size_t, size_t, FILE *);
    const int kind = torture_fault(TORTURE_fread);
    if (!real)
        *(void **)&real = torture_real("fread");
    if (kind > 0) {
        errno = kind;
        file->_flags |= _IO_ERR_SEEN;
    }
    return kind ? 0 : real(data, size, count, file);
}

EXPORTED size_t fwrite(const void *data, size_t size, size_t count, FILE *file)
{
    static size_t (*real)(const void *, size_t, size_t, FILE *);
    if (!real)
        *(void **)&real = torture_real("fwrite");
    if (!torture_fails(TORTURE_fwrite))
        return real(data, size, count, file);
    file->_flags |= _IO_ERR_SEEN;
    return 0;
}

EXPORTED int fflush(FILE *file)
{
    static int (*real)(FILE *);
    if (!real)
        *(void **)&real = torture_real("fflush");
    if (!torture_fails(TORTURE_fflush))
        return real(file);
    if (file)
        file->_flags |= _IO_ERR_SEEN;
    return EOF;
}

/* What is closed is closed, also where that fails: so it is in Linux. */
#define WRAP_CLOSE(name, failure, parameters, arguments)                                           \
    EXPORTED int name parameters                                                                   \
    {                                                                                              \
        static int(*real) parameters;                                                              \
        if (!real)                                                                                 \
            *(void **)&real = torture_real(#name);                                                 \
        const int kind = torture_fault(TORTURE_##name);                                            \
        const int result = real arguments;                                                         \
        if (!kind)                                                                                 \
            return result;                                                                         \
        errno = kind;                                                                              \
        return failure;                                                                            \
    }
WRAP_CLOSE(close, -1, (int fd), (fd))
WRAP_CLOSE(fclose, EOF, (FILE * file), (file))

/* Once it has jumped, the clock of the day stays where it is. */
static long day_shift(enum torture_call call, int *kind)
{
    static long shift;
    *kind = torture_fault(call);
    if (*kind == TORTURE_LATER)
        shift = DAY_S;
    else if (*kind == TORTURE_EARLIER)
        shift = -DAY_S;
    return shift;
}

EXPORTED int clock_gettime(clockid_t clock, struct timespec *out)
{
    static int (*real)(clockid_t, struct timespec *);
    int kind;
    const long shift = day_shift(TORTURE_clock_gettime, &kind);
    if (!real)
        *(void **)&real = torture_real("clock_gettime");
    if (kind > 0) {
        errno = kind;
        return -1;
    }
    const int result = real(clock, out);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        out->tv_sec += shift;
    return result;
}

EXPORTED time_t time(time_t *out)
{
    static time_t (*real)(time_t *);
    int kind;
    const long shift = day_shift(TORTURE_time, &kind);
    if (!real)
        *(void **)&real = torture_real("time");
    const time_t now = real(NULL) + shift;
    if (out)
        *out = now;
    return now;
}

EXPORTED int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    static int (*real)(struct timeval *, void *);
    int kind;
    const long shift = day_shift(TORTURE_gettimeofday, &kind);
    if (!real)
        *(void **)&real = torture_real("gettimeofday");
    const int result = real(out, zone);
    if (result == 0)
        out->tv_sec += shift;
    return result;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
