#include "certificates/context.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

/* HTTP/1.1 and nothing else: Java's client offers h2 first. A client that wants no HTTP/1.1 is told
 * so by the alert no_application_protocol. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                           const unsigned char *offered, unsigned offered_size, void *context)
{
    static const unsigned char served[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl, (void)context;
    if (SSL_select_next_proto(&chosen, out_size, served, sizeof served - 1, offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* The certificate with its issuer's: clients know the root alone. */
static bool use(SSL_CTX *context, const struct served *served)
{
    return SSL_CTX_use_cert_and_key(context, served->identity.certificate, served->identity.key,
                                    NULL, 1) == 1 &&
           SSL_CTX_add1_chain_cert(context, served->issuer) == 1;
}

SSL_CTX *context_make(const struct served *served, bool resumable)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) ||
        !use(context, served)) {
        SSL_CTX_free(context);
        ERR_clear_error();
        return NULL;
    }
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    /* Sessions live in the client's ticket, never in the memory of the mock. */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, resumable ? 1 : 0);
    if (!resumable)
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    return context;
}
