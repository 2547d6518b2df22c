/* Before the first request: what a connection speaks, CONNECT, and the handshake. */
#include "front/guest.h"
#include "api/served_host.h"
#include "front/connect_head.h"
#include "front/front_internal.h"
#include "front/relay.h"
#include "front/tunnel.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_BYTES_MAX ((size_t)16384) /* of a request, as the HTTP server bounds it */
#define PATIENT_MS 1000 /* a handshake older than that gives its place to one that waits */
#define TURN_CHECK_MS 100

static struct front *front_of(const struct guest *guest)
{
    return guest->loop->front;
}

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

static void leave_loop(struct guest *guest)
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

static void leave_handshake(struct guest *guest)
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

static void leave_tunnel(struct guest *guest)
{
    if (guest->state == GUEST_TUNNEL)
        guest->loop->tunnels--;
}

static void leave(struct guest *guest)
{
    struct front *front = front_of(guest);
    tell_of_fault(guest);
    leave_handshake(guest);
    leave_tunnel(guest);
    guest_close(guest, &guest->client_fd);
    guest_close(guest, &guest->server_fd);
    links_release(&front->links, guest->link);
    guest->link = NULL;
    guest->state = GUEST_DEAD;
    leave_loop(guest);
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
    front_count_out(front_of(guest));
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

static void tell_of_tunnel(const struct guest *guest, const char *what)
{
    const struct front_event event = {
        .peer = &guest->peer,
        .tunnel_to = guest->tunnel_to,
        .is_success = what == NULL,
        .what = what ? what : "",
    };
    front_tell(front_of(guest), &event);
}

void guest_tell(struct guest *guest, const char *what)
{
    guest->told = true;
    const struct front_event event = {
        .peer = &guest->peer,
        .what = what,
    };
    front_tell(front_of(guest), &event);
}

/* The bytes that wait, without taking them. False when there are none; the guest may be dead then.
 */
static bool peek(struct guest *guest, struct slice *out, size_t most)
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

/* Plain HTTP: the server gets the client's socket. */
static void hand_over(struct guest *guest, struct slice bytes)
{
    struct head_trouble trouble;
    struct front *front = front_of(guest);
    head_trouble_judge(&trouble, bytes, HEAD_BYTES_MAX);
    if (guest->is_watched)
        epoll_ctl(guest->loop->epoll_fd, EPOLL_CTL_DEL, guest->client_fd, NULL);
    if (links_add(&front->links, guest->client_fd, false, &guest->peer, &trouble))
        guest_move_out(guest);
    else
        guest_die(guest);
}

/* Handshakes */

static void begin_relay(struct guest *guest)
{
    guest->state = GUEST_RELAY;
    guest_set_deadline(guest, front_of(guest)->options.request_timeout_ms);
    relay_turn(guest);
}

static void shake_hands(struct guest *guest)
{
    const enum tls_result result = tls_stream_handshake(guest->tls);
    guest->peer.fault = tls_stream_fault(guest->tls);
    if (result == TLS_WAIT)
        return;
    leave_handshake(guest);
    switch (result) {
    case TLS_DONE:
        begin_relay(guest);
        return;
    case TLS_STALL:
        guest_tell(guest, "the handshake was stalled on purpose");
        guest->state = GUEST_STALLED;
        return;
    case TLS_END:
        guest_tell(guest, "the client closed the connection in the middle of the TLS handshake");
        break;
    case TLS_FAILED:
        guest_tell(guest, tls_stream_why(guest->tls));
        break;
    case TLS_CLOSE:
        guest_tell(guest, "the connection was closed at the client's hello on purpose");
        break;
    case TLS_WAIT:
        break;
    }
    relay_linger(guest);
}

static unsigned handshakes_max(const struct front *front)
{
    const unsigned share = front->options.handshakes_max / front->loop_count;
    return share ? share : 1;
}

/* A handshake that has had time enough gives its place to one that waits. */
static void make_room(struct loop *loop)
{
    struct guest *oldest = NULL;
    for (struct guest *guest = loop->guests; guest; guest = guest->next)
        if (guest->in_handshake && (!oldest || guest->began_ms < oldest->began_ms))
            oldest = guest;
    if (!oldest || loop->now_ms - oldest->began_ms < PATIENT_MS)
        return;
    guest_tell(oldest, "the TLS handshake was slow and gave its place to another; more of them at "
                       "once: handshakes_max");
    guest_die(oldest);
}

static void begin_handshake(struct guest *guest)
{
    struct loop *loop = guest->loop;
    struct front *front = front_of(guest);
    guest->state = GUEST_TURN;
    if (loop->handshakes >= handshakes_max(front))
        make_room(loop);
    if (loop->handshakes >= handshakes_max(front)) {
        loop_remind(loop, loop->now_ms + TURN_CHECK_MS);
        return;
    }
    guest->tls = tls_stream_new(front->tls, guest->client_fd);
    if (!guest->tls) {
        guest_die(guest);
        return;
    }
    guest->peer.tls = true;
    guest->state = GUEST_HANDSHAKE;
    guest->in_handshake = true;
    guest->began_ms = loop->now_ms;
    loop->handshakes++;
    shake_hands(guest);
}

/* CONNECT */

/* The rest of the head is not looked at: no name and no password is asked for. */
static bool take_connect(struct guest *guest, const struct connect_head *head)
{
    guest->peer.proxied = true;
    return recv(guest->client_fd, guest->loop->scratch, head->size, MSG_DONTWAIT) ==
           (ssize_t)head->size;
}

/* A client that waits has room for a short answer. */
static bool answer_connect(struct guest *guest, const char *answer)
{
    const size_t size = strlen(answer);
    return send(guest->client_fd, answer, size, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)size;
}

static const char granted[] = "HTTP/1.1 200 Connection established\r\n\r\n";

static void accept_connect(struct guest *guest, const struct connect_head *head)
{
    if (!take_connect(guest, head) || !answer_connect(guest, granted)) {
        guest_die(guest);
        return;
    }
    guest->state = GUEST_FIRST_BYTES;
    guest_be_ready(guest);
}

static void refuse_tunnel(struct guest *guest, const char *why)
{
    char answer[512], text[300];
    const int size = snprintf(text, sizeof text, "ailab-mock: %s: %s\n", guest->tunnel_to, why);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n"
             "Connection: close\r\n\r\n%s",
             size < (int)sizeof text ? size : (int)sizeof text - 1, text);
    tell_of_tunnel(guest, why);
    if (answer_connect(guest, answer))
        relay_linger(guest);
    else
        guest_die(guest);
}

