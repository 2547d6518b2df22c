/* Each direction reads as much as the other side takes: what that does not take is held, and
 * nothing more is read meanwhile. */
#include "front/relay.h"
#include "front/front_internal.h"
#include <errno.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECES_A_TURN 16 /* of LOOP_SCRATCH, in each direction */
#define RESET_CHECK_MS 2

enum passing {
    PASSED,  /* there may be more */
    BLOCKED, /* until an event */
    ENDED,   /* in this direction for good */
};

/* The two sides */

static enum tls_result client_read(struct guest *guest, char *out, size_t size, size_t *got)
{
    if (guest->tls)
        return tls_stream_read(guest->tls, out, size, got);
    const ssize_t received = recv(guest->client_fd, out, size, MSG_DONTWAIT);
    *got = received > 0 ? (size_t)received : 0;
    if (received > 0)
        return TLS_DONE;
    return received == 0 ? TLS_END : errno == EAGAIN || errno == EINTR ? TLS_WAIT : TLS_FAILED;
}

static enum tls_result client_write(struct guest *guest, const char *bytes, size_t size,
                                    size_t *taken)
{
    if (guest->tls)
        return tls_stream_write(guest->tls, bytes, size, taken);
    const ssize_t sent = send(guest->client_fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    *taken = sent > 0 ? (size_t)sent : 0;
    if (sent >= 0)
        return TLS_DONE;
    return errno == EAGAIN || errno == EINTR ? TLS_WAIT : TLS_FAILED;
}

/* The server's side is a socket pair, or in a tunnel another host. */
static enum tls_result server_write(struct guest *guest, const char *bytes, size_t size,
                                    size_t *taken)
{
    const ssize_t sent = send(guest->server_fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    *taken = sent > 0 ? (size_t)sent : 0;
    if (sent >= 0)
        return TLS_DONE;
    return errno == EAGAIN || errno == EINTR ? TLS_WAIT : TLS_FAILED;
}

/* Held bytes */

static bool hold(struct held *held, const char *bytes, size_t size)
{
    held->bytes = malloc(size);
    if (!held->bytes)
        return false;
    memcpy(held->bytes, bytes, size);
    held->size = size;
    held->done = 0;
    return true;
}

static void drop_held(struct held *held)
{
    free(held->bytes);
    *held = (struct held){0};
}

typedef enum tls_result write_to(struct guest *guest, const char *bytes, size_t size,
                                 size_t *taken);

/* Writes all of bytes, as far as the side takes them. */
static enum tls_result write_all(struct guest *guest, write_to *write, const char *bytes,
                                 size_t size, size_t *done)
{
    enum tls_result result = TLS_DONE;
    while (result == TLS_DONE && *done < size) {
        size_t taken = 0;
        result = write(guest, bytes + *done, size - *done, &taken);
        *done += taken;
    }
    return result;
}

static enum tls_result write_held(struct guest *guest, write_to *write, struct held *held)
{
    if (!held->bytes)
        return TLS_DONE;
    const enum tls_result result = write_all(guest, write, held->bytes, held->size, &held->done);
    if (held->done == held->size)
        drop_held(held);
    return result;
}

/* Without memory the connection is over. */
static enum tls_result write_or_hold(struct guest *guest, write_to *write, struct held *held,
                                     size_t size)
{
    size_t done = 0;
    const char *scratch = guest->loop->scratch;
    const enum tls_result result = write_all(guest, write, scratch, size, &done);
    if (result == TLS_WAIT && !hold(held, scratch + done, size - done))
        return TLS_FAILED;
    return result;
}

static enum passing die(struct guest *guest)
{
    guest_die(guest);
    return ENDED;
}

/* From the client to the server */

/* Nothing is asked of the server before the first byte has come. */
static bool open_server(struct guest *guest)
{
    int pair[2];
    struct front *front = guest_front(guest);
    if (guest->server_fd >= 0 || guest->tunnel_to)
        return guest->server_fd >= 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
        return false;
    guest->server_fd = pair[0];
    guest->link = links_add(&front->links, pair[1], true, &guest->peer, NULL);
    if (!guest->link) {
        close(pair[1]);
        return false;
    }
    guest_set_deadline(guest, 0);
    return guest_watch(guest, &guest->server, guest->server_fd);
}

/* As much as there is, up to the size of the scratch memory: TLS reads a record at a time. */
static enum tls_result fill(struct guest *guest, size_t *filled)
{
    enum tls_result result = TLS_DONE;
    *filled = 0;
    while (result == TLS_DONE && *filled < LOOP_SCRATCH) {
        size_t got = 0;
        result = client_read(guest, guest->loop->scratch + *filled, LOOP_SCRATCH - *filled, &got);
        *filled += result == TLS_DONE ? got : 0;
    }
    return result;
}

static void client_has_ended(struct guest *guest)
{
    guest->client_ended = true;
    if (guest->server_fd >= 0)
        shutdown(guest->server_fd, SHUT_WR);
}

static enum passing pass_up(struct guest *guest)
{
    size_t size;
    if (guest->client_ended)
        return ENDED;
    enum tls_result written = write_held(guest, server_write, &guest->up);
    if (written == TLS_WAIT)
        return BLOCKED;
    guest->server_deaf |= written == TLS_FAILED;
    const enum tls_result result = fill(guest, &size);
    if (size && !open_server(guest))
        return die(guest);
    if (size && !guest->server_deaf)
        written = write_or_hold(guest, server_write, &guest->up, size);
    guest->server_deaf |= written == TLS_FAILED;
    if (result == TLS_WAIT || result == TLS_DONE)
        return written == TLS_WAIT || result == TLS_WAIT ? BLOCKED : PASSED;
    if (result == TLS_FAILED) {
        if (guest->tls && tls_stream_is_protocol_error(guest->tls))
            guest_tell(guest, tls_stream_why(guest->tls));
        return die(guest);
    }
    if (guest->up.bytes)
        return BLOCKED; /* the end is read again once these bytes are written */
    client_has_ended(guest);
    return ENDED;
}

/* From the server to the client */

static enum passing server_has_ended(struct guest *guest)
{
    guest->state = GUEST_FAREWELL;
    guest_set_deadline(guest, guest_front(guest)->options.request_timeout_ms);
    /* Frees the server's thread, which may still read from a client. */
    guest_close(guest, &guest->server_fd);
    relay_farewell(guest);
    return ENDED;
}

static enum passing pass_down(struct guest *guest)
{
    if (guest->server_fd < 0)
        return BLOCKED;
    enum tls_result written = write_held(guest, client_write, &guest->down);
    if (written == TLS_WAIT)
        return BLOCKED;
    const ssize_t got = recv(guest->server_fd, guest->loop->scratch, LOOP_SCRATCH, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return BLOCKED;
    if (got <= 0)
        return server_has_ended(guest);
    written = write_or_hold(guest, client_write, &guest->down, (size_t)got);
    if (written == TLS_FAILED)
        return die(guest);
    return written == TLS_WAIT ? BLOCKED : PASSED;
}

/* The client has ended its side before it asked for anything. */
static void end_unasked(struct guest *guest)
{
    guest->state = GUEST_FAREWELL;
    guest_set_deadline(guest, FRONT_LINGER_MS);
    relay_farewell(guest);
}

void relay_turn(struct guest *guest)
{
    enum passing up = PASSED, down = PASSED;
    for (int i = 0; i < PIECES_A_TURN && (up == PASSED || down == PASSED); i++) {
        if (up == PASSED)
            up = pass_up(guest);
        if (guest->state == GUEST_RELAY && (down == PASSED || up == PASSED))
            down = pass_down(guest);
        if (guest->state != GUEST_RELAY)
            return;
    }
    if (up == PASSED || down == PASSED)
        guest_be_ready(guest);
    else if (guest->client_ended && guest->server_fd < 0)
        end_unasked(guest);
}

/* Ends */

/* Reads away what the client still sends, so that it gets to read its answer before a reset could
 * destroy it. False when the client has ended its side or is gone. */
static bool read_away(struct guest *guest)
{
    for (int i = 0; i < PIECES_A_TURN; i++) {
        const ssize_t got =
            recv(guest->client_fd, guest->loop->scratch, LOOP_SCRATCH, MSG_DONTWAIT);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0)
            return false;
        if (guest->state == GUEST_LINGER)
            guest_set_deadline(guest, FRONT_LINGER_MS);
    }
    guest_be_ready(guest);
    return true;
}

static enum front_end end_of(const struct guest *guest)
{
    return guest->link ? (enum front_end)atomic_load(&guest->link->end) : FRONT_END_NORMAL;
}

void relay_farewell(struct guest *guest)
{
    read_away(guest);
    enum tls_result result = write_held(guest, client_write, &guest->down);
    if (result == TLS_DONE && guest->tls && end_of(guest) == FRONT_END_NORMAL)
        result = tls_stream_end(guest->tls);
    if (result == TLS_WAIT)
        return;
    if (result == TLS_FAILED) {
        guest_die(guest);
        return;
    }
    if (end_of(guest) != FRONT_END_RESET) {
        relay_linger(guest);
        return;
    }
    guest->state = GUEST_RESETTING;
    guest->last_ms = guest->loop->now_ms + FRONT_LINGER_MS;
    relay_go_on_resetting(guest);
}

void relay_linger(struct guest *guest)
{
    guest->state = GUEST_LINGER;
    guest->last_ms = guest->loop->now_ms + guest_front(guest)->options.request_timeout_ms;
    shutdown(guest->client_fd, SHUT_WR);
    guest_set_deadline(guest, FRONT_LINGER_MS);
    relay_go_on_lingering(guest);
}

void relay_go_on_lingering(struct guest *guest)
{
    if (!read_away(guest) || guest->loop->now_ms >= guest->last_ms)
        guest_die(guest);
}

/* What a client has not received when RST comes is lost to it. */
void relay_go_on_resetting(struct guest *guest)
{
    int unsent = 0;
    if (guest->loop->now_ms < guest->last_ms && ioctl(guest->client_fd, SIOCOUTQ, &unsent) == 0 &&
        unsent > 0) {
        guest_set_deadline(guest, RESET_CHECK_MS);
        return;
    }
    const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
    (void)connect(guest->client_fd, &unspecified, sizeof unspecified);
    guest_die(guest);
}
