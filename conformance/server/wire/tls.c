/* The client's side of TLS, by OpenSSL, over a connected socket that does not block. */
#include "cmdline/text.h"
#include "wire/connection_io.h"
#include "wire/trust.h"
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct trust {
    SSL_CTX *context;
};

struct tls {
    SSL *ssl;
    int fd;
};

/* The words of OpenSSL's last error. */
static const char *last_reason(void)
{
    unsigned long error = ERR_peek_last_error();
    const char *reason = error ? ERR_reason_error_string(error) : NULL;
    return reason ? reason : "the connection was closed";
}

static bool read_authorities(SSL_CTX *context, const char *ca_file, char why[TRUST_WHY_SIZE])
{
    if (!ca_file && SSL_CTX_set_default_verify_paths(context) == 1)
        return true;
    if (ca_file && access(ca_file, R_OK) != 0)
        text_print(why, TRUST_WHY_SIZE, "--ca-file %s: %s", TEXT_PATH(ca_file), strerror(errno));
    else if (ca_file && SSL_CTX_load_verify_file(context, ca_file) == 1)
        return true;
    else if (ca_file)
        text_print(why, TRUST_WHY_SIZE, "--ca-file %s: certificates in PEM were expected",
                   TEXT_PATH(ca_file));
    else
        text_print(why, TRUST_WHY_SIZE, "the system's certificates: %s", last_reason());
    return false;
}

struct trust *trust_new(const char *ca_file, bool insecure, char why[TRUST_WHY_SIZE])
{
    struct trust *trust = calloc(1, sizeof *trust);
    ERR_clear_error();
    text_print(why, TRUST_WHY_SIZE, "out of memory");
    if (trust)
        trust->context = SSL_CTX_new(TLS_client_method());
    if (!trust || !trust->context || !read_authorities(trust->context, ca_file, why)) {
        trust_free(trust);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(trust->context, TLS1_2_VERSION);
    /* An end without close_notify is an end: HTTP tells whether the answer is whole. */
    SSL_CTX_set_options(trust->context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(trust->context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(trust->context, insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
    return trust;
}

void trust_free(struct trust *trust)
{
    if (!trust)
        return;
    SSL_CTX_free(trust->context);
    free(trust);
}

void tls_close(struct tls *tls)
{
    if (!tls)
        return;
    if (tls->ssl && SSL_is_init_finished(tls->ssl))
        SSL_shutdown(tls->ssl);
    ERR_clear_error();
    SSL_free(tls->ssl);
    close(tls->fd);
    free(tls);
}

static bool is_address(const char *host)
{
    unsigned char address[16];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* The name that the certificate must have; an address is no name, and is not sent ahead. */
static bool set_name(SSL *ssl, const char *host)
{
    if (is_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
    char name[sizeof((struct url *)0)->host];
    size_t length = strlen(host);
    memcpy(name, host, length + 1);
    if (length > 1 && name[length - 1] == '.') /* the root, written out, stands in no certificate */
        name[length - 1] = '\0';
    return SSL_set_tlsext_host_name(ssl, name) == 1 && SSL_set1_host(ssl, name) == 1;
}

static bool make_stream(struct tls *tls, const struct endpoint *endpoint)
{
    tls->ssl = endpoint->trust ? SSL_new(endpoint->trust->context) : NULL;
    return tls->ssl && SSL_set_fd(tls->ssl, tls->fd) == 1 && set_name(tls->ssl, endpoint->url.host);
}

static void explain_certificate(long verdict, const struct endpoint *endpoint,
                                char why[WIRE_WHY_SIZE])
{
    const char *reason = X509_verify_cert_error_string(verdict);
    switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        text_print(why, WIRE_WHY_SIZE, "the certificate is refused: %s: it is not for %s", reason,
                   endpoint->url.host);
        return;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        text_print(why, WIRE_WHY_SIZE, "the certificate is refused: %s: %s", reason,
                   endpoint->ca_file ? "the file of --ca-file has another authority"
                                     : "--ca-file FILE names its authority");
        return;
    default:
        text_print(why, WIRE_WHY_SIZE, "the certificate is refused: %s", reason);
    }
}

static enum wire_result explain(const struct tls *tls, int error, const struct endpoint *endpoint,
                                char why[WIRE_WHY_SIZE])
{
    const int system_error = errno;
    const long verdict = SSL_get_verify_result(tls->ssl);
    if (verdict != X509_V_OK && !endpoint->insecure)
        explain_certificate(verdict, endpoint, why);
    else if (error == SSL_ERROR_SYSCALL && system_error)
        text_print(why, WIRE_WHY_SIZE, "TLS: %s", strerror(system_error));
    else
        text_print(why, WIRE_WHY_SIZE, "TLS: %s (does this port speak TLS?)", last_reason());
    text_make_plain(why);
    return WIRE_UNREACHABLE;
}

static enum wire_result shake_hands(struct tls *tls, const struct endpoint *endpoint,
                                    double deadline_ms, char why[WIRE_WHY_SIZE])
{
    for (;;) {
        short got = 0;
        ERR_clear_error();
        errno = 0;
        int done = SSL_connect(tls->ssl), error = SSL_get_error(tls->ssl, done);
        if (done == 1)
            return WIRE_OK;
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
            return explain(tls, error, endpoint, why);
        enum wire_result result =
            wire_await(tls->fd, endpoint->cancel_fd,
                       error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, &got, deadline_ms);
        if (result != WIRE_OK)
            return wire_waited(result, why, "the TLS handshake");
    }
}

enum wire_result tls_open(struct tls **out, int fd, const struct endpoint *endpoint,
                          double deadline_ms, char why[WIRE_WHY_SIZE])
{
    struct tls *tls = calloc(1, sizeof *tls);
    *out = NULL;
    if (!tls) {
        close(fd);
        return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    }
    tls->fd = fd;
    enum wire_result result = make_stream(tls, endpoint)
                                  ? shake_hands(tls, endpoint, deadline_ms, why)
                                  : wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    if (result == WIRE_OK)
        *out = tls;
    else
        tls_close(tls);
    return result;
}

/* What a call that failed means, as a socket would tell it. */
static ssize_t as_socket(const struct tls *tls, int done)
{
    switch (SSL_get_error(tls->ssl, done)) {
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    default:
        errno = ECONNRESET;
        return -1;
    }
}

ssize_t tls_send(struct tls *tls, const void *data, size_t len)
{
    size_t sent = 0;
    ERR_clear_error();
    int done = SSL_write_ex(tls->ssl, data, len, &sent);
    if (done == 1)
        return (ssize_t)sent;
    ssize_t result = as_socket(tls, done);
    if (result == 0)
        errno = ECONNRESET;
    return result == 0 ? -1 : result;
}

ssize_t tls_receive(struct tls *tls, void *data, size_t len)
{
    size_t got = 0;
    ERR_clear_error();
    int done = SSL_read_ex(tls->ssl, data, len, &got);
    return done == 1 ? (ssize_t)got : as_socket(tls, done);
}

bool tls_can_finish(const struct tls *tls)
{
    return SSL_version(tls->ssl) >= TLS1_3_VERSION;
}

void tls_finish(struct tls *tls)
{
    ERR_clear_error();
    SSL_shutdown(tls->ssl); /* sends close_notify; what comes can still be read */
    shutdown(tls->fd, SHUT_WR);
}
