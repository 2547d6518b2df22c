/* The certificates of servers, good ones and the bad ones that faults want. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_SERVED_H
#define AILAB_MOCKSERVER_CERTIFICATES_SERVED_H

#include "api/tls_fault.h"
#include "certificates/identity.h"

/* The fault when it is one of the certificate, else TLS_FAULT_NONE. */
enum tls_fault served_fault(enum tls_fault fault);

struct served {
    struct identity identity;
    X509 *issuer; /* of its certificate: what a client needs beside the root */
};

/* For the usual names and this one ("": they alone; see names.h). No longer than the issuer, but
 * for the faults. False: out of memory; *out is empty. */
bool served_make(struct served *out, const struct hierarchy *by, const char *name,
                 enum tls_fault fault, int64_t now_s);
void served_clear(struct served *served);

/* Carries certificate, key and issuer; every other setting is OpenSSL's default. NULL when memory
 * ran out; else the caller frees it with SSL_CTX_free(). */
SSL_CTX *served_context(const struct served *served);

#endif
