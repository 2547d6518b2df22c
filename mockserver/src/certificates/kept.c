#include "certificates/kept.h"
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_FILE_MODE 0600u

void kept_clear(struct kept *kept)
{
    hierarchy_clear(&kept->hierarchy);
    X509_free(kept->previous);
    kept->previous = NULL;
}

/* Without it OpenSSL asks at the terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out, (void)size, (void)writing, (void)context;
    return 0;
}

static bool is_constrained_authority(X509 *certificate, X509 *issuer)
{
    return X509_verify(certificate, X509_get0_pubkey(issuer)) == 1 &&
           X509_check_ca(certificate) == 1 &&
           X509_get_ext_by_NID(certificate, NID_name_constraints, -1) >= 0;
}

/* The file may be another program's. */
static bool is_own(const struct hierarchy *hierarchy)
{
    X509 *issuer = hierarchy->issuer.certificate, *root = hierarchy->root;
    return hierarchy->issuer.key && issuer && root &&
           X509_check_private_key(issuer, hierarchy->issuer.key) == 1 &&
           is_constrained_authority(issuer, root) && is_constrained_authority(root, root);
}

static bool parse(struct kept *out, const char *text, size_t size)
{
    BIO *bio = BIO_new_mem_buf(text, (int)size);
    if (!bio)
        return false;
    out->hierarchy.issuer.key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    out->hierarchy.issuer.certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
    out->hierarchy.root = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
    out->previous = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
    BIO_free(bio);
    bool done = is_own(&out->hierarchy);
    ERR_clear_error();
    return done;
}

enum file_state kept_read(struct kept *out, const char *path, char why[AILAB_MOCK_ERROR_SIZE])
{
    char *text;
    size_t size;
    *out = (struct kept){0};
    enum file_state state = stored_file_read_private(&text, &size, path, why);
    if (state == FILE_READ && !parse(out, text, size)) {
        kept_clear(out);
        state = FILE_WRONG;
        snprintf(
            why, AILAB_MOCK_ERROR_SIZE,
            "'%.200s' is damaged: it does not hold the key and the certificates of an authority "
            "of ailab-mock; remove it, and the next start makes another",
            path);
    }
    if (text)
        OPENSSL_cleanse(text, size);
    free(text);
    return state;
}

static bool print_roots(BIO *bio, const struct kept *kept)
{
    return PEM_write_bio_X509(bio, kept->hierarchy.root) == 1 &&
           (!kept->previous || PEM_write_bio_X509(bio, kept->previous) == 1);
}

bool kept_write(const struct kept *kept, const char *path, char why[AILAB_MOCK_ERROR_SIZE])
{
    char *text;
    const struct identity *issuer = &kept->hierarchy.issuer;
    BIO *bio = BIO_new(BIO_s_mem());
    bool done = bio && PEM_write_bio_PrivateKey(bio, issuer->key, NULL, NULL, 0, NULL, NULL) == 1 &&
                PEM_write_bio_X509(bio, issuer->certificate) == 1 && print_roots(bio, kept);
    if (done) {
        long size = BIO_get_mem_data(bio, &text);
        done = stored_file_write(path, KEY_FILE_MODE, text, (size_t)size, why);
    } else {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
        ERR_clear_error();
    }
    BIO_free(bio); /* wipes the key from its memory */
    return done;
}

char *kept_roots(const struct kept *kept)
{
    char *text, *copy = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio && print_roots(bio, kept)) {
        size_t size = (size_t)BIO_get_mem_data(bio, &text);
        copy = calloc(1, size + 1);
        if (copy)
            memcpy(copy, text, size);
    }
    BIO_free(bio);
    ERR_clear_error();
    return copy;
}
