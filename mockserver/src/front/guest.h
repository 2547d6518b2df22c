/* A client's connection while the front serves it: from its first byte until the HTTP server gets
 * its socket, or to its end where the front relays. Belongs to the thread of one loop. */
#ifndef AILAB_MOCKSERVER_FRONT_GUEST_H
#define AILAB_MOCKSERVER_FRONT_GUEST_H

#include "front/front.h"
#include "front/loop.h"

enum guest_state {
    GUEST_FIRST_BYTES,
    GUEST_CONNECT, /* its head has begun */
    GUEST_TURN,    /* waits for its turn: too many handshakes are in progress */
    GUEST_HANDSHAKE,
    GUEST_STALLED, /* a fault: until the time is over */
    GUEST_TUNNEL,  /* another host is being connected to */
    GUEST_RELAY,
    GUEST_FAREWELL,  /* the last bytes and close_notify are on their way */
    GUEST_LINGER,    /* all is sent; the client's end is awaited */
    GUEST_RESETTING, /* all is sent; RST comes once the client has it */
    GUEST_DEAD,
};

/* Bytes that could not be passed on yet. */
struct held {
    char *bytes; /* owned; NULL: none */
    size_t size, done;
};

struct watch {
    struct guest *guest;
};

struct guest {
    struct loop *loop;
    struct loop *home; /* serves it when it speaks TLS */
    enum guest_state state;
    struct watch client, server; /* what epoll tells of */
    int client_fd, server_fd;    /* server_fd: the other end of what the server has; -1: none */
    struct front_peer peer;
    struct tls_stream *tls; /* NULL: none, as in a tunnel */
    struct front_link *link;
    char *tunnel_to;      /* "HOST:PORT" of another host, owned; NULL: none */
    struct held up, down; /* to the server, to the client */
    int64_t began_ms;     /* the handshake, or what came before it */
    int64_t deadline_ms;  /* 0: none */
    int64_t last_ms;      /* of lingering */
    bool client_ended;    /* its side: no more bytes come from it */
    bool server_deaf;     /* it takes no more bytes */
    bool is_watched;      /* epoll tells of the client */
    bool is_ready, in_handshake;
    bool told; /* an event was told of it */
    /* A guest that dies keeps next, by which a walk over all guests finds on. */
    struct guest *next, *prev, *next_ready, *next_dead;
};

/* Owns fd from here on, whatever happens. NULL, and fd is closed, when memory ran out. */
struct guest *guest_new(struct loop *loop, struct loop *home, int fd);
void guest_free(struct guest *guest);

/* In the loop's thread. */

void guest_begin(struct guest *guest);
void guest_on_event(struct guest *guest, const struct watch *watch, uint32_t events);
void guest_go_on(struct guest *guest);
/* Its deadline may be over, or the front may be closing. */
void guest_check(struct guest *guest, int64_t now_ms);

/* For the files of this room that serve guests. */

static inline struct front *guest_front(const struct guest *guest)
{
    return guest->loop->front;
}

#define HEAD_BYTES_MAX ((size_t)16384) /* of a request, as the HTTP server bounds it */

void guest_set_deadline(struct guest *guest, uint64_t ms);
/* To be called again, after the other guests. */
void guest_be_ready(struct guest *guest);
bool guest_watch(struct guest *guest, struct watch *watch, int fd);
/* Closes one of its descriptors, if it is open, and forgets it. */
void guest_close(const struct guest *guest, int *fd);
/* Closes what it has and is freed soon. */
void guest_die(struct guest *guest);
/* As the HTTP server's from here on: with the client's socket, or counted by the link. */
void guest_move_out(struct guest *guest);
/* Tells an event. */
void guest_tell(struct guest *guest, const char *what);
/* The bytes that wait, most at the most, without taking them; borrowed until the loop reads again.
 * False when there are none; the guest may be dead then. */
bool guest_peek(struct guest *guest, struct slice *out, size_t most);
/* Plain HTTP that begins with these bytes: the server gets the client's socket. */
void guest_hand_over(struct guest *guest, struct slice bytes);
/* It counts no more among those of its loop that do this. */
void guest_leave_handshake(struct guest *guest);
void guest_leave_tunnel(struct guest *guest);
void guest_leave_loop(struct guest *guest);

#endif
