/* See connection.h. Every wait is one poll() on the socket and the cancel descriptor. */
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

struct connection {
    int fd;
    int cancel_fd;
    struct tls *tls; /* NULL for http */
    struct buf in;   /* came, not yet part of an answer */
    bool ended;      /* the server closed or reset */
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
    snprintf(why, WIRE_WHY_SIZE, "%s%s%s", what, detail[0] ? ": " : "", detail);
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

enum wire_result connection_open(struct connection **out, const struct endpoint *endpoint,
                                 double deadline_ms, char why[WIRE_WHY_SIZE])
{
    *out = NULL;
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return fail(WIRE_SYSTEM, why, "out of memory", "");
    connection->fd = -1;
    connection->cancel_fd = endpoint->cancel_fd;
    enum wire_result result =
        endpoint->url.tls
            ? tls_open(&connection->tls, &connection->fd, &endpoint->url, endpoint->ca_file,
                       endpoint->cancel_fd, deadline_ms, why)
            : connect_any(&connection->fd, &endpoint->url, endpoint->cancel_fd, deadline_ms, why);
    if (result != WIRE_OK) {
        connection_close(connection);
        return result;
    }
    *out = connection;
    return WIRE_OK;
}

struct connection *connection_unconnected(void)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection)
        connection->fd = connection->cancel_fd = -1;
    return connection;
}

void connection_close(struct connection *connection)
{
    if (!connection)
        return;
    if (connection->tls)
        tls_close(connection->tls);
    else if (connection->fd >= 0)
        close(connection->fd);
    buf_clear(&connection->in);
    free(connection);
}

/* Reads what is there without waiting; remembers the end. False when memory ran out. */
static bool drain(struct connection *connection)
{
    while (!connection->ended && connection->in.len < WIRE_ANSWER_BYTES_MAX) {
        char *room = buf_room(&connection->in, READ_STEP);
        if (!room)
            return false;
        ssize_t got = connection->tls ? tls_receive(connection->tls, room, READ_STEP)
                                      : recv(connection->fd, room, READ_STEP, 0);
        if (got > 0) {
            connection->in.len += (size_t)got;
            connection->in.ptr[connection->in.len] = '\0';
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            connection->ended = true;
            connection->reset = got < 0;
        } else if (errno == EAGAIN) {
            return true;
        }
    }
    return true;
}

enum wire_result connection_send(struct connection *connection, const void *data, size_t len,
                                 double deadline_ms, char why[WIRE_WHY_SIZE])
{
    const char *from = data;
    while (len > 0 && !connection->ended) {
        ssize_t done = connection->tls ? tls_send(connection->tls, from, len)
                                       : send(connection->fd, from, len, MSG_NOSIGNAL);
        if (done >= 0) {
            from += done;
            len -= (size_t)done;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            break; /* the server reads no more; its answer can still be received */
        short got = 0;
        enum wire_result result =
            wait_for(connection->fd, connection->cancel_fd, POLLIN | POLLOUT, &got, deadline_ms);
        if (result != WIRE_OK)
            return waited(result, why, "sending the request");
        if ((got & POLLIN) && !drain(connection))
            return fail(WIRE_SYSTEM, why, "out of memory", "");
        if (connection->in.len > 0 && http_has_final_head(connection->in.ptr, connection->in.len))
            break;
    }
    return WIRE_OK;
}

void connection_finish(struct connection *connection)
{
    if (!connection->tls)
        shutdown(connection->fd, SHUT_WR);
}

bool connection_wait(struct connection *connection, int wait_ms)
{
    short got = 0;
    if (connection->in.len == 0 && wait_for(connection->fd, connection->cancel_fd, POLLIN, &got,
                                            clock_ms() + wait_ms) == WIRE_OK)
        drain(connection);
    return connection->in.len > 0;
}

static enum wire_result whole_or_not(struct http_answer *out, struct connection *connection,
                                     bool head_request, bool *more, char why[WIRE_WHY_SIZE])
{
    char broken[HTTP_WHY_SIZE] = "";
    size_t used = 0;
    *more = false;
    if (connection->ended && connection->in.len == 0)
        return fail(WIRE_CLOSED, why, "the connection was",
                    connection->reset ? "reset without an answer" : "closed without an answer");
    switch (http_read(out, &used, buf_str(&connection->in), connection->in.len, connection->ended,
                      head_request, broken)) {
    case HTTP_DONE:
        memmove(connection->in.ptr, connection->in.ptr + used, connection->in.len - used);
        connection->in.len -= used;
        return WIRE_OK;
    case HTTP_BROKEN:
        return fail(WIRE_GARBLED, why, broken, "");
    case HTTP_NO_MEMORY:
        return fail(WIRE_SYSTEM, why, "out of memory", "");
    case HTTP_MORE:
        break;
    }
    if (connection->in.len >= WIRE_ANSWER_BYTES_MAX)
        return fail(WIRE_GARBLED, why, "the answer is larger than 64 MiB", "");
    *more = true;
    return WIRE_OK;
}

enum wire_result connection_receive(struct http_answer *out, struct connection *connection,
                                    bool head_request, double deadline_ms, char why[WIRE_WHY_SIZE])
{
    *out = (struct http_answer){0};
    for (;;) {
        bool more = false;
        enum wire_result result = whole_or_not(out, connection, head_request, &more, why);
        if (!more)
            return result;
        short got = 0;
        result = wait_for(connection->fd, connection->cancel_fd, POLLIN, &got, deadline_ms);
        if (result != WIRE_OK)
            return waited(result, why,
                          connection->in.len ? "within the answer" : "waiting for the answer");
        if (!drain(connection))
            return fail(WIRE_SYSTEM, why, "out of memory", "");
    }
}

bool connection_is_closed(struct connection *connection, double deadline_ms)
{
    short got = 0;
    while (!connection->ended &&
           wait_for(connection->fd, connection->cancel_fd, POLLIN, &got, deadline_ms) == WIRE_OK) {
        if (!drain(connection))
            return false;
        buf_clear(&connection->in);
    }
    return connection->ended;
}
