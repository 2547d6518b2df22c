/* The servers that answer every connection by one rule. A connection that has its answer is read on
 * until the client closes it: closing it with bytes unread would reset it, and the client might
 * lose the answer. */
#include "testing/scripted_internal.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPEN_MAX_COUNT 256
#define FIXED 2 /* the pipe that ends all, and the listener */

/* All that the thread waits for. */
struct watch {
    struct pollfd fds[FIXED + OPEN_MAX_COUNT];
    bool answered[FIXED + OPEN_MAX_COUNT];
    nfds_t count;
};

static void forget(struct watch *watch, nfds_t at)
{
    close(watch->fds[at].fd);
    watch->count--;
    watch->fds[at] = watch->fds[watch->count];
    watch->answered[at] = watch->answered[watch->count];
}

static void keep(struct watch *watch, int fd, bool answered)
{
    if (watch->count == FIXED + OPEN_MAX_COUNT)
        forget(watch, FIXED);
    watch->answered[watch->count] = answered;
    watch->fds[watch->count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void read_on(struct scripted *scripted, struct watch *watch, nfds_t at)
{
    char block[65536];
    const char *answer = scripted->own->answer;
    scripted->own->peer = watch->fds[at].fd;
    if (recv(watch->fds[at].fd, block, sizeof block, MSG_DONTWAIT) <= 0) {
        forget(watch, at);
    } else if (!watch->answered[at]) {
        (void)scripted_send(scripted, answer, strlen(answer));
        shutdown(watch->fds[at].fd, SHUT_WR);
        watch->answered[at] = true;
    }
}

/* The bytes of the request that has begun, from its first to the last that has come. */
static const char *request_so_far(const struct scripted *scripted, size_t *size_out)
{
    *size_out = scripted->heard_size - scripted->own->request_at;
    return scripted->heard + scripted->own->request_at;
}

/* How long the request is, once its head is there; 0 before. */
static size_t whole_length(const char *request, size_t size)
{
    const char *end = memmem(request, size, "\r\n\r\n", 4);
    const char *length = strcasestr(request, "\r\nContent-Length:");
    size_t body = end && length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    return end ? (size_t)(end - request) + 4 + body : 0;
}

static bool read_request(struct scripted *scripted)
{
    char block[65536];
    bool continued = false;
    scripted_request_begins(scripted, true);
    while (scripted_take(scripted, block, sizeof block) > 0) {
        size_t size, whole;
        const char *request = request_so_far(scripted, &size);
        whole = whole_length(request, size);
        if (whole > 0 && size >= whole)
            return true;
        if (whole > 0 && !continued && strcasestr(request, "\r\nExpect: 100-continue"))
            continued = scripted_send(scripted, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    }
    return false;
}

static void answer_request(struct scripted *scripted)
{
    const struct scripted_private *own = scripted->own;
    size_t size;
    if (!read_request(scripted))
        return;
    const char *request = request_so_far(scripted, &size);
    unsigned number = scripted->requests;
    scripted_request_ends(scripted);
    if (own->choose) {
        const char *text = own->choose(own->context, request, size);
        (void)scripted_send(scripted, text, strlen(text));
        return;
    }
    const struct scripted_reply *reply =
        &own->replies[number < own->reply_count ? number : own->reply_count - 1];
    if (reply->bytes)
        (void)scripted_send(scripted, reply->bytes, reply->size);
    else
        (void)scripted_ready(scripted, own->peer, 0, -1); /* until the client has gone */
}

static void take_connection(struct scripted *scripted, struct watch *watch)
{
    struct scripted_private *own = scripted->own;
    int fd = accept4(scripted->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    scripted->connections++;
    if (own->choose || own->replies) {
        own->peer = fd;
        answer_request(scripted);
        shutdown(fd, SHUT_WR);
        keep(watch, fd, true);
    } else if (own->answer) {
        keep(watch, fd, false);
    } else {
        close(fd);
    }
}

static void *serve(void *context)
{
    struct scripted *scripted = context;
    struct watch watch = {.count = FIXED};
    watch.fds[0] = (struct pollfd){.fd = scripted->own->stop[0], .events = POLLIN};
    watch.fds[1] = (struct pollfd){.fd = scripted->listener, .events = POLLIN};
    for (;;) {
        if (poll(watch.fds, watch.count, -1) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        if (watch.fds[0].revents)
            break;
        for (nfds_t i = watch.count - 1; i >= FIXED; i--)
            if (watch.fds[i].revents)
                read_on(scripted, &watch, i);
        if (watch.fds[1].revents)
            take_connection(scripted, &watch);
    }
    while (watch.count > FIXED)
        forget(&watch, watch.count - 1);
    return NULL;
}

struct scripted *scripted_start_replies(const struct scripted_reply *replies, size_t count)
{
    return scripted_start(
        &(struct scripted_private){.serve = serve, .replies = replies, .reply_count = count});
}

struct scripted *scripted_start_choosing(scripted_choice *choose, void *context)
{
    return scripted_start(
        &(struct scripted_private){.serve = serve, .choose = choose, .context = context});
}

struct scripted *scripted_start_alike(const char *answer)
{
    return scripted_start(&(struct scripted_private){.serve = serve, .answer = answer});
}

struct scripted *scripted_start_silent(void)
{
    return scripted_start(&(struct scripted_private){.serve = NULL});
}
