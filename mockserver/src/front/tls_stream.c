/* OpenSSL does the protocol. Certificates come from the authority, by the name that the client asks
 * for; all else is the same for every connection. */
#include "front/tls_stream.h"
#include "base/count_of.h"
#include "certificates/authority.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NAME_MAX_BYTES 255
#define READ_BUFFER ((size_t)64 * 1024) /* while there is something in it */

struct tls_settings {
    SSL_CTX *context;
    BIO_METHOD *socket;
    struct authority *authority;
    enum tls_fault (*next_fault)(void *context);
    void *fault_context;
};

struct tls_stream {
    SSL *ssl;
    struct tls_settings *settings;
    int fd;
    enum tls_fault fault;
    bool judged; /* the client's hello has been looked at */
    bool wrong;  /* the client broke the protocol */
    bool gone;   /* the connection broke: nothing can be sent */
    const char *why;
};

/* The socket, as OpenSSL sees it. Its own writes to a connection that is gone, which raises SIGPIPE
 * in programs that do not ignore it. */

static int socket_write(BIO *bio, const char *bytes, int size)
{
    const struct tls_stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t sent = send(stream->fd, bytes, (size_t)size, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_write(bio);
    return (int)sent;
}

static int socket_read(BIO *bio, char *out, int size)
{
    const struct tls_stream *stream = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t got = recv(stream->fd, out, (size_t)size, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        BIO_set_retry_read(bio);
    if (got == 0)
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    return (int)got;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF)
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *socket_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (method && BIO_meth_set_write(method, socket_write) &&
        BIO_meth_set_read(method, socket_read) && BIO_meth_set_ctrl(method, socket_control))
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* The client's hello */

/* The name in the extension server_name: a list of one entry of the type host_name (RFC 6066). */
static void asked_name(SSL *ssl, char out[NAME_MAX_BYTES + 1])
{
    const unsigned char *bytes;
    size_t size;
    out[0] = '\0';
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &size) || size < 5 ||
        bytes[2] != TLSEXT_NAMETYPE_host_name)
        return;
    const size_t len = (size_t)bytes[3] << 8 | bytes[4];
    if (len > NAME_MAX_BYTES || len + 5 > size || memchr(bytes + 5, '\0', len))
        return;
    memcpy(out, bytes + 5, len);
    out[len] = '\0';
}

/* Only the certificate and its key: ALPN and session tickets are this room's. */
static bool use_certificate(SSL *ssl, SSL_CTX *from)
{
    STACK_OF(X509) *chain = NULL;
    return SSL_use_certificate(ssl, SSL_CTX_get0_certificate(from)) == 1 &&
           SSL_use_PrivateKey(ssl, SSL_CTX_get0_privatekey(from)) == 1 &&
           SSL_CTX_get0_chain_certs(from, &chain) == 1 && SSL_set1_chain(ssl, chain) == 1;
}

/* A session that is taken up again shows no certificate. */
static void forbid_resumption(SSL *ssl)
{
    static const unsigned char other[] = "fault";
    SSL_set_session_id_context(ssl, other, sizeof other);
    SSL_set_options(ssl, SSL_OP_NO_TICKET);
}

static bool choose_certificate(struct tls_stream *stream)
{
    char name[NAME_MAX_BYTES + 1];
    const enum tls_fault fault = stream->fault;
    asked_name(stream->ssl, name);
    if (fault == TLS_FAULT_expired || fault == TLS_FAULT_wrong_host || fault == TLS_FAULT_untrusted)
        forbid_resumption(stream->ssl);
    SSL_CTX *from = authority_context(stream->settings->authority, name, fault);
    const bool chosen = from && use_certificate(stream->ssl, from);
    SSL_CTX_free(from);
    if (!chosen)
        stream->why = "no certificate could be made: memory is short";
    return chosen;
}

