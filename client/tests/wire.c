/* The scripted server. It asserts nothing: an assertion in a second thread would not be reported.
 * What went wrong is kept as a sentence for the test to look at. */
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static bool fail(struct wire *wire, const char *what)
{
    if (!*wire->problem)
        snprintf(wire->problem, sizeof wire->problem, "%s", what);
    return false;
}

/* Waits for the descriptor; false when stopped or too late. */
static bool ready(struct wire *wire, int fd, short events)
{
    struct pollfd waiters[] = {{.fd = fd, .events = events},
                               {.fd = wire->stop[0], .events = POLLIN}};
    int count = poll(waiters, 2, WIRE_DEADLINE_MS);
    if (count == 0)
        return fail(wire, "the other side took too long");
    return count > 0 && waiters[1].revents == 0;
}

static void hang_up(struct wire *wire, bool reset)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (wire->peer < 0)
        return;
    if (reset)
        setsockopt(wire->peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(wire->peer);
    wire->peer = -1;
}

static bool greet(struct wire *wire)
{
    hang_up(wire, false);
    if (!ready(wire, wire->listener, POLLIN))
        return false;
    wire->peer = accept(wire->listener, NULL, NULL);
    if (wire->peer < 0)
        return fail(wire, "accept failed");
    wire->connections++;
    return true;
}

/* At most size bytes; 0 when the other side closed, -1 when there is no more to come. */
static ssize_t take(struct wire *wire, char *out, size_t size)
{
    if (!ready(wire, wire->peer, POLLIN))
        return -1;
    ssize_t got = recv(wire->peer, out, size, 0);
    size_t room = sizeof wire->heard - 1 - wire->heard_size;
    size_t kept = got <= 0 ? 0 : (size_t)got < room ? (size_t)got : room;
    memcpy(wire->heard + wire->heard_size, out, kept);
    wire->heard_size += kept;
    return got;
}

static bool read_head(struct wire *wire)
{
    char head[16384];
    size_t size = 0;
    while (size < sizeof head - 1) {
        ssize_t got = take(wire, head + size, 1);
        if (got <= 0)
            return fail(wire, "no whole request head came");
        size++;
        head[size] = '\0';
        if (size >= 4 && !memcmp(head + size - 4, "\r\n\r\n", 4)) {
            const char *length = strcasestr(head, "\r\nContent-Length:");
            wire->body_left = length ? strtoul(length + 17, NULL, 10) : 0;
            wire->requests++;
            return true;
        }
    }
    return fail(wire, "the request head is too long");
}

static bool read_body(struct wire *wire, size_t size)
{
    char block[65536];
    while (size > 0) {
        ssize_t got = take(wire, block, size < sizeof block ? size : sizeof block);
        if (got <= 0)
            return fail(wire, "the request body is cut off");
        size -= (size_t)got;
        wire->body_left -= (size_t)got;
    }
    return true;
}

static bool send_all(struct wire *wire, const char *bytes, size_t size)
{
    while (size > 0) {
        if (!ready(wire, wire->peer, POLLOUT))
            return false;
        ssize_t sent = send(wire->peer, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN)
            continue;
        if (sent < 0)
            return true; /* the other side has heard enough: its test will tell */
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool hold(struct wire *wire)
{
    char block[65536];
    ssize_t got;
    while ((got = take(wire, block, sizeof block)) > 0)
        continue;
    return got == 0 || errno == ECONNRESET;
}

static bool step(struct wire *wire, const struct wire_step *next)
{
    switch (next->act) {
    case WIRE_ACCEPT:
        return greet(wire);
    case WIRE_HEAD:
        return read_head(wire);
    case WIRE_BODY:
        return read_body(wire, wire->body_left);
    case WIRE_READ:
        return read_body(wire, next->size);
    case WIRE_SEND:
        return send_all(wire, next->text, next->size ? next->size : strlen(next->text));
    case WIRE_CALL:
        wire->hook(wire->hook_context);
        return true;
    case WIRE_HOLD:
        return hold(wire);
    default:
        hang_up(wire, next->act == WIRE_RESET);
        return true;
    }
}

static void *run(void *context)
{
    struct wire *wire = context;
    const struct wire_step *next = wire->steps;
    while (next->act != WIRE_END && step(wire, next))
        next++;
    hang_up(wire, false);
    struct pollfd waiters[] = {{.fd = wire->listener, .events = POLLIN},
                               {.fd = wire->stop[0], .events = POLLIN}};
    while (poll(waiters, 2, WIRE_DEADLINE_MS) > 0 && waiters[1].revents == 0) {
        int extra = accept(wire->listener, NULL, NULL);
        if (extra < 0)
            break;
        wire->connections++;
        close(extra);
    }
    return NULL;
}

struct wire *wire_start(const struct wire_step *steps, void (*hook)(void *context), void *context)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct wire *wire = calloc(1, sizeof *wire);
    if (!wire)
        return NULL;
    wire->steps = steps;
    wire->hook = hook;
    wire->hook_context = context;
    wire->peer = wire->stop[0] = wire->stop[1] = -1;
    wire->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire->listener < 0 || pipe(wire->stop) ||
        bind(wire->listener, (struct sockaddr *)&address, sizeof address) ||
        listen(wire->listener, 16) ||
        getsockname(wire->listener, (struct sockaddr *)&address, &size) ||
        pthread_create(&wire->thread, NULL, run, wire)) {
        wire_free(wire);
        return NULL;
    }
    snprintf(wire->url, sizeof wire->url, "http://127.0.0.1:%u", ntohs(address.sin_port));
    return wire;
}

void wire_stop(struct wire *wire)
{
    close(wire->stop[1]);
    wire->stop[1] = -1;
    pthread_join(wire->thread, NULL);
}

void wire_free(struct wire *wire)
{
    if (!wire)
        return;
    if (wire->listener >= 0)
        close(wire->listener);
    for (int i = 0; i < 2; i++) {
        if (wire->stop[i] >= 0)
            close(wire->stop[i]);
    }
    free(wire);
}
