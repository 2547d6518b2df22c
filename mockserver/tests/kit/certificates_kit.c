#include "certificates_kit.h"
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int64_t clock_hand_ms(void *context)
{
    struct clock_hand *clock = context;
    return atomic_load(&clock->now_s) * 1000;
}

struct authority *open_authority(const char *folder, struct clock_hand *clock)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct authority *authority;
    if (authority_open_at(&authority, folder, clock_hand_ms, clock, why) != AILAB_MOCK_OK)
        fail_msg("%s", why);
    assert_non_null(authority);
    return authority;
}

X509 *certificate_in(const char *path, int n)
{
    X509 *found = NULL;
    BIO *bio = BIO_new_file(path, "r");
    assert_non_null(bio);
    for (int i = 0; i <= n; i++) {
        X509_free(found);
        found = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    }
    BIO_free(bio);
    return found;
}

int certificates_in(const char *path)
{
    int count = 0;
    char *text = file_read(path, NULL);
    for (const char *at = text; (at = strstr(at, "-----BEGIN CERTIFICATE-----")) != NULL; at++)
        count++;
    free(text);
    return count;
}

int verify(X509 *certificate, X509 *issuer, const char *ca_file, int64_t at_s)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *judgement = X509_STORE_CTX_new();
    STACK_OF(X509) *sent = sk_X509_new_null();
    if (issuer)
        sk_X509_push(sent, issuer);
    assert_int_equal(X509_STORE_load_file(store, ca_file), 1);
    assert_int_equal(X509_STORE_CTX_init(judgement, store, certificate, sent), 1);
    X509_STORE_CTX_set_purpose(judgement, X509_PURPOSE_SSL_SERVER);
    X509_STORE_CTX_set_time(judgement, 0, (time_t)at_s);
    X509_STORE_CTX_set_flags(judgement, X509_V_FLAG_X509_STRICT | X509_V_FLAG_USE_CHECK_TIME);
    int error = X509_verify_cert(judgement) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(judgement);
    X509_STORE_CTX_free(judgement);
    sk_X509_free(sent);
    X509_STORE_free(store);
    return error;
}

int verify_context(SSL_CTX *context, const char *ca_file, int64_t at_s)
{
    STACK_OF(X509) *chain = NULL;
    SSL_CTX_get0_chain_certs(context, &chain);
    assert_int_equal(sk_X509_num(chain), 1);
    return verify(SSL_CTX_get0_certificate(context), sk_X509_value(chain, 0), ca_file, at_s);
}

bool has_host(SSL_CTX *context, const char *host)
{
    return X509_check_host(SSL_CTX_get0_certificate(context), host, 0, 0, NULL) == 1;
}

bool has_ip(SSL_CTX *context, const char *ip)
{
    return X509_check_ip_asc(SSL_CTX_get0_certificate(context), ip, 0) == 1;
}

const char *extension_text(char *out, size_t size, X509 *certificate, int nid)
{
    int at = X509_get_ext_by_NID(certificate, nid, -1);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_in_range(at, 0, 100);
    X509_EXTENSION *extension = X509_get_ext(certificate, at);
    if (X509_EXTENSION_get_critical(extension))
        BIO_puts(bio, "critical ");
    assert_int_equal(X509V3_EXT_print(bio, extension, 0, 0), 1);
    int length = BIO_read(bio, out, (int)size - 1);
    out[length > 0 ? length : 0] = '\0';
    BIO_free(bio);
    return out;
}