static int on_hello(SSL *ssl, int *alert, void *context)
{
    struct tls_stream *stream = SSL_get_app_data(ssl);
    const struct tls_settings *settings = context;
    stream->judged = true;
    stream->fault =
        settings->next_fault ? settings->next_fault(settings->fault_context) : TLS_FAULT_NONE;
    switch (stream->fault) {
    case TLS_FAULT_stall:
    case TLS_FAULT_close_at_hello:
        return SSL_CLIENT_HELLO_RETRY; /* and it never is */
    case TLS_FAULT_alert:
        *alert = SSL_AD_HANDSHAKE_FAILURE;
        stream->why = "the hello was answered with an alert on purpose";
        return SSL_CLIENT_HELLO_ERROR;
    default:
        *alert = SSL_AD_INTERNAL_ERROR;
        return choose_certificate(stream) ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
    }
}

/* http/1.1 is all that is spoken, also where the client offers h2 first. */
static int on_protocols(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                        const unsigned char *offered, unsigned offered_size, void *context)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)ssl;
    (void)context;
    return SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_size, ours, sizeof ours - 1,
                                 offered, offered_size) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Settings */

static bool set_up(struct tls_settings *settings)
{
    static const unsigned char us[] = "ailab-mock";
    SSL_CTX *context = settings->context;
    if (!context || !settings->socket || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) ||
        !SSL_CTX_set_session_id_context(context, us, sizeof us - 1))
        return false;
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1); /* a record's head and body in one call of the system */
    SSL_CTX_set_default_read_buffer_len(context, READ_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); /* tickets need none */
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_client_hello_cb(context, on_hello, settings);
    SSL_CTX_set_alpn_select_cb(context, on_protocols, NULL);
    return true;
}

struct tls_settings *tls_settings_new(struct authority *authority,
                                      enum tls_fault (*next_fault)(void *context), void *context)
{
    struct tls_settings *settings = calloc(1, sizeof *settings);
    if (!settings)
        return NULL;
    settings->authority = authority;
    settings->next_fault = next_fault;
    settings->fault_context = context;
    settings->context = SSL_CTX_new(TLS_server_method());
    settings->socket = socket_method();
    if (set_up(settings))
        return settings;
    tls_settings_free(settings);
    return NULL;
}

void tls_settings_free(struct tls_settings *settings)
{
    if (!settings)
        return;
    SSL_CTX_free(settings->context);
    BIO_meth_free(settings->socket);
    free(settings);
}

/* Streams */

struct tls_stream *tls_stream_new(struct tls_settings *settings, int fd)
{
    struct tls_stream *stream = calloc(1, sizeof *stream);
    BIO *bio = stream ? BIO_new(settings->socket) : NULL;
    SSL *ssl = bio ? SSL_new(settings->context) : NULL;
    if (!ssl) {
        BIO_free(bio);
        free(stream);
        return NULL;
    }
    *stream = (struct tls_stream){.ssl = ssl, .settings = settings, .fd = fd};
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, stream);
    SSL_set_accept_state(ssl);
    return stream;
}

void tls_stream_free(struct tls_stream *stream)
{
    if (!stream)
        return;
    SSL_free(stream->ssl);
    free(stream);
}

