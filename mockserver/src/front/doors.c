/* A system refuses connections only where no socket listens: refusing is closing, and listening
 * anew later. */
#include "front/doors.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRY_AGAIN_MS 20
#define SAME_PORT_TRIES 64 /* a port that is free for both families is soon found */

/* A file that a mock left behind when it was killed: a socket on which no process listens. */
static void remove_stale_file(const struct front_address *address)
{
    struct stat about;
    const char *path = address->socket.un.sun_path;
    if (address->socket.any.sa_family != AF_UNIX || lstat(path, &about) != 0 ||
        !S_ISSOCK(about.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, &address->socket.any, front_address_size(address)) != 0 &&
        errno == ECONNREFUSED)
        unlink(path);
    close(fd);
}

static bool set_options(int fd, int family)
{
    const int yes = 1;
    if (family == AF_UNIX)
        return true;
    /* An IPv6 socket takes no IPv4 connections: those have a socket of their own. */
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
           (family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes) == 0);
}

/* Only its owner may connect to a unix socket: it asks for no token. */
static bool bind_door(int fd, const struct front_address *address)
{
    if (bind(fd, &address->socket.any, front_address_size(address)) != 0)
        return false;
    return address->socket.any.sa_family != AF_UNIX ||
           chmod(address->socket.un.sun_path, S_IRUSR | S_IWUSR) == 0;
}

