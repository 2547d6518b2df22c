/* Keeps an authority in a directory: makes it, renews it, writes what clients trust. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_KEEPER_H
#define AILAB_MOCKSERVER_CERTIFICATES_KEEPER_H

#include "certificates/kept.h"
#include "certificates/trust.h"

struct keeper {
    char *directory, *key_file; /* absolute paths, owned */
    struct trust_files files;
    struct kept kept;
    char news[AILAB_MOCK_ERROR_SIZE]; /* what the last refresh did that the user must know, or "" */
};

/* Makes the directory (NULL: the default one). On failure *out is empty. */
enum ailab_mock_error keeper_init(struct keeper *out, const char *directory,
                                  char why[AILAB_MOCK_ERROR_SIZE]);
void keeper_clear(struct keeper *keeper);

/* Takes the authority of the directory, and makes another when there is none or it does not last
 * for for_s more seconds; then writes the files that are not as they must be. Waits up to wait_ms
 * for another process that does the same. On failure the keeper has what it had before. */
enum ailab_mock_error keeper_refresh(struct keeper *keeper, int64_t now_s, int64_t for_s,
                                     unsigned wait_ms, char why[AILAB_MOCK_ERROR_SIZE]);

/* Whether the certificate is valid now and for that many seconds more. */
bool keeper_lasts(const struct keeper *keeper, int64_t now_s, int64_t for_s);

#endif
