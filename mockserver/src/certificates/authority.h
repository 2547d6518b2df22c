/* A certificate authority of this machine, and the certificates that it signs.
 *
 * The authority is made once, on the user's machine, and kept in a directory that its owner alone
 * can write to, its key in a file that its owner alone can read; it is renewed before it ends. What
 * clients trust is its root, whose key is forgotten at once; the key that is kept belongs to an
 * issuer below it. Both may sign for the vendor's names and this machine's and for nothing else
 * (critical name constraints, servers alone), so that to trust the root endangers nothing else.
 * Certificates of servers live in memory only.
 *
 * Thread-safe, but for opening and closing. The one room that makes keys. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_AUTHORITY_H
#define AILAB_MOCKSERVER_CERTIFICATES_AUTHORITY_H

#include "ailab_mock.h"
#include "api/tls_fault.h"
#include <openssl/types.h>

struct authority;

/* Contexts that are remembered; the one that was asked for longest ago gives way. */
#define AUTHORITY_CONTEXTS_MAX 64

/* The directory when the user names none: $AILAB_MOCK_CA_DIR, else
 * $XDG_STATE_HOME/ailab-mock, else ~/.local/state/ailab-mock. False, with why, when there is no
 * home. */
bool authority_directory(char *out, size_t size, char why[AILAB_MOCK_ERROR_SIZE]);

/* Opens the authority in directory (NULL: the default one), and makes it when there is none or it
 * ends soon. Several processes may do so at once. A key that is damaged, another user's or readable
 * by others is refused and left as it is. On failure *out is NULL and why says what to do. */
enum ailab_mock_error authority_open(struct authority **out, const char *directory,
                                     char why[AILAB_MOCK_ERROR_SIZE]);
/* The same by another clock: milliseconds since 1970, asked for in any thread until the close. */
enum ailab_mock_error authority_open_at(struct authority **out, const char *directory,
                                        int64_t (*now_ms)(void *context), void *context,
                                        char why[AILAB_MOCK_ERROR_SIZE]);
/* NULL is allowed. */
void authority_close(struct authority *authority);

/* Removes the files of an authority from the directory (NULL: the default one), and the directory
 * when it is empty then. *removed says whether there was one. */
enum ailab_mock_error authority_remove(const char *directory, bool *removed,
                                       char why[AILAB_MOCK_ERROR_SIZE]);

/* Files in the directory, by absolute paths, borrowed until the close. */
const char *authority_ca_file(const struct authority *authority);     /* PEM: the root, and the one
                                                                         before a renewal */
const char *authority_bundle_file(const struct authority *authority); /* PEM: the system's too */
const char *authority_java_file(const struct authority *authority);   /* PKCS #12 trust store of the
                                                                         same; needs no password */

/* Sentences for the log about what the opening did that the user must know: the authority is new,
 * there are no roots of the system. "" when there is nothing to say. Borrowed until the close. */
const char *authority_news(const struct authority *authority);

/* What a server shows that goes by this name (SNI; NULL or "": none was sent): a context with a
 * certificate for it, its key and its issuer, or with the bad one that the fault wants; for a fault
 * that is not one of the certificate, the good one. Protocol, sessions and ALPN are the caller's.
 * Made when first asked for, then remembered, up to a bound, and made again before the certificate
 * ends. The caller frees it with SSL_CTX_free(). NULL when memory ran out. A name that the
 * authority may not sign for gets the certificate of the vendor's host. */
SSL_CTX *authority_context(struct authority *authority, const char *name, enum tls_fault fault);

#endif
