/* A system refuses connections only where no socket listens. dup2() puts an eventfd, which never
 * becomes ready, in the place of the listening socket, and later a fresh socket on the same
 * address. */
#include "http/listener.h"
#include "http/descriptors.h"
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* A sleeping poll() watches the file that the descriptor stood for when the poll began, and is not
 * told of changes in a file that came later. So after each exchange an eventfd that is readable
 * makes the poll return, and the next poll finds the other file. A tick lies between the two. */

static void set_readable(int fd)
{
    const uint64_t one = 1;
    (void)!write(fd, &one, sizeof one);
}

static void clear_readable(int fd)
{
    uint64_t count;
    (void)!read(fd, &count, sizeof count);
}

/* Wakes a poll on the listening socket. */
static void knock(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    (void)connect(fd, (const struct sockaddr *)address, sizeof *address);
    close(fd);
}

static bool start_refusing(struct listener *listener)
{
    int old = dup(listener->fd);
    int quiet = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    bool done = old >= 0 && quiet >= 0 && dup2(quiet, listener->fd) >= 0;
    if (done) {
        knock(&listener->address);
        shutdown(old, SHUT_RDWR);
        listener->quiet_fd = quiet;
        listener->phase = REFUSING_SINCE_NOW;
    } else if (quiet >= 0) {
        close(quiet);
    }
    if (old >= 0)
        close(old);
    return done;
}

bool listener_refuse(struct listener *listener, int64_t until_ms)
{
    if (listener->fd < 0 || (listener->phase == LISTENING && !start_refusing(listener)))
        return false;
    listener->until_ms = until_ms;
    return true;
}

/* False when the address is taken or the system refuses; to be tried again. */
static bool listen_again(struct listener *listener)
{
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool done =
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(fd, (const struct sockaddr *)&listener->address, sizeof listener->address) == 0 &&
        listen(fd, LISTEN_BACKLOG) == 0 && dup2(fd, listener->fd) >= 0;
    close(fd);
    return done;
}

bool listener_tick(struct listener *listener, int64_t now_ms)
{
    switch (listener->phase) {
    case LISTENING:
        return false;
    case REFUSING_SINCE_NOW:
        clear_readable(listener->quiet_fd);
        listener->phase = REFUSING;
        return true;
    case REFUSING:
        if (now_ms >= listener->until_ms) {
            set_readable(listener->quiet_fd);
            listener->phase = LISTENING_SOON;
        }
        return true;
    case LISTENING_SOON:
        if (!listen_again(listener))
            return true;
        close(listener->quiet_fd);
        listener->quiet_fd = -1;
        listener->phase = LISTENING;
        return false;
    }
    return false;
}

void listener_release(struct listener *listener)
{
    if (listener->quiet_fd >= 0) {
        set_readable(listener->quiet_fd);
        close(listener->quiet_fd);
    }
    *listener = (struct listener){.fd = -1, .quiet_fd = -1};
}
