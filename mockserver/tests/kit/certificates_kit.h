/* What the tests of certificates share: an authority in a folder of its own, by a clock that the
 * test sets, and a client's judgement. */
#ifndef CERTIFICATES_KIT_H
#define CERTIFICATES_KIT_H

#include "certificates/authority.h"
#include "certificates/identity.h"
#include "testing/files.h"
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>

#define NOW_S INT64_C(1800000000) /* 2027-01-15 */
#define KEY_FILE "ailab-mock-ca-key.pem"

struct clock_hand {
    atomic_llong now_s;
};
int64_t clock_hand_ms(void *context);

/* Opens; fails the test with why. */
struct authority *open_authority(const char *folder, struct clock_hand *clock);

/* The n-th certificate of a PEM file, from 0; NULL when it has fewer. The caller frees it. */
X509 *certificate_in(const char *path, int n);
int certificates_in(const char *path);

/* As a client that trusts the PEM file: the error of X509_verify_cert() for a server, at that time.
 */
int verify(X509 *certificate, X509 *issuer, const char *ca_file, int64_t at_s);
/* The same of what a context sends. */
int verify_context(SSL_CTX *context, const char *ca_file, int64_t at_s);
bool has_host(SSL_CTX *context, const char *host);
bool has_ip(SSL_CTX *context, const char *ip);

/* The critical or other extension as OpenSSL prints it, "critical " before it. Returns out. */
const char *extension_text(char *out, size_t size, X509 *certificate, int nid);

#endif
