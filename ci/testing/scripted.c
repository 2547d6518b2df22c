/* The server of scripted.h: starting, waiting, keeping the received bytes, stopping. */
#include "testing/scripted_internal.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEARD_MAX ((size_t)16 * 1024 * 1024)

static bool listen_anywhere(struct scripted *scripted)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    scripted->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (scripted->listener < 0 ||
        bind(scripted->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(scripted->listener, 64) != 0 ||
        getsockname(scripted->listener, (struct sockaddr *)&address, &size) != 0)
        return false;
    snprintf(scripted->url, sizeof scripted->url, "http://127.0.0.1:%u", ntohs(address.sin_port));
    return true;
}

static void init_lock(struct scripted_private *own)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&own->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&own->lock, NULL);
}

struct scripted *scripted_start(const struct scripted_private *plan)
{
    struct scripted *scripted = calloc(1, sizeof *scripted);
    struct scripted_private *own = malloc(sizeof *own);
    char *heard = calloc(1, 1);
    if (!scripted || !own || !heard) {
        free(scripted);
        free(own);
        free(heard);
        return NULL;
    }
    *own = *plan;
    own->peer = own->stop[0] = own->stop[1] = -1;
    init_lock(own);
    *scripted = (struct scripted){.listener = -1, .heard = heard, .own = own};
    if (pipe(own->stop) == 0 && listen_anywhere(scripted)) {
        own->running = own->serve && pthread_create(&own->thread, NULL, own->serve, scripted) == 0;
        if (own->running || !own->serve)
            return scripted;
    }
    scripted_free(scripted);
    return NULL;
}

bool scripted_fail(struct scripted *scripted, const char *problem)
{
    if (!*scripted->problem)
        snprintf(scripted->problem, sizeof scripted->problem, "%s", problem);
    return false;
}

bool scripted_ready(struct scripted *scripted, int fd, short events, int wait_ms)
{
    struct pollfd fds[] = {{.fd = fd, .events = events},
                           {.fd = scripted->own->stop[0], .events = POLLIN}};
    int count;
    while ((count = poll(fds, 2, wait_ms)) < 0 && errno == EINTR)
        continue;
    if (count == 0)
        return scripted_fail(scripted, "the client took too long");
    return count > 0 && fds[1].revents == 0;
}

/* The lock is held. */
static bool make_room(struct scripted *scripted, size_t size)
{
    struct scripted_private *own = scripted->own;
    size_t capacity = own->heard_capacity ? own->heard_capacity : 65536;
    while (capacity < scripted->heard_size + size + 1)
        capacity *= 2;
    if (capacity == own->heard_capacity)
        return true;
    char *more = realloc(scripted->heard, capacity);
    if (!more)
        return scripted_fail(scripted, "out of memory");
    scripted->heard = more;
    own->heard_capacity = capacity;
    return true;
}

ssize_t scripted_take(struct scripted *scripted, char *out, size_t size)
{
    struct scripted_private *own = scripted->own;
    if (!scripted_ready(scripted, own->peer, POLLIN, SCRIPTED_DEADLINE_MS))
        return -1;
    ssize_t got = recv(own->peer, out, size, 0);
    if (got <= 0)
        return got;
    pthread_mutex_lock(&own->lock);
    size_t left = HEARD_MAX - scripted->heard_size, kept = (size_t)got < left ? (size_t)got : left;
    if (make_room(scripted, kept)) {
        memcpy(scripted->heard + scripted->heard_size, out, kept);
        scripted->heard_size += kept;
        scripted->heard[scripted->heard_size] = '\0';
    }
    pthread_mutex_unlock(&own->lock);
    return got;
}

void scripted_request_begins(struct scripted *scripted, bool forget)
{
    pthread_mutex_lock(&scripted->own->lock);
    if (forget)
        scripted->heard_size = 0;
    scripted->own->request_at = scripted->heard_size;
    pthread_mutex_unlock(&scripted->own->lock);
}

void scripted_request_ends(struct scripted *scripted)
{
    pthread_mutex_lock(&scripted->own->lock);
    scripted->requests++;
    pthread_cond_broadcast(&scripted->own->changed);
    pthread_mutex_unlock(&scripted->own->lock);
}

bool scripted_send(struct scripted *scripted, const char *bytes, size_t size)
{
    int fd = scripted->own->peer;
    while (size > 0) {
        if (!scripted_ready(scripted, fd, POLLOUT, SCRIPTED_DEADLINE_MS))
            return false;
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN)
            continue;
        if (sent < 0)
            return true;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool scripted_wait(struct scripted *scripted, unsigned requests)
{
    struct scripted_private *own = scripted->own;
    struct timespec deadline;
    int error = 0;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += SCRIPTED_DEADLINE_MS / 1000;
    pthread_mutex_lock(&own->lock);
    while (scripted->requests < requests && error == 0)
        error = pthread_cond_timedwait(&own->changed, &own->lock, &deadline);
    bool enough = scripted->requests >= requests;
    pthread_mutex_unlock(&own->lock);
    return enough;
}

unsigned scripted_requests(struct scripted *scripted)
{
    pthread_mutex_lock(&scripted->own->lock);
    unsigned requests = scripted->requests;
    pthread_mutex_unlock(&scripted->own->lock);
    return requests;
}

bool scripted_saw(struct scripted *scripted, const char *text)
{
    pthread_mutex_lock(&scripted->own->lock);
    size_t at = scripted->own->request_at;
    bool saw = memmem(scripted->heard + at, scripted->heard_size - at, text, strlen(text)) != NULL;
    pthread_mutex_unlock(&scripted->own->lock);
    return saw;
}

void scripted_stop(struct scripted *scripted)
{
    struct scripted_private *own = scripted->own;
    if (!own->running)
        return;
    close(own->stop[1]);
    own->stop[1] = -1;
    pthread_join(own->thread, NULL);
    own->running = false;
}

void scripted_free(struct scripted *scripted)
{
    if (!scripted)
        return;
    struct scripted_private *own = scripted->own;
    scripted_stop(scripted);
    const int fds[] = {scripted->listener, own->stop[0], own->stop[1]};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    pthread_cond_destroy(&own->changed);
    pthread_mutex_destroy(&own->lock);
    free(scripted->heard);
    free(own);
    free(scripted);
}
