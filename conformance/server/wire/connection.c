/* See connection.h. Every wait is one poll() on the socket and the cancel descriptor. */
#include "wire/connection.h"
#include "base/clock.h"
#include "cmdline/text.h"
#include "wire/connection_io.h"
#include <errno.h>
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
    struct tls *tls; /* NULL for http; it has taken fd over */
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

/* Names the proxy, which could not be reached. */
static enum wire_result of_proxy(enum wire_result result, const struct endpoint *endpoint,
                                 char why[WIRE_WHY_SIZE])
{
    char reason[WIRE_WHY_SIZE];
    snprintf(reason, sizeof reason, "%s", why);
    text_print(why, WIRE_WHY_SIZE, "the proxy %s: %s", endpoint->proxy.base, reason);
    return result;
}

/* Over a proxy or not, with TLS or not. */
static enum wire_result open_any(struct connection *connection, const struct endpoint *endpoint,
                                 double deadline_ms, char why[WIRE_WHY_SIZE])
{
    const bool proxied = endpoint->proxy.host[0];
    int fd = -1;
    enum wire_result result = wire_connect(&fd, proxied ? &endpoint->proxy : &endpoint->url,
                                           endpoint->cancel_fd, deadline_ms, why);
    if (result != WIRE_OK && proxied)
        return of_proxy(result, endpoint, why);
    if (result != WIRE_OK)
        return result;
    connection->fd = fd;
    if (proxied)
        result = proxy_open_tunnel(fd, endpoint, deadline_ms, why);
    if (result == WIRE_OK && endpoint->url.tls) {
        connection->fd = -1; /* unless it succeeds, tls_open() closes it */
        result = tls_open(&connection->tls, fd, endpoint, deadline_ms, why);
        connection->fd = result == WIRE_OK ? fd : -1;
    }
    return result;
}

enum wire_result connection_open(struct connection **out, const struct endpoint *endpoint,
                                 double deadline_ms, char why[WIRE_WHY_SIZE])
{
    *out = NULL;
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    connection->fd = -1;
    connection->cancel_fd = endpoint->cancel_fd;
    enum wire_result result = open_any(connection, endpoint, deadline_ms, why);
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

/* Reads what is there without waiting; remembers the end. False when memory ran out, here or in the
 * system. */
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
        } else if (got < 0 && wire_is_ours(errno)) {
            return false;
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
        if (wire_is_ours(errno))
            return wire_fail(WIRE_SYSTEM, why, "sending the request", strerror(errno));
        if (errno != EAGAIN && errno != EINTR)
            break; /* the server reads no more; its answer can still be received */
        short got = 0;
        enum wire_result result =
            wire_await(connection->fd, connection->cancel_fd, POLLIN | POLLOUT, &got, deadline_ms);
        if (result != WIRE_OK)
            return wire_waited(result, why, "sending the request");
        if ((got & POLLIN) && !drain(connection))
            return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
        if (connection->in.len > 0 && http_has_final_head(connection->in.ptr, connection->in.len))
            break;
    }
    return WIRE_OK;
}

bool connection_can_finish(const struct connection *connection)
{
    return !connection->tls || tls_can_finish(connection->tls);
}

void connection_finish(struct connection *connection)
{
    if (!connection->tls)
        shutdown(connection->fd, SHUT_WR);
    else if (tls_can_finish(connection->tls))
        tls_finish(connection->tls);
}

bool connection_wait(struct connection *connection, int wait_ms)
{
    const double deadline_ms = clock_ms() + wait_ms;
    short got = 0;
    while (connection->in.len == 0 && !connection->ended && /* TLS has messages of its own */
           wire_await(connection->fd, connection->cancel_fd, POLLIN, &got, deadline_ms) == WIRE_OK)
        if (!drain(connection))
            break;
    return connection->in.len > 0;
}

static enum wire_result whole_or_not(struct http_answer *out, struct connection *connection,
                                     bool head_request, bool *more, char why[WIRE_WHY_SIZE])
{
    char broken[HTTP_WHY_SIZE] = "";
    size_t used = 0;
    *more = false;
    if (connection->ended && connection->in.len == 0)
        return wire_fail(WIRE_CLOSED, why, "the connection was",
                         connection->reset ? "reset without an answer"
                                           : "closed without an answer");
    switch (http_read(out, &used, buf_str(&connection->in), connection->in.len, connection->ended,
                      head_request, broken)) {
    case HTTP_DONE:
        memmove(connection->in.ptr, connection->in.ptr + used, connection->in.len - used);
        connection->in.len -= used;
        return WIRE_OK;
    case HTTP_BROKEN:
        return wire_fail(WIRE_GARBLED, why, broken, "");
    case HTTP_NO_MEMORY:
        return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    case HTTP_MORE:
        break;
    }
    if (connection->in.len >= WIRE_ANSWER_BYTES_MAX)
        return wire_fail(WIRE_GARBLED, why, "the answer is larger than 64 MiB", "");
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
        result = wire_await(connection->fd, connection->cancel_fd, POLLIN, &got, deadline_ms);
        if (result != WIRE_OK)
            return wire_waited(result, why,
                               connection->in.len ? "within the answer" : "waiting for the answer");
        if (!drain(connection))
            return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    }
}

bool connection_is_closed(struct connection *connection, double deadline_ms)
{
    short got = 0;
    while (!connection->ended && wire_await(connection->fd, connection->cancel_fd, POLLIN, &got,
                                            deadline_ms) == WIRE_OK) {
        if (!drain(connection))
            return false;
        buf_clear(&connection->in);
    }
    return connection->ended;
}
