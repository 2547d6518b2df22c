/* See handshake.h. */
#include "front/handshake.h"
#include "front/front_internal.h"
#include "front/relay.h"

#define PATIENT_MS 1000 /* a handshake older than that gives its place to one that waits */
#define TURN_CHECK_MS 100

static void begin_relay(struct guest *guest)
{
    guest->state = GUEST_RELAY;
    guest_set_deadline(guest, guest_front(guest)->options.request_timeout_ms);
    relay_turn(guest);
}

void handshake_go_on(struct guest *guest)
{
    const enum tls_result result = tls_stream_handshake(guest->tls);
    guest->peer.fault = tls_stream_fault(guest->tls);
    if (result == TLS_WAIT)
        return;
    guest_leave_handshake(guest);
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

void handshake_begin(struct guest *guest)
{
    struct loop *loop = guest->loop;
    struct front *front = guest_front(guest);
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
    handshake_go_on(guest);
}
