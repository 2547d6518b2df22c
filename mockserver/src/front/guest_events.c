/* What a guest does next: at its first bytes, at each event, and when its time is over. */
#include "front/connect.h"
#include "front/first_bytes.h"
#include "front/front_internal.h"
#include "front/handshake.h"
#include "front/relay.h"
#include <sys/epoll.h>

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
    guest_leave_loop(guest);
    guest->state = GUEST_FIRST_BYTES;
    guest->loop = guest->home;
    loop_give(guest->home, guest);
    return true;
}

/* False when the guest belongs to another loop now. */
static bool read_first_bytes(struct guest *guest)
{
    struct slice bytes;
    const struct front *front = guest_front(guest);
    if (!guest_peek(guest, &bytes, HEAD_BYTES_MAX))
        return true;
    enum first_bytes what = first_bytes_judge(bytes);
    if (what == FIRST_BYTES_MORE && !guest->client_ended)
        return true;
    if (!front->tls || what == FIRST_BYTES_HTTP || what == FIRST_BYTES_MORE) {
        guest_hand_over(guest, bytes);
        return true;
    }
    if (!guest->began_ms) {
        guest->began_ms = guest->loop->now_ms;
        guest_set_deadline(guest, front->options.handshake_timeout_ms);
    }
    if (what == FIRST_BYTES_TLS) {
        if (move_home(guest))
            return false;
        handshake_begin(guest);
    } else {
        guest->state = GUEST_CONNECT;
        connect_read(guest);
    }
    return true;
}

/* Events */

/* Often the first bytes are there: then a plain connection needs no watch. */
void guest_begin(struct guest *guest)
{
    const struct front_options *options = &guest_front(guest)->options;
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
        connect_read(guest);
        break;
    case GUEST_HANDSHAKE:
        handshake_go_on(guest);
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
        handshake_go_on(guest);
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
        connect_enter_tunnel(guest);
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
        connect_expire(guest);
        break;
    case GUEST_RESETTING:
        relay_go_on_resetting(guest);
        return;
    default:
        break;
    }
    guest_die(guest);
}

/* A thread that got no processor for a while finds the time over for a client that kept it: what
 * has come is looked at first. True when that has moved the guest on, which another loop may serve
 * now. */
static bool moves_on(struct guest *guest)
{
    const enum guest_state state = guest->state;
    const int64_t deadline_ms = guest->deadline_ms;
    if (state == GUEST_FIRST_BYTES) {
        if (!read_first_bytes(guest))
            return true;
    } else if (state == GUEST_CONNECT || state == GUEST_HANDSHAKE || state == GUEST_RELAY) {
        guest_go_on(guest);
    }
    return guest->state != state || guest->deadline_ms != deadline_ms;
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
    struct loop *loop = guest->loop;
    const struct front *front = loop->front;
    if (guest->state == GUEST_DEAD)
        return; /* it gave its place to one that was looked at just before */
    if (atomic_load(&front->stopping)) {
        guest_die(guest);
    } else if (atomic_load(&front->closing) && !has_request(guest)) {
        end_early(guest);
    } else if (guest->deadline_ms && now_ms >= guest->deadline_ms) {
        if (moves_on(guest))
            loop_remind(loop, 0);
        else if (guest->state == GUEST_RELAY)
            end_early(guest);
        else
            expire(guest);
    } else {
        if (guest->deadline_ms)
            loop_remind(loop, guest->deadline_ms);
        if (guest->state == GUEST_TURN)
            handshake_begin(guest);
    }
}
