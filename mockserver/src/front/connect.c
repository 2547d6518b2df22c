/* See connect.h. */
#include "front/connect.h"
#include "api/served_host.h"
#include "front/connect_head.h"
#include "front/front_internal.h"
#include "front/relay.h"
#include "front/tunnel.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static void tell_of_tunnel(const struct guest *guest, const char *what)
{
    const struct front_event event = {
        .peer = &guest->peer,
        .tunnel_to = guest->tunnel_to,
        .is_success = what == NULL,
        .what = what ? what : "",
    };
    front_tell(guest_front(guest), &event);
}

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
        guest->server_fd = tunnel_begin(head, guest_front(guest)->options.handshake_timeout_ms);
    if (guest->server_fd < 0 || !guest_watch(guest, &guest->server, guest->server_fd)) {
        refuse_tunnel(guest, "too many connections are being made at once");
        return;
    }
    guest->state = GUEST_TUNNEL;
    guest->loop->tunnels++;
}

void connect_enter_tunnel(struct guest *guest)
{
    char why[TUNNEL_WHY_SIZE];
    const int fd = tunnel_end(guest->server_fd, why);
    guest_close(guest, &guest->server_fd);
    guest->server_fd = fd;
    guest_leave_tunnel(guest);
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
    return guest_front(guest)->options.tunnel_others && guest->peer.is_local &&
           !guest->peer.proxied;
}

void connect_read(struct guest *guest)
{
    struct connect_head head;
    struct slice bytes;
    if (!guest_peek(guest, &bytes, CONNECT_HEAD_BYTES_MAX))
        return;
    switch (connect_head_parse(&head, bytes)) {
    case CONNECT_MORE:
        if (guest->client_ended)
            guest_hand_over(guest, bytes);
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
    guest_hand_over(guest, bytes); /* which refuses it in the envelope */
}

void connect_expire(const struct guest *guest)
{
    tell_of_tunnel(guest, "it takes no connection in time");
}
