/* A closed listening socket is the only thing that makes a kernel refuse connections. dup2() swaps
 * it for an eventfd, which never becomes ready, and later for a fresh socket on the same address.
 */
#include "http/listener.h"
#include "http/descriptors.h"
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 512

struct search {
    uint16_t port;
    struct listener *found;
};

static bool is_listening_on(int fd, const void *context)
{
    const struct search *search = context;
    int listening = 0;
    socklen_t size = sizeof listening, address_size = sizeof search->found->address;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening ||
        getsockname(fd, (struct sockaddr *)&search->found->address, &address_size) != 0 ||
        search->found->address.sin_family != AF_INET ||
        ntohs(search->found->address.sin_port) != search->port)
        return false;
    search->found->fd = fd;
    return true;
}

void listener_init(struct listener *listener, uint16_t port)
{
    const struct search search = {port, listener};
    *listener = (struct listener){.fd = -1, .quiet_fd = -1};
    descriptors_each(is_listening_on, &search);
}

bool listener_refuse(struct listener *listener, int64_t until_ms)
{
    if (listener->fd < 0)
        return false;
    if (listener->quiet_fd < 0) {
        int old = dup(listener->fd);
        listener->quiet_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (old < 0 || listener->quiet_fd < 0 || dup2(listener->quiet_fd, listener->fd) < 0) {
            if (old >= 0)
                close(old);
            if (listener->quiet_fd >= 0)
                close(listener->quiet_fd);
            listener->quiet_fd = -1;
            return false;
        }
        shutdown(old, SHUT_RDWR); /* wakes the poll that still holds it */
        close(old);
    }
    listener->until_ms = until_ms;
    return true;
}

/* False when the address is taken or the system refuses; to be tried again. */
static bool listen_again(struct listener *listener)
{
    const int yes = 1;
    const uint64_t wake = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool done =
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(fd, (const struct sockaddr *)&listener->address, sizeof listener->address) == 0 &&
        listen(fd, BACKLOG) == 0 && dup2(fd, listener->fd) >= 0;
    close(fd);
    if (done && write(listener->quiet_fd, &wake, sizeof wake) == sizeof wake)
        listener->until_ms = 0; /* the poll that holds the eventfd has been woken */
    return done;
}

bool listener_tick(struct listener *listener, int64_t now_ms)
{
    if (!listener->until_ms)
        return false;
    if (now_ms < listener->until_ms || !listen_again(listener))
        return true;
    close(listener->quiet_fd);
    listener->quiet_fd = -1;
    listener->until_ms = 0;
    return false;
}
