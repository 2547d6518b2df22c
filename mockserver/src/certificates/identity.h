/* Certificates with their private keys, made in memory: P-256, random 128-bit serial numbers. Pure
 * but for the random numbers. Times are seconds since 1970, UTC. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_IDENTITY_H
#define AILAB_MOCKSERVER_CERTIFICATES_IDENTITY_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

#define DAY_S INT64_C(86400)
#define AUTHORITY_DAYS 730
/* Browsers refuse servers' certificates of more than 398 days. */
#define SERVER_DAYS_MAX 397
/* A client whose clock is late by less than this sees no certificate of the future. */
#define BACKDATED_S DAY_S

struct identity {
    X509 *certificate;
    EVP_PKEY *key;
};

void identity_clear(struct identity *identity);

/* A root for trust stores, and the issuer that signs in its place. The key of the root is forgotten
 * when it has signed the issuer: some programs (Java) do not look at the name constraints of a
 * root, but all look at those of an issuer below it, and no key is left that those do not bind. */
struct hierarchy {
    struct identity issuer;
    X509 *root;
};

/* label tells the root from others in a trust store: "anna@workstation". False: out of memory; *out
 * is empty. */
bool hierarchy_make(struct hierarchy *out, const char *label, int64_t now_s);
void hierarchy_clear(struct hierarchy *hierarchy);

struct server_wish {
    const char *common_name; /* left out when longer than 64 bytes */
    const char
        *alternative_names; /* as OpenSSL's configuration writes them: "DNS:a,IP:127.0.0.1" */
    int64_t from_s, until_s;
};

/* A server's certificate, signed by the issuer. False: out of memory; *out is empty. */
bool identity_make_server(struct identity *out, const struct identity *issuer,
                          const struct server_wish *wish);

int64_t certificate_from_s(const X509 *certificate);
int64_t certificate_until_s(const X509 *certificate);

#endif
