/* A trust store for Java: PKCS #12 with certificates alone, neither encrypted nor sealed, so that
 * it opens with any password and with none. Pure. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_JAVA_TRUST_H
#define AILAB_MOCKSERVER_CERTIFICATES_JAVA_TRUST_H

#include <stdbool.h>
#include <stddef.h>

/* What Java calls the first certificate of the text. */
#define JAVA_TRUST_ALIAS "ailab-mock"

/* Of the certificates in a text of PEM; those that cannot be read are left out. *out is to be freed
 * with free(). False: out of memory. */
bool java_trust_make(void **out, size_t *size, const char *pem);

#endif