static void begin_tunnel(struct guest *guest, const struct connect_head *head)
{
    guest->tunnel_to = strndup(head->authority.ptr, head->authority.len);
    if (!guest->tunnel_to || !take_connect(guest, head)) {
        guest_die(guest);
        return;
    }
    if (guest->loop->tunnels < TUNNELS_BEGUN_MAX)
        guest->server_fd = tunnel_begin(head, front_of(guest)->options.handshake_timeout_ms);
    if (guest->server_fd < 0 || !guest_watch(guest, &guest->server, guest->server_fd)) {
        refuse_tunnel(guest, "too many connections are being made at once");
        return;
    }
    guest->state = GUEST_TUNNEL;
    guest->loop->tunnels++;
}

static void enter_tunnel(struct guest *guest)
{
    char why[TUNNEL_WHY_SIZE];
    const int fd = tunnel_end(guest->server_fd, why);
    guest_close(guest, &guest->server_fd);
    guest->server_fd = fd;
    leave_tunnel(guest);
    guest->state = GUEST_RELAY;
    if (fd < 0) {
        refuse_tunnel(guest, why[0] ? why : "it takes no connection");
    } else if (!answer_connect(guest, granted) || !guest_watch(guest, &guest->server, fd)) {
        guest_die(guest);
    } else {
        tell_of_tunnel(guest, NULL);
        guest_set_deadline(guest, 0);
        relay_turn(guest);
    }
}

static bool may_tunnel(const struct guest *guest)
{
    return front_of(guest)->options.tunnel_others && guest->peer.is_local && !guest->peer.proxied;
}

static void read_connect(struct guest *guest)
{
    struct connect_head head;
    struct slice bytes;
    if (!peek(guest, &bytes, CONNECT_HEAD_BYTES_MAX))
        return;
    switch (connect_head_parse(&head, bytes)) {
    case CONNECT_MORE:
        if (guest->client_ended)
            hand_over(guest, bytes);
        return;
    case CONNECT_READ:
        if (host_is_served(head.authority)) {
            accept_connect(guest, &head);
            return;
        }
        if (may_tunnel(guest)) {
            begin_tunnel(guest, &head);
            return;
        }
        break;
    case CONNECT_WRONG:
        break;
    }
    hand_over(guest, bytes); /* which refuses it in the envelope */
}

/* First bytes */

/* The loop that accepts connections looks at their first bytes, so that plain ones are quickly on
 * their way. TLS is work, and shared. */
static bool move_home(struct guest *guest)
{
    if (guest->loop == guest->home)
        return false;
    if (guest->is_watched)
        epoll_ctl(guest->loop->epoll_fd, EPOLL_CTL_DEL, guest->client_fd, NULL);
    guest->is_watched = false;
    leave_loop(guest);
    guest->state = GUEST_FIRST_BYTES;
    guest->loop = guest->home;
    loop_give(guest->home, guest);
    return true;
}

