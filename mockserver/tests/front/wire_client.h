/* A raw client that comes to a mock in three ways and tells how the connection ended, to the byte:
 * with a reset, with a FIN, or with TLS's close_notify and a FIN. TLS works on memory, and the
 * bytes of the socket are read here, so that neither hides the other. Every wait is bounded; a
 * helper that fails ends the test. */
#ifndef AILAB_MOCKSERVER_TESTS_FRONT_WIRE_CLIENT_H
#define AILAB_MOCKSERVER_TESTS_FRONT_WIRE_CLIENT_H

#include "mock_requests.h"
#include <openssl/ssl.h>

#define WIRE_HOST "www.ailabapi.com"

enum wire_way {
    WIRE_PLAIN,   /* HTTP */
    WIRE_TLS,     /* TLS */
    WIRE_CONNECT, /* TLS through CONNECT */
    WIRE_WAYS,
};

const char *wire_way_name(enum wire_way way);

enum wire_end {
    WIRE_OPEN,     /* it has not ended */
    WIRE_RESET,    /* RST */
    WIRE_FIN,      /* FIN; with TLS, without close_notify */
    WIRE_NOTIFIED, /* close_notify, then FIN; without TLS, FIN */
    WIRE_SILENT,   /* nothing came for too long */
};

const char *wire_end_name(enum wire_end end);

struct wire {
    enum wire_way way;
    int fd;
    SSL *ssl;             /* NULL before TLS */
    SSL_SESSION *session; /* to be resumed, if possible; borrowed; NULL: none */
    enum wire_end end;
    bool notified;        /* close_notify came */
    struct mock_text raw; /* what came of TLS so far: records, as they were sent */
};

/* Where a mock with https listens. */
struct wire_ports {
    uint16_t http, https;
    const char *ca_file;
};

struct ailab_mock;
struct wire_ports wire_ports_of(const struct ailab_mock *mock);

/* Connects; with WIRE_CONNECT, also asks for the tunnel, which must be granted. */
void wire_connect(struct wire *out, const struct wire_ports *ports, enum wire_way way);
/* Shakes hands, whatever the certificate is like. False when there was no handshake: wire->end says
 * how the connection ended, and OpenSSL's error queue has an alert if one came. */
bool wire_shake_hands(struct wire *wire, const struct wire_ports *ports);
/* What is wrong with the certificate: X509_V_OK, X509_V_ERR_CERT_HAS_EXPIRED, … */
long wire_verdict(const struct wire *wire);
/* Both of the above, for a way that has TLS; the handshake must succeed. */
void wire_open(struct wire *out, const struct wire_ports *ports, enum wire_way way);
void wire_close(struct wire *wire);

/* A connection that broke takes no bytes: reading tells how. */
void wire_send(struct wire *wire, struct slice bytes);
/* Whether anything comes within ms: bytes, an end or a reset. */
bool wire_stirs(const struct wire *wire, int ms);
/* Adds to wire->raw what comes until the connection ends. */
void wire_read_raw_to_end(struct wire *wire);
/* What comes until the connection ends, which is noted in wire->end; the caller clears it. */
struct mock_text wire_read_to_end(struct wire *wire);

#endif
