/* The files that clients are told to trust: the authority alone, and a bundle with the system's
 * roots, once for OpenSSL and its kin and once for Java. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_TRUST_H
#define AILAB_MOCKSERVER_CERTIFICATES_TRUST_H

#include "ailab_mock.h"
#include <stdbool.h>
#include <stddef.h>

struct trust_files {
    char *ca, *bundle, *java; /* paths, owned */
};

/* Texts, owned: what the files must hold. */
struct trust {
    char *ca, *bundle;
    bool has_system; /* the system's roots were found */
};

/* certificates: of the authority, PEM, owned by *out from here on. False: out of memory. */
bool trust_collect(struct trust *out, char *certificates, const struct trust_files *files);
void trust_clear(struct trust *trust);

/* Whether the files hold this already. */
bool trust_is_written(const struct trust *trust, const struct trust_files *files);
/* Writes the files that do not. Call it with the lock of their directory. */
bool trust_write(const struct trust *trust, const struct trust_files *files,
                 char why[AILAB_MOCK_ERROR_SIZE]);

#endif
