/* A guest's life, and what the files that serve it share. */
#include "front/guest.h"
#include "front/front_internal.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Life and death */

static void name_peer(struct front_peer *out, int fd)
{
    struct front_address address = {0}, local = {0};
    socklen_t size = sizeof address.socket, local_size = sizeof local.socket;
    if (getpeername(fd, &address.socket.any, &size) != 0 ||
        getsockname(fd, &local.socket.any, &local_size) != 0) {
        snprintf(out->text, sizeof out->text, "gone");
    } else if (address.socket.any.sa_family == AF_UNIX) {
        snprintf(out->text, sizeof out->text, "unix");
        out->is_local = true;
    } else {
        front_address_print(&address, out->text, sizeof out->text);
        out->is_local = front_address_is_local(&address) && front_address_is_local(&local);
    }
}

/* As the HTTP server has set them on its own. */
static void set_socket_options(int fd)
{
    const int yes = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
}

struct guest *guest_new(struct loop *loop, struct loop *home, int fd)
{
    struct guest *guest = calloc(1, sizeof *guest);
    if (!guest) {
        close(fd);
        return NULL;
    }
    guest->loop = loop;
    guest->home = home;
    guest->client.guest = guest->server.guest = guest;
    guest->client_fd = fd;
    guest->server_fd = -1;
    name_peer(&guest->peer, fd);
    set_socket_options(fd);
    return guest;
}

void guest_free(struct guest *guest)
{
    if (guest->client_fd >= 0)
        close(guest->client_fd);
    if (guest->server_fd >= 0)
        close(guest->server_fd);
    tls_stream_free(guest->tls);
    free(guest->tunnel_to);
    free(guest->up.bytes);
    free(guest->down.bytes);
    free(guest);
}

void guest_be_ready(struct guest *guest)
{
    if (guest->is_ready)
        return;
    guest->is_ready = true;
    guest->next_ready = guest->loop->ready;
    guest->loop->ready = guest;
}

static void be_ready_no_more(struct guest *guest)
{
    struct guest **at = &guest->loop->ready;
    while (*at && *at != guest)
        at = &(*at)->next_ready;
    if (*at)
        *at = guest->next_ready;
    guest->is_ready = false;
}

void guest_leave_loop(struct guest *guest)
{
    struct loop *loop = guest->loop;
    if (guest->prev)
        guest->prev->next = guest->next;
    else
        loop->guests = guest->next;
    if (guest->next)
        guest->next->prev = guest->prev;
    be_ready_no_more(guest);
}

void guest_leave_handshake(struct guest *guest)
{
    if (!guest->in_handshake)
        return;
    guest->in_handshake = false;
    guest->loop->handshakes--;
    loop_remind(guest->loop, 0); /* one that waits may have its turn */
}

/* A child that the process forks holds the socket too, until it runs another program; epoll would
 * go on to tell of it. */
void guest_close(const struct guest *guest, int *fd)
{
    if (*fd < 0)
        return;
    epoll_ctl(guest->loop->epoll_fd, EPOLL_CTL_DEL, *fd, NULL);
    close(*fd);
    *fd = -1;
}

/* Some clients look at the certificate after the handshake, and then just leave. */
static void tell_of_fault(struct guest *guest)
{
    if (guest->peer.fault && !guest->link && !guest->told)
        guest_tell(guest, "the client asked for nothing on a connection whose fault was armed");
}

void guest_leave_tunnel(struct guest *guest)
{
    if (guest->state == GUEST_TUNNEL)
        guest->loop->tunnels--;
}

static void leave(struct guest *guest)
{
    struct front *front = guest_front(guest);
    tell_of_fault(guest);
    guest_leave_handshake(guest);
    guest_leave_tunnel(guest);
    guest_close(guest, &guest->client_fd);
    guest_close(guest, &guest->server_fd);
    links_release(&front->links, guest->link);
    guest->link = NULL;
    guest->state = GUEST_DEAD;
    guest_leave_loop(guest);
    guest->next_dead = guest->loop->dead;
    guest->loop->dead = guest;
    pthread_mutex_lock(&front->lock);
    if (atomic_fetch_sub(&front->guests, 1) == 1)
        pthread_cond_broadcast(&front->empty);
    pthread_mutex_unlock(&front->lock);
}

void guest_die(struct guest *guest)
{
    leave(guest);
    front_count_out(guest_front(guest));
}

void guest_move_out(struct guest *guest)
{
    guest->client_fd = -1;
    leave(guest);
}

/* Smaller helpers */

void guest_set_deadline(struct guest *guest, uint64_t ms)
{
    guest->deadline_ms = ms ? guest->loop->now_ms + (int64_t)ms : 0;
    if (ms)
        loop_remind(guest->loop, guest->deadline_ms);
}

/* Edges: an event tells that there is something new, once. */
bool guest_watch(struct guest *guest, struct watch *watch, int fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = watch};
    return epoll_ctl(guest->loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void guest_tell(struct guest *guest, const char *what)
{
    guest->told = true;
    const struct front_event event = {
        .peer = &guest->peer,
        .what = what,
    };
    front_tell(guest_front(guest), &event);
}

bool guest_peek(struct guest *guest, struct slice *out, size_t most)
{
    char *scratch = guest->loop->scratch;
    const ssize_t got = recv(guest->client_fd, scratch, most, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) {
        *out = slice_make(scratch, (size_t)got);
        return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR))
        guest_die(guest);
    return false;
}

void guest_hand_over(struct guest *guest, struct slice bytes)
{
    struct head_trouble trouble;
    struct front *front = guest_front(guest);
    head_trouble_judge(&trouble, bytes, HEAD_BYTES_MAX);
    if (guest->is_watched)
        epoll_ctl(guest->loop->epoll_fd, EPOLL_CTL_DEL, guest->client_fd, NULL);
    if (links_add(&front->links, guest->client_fd, false, &guest->peer, &trouble))
        guest_move_out(guest);
    else
        guest_die(guest);
}
