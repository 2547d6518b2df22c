/* The front door: every socket that clients connect to, and TLS, CONNECT and plain HTTP told apart
 * by the first bytes of a connection.
 *
 * The HTTP server behind it accepts its connections from a port of loopback, takes no other's, and
 * cannot be given a descriptor. So the front connects to that port for each client, with a ticket:
 * a connection from an address of 127.0.0.0/8 that no other ticket has. Before the server's thread
 * reads from a ticket, front_exchange() puts another socket in its place: the client's own where
 * the client speaks plain HTTP, which so is as fast as without a front; and with TLS the end of a
 * socket pair, whose other end the front relays.
 *
 * The server learns by the ticket's address whom it is talking to, and says how the client's
 * connection shall end. Every byte is sent before that end.
 *
 * The front knows sockets and TLS, and nothing of HTTP but the head of CONNECT. A few threads serve
 * all connections. Thread-safe, but for starting and stopping. */
#ifndef AILAB_MOCKSERVER_FRONT_FRONT_H
#define AILAB_MOCKSERVER_FRONT_FRONT_H

#include "ailab_mock.h"
#include "api/tls_fault.h"
#include "front/address.h"
#include "front/first_bytes.h"

struct authority;
struct front;
struct front_link;

#define FRONT_PEER_SIZE 64 /* "[2001:db8::1]:50000", "unix" */
#define FRONT_HANDSHAKES_DEFAULT 64
#define FRONT_HANDSHAKE_TIMEOUT_MS_DEFAULT 10000

/* Whom a connection is with. */
struct front_peer {
    char text[FRONT_PEER_SIZE]; /* address and port of the client */
    bool is_local;              /* by loopback or a unix socket */
    bool tls, proxied;          /* by TLS; through CONNECT */
    enum tls_fault fault;       /* that the connection met, once the client's hello has come */
};

/* Something that no request will tell: a handshake that failed, a connection that a bound
 * ended. */
struct front_event {
    const struct front_peer *peer; /* with a fault, the event was to be expected */
    const char *tunnel_to;         /* "HOST:PORT" of a tunnel that was asked for; NULL: none */
    bool is_success;               /* the tunnel is there, and what is empty */
    const char *what;              /* what was wrong, what would be right */
};

struct front_options {
    const struct front_address *addresses; /* borrowed for the call */
    size_t address_count;
    struct authority *authority;   /* borrowed until the stop; NULL: neither TLS nor CONNECT */
    bool tunnel_others;            /* CONNECT to other hosts goes there, for local clients */
    unsigned connections_max;      /* at once, those of the HTTP server included */
    unsigned handshakes_max;       /* in progress at once, 0: default */
    uint32_t handshake_timeout_ms; /* from the first byte to the last of CONNECT and handshake, 0:
                                      default */
    uint32_t request_timeout_ms;   /* until the first byte, and for the last bytes to be taken */
    /* Which fault the next TLS connection gets; NULL: none. Called from threads of the front. */
    enum tls_fault (*next_fault)(void *context);
    /* NULL is allowed. Called from threads of the front. */
    void (*on_event)(void *context, const struct front_event *event);
    void *context;
};

/* Listens when it returns AILAB_MOCK_OK; takes connections once front_open() was called. */
enum ailab_mock_error front_start(struct front **out, const struct front_options *options,
                                  char why[AILAB_MOCK_ERROR_SIZE]);
/* The HTTP server listens on this port of 127.0.0.1. False, with errno, when the system refuses to
 * tell of connections. */
bool front_open(struct front *front, uint16_t server_port);
/* Stops listening, and ends the connections that have no request yet. */
void front_close(struct front *front);
/* Once the server has ended: relays what is left, at most for drain_ms, and frees the front. NULL
 * is allowed. */
void front_stop(struct front *front, uint32_t drain_ms);

/* Of the first address with a port, 0 when there is none. */
uint16_t front_port(const struct front *front);
/* "http://127.0.0.1:49152" or, with tls, "https://…" of the first address with a port; "unix:PATH"
 * when there is none. */
void front_url(const struct front *front, bool tls, char *out, size_t size);

/* Refuses new connections for a time. */
void front_refuse(struct front *front, uint64_t ms);

/* Links: what the HTTP server has in hand. */

/* Puts clients' sockets in place of all tickets that were accepted. The server's thread calls it as
 * a connection begins, before it reads. */
void front_exchange(struct front *front);
/* The link whose ticket came from this address and port, once, for the thread that serves it, until
 * front_link_release(). NULL: the connection is none of the front's. */
struct front_link *front_link_claim(struct front *front, const char *ticket_address, uint16_t port);
const struct front_peer *front_link_peer(const struct front_link *link);
/* The server's descriptor. */
int front_link_fd(const struct front_link *link);
/* What is wrong with the head of its first request, where the first bytes told. */
const struct head_trouble *front_link_trouble(const struct front_link *link);

enum front_end {
    FRONT_END_NORMAL, /* with TLS: close_notify, then FIN */
    FRONT_END_FIN,    /* FIN alone */
    FRONT_END_RESET,  /* RST */
};
/* How the client's connection shall end after all bytes that the server sent. For a connection that
 * is relayed; false for one that is the client's own socket: the server then ends it itself. */
bool front_link_end(struct front_link *link, enum front_end end);
/* Wakes the server's threads that wait on a link, and ends their connections. */
void front_shut_links(struct front *front);
/* Before the server closes the descriptor. NULL is allowed. */
void front_link_release(struct front *front, struct front_link *link);

#endif