/* The descriptor, or -1 with errno. */
static int listen_on(const struct front_address *address)
{
    const int family = address->socket.any.sa_family;
    remove_stale_file(address);
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (!set_options(fd, family) || !bind_door(fd, address) || listen(fd, DOORS_BACKLOG) != 0) {
        const int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

/* The same for the first time: the address gets the port that the system chose, and is only read
 * from then on. */
static int listen_first(struct front_address *address)
{
    socklen_t size = sizeof address->socket;
    const int fd = listen_on(address);
    if (fd < 0 || address->socket.any.sa_family == AF_UNIX ||
        getsockname(fd, &address->socket.any, &size) == 0)
        return fd;
    const int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static bool is_missing_family(int reason)
{
    return reason == EAFNOSUPPORT || reason == EADDRNOTAVAIL || reason == ENOPROTOOPT;
}

/* An address that shares its port with the one before; false when that port is taken. */
static bool open_with_last(struct door *door, const struct door *last)
{
    front_address_set_port(&door->address, front_address_port(&last->address));
    door->fd = listen_on(&door->address);
    return door->fd >= 0 || is_missing_family(errno);
}

/* NULL, or the one of the pair that could not be opened, with errno. */
static const struct door *open_pair(struct door *pair)
{
    const struct front_address wanted = pair->address;
    for (int i = 0;; i++) {
        pair->address = wanted;
        pair->fd = listen_first(&pair->address);
        if (pair->fd < 0)
            return pair;
        if (open_with_last(pair + 1, pair))
            return NULL;
        const int reason = errno;
        close(pair->fd);
        pair->fd = -1;
        errno = reason;
        if (reason != EADDRINUSE || front_address_port(&wanted) != 0 || i == SAME_PORT_TRIES)
            return pair + 1;
    }
}

/* NULL, or the one that could not be opened, with errno. */
static const struct door *open_door(struct doors *doors, size_t i)
{
    struct door *door = &doors->all[i];
    if (i + 1 < doors->count && doors->all[i + 1].address.with_last)
        return open_pair(door);
    if (door->address.with_last)
        return NULL; /* with the one before */
    door->fd = listen_first(&door->address);
    return door->fd >= 0 ? NULL : door;
}

static enum ailab_mock_error explain(const struct door *door, int reason,
                                     char why[AILAB_MOCK_ERROR_SIZE])
{
    char text[160];
    front_address_print(&door->address, text, sizeof text);
    snprintf(why, AILAB_MOCK_ERROR_SIZE, "cannot listen on %s: %s%s", text, strerror(reason),
             reason != EADDRINUSE ? ""
             : door->address.socket.any.sa_family == AF_UNIX
                 ? "; is another program using the file?"
                 : "; is another program using the port?");
    return AILAB_MOCK_ADDRESS;
}

enum ailab_mock_error doors_open(struct doors *doors, const struct front_address *addresses,
                                 size_t count, char why[AILAB_MOCK_ERROR_SIZE])
{
    *doors = (struct doors){.epoll_fd = -1, .count = count};
    doors->all = calloc(count ? count : 1, sizeof *doors->all);
    if (!doors->all) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
        return AILAB_MOCK_NO_MEMORY;
    }
    pthread_mutex_init(&doors->lock, NULL);
    for (size_t i = 0; i < count; i++)
        doors->all[i] = (struct door){addresses[i], -1};
    for (size_t i = 0; i < count; i++) {
        const struct door *failed = open_door(doors, i);
        const int reason = errno;
        if (!failed)
            continue;
        doors_close(doors);
        enum ailab_mock_error error = explain(failed, reason, why);
        doors_free(doors);
        return error;
    }
    return AILAB_MOCK_OK;
}

/* Each is under the lock. */

/* False, with errno, when one could not be added; those before it are watched. */
static bool watch_all(struct doors *doors)
{
    for (size_t i = 0; i < doors->count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = doors->tag};
        if (doors->all[i].fd >= 0 &&
            epoll_ctl(doors->epoll_fd, EPOLL_CTL_ADD, doors->all[i].fd, &event) != 0 &&
            errno != EEXIST)
            return false;
    }
    return true;
}

static void watch_none(struct doors *doors)
{
    for (size_t i = 0; doors->epoll_fd >= 0 && i < doors->count; i++)
        if (doors->all[i].fd >= 0)
            epoll_ctl(doors->epoll_fd, EPOLL_CTL_DEL, doors->all[i].fd, NULL);
}

static void close_all(struct doors *doors)
{
    watch_none(doors); /* a forked child may hold them for a while */
    for (size_t i = 0; i < doors->count; i++) {
        if (doors->all[i].fd >= 0)
            close(doors->all[i].fd);
        doors->all[i].fd = -1;
    }
}

/* False when an address is taken or the system refuses; to be tried again. */
static bool open_again(struct doors *doors)
{
    bool all = true;
    for (size_t i = 0; i < doors->count; i++) {
        struct door *door = &doors->all[i];
        if (door->fd < 0)
            door->fd = listen_on(&door->address);
        if (door->fd < 0 && !(door->address.with_last && is_missing_family(errno)))
            all = false;
    }
    return all;
}

bool doors_watch(struct doors *doors, int epoll_fd, void *tag)
{
    pthread_mutex_lock(&doors->lock);
    doors->epoll_fd = epoll_fd;
    doors->tag = tag;
    const bool watched = watch_all(doors);
    pthread_mutex_unlock(&doors->lock);
    return watched;
}

int doors_accept(struct doors *doors)
{
    int fd = -1, reason = EAGAIN;
    pthread_mutex_lock(&doors->lock);
    for (size_t i = 0; fd < 0 && i < doors->count; i++) {
        if (doors->all[i].fd < 0)
            continue;
        fd = accept4(doors->all[i].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && errno != EAGAIN && errno != ECONNABORTED)
            reason = errno;
    }
    pthread_mutex_unlock(&doors->lock);
    errno = reason;
    return fd;
}

void doors_rest(struct doors *doors)
{
    pthread_mutex_lock(&doors->lock);
    if (!doors->resting)
        watch_none(doors);
    doors->resting = true;
    pthread_mutex_unlock(&doors->lock);
}

void doors_refuse(struct doors *doors, int64_t until_ms)
{
    pthread_mutex_lock(&doors->lock);
    close_all(doors);
    if (!doors->ended)
        doors->closed_until_ms = until_ms;
    pthread_mutex_unlock(&doors->lock);
}

int64_t doors_tick(struct doors *doors, int64_t now_ms, bool may_accept)
{
    int64_t next_ms = 0;
    pthread_mutex_lock(&doors->lock);
    if (doors->closed_until_ms) {
        next_ms = doors->closed_until_ms;
        if (now_ms >= next_ms) {
            const bool all = open_again(doors);
            next_ms = all ? 0 : now_ms + TRY_AGAIN_MS;
            if (all) {
                doors->closed_until_ms = 0;
                doors->resting = true;
            }
        }
    }
    if (doors->resting && !doors->closed_until_ms) {
        doors->resting = !may_accept || !watch_all(doors);
        if (doors->resting)
            next_ms = now_ms + TRY_AGAIN_MS;
    }
    pthread_mutex_unlock(&doors->lock);
    return next_ms;
}

void doors_close(struct doors *doors)
{
    pthread_mutex_lock(&doors->lock);
    for (size_t i = 0; i < doors->count; i++)
        if (doors->all[i].address.socket.any.sa_family == AF_UNIX &&
            (doors->all[i].fd >= 0 || doors->closed_until_ms))
            unlink(doors->all[i].address.socket.un.sun_path);
    close_all(doors);
    doors->closed_until_ms = 0;
    doors->resting = false;
    doors->ended = true;
    pthread_mutex_unlock(&doors->lock);
}

void doors_free(struct doors *doors)
{
    pthread_mutex_destroy(&doors->lock);
    free(doors->all);
}
