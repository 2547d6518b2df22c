/* The server that walks through a list of steps. */
#include "testing/scripted_internal.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void hang_up(struct scripted *scripted, bool reset)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    int *peer = &scripted->own->peer;
    if (*peer < 0)
        return;
    if (reset)
        setsockopt(*peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(*peer);
    *peer = -1;
}

static bool take_connection(struct scripted *scripted)
{
    hang_up(scripted, false);
    if (!scripted_ready(scripted, scripted->listener, POLLIN, SCRIPTED_DEADLINE_MS))
        return false;
    scripted->own->peer = accept4(scripted->listener, NULL, NULL, SOCK_CLOEXEC);
    if (scripted->own->peer < 0)
        return scripted_fail(scripted, "accept failed");
    scripted->connections++;
    return true;
}

static bool read_head(struct scripted *scripted)
{
    char head[16384];
    size_t size = 0;
    scripted_request_begins(scripted, false);
    while (size < sizeof head - 1) {
        if (scripted_take(scripted, head + size, 1) <= 0)
            return scripted_fail(scripted, "no whole request head came");
        size++;
        head[size] = '\0';
        if (size >= 4 && !memcmp(head + size - 4, "\r\n\r\n", 4)) {
            const char *length = strcasestr(head, "\r\nContent-Length:");
            scripted->own->body_left = length ? strtoul(length + 17, NULL, 10) : 0;
            scripted_request_ends(scripted);
            return true;
        }
    }
    return scripted_fail(scripted, "the request head is too long");
}

static bool read_body(struct scripted *scripted, size_t size)
{
    char block[65536];
    while (size > 0) {
        ssize_t got = scripted_take(scripted, block, size < sizeof block ? size : sizeof block);
        if (got <= 0)
            return scripted_fail(scripted, "the request body is cut off");
        size -= (size_t)got;
        scripted->own->body_left -= (size_t)got;
    }
    return true;
}

static bool hold(struct scripted *scripted)
{
    char block[65536];
    ssize_t got;
    while ((got = scripted_take(scripted, block, sizeof block)) > 0)
        continue;
    return got == 0 || errno == ECONNRESET;
}

static bool step(struct scripted *scripted, const struct scripted_step *next)
{
    switch (next->act) {
    case SCRIPTED_ACCEPT:
        return take_connection(scripted);
    case SCRIPTED_HEAD:
        return read_head(scripted);
    case SCRIPTED_BODY:
        return read_body(scripted, scripted->own->body_left);
    case SCRIPTED_READ:
        return read_body(scripted, next->size);
    case SCRIPTED_SEND:
        return scripted_send(scripted, next->text, next->size ? next->size : strlen(next->text));
    case SCRIPTED_CALL:
        scripted->own->hook(scripted->own->context);
        return true;
    case SCRIPTED_HOLD:
        return hold(scripted);
    case SCRIPTED_RESET:
    case SCRIPTED_CLOSE:
    case SCRIPTED_END:
        break;
    }
    hang_up(scripted, next->act == SCRIPTED_RESET);
    return true;
}

static void *serve(void *context)
{
    struct scripted *scripted = context;
    const struct scripted_step *next = scripted->own->steps;
    while (next->act != SCRIPTED_END && step(scripted, next))
        next++;
    hang_up(scripted, false);
    while (scripted_ready(scripted, scripted->listener, POLLIN, -1)) {
        int extra = accept4(scripted->listener, NULL, NULL, SOCK_CLOEXEC);
        if (extra < 0)
            break;
        scripted->connections++;
        close(extra);
    }
    return NULL;
}

struct scripted *scripted_start_steps(const struct scripted_step *steps,
                                      void (*hook)(void *context), void *context)
{
    return scripted_start(&(struct scripted_private){
        .serve = serve, .steps = steps, .hook = hook, .context = context});
}