/* False when the guest belongs to another loop now. */
static bool read_first_bytes(struct guest *guest)
{
    struct slice bytes;
    const struct front *front = front_of(guest);
    if (!peek(guest, &bytes, HEAD_BYTES_MAX))
        return true;
    enum first_bytes what = first_bytes_judge(bytes);
    if (what == FIRST_BYTES_MORE && !guest->client_ended)
        return true;
    if (!front->tls || what == FIRST_BYTES_HTTP || what == FIRST_BYTES_MORE) {
        hand_over(guest, bytes);
        return true;
    }
    if (!guest->began_ms) {
        guest->began_ms = guest->loop->now_ms;
        guest_set_deadline(guest, front->options.handshake_timeout_ms);
    }
    if (what == FIRST_BYTES_TLS) {
        if (move_home(guest))
            return false;
        begin_handshake(guest);
    } else {
        guest->state = GUEST_CONNECT;
        read_connect(guest);
    }
    return true;
}

/* Events */

/* Often the first bytes are there: then a plain connection needs no watch. */
void guest_begin(struct guest *guest)
{
    const struct front_options *options = &front_of(guest)->options;
    guest_set_deadline(guest, guest->began_ms ? options->handshake_timeout_ms
                                              : options->request_timeout_ms);
    if (!read_first_bytes(guest) || guest->state == GUEST_DEAD)
        return;
    guest->is_watched = guest_watch(guest, &guest->client, guest->client_fd);
    if (!guest->is_watched)
        guest_die(guest);
}

void guest_go_on(struct guest *guest)
{
    switch (guest->state) {
    case GUEST_FIRST_BYTES:
        read_first_bytes(guest);
        break;
    case GUEST_CONNECT:
        read_connect(guest);
        break;
    case GUEST_HANDSHAKE:
        shake_hands(guest);
        break;
    case GUEST_TUNNEL:
        break; /* what the client sends meanwhile is the other host's */
    case GUEST_RELAY:
        relay_turn(guest);
        break;
    case GUEST_FAREWELL:
        relay_farewell(guest);
        break;
    case GUEST_LINGER:
        relay_go_on_lingering(guest);
        break;
    case GUEST_RESETTING:
        relay_go_on_resetting(guest);
        break;
    case GUEST_TURN:
    case GUEST_STALLED:
    case GUEST_DEAD:
        break;
    }
}

/* A client that refuses the certificate says so in its last bytes, and is gone. */
static void hear_last_words(struct guest *guest)
{
    if (guest->state == GUEST_HANDSHAKE)
        shake_hands(guest);
}

void guest_on_event(struct guest *guest, const struct watch *watch, uint32_t events)
{
    if (guest->state == GUEST_DEAD)
        return;
    if (watch == &guest->client && (events & (EPOLLERR | EPOLLHUP))) {
        hear_last_words(guest);
        if (guest->state != GUEST_DEAD)
            guest_die(guest); /* which wakes the server's thread, if it waits for this client */
        return;
    }
    if (watch == &guest->client && (events & EPOLLRDHUP) && guest->state <= GUEST_CONNECT)
        guest->client_ended = true;
    if (guest->state != GUEST_TUNNEL)
        guest_go_on(guest);
    else if (watch == &guest->server && (events & (EPOLLIN | EPOLLHUP)))
        enter_tunnel(guest);
}

static void expire(struct guest *guest)
{
    switch (guest->state) {
    case GUEST_CONNECT:
        guest_tell(guest, "the head of CONNECT did not come whole in time");
        break;
    case GUEST_TURN:
        guest_tell(guest, "too many TLS handshakes are in progress; more of them at once: "
                          "handshakes_max");
        break;
    case GUEST_HANDSHAKE:
        guest_tell(guest, "the TLS handshake was not over in time");
        break;
    case GUEST_TUNNEL:
        tell_of_tunnel(guest, "it takes no connection in time");
        break;
    case GUEST_RESETTING:
        relay_go_on_resetting(guest);
        return;
    default:
        break;
    }
    guest_die(guest);
}

static bool has_request(const struct guest *guest)
{
    return guest->link || guest->state > GUEST_RELAY;
}

/* A connection in TLS without a request ends in order. */
static void end_early(struct guest *guest)
{
    hear_last_words(guest);
    if (guest->state == GUEST_DEAD)
        return;
    if (guest->state == GUEST_RELAY) {
        guest->state = GUEST_FAREWELL;
        relay_farewell(guest);
    } else {
        guest_die(guest);
    }
}

void guest_check(struct guest *guest, int64_t now_ms)
{
    const struct front *front = front_of(guest);
    if (guest->state == GUEST_DEAD)
        return; /* it gave its place to one that was looked at just before */
    if (atomic_load(&front->stopping)) {
        guest_die(guest);
    } else if (atomic_load(&front->closing) && !has_request(guest)) {
        end_early(guest);
    } else if (guest->deadline_ms && now_ms >= guest->deadline_ms) {
        if (guest->state == GUEST_RELAY)
            end_early(guest);
        else
            expire(guest);
    } else {
        if (guest->deadline_ms)
            loop_remind(guest->loop, guest->deadline_ms);
        if (guest->state == GUEST_TURN)
            begin_handshake(guest);
    }
}