/* Reasons of OpenSSL, and what they tell a user. */
static const struct explanation {
    int reason;
    const char *why;
} explanations[] = {
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "the client does not trust the certificate's authority; "
                                   "'ailab-mock ca' says how to make it"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "the client does not accept the certificate; "
                                            "'ailab-mock ca' says how to make it"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "the client does not accept the certificate; "
                                        "'ailab-mock ca' says how to make it"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "the client says that the certificate has ended"},
    {SSL_R_TLSV1_ALERT_ACCESS_DENIED, "the client does not accept the certificate"},
    {SSL_R_UNSUPPORTED_PROTOCOL, "the client speaks neither TLS 1.2 nor 1.3"},
    {SSL_R_VERSION_TOO_LOW, "the client speaks neither TLS 1.2 nor 1.3"},
    {SSL_R_NO_SHARED_CIPHER, "client and mock have no cipher in common"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM,
     "the client takes no ECDSA signature, which the certificate needs"},
    {SSL_R_NO_SHARED_GROUPS, "client and mock have no key exchange group in common"},
    {SSL_R_NO_APPLICATION_PROTOCOL, "the client speaks no HTTP/1.1"},
    {SSL_R_WRONG_VERSION_NUMBER, "after its first byte this is no TLS"},
    {SSL_R_PACKET_LENGTH_TOO_LONG, "a record is larger than TLS allows"},
    {SSL_R_ENCRYPTED_LENGTH_TOO_LONG, "a record is larger than TLS allows"},
    {SSL_R_DATA_LENGTH_TOO_LONG, "a record is larger than TLS allows"},
    {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "a record was damaged on its way"},
    {SSL_R_NO_RENEGOTIATION, "the client wanted to renegotiate, which the mock does not do"},
};

static const char *explanation_of(unsigned long error)
{
    if (ERR_GET_LIB(error) == ERR_LIB_SSL)
        for (size_t i = 0; i < COUNT_OF(explanations); i++)
            if (ERR_GET_REASON(error) == explanations[i].reason)
                return explanations[i].why;
    return NULL;
}

/* OpenSSL 3.2 and later add a general error behind that of a record. */
static const char *explain(void)
{
    const unsigned long last = ERR_peek_last_error();
    const char *why = explanation_of(last);
    if (!why)
        why = explanation_of(ERR_peek_error());
    if (!why)
        why = ERR_reason_error_string(last);
    return why ? why : "the client broke the protocol";
}

static enum tls_result result_of(struct tls_stream *stream, int returned)
{
    switch (SSL_get_error(stream->ssl, returned)) {
    case SSL_ERROR_NONE:
        return TLS_DONE;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        return TLS_WAIT;
    case SSL_ERROR_WANT_CLIENT_HELLO_CB:
        return stream->fault == TLS_FAULT_close_at_hello ? TLS_CLOSE : TLS_STALL;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_END;
    case SSL_ERROR_SYSCALL:
        stream->gone = true;
        stream->why = "the client closed the connection";
        return TLS_FAILED;
    default:
        if (!stream->why)
            stream->why = explain();
        stream->wrong = true;
        stream->gone = true; /* the alert has been sent: nothing may follow it */
        return TLS_FAILED;
    }
}

enum tls_result tls_stream_handshake(struct tls_stream *stream)
{
    ERR_clear_error();
    return result_of(stream, SSL_accept(stream->ssl));
}

enum tls_result tls_stream_read(struct tls_stream *stream, char *out, size_t size, size_t *got)
{
    ERR_clear_error();
    return result_of(stream, SSL_read_ex(stream->ssl, out, size, got));
}

enum tls_result tls_stream_write(struct tls_stream *stream, const char *bytes, size_t size,
                                 size_t *taken)
{
    ERR_clear_error();
    return result_of(stream, SSL_write_ex(stream->ssl, bytes, size, taken));
}

enum tls_result tls_stream_end(struct tls_stream *stream)
{
    if (stream->gone || !SSL_is_init_finished(stream->ssl) ||
        stream->fault == TLS_FAULT_no_close_notify)
        return TLS_DONE;
    ERR_clear_error();
    const int returned = SSL_shutdown(stream->ssl); /* 0: the client's own is still to come */
    return returned >= 0 ? TLS_DONE : result_of(stream, returned);
}

bool tls_stream_is_protocol_error(const struct tls_stream *stream)
{
    return stream->wrong;
}

enum tls_fault tls_stream_fault(const struct tls_stream *stream)
{
    return stream->fault;
}

const char *tls_stream_why(const struct tls_stream *stream)
{
    return stream->why ? stream->why : "the client broke the protocol";
}
