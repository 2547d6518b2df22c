/* The authority as it is kept: one file with the issuer's key and certificate, the root and, after
 * a renewal, the root before it. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_KEPT_H
#define AILAB_MOCKSERVER_CERTIFICATES_KEPT_H

#include "certificates/identity.h"
#include "certificates/stored_file.h"

struct kept {
    struct hierarchy hierarchy;
    X509 *previous; /* the root of an authority with which processes may still sign; or NULL */
};

void kept_clear(struct kept *kept);

/* FILE_WRONG: why says what is wrong and what to do. Then, and when there is none, *out is empty.
 */
enum file_state kept_read(struct kept *out, const char *path, char why[AILAB_MOCK_ERROR_SIZE]);

bool kept_write(const struct kept *kept, const char *path, char why[AILAB_MOCK_ERROR_SIZE]);

/* The roots as PEM, to be freed with free(). NULL: out of memory. */
char *kept_roots(const struct kept *kept);

#endif
