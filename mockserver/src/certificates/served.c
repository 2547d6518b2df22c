#include "certificates/served.h"
#include "certificates/names.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#define EXPIRED_FROM_DAYS 31

enum tls_fault served_fault(enum tls_fault fault)
{
    switch (fault) {
    case TLS_FAULT_expired:
    case TLS_FAULT_wrong_host:
    case TLS_FAULT_untrusted:
        return fault;
    default:
        return TLS_FAULT_NONE;
    }
}

/* One that the authority may sign for: the client is to complain about the host, not about the
 * authority. */
static const char *other_host(const char *name)
{
    return strcmp(name, "other." NAMES_DOMAIN) == 0 ? "another." NAMES_DOMAIN
                                                    : "other." NAMES_DOMAIN;
}

void served_clear(struct served *served)
{
    identity_clear(&served->identity);
    X509_free(served->issuer);
    served->issuer = NULL;
}

static bool make(struct served *out, const struct hierarchy *by, const struct server_wish *wish)
{
    *out = (struct served){0};
    if (!identity_make_server(&out->identity, &by->issuer, wish))
        return false;
    out->issuer = by->issuer.certificate;
    X509_up_ref(out->issuer);
    return true;
}

/* By an authority that is forgotten at once. */
static bool make_untrusted(struct served *out, const struct server_wish *wish, int64_t now_s)
{
    struct hierarchy stranger;
    *out = (struct served){0};
    bool done =
        hierarchy_make(&stranger, "that is not trusted", now_s) && make(out, &stranger, wish);
    hierarchy_clear(&stranger);
    return done;
}

bool served_make(struct served *out, const struct hierarchy *by, const char *name,
                 enum tls_fault fault, int64_t now_s)
{
    char names[sizeof NAMES_USUAL + sizeof ",DNS:" + NAME_SIZE];
    int64_t issuer_until_s = certificate_until_s(by->issuer.certificate);
    struct server_wish wish = {.common_name = name[0] ? name : NAMES_VENDOR_HOST,
                               .alternative_names = names,
                               .from_s = now_s - BACKDATED_S,
                               .until_s = now_s - BACKDATED_S + SERVER_DAYS_MAX * DAY_S - 1};
    if (wish.until_s > issuer_until_s)
        wish.until_s = issuer_until_s;
    snprintf(names, sizeof names, "%s%s%s", NAMES_USUAL, name[0] ? ",DNS:" : "", name);
    if (fault == TLS_FAULT_expired) {
        wish.from_s = now_s - EXPIRED_FROM_DAYS * DAY_S;
        wish.until_s = now_s - DAY_S;
    } else if (fault == TLS_FAULT_wrong_host) {
        wish.common_name = other_host(name);
        snprintf(names, sizeof names, "DNS:%s", wish.common_name);
    } else if (fault == TLS_FAULT_untrusted) {
        return make_untrusted(out, &wish, now_s);
    }
    return make(out, by, &wish);
}

/* With the issuer's: clients know the root alone. */
static bool use(SSL_CTX *context, const struct served *served)
{
    return SSL_CTX_use_cert_and_key(context, served->identity.certificate, served->identity.key,
                                    NULL, 1) == 1 &&
           SSL_CTX_add1_chain_cert(context, served->issuer) == 1;
}

SSL_CTX *served_context(const struct served *served)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context && use(context, served))
        return context;
    SSL_CTX_free(context);
    ERR_clear_error();
    return NULL;
}
