/* See wire.h. Every wait is one poll() on the socket and the cancel descriptor. */
#include "wire/connection.h"
#include "base/clock.h"
#include "wire/connection_io.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_STEP ((size_t)256 * 1024)

struct wire {
    int fd;
    int cancel_fd;
    struct wire_tls *tls; /* NULL for http */
    struct buf in;        /* came, not yet part of an answer */
    bool ended;           /* the server closed or reset */
    bool reset;
};

const char *wire_result_name(enum wire_result result)
{
    static const char *const names[] = {
        [WIRE_OK] = "answered",
        [WIRE_UNREACHABLE] = "no connection",
        [WIRE_CLOSED] = "closed without an answer",
        [WIRE_GARBLED] = "not an HTTP answer",
        [WIRE_LATE] = "no answer in time",
        [WIRE_CANCELLED] = "interrupted",
        [WIRE_HELD] = "not sent",
        [WIRE_SYSTEM] = "a failure on our side",
    };
    return names[result];
}

static enum wire_result fail(enum wire_result result, char why[WIRE_WHY_SIZE], const char *what,
                             const char *detail)
{
    snprintf(why, WIRE_WHY_SIZE, "%.90s%s%.90s", what, detail[0] ? ": " : "", detail);
    return result;
}

/* Waits for events on fd. WIRE_OK with *got set, WIRE_LATE or WIRE_CANCELLED. */
static enum wire_result wait_for(int fd, int cancel_fd, short events, short *got,
                                 double deadline_ms)
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

static enum wire_result waited(enum wire_result result, char why[WIRE_WHY_SIZE], const char *what)
{
    if (result == WIRE_LATE)
        return fail(result, why, what, "the time is up");
    return fail(result, why, what, wire_result_name(result));
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
        return fail(WIRE_SYSTEM, why, "socket", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS) {
        fail(result, why, "connect", strerror(errno));
        goto out;
    }
    result = wait_for(fd, cancel_fd, POLLOUT, &got, deadline_ms);
    if (result != WIRE_OK) {
        waited(result, why, "connect");
        goto out;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error != 0) {
        result = fail(WIRE_UNREACHABLE, why, "connect", strerror(error));
        goto out;
    }
    *out = fd;
    return WIRE_OK;
out:
    close(fd);
    return result;
}

static enum wire_result connect_any(int *out, const struct url *url, int cancel_fd,
                                    double deadline_ms, char why[WIRE_WHY_SIZE])
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(url->host, url->port, &hints, &found);
    if (error != 0)
        return fail(WIRE_UNREACHABLE, why, url->host, gai_strerror(error));
    enum wire_result result = WIRE_UNREACHABLE;
    for (const struct addrinfo *a = found; a && result == WIRE_UNREACHABLE; a = a->ai_next)
        result = connect_one(out, a, cancel_fd, deadline_ms, why);
    freeaddrinfo(found);
    return result;
}

enum wire_result wire_open(struct wire **out, const struct wire_options *options,
                           double deadline_ms, char why[WIRE_WHY_SIZE])
{
    *out = NULL;
    struct wire *wire = calloc(1, sizeof *wire);
    if (!wire)
        return fail(WIRE_SYSTEM, why, "out of memory", "");
    wire->fd = -1;
    wire->cancel_fd = options->cancel_fd;
    enum wire_result result =
        options->url->tls
            ? wire_tls_open(&wire->tls, &wire->fd, options->url, options->ca_file,
                            options->cancel_fd, deadline_ms, why)
            : connect_any(&wire->fd, options->url, options->cancel_fd, deadline_ms, why);
    if (result != WIRE_OK) {
        wire_close(wire);
        return result;
    }
    *out = wire;
    return WIRE_OK;
}

struct wire *wire_unconnected(void)
{
    struct wire *wire = calloc(1, sizeof *wire);
    if (wire)
        wire->fd = wire->cancel_fd = -1;
    return wire;
}

void wire_close(struct wire *wire)
{
    if (!wire)
        return;
    if (wire->tls)
        wire_tls_close(wire->tls);
    else if (wire->fd >= 0)
        close(wire->fd);
    buf_clear(&wire->in);
    free(wire);
}

