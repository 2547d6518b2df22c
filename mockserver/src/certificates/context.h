/* The TLS settings of a server with its certificate. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_CONTEXT_H
#define AILAB_MOCKSERVER_CERTIFICATES_CONTEXT_H

#include "certificates/served.h"

/* resumable: a client may resume a session, and then sees no certificate. NULL when memory ran out;
 * else the caller frees it with SSL_CTX_free(). */
SSL_CTX *context_make(const struct served *served, bool resumable);

#endif
