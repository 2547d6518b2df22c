/* Sockets that do not block: connecting, and waiting for them or for the end of the run. */
#include "base/clock.h"
#include "wire/connection_io.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum wire_result wire_fail(enum wire_result result, char why[WIRE_WHY_SIZE], const char *what,
                           const char *detail)
{
    snprintf(why, WIRE_WHY_SIZE, "%s%s%s", what, detail[0] ? ": " : "", detail);
    return result;
}

bool wire_is_ours(int reason)
{
    return reason == ENOMEM || reason == ENOBUFS || reason == EMFILE || reason == ENFILE;
}

enum wire_result wire_await(int fd, int cancel_fd, short events, short *got, double deadline_ms)
{
    for (;;) {
        struct pollfd fds[2] = {{fd, events, 0}, {cancel_fd, POLLIN, 0}};
        int ready = poll(fds, cancel_fd >= 0 ? 2 : 1, clock_left_ms(deadline_ms));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready < 0)
            return WIRE_SYSTEM;
        if (cancel_fd >= 0 && fds[1].revents)
            return WIRE_CANCELLED;
        *got = fds[0].revents;
        if (ready > 0)
            return WIRE_OK;
        if (clock_left_ms(deadline_ms) == 0)
            return WIRE_LATE;
    }
}

enum wire_result wire_waited(enum wire_result result, char why[WIRE_WHY_SIZE], const char *what)
{
    if (result == WIRE_LATE)
        return wire_fail(result, why, what, "the time is up");
    return wire_fail(result, why, what, wire_result_name(result));
}

static enum wire_result connect_one(int *out, const struct addrinfo *address, int cancel_fd,
                                    double deadline_ms, char why[WIRE_WHY_SIZE])
{
    enum wire_result result = WIRE_UNREACHABLE;
    int one = 1, error = 0;
    socklen_t size = sizeof error;
    short got = 0;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return wire_fail(WIRE_SYSTEM, why, "socket", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS &&
        errno != EINTR) {
        result = wire_is_ours(errno) ? WIRE_SYSTEM : WIRE_UNREACHABLE;
        wire_fail(result, why, "connect", strerror(errno));
        goto out;
    }
    result = wire_await(fd, cancel_fd, POLLOUT, &got, deadline_ms);
    if (result != WIRE_OK) {
        wire_waited(result, why, "connect");
        goto out;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    if (error != 0) {
        result = wire_is_ours(error) ? WIRE_SYSTEM : WIRE_UNREACHABLE;
        wire_fail(result, why, "connect", strerror(error));
        goto out;
    }
    *out = fd;
    return WIRE_OK;
out:
    close(fd);
    return result;
}

enum wire_result wire_connect(int *out, const struct url *url, int cancel_fd, double deadline_ms,
                              char why[WIRE_WHY_SIZE])
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(url->host, url->port, &hints, &found);
    if (error == EAI_MEMORY || (error == EAI_SYSTEM && wire_is_ours(errno)))
        return wire_fail(WIRE_SYSTEM, why, url->host, gai_strerror(error));
    if (error != 0)
        return wire_fail(WIRE_UNREACHABLE, why, url->host, gai_strerror(error));
    enum wire_result result = WIRE_UNREACHABLE;
    for (const struct addrinfo *a = found; a && result == WIRE_UNREACHABLE; a = a->ai_next)
        result = connect_one(out, a, cancel_fd, deadline_ms, why);
    freeaddrinfo(found);
    return result;
}
