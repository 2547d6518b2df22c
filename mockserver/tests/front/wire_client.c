/* Sockets under poll(), and OpenSSL between two memory buffers. */
#include "wire_client.h"
#include "ailab_mock.h"
#include "mock_sockets.h"
#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

const char *wire_way_name(enum wire_way way)
{
    static const char *const names[] = {"plain", "TLS", "CONNECT and TLS"};
    return names[way];
}

const char *wire_end_name(enum wire_end end)
{
    static const char *const names[] = {"open", "RST", "FIN", "close_notify and FIN", "silence"};
    return names[end];
}

struct wire_ports wire_ports_of(const struct ailab_mock *mock)
{
    const char *url = ailab_mock_https_url(mock);
    assert_non_null(url);
    return (struct wire_ports){ailab_mock_port(mock),
                               (uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10),
                               ailab_mock_ca_file(mock)};
}

/* The socket */

bool wire_stirs(const struct wire *wire, int ms)
{
    struct pollfd waiting = {.fd = wire->fd, .events = POLLIN | POLLRDHUP};
    return poll(&waiting, 1, ms) > 0;
}

static void send_raw(struct wire *wire, struct slice bytes)
{
    while (bytes.len && wire->end == WIRE_OPEN) {
        ssize_t sent = send(wire->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent > 0)
            bytes = slice_make(bytes.ptr + sent, bytes.len - (size_t)sent);
        else if (errno == ECONNRESET)
            wire->end = WIRE_RESET; /* reading would not tell it again */
        else
            return;
    }
}

/* Some bytes at the end of out; false when the connection has ended. */
static bool receive_raw(struct wire *wire, struct mock_text *out)
{
    char buffer[65536];
    bool stirred = wire_stirs(wire, MOCK_WAIT_MS);
    ssize_t got = stirred ? recv(wire->fd, buffer, sizeof buffer, 0) : -1;
    if (got > 0) {
        mock_text_add(out, slice_make(buffer, (size_t)got));
        return true;
    }
    if (wire->end == WIRE_OPEN)
        wire->end = got == 0 ? WIRE_FIN : stirred && errno == ECONNRESET ? WIRE_RESET : WIRE_SILENT;
    return false;
}

/* TLS */

/* What OpenSSL has written goes to the socket. */
static void flush(struct wire *wire)
{
    char *bytes;
    BIO *out = SSL_get_wbio(wire->ssl);
    long size = BIO_get_mem_data(out, &bytes);
    send_raw(wire, slice_make(bytes, (size_t)size));
    (void)BIO_reset(out);
}

/* More of the socket goes to OpenSSL. */
static bool feed(struct wire *wire)
{
    size_t before = wire->raw.len;
    if (!receive_raw(wire, &wire->raw))
        return false;
    int size = (int)(wire->raw.len - before);
    assert_int_equal(BIO_write(SSL_get_rbio(wire->ssl), wire->raw.ptr + before, size), size);
    return true;
}

static SSL *new_session(const struct wire_ports *ports)
{
    char host[] = WIRE_HOST; /* a macro of OpenSSL takes its const away */
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    assert_non_null(context);
    assert_int_equal(SSL_CTX_load_verify_locations(context, ports->ca_file, NULL), 1);
    SSL *ssl = SSL_new(context);
    SSL_CTX_free(context);
    assert_non_null(ssl);
    SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL); /* go on, and keep the verdict */
    assert_int_equal(SSL_set_tlsext_host_name(ssl, host), 1);
    assert_int_equal(SSL_set1_host(ssl, host), 1);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(ssl), -1); /* no bytes now, and not the end */
    return ssl;
}

bool wire_shake_hands(struct wire *wire, const struct wire_ports *ports)
{
    int result;
    wire->ssl = new_session(ports);
    if (wire->session)
        SSL_set_session(wire->ssl, wire->session);
    ERR_clear_error();
    while ((result = SSL_connect(wire->ssl)) != 1) {
        int error = SSL_get_error(wire->ssl, result);
        flush(wire);
        if (error != SSL_ERROR_WANT_READ || !feed(wire))
            break;
    }
    flush(wire);
    return result == 1;
}

long wire_verdict(const struct wire *wire)
{
    return SSL_get_verify_result(wire->ssl);
}

/* The way */

static void ask_for_tunnel(struct wire *wire)
{
    struct mock_text answer = {0};
    send_raw(wire,
             slice_of("CONNECT " WIRE_HOST ":443 HTTP/1.1\r\nHost: " WIRE_HOST ":443\r\n\r\n"));
    while (!answer.len || !strstr(answer.ptr, "\r\n\r\n"))
        if (!receive_raw(wire, &answer))
            fail_msg("CONNECT: %s after %zu bytes", wire_end_name(wire->end), answer.len);
    if (strncmp(answer.ptr, "HTTP/1.1 200 ", 13) != 0)
        fail_msg("CONNECT: %s", answer.ptr);
    mock_text_clear(&answer);
}

void wire_connect(struct wire *out, const struct wire_ports *ports, enum wire_way way)
{
    *out = (struct wire){.way = way};
    out->fd = mock_connect(way == WIRE_PLAIN ? ports->http : ports->https);
    assert_true(out->fd >= 0);
    if (way == WIRE_CONNECT)
        ask_for_tunnel(out);
}

void wire_open(struct wire *out, const struct wire_ports *ports, enum wire_way way)
{
    wire_connect(out, ports, way);
    if ((way == WIRE_TLS || way == WIRE_CONNECT) && !wire_shake_hands(out, ports))
        fail_msg("%s: no handshake, but %s", wire_way_name(way), wire_end_name(out->end));
}

void wire_close(struct wire *wire)
{
    SSL_free(wire->ssl);
    close(wire->fd);
    mock_text_clear(&wire->raw);
}

/* Bytes */

void wire_send(struct wire *wire, struct slice bytes)
{
    if (!wire->ssl) {
        send_raw(wire, bytes);
        return;
    }
    assert_int_equal(SSL_write(wire->ssl, bytes.ptr, (int)bytes.len), (int)bytes.len);
    flush(wire);
}

/* All that OpenSSL can read now. */
static void decrypt(struct wire *wire, struct mock_text *out)
{
    char buffer[16384];
    int got;
    while ((got = SSL_read(wire->ssl, buffer, sizeof buffer)) > 0)
        mock_text_add(out, slice_make(buffer, (size_t)got));
    int error = SSL_get_error(wire->ssl, got);
    wire->notified |= error == SSL_ERROR_ZERO_RETURN;
    if (error != SSL_ERROR_ZERO_RETURN && error != SSL_ERROR_WANT_READ)
        fail_msg("%s: a broken record: %s", wire_way_name(wire->way),
                 ERR_reason_error_string(ERR_peek_error()));
}

void wire_read_raw_to_end(struct wire *wire)
{
    while (wire->end == WIRE_OPEN && receive_raw(wire, &wire->raw))
        continue;
}

struct mock_text wire_read_to_end(struct wire *wire)
{
    struct mock_text text = {0};
    if (!wire->ssl) {
        while (receive_raw(wire, &text))
            continue;
        wire->end = wire->end == WIRE_FIN ? WIRE_NOTIFIED : wire->end;
        return text;
    }
    do
        decrypt(wire, &text);
    while (feed(wire));
    if (wire->end == WIRE_FIN && wire->notified)
        wire->end = WIRE_NOTIFIED;
    return text;
}