/* Reads what is there without waiting; remembers the end. False when memory ran out. */
static bool drain(struct wire *wire)
{
    while (!wire->ended && wire->in.len < WIRE_ANSWER_BYTES_MAX) {
        char *room = buf_room(&wire->in, READ_STEP);
        if (!room)
            return false;
        ssize_t got = wire->tls ? wire_tls_receive(wire->tls, room, READ_STEP)
                                : recv(wire->fd, room, READ_STEP, 0);
        if (got > 0) {
            wire->in.len += (size_t)got;
            wire->in.ptr[wire->in.len] = '\0';
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            wire->ended = true;
            wire->reset = got < 0;
        } else if (errno == EAGAIN) {
            return true;
        }
    }
    return true;
}

enum wire_result wire_send(struct wire *wire, const void *data, size_t len, double deadline_ms,
                           char why[WIRE_WHY_SIZE])
{
    const char *from = data;
    while (len > 0 && !wire->ended) {
        ssize_t done = wire->tls ? wire_tls_send(wire->tls, from, len)
                                 : send(wire->fd, from, len, MSG_NOSIGNAL);
        if (done >= 0) {
            from += done;
            len -= (size_t)done;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            break; /* it reads no more; what it has said can still be received */
        short got = 0;
        enum wire_result result =
            wait_for(wire->fd, wire->cancel_fd, POLLIN | POLLOUT, &got, deadline_ms);
        if (result != WIRE_OK)
            return waited(result, why, "sending the request");
        if ((got & POLLIN) && !drain(wire))
            return fail(WIRE_SYSTEM, why, "out of memory", "");
        if (wire->in.len > 0 && http_has_final_head(wire->in.ptr, wire->in.len))
            break;
    }
    return WIRE_OK;
}

void wire_finish(struct wire *wire)
{
    if (!wire->tls)
        shutdown(wire->fd, SHUT_WR);
}

bool wire_wait(struct wire *wire, int wait_ms)
{
    short got = 0;
    if (wire->in.len == 0 &&
        wait_for(wire->fd, wire->cancel_fd, POLLIN, &got, clock_ms() + wait_ms) == WIRE_OK)
        drain(wire);
    return wire->in.len > 0;
}

static enum wire_result whole_or_not(struct http_answer *out, struct wire *wire, bool head_request,
                                     bool *more, char why[WIRE_WHY_SIZE])
{
    char broken[HTTP_WHY_SIZE] = "";
    size_t used = 0;
    *more = false;
    if (wire->ended && wire->in.len == 0)
        return fail(WIRE_CLOSED, why, "the connection was",
                    wire->reset ? "reset without an answer" : "closed without an answer");
    switch (http_read(out, &used, buf_str(&wire->in), wire->in.len, wire->ended, head_request,
                      broken)) {
    case HTTP_DONE:
        memmove(wire->in.ptr, wire->in.ptr + used, wire->in.len - used);
        wire->in.len -= used;
        return WIRE_OK;
    case HTTP_BROKEN:
        return fail(WIRE_GARBLED, why, broken, "");
    case HTTP_NO_MEMORY:
        return fail(WIRE_SYSTEM, why, "out of memory", "");
    case HTTP_MORE:
        break;
    }
    if (wire->in.len >= WIRE_ANSWER_BYTES_MAX)
        return fail(WIRE_GARBLED, why, "the answer is larger than 64 MiB", "");
    *more = true;
    return WIRE_OK;
}

enum wire_result wire_receive(struct http_answer *out, struct wire *wire, bool head_request,
                              double deadline_ms, char why[WIRE_WHY_SIZE])
{
    *out = (struct http_answer){0};
    for (;;) {
        bool more = false;
        enum wire_result result = whole_or_not(out, wire, head_request, &more, why);
        if (!more)
            return result;
        short got = 0;
        result = wait_for(wire->fd, wire->cancel_fd, POLLIN, &got, deadline_ms);
        if (result != WIRE_OK)
            return waited(result, why,
                          wire->in.len ? "within the answer" : "waiting for the answer");
        if (!drain(wire))
            return fail(WIRE_SYSTEM, why, "out of memory", "");
    }
}

bool wire_is_closed(struct wire *wire, double deadline_ms)
{
    short got = 0;
    while (!wire->ended &&
           wait_for(wire->fd, wire->cancel_fd, POLLIN, &got, deadline_ms) == WIRE_OK) {
        if (!drain(wire))
            return false;
        buf_clear(&wire->in);
    }
    return wire->ended;
}
