/* X.509 as RFC 5280 wants it, strict readers included: critical where it has to be, key identifiers
 * on both sides. */
#include "certificates/identity.h"
#include "certificates/names.h"
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SERIAL_BITS 128
#define COMMON_NAME_MAX 64 /* RFC 5280, ub-common-name */
#define ORGANIZATION "ailab-mock"

struct extension {
    int nid;
    const char *value; /* as OpenSSL's configuration writes it */
};

void identity_clear(struct identity *identity)
{
    X509_free(identity->certificate);
    EVP_PKEY_free(identity->key);
    *identity = (struct identity){0};
}

static int64_t seconds_of(const ASN1_TIME *when)
{
    struct tm fields;
    return ASN1_TIME_to_tm(when, &fields) == 1 ? (int64_t)timegm(&fields) : 0;
}

int64_t certificate_from_s(const X509 *certificate)
{
    return seconds_of(X509_get0_notBefore(certificate));
}

int64_t certificate_until_s(const X509 *certificate)
{
    return seconds_of(X509_get0_notAfter(certificate));
}

/* The highest bit is set, so that it always has its 128 bits. */
static bool set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    bool done = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return done;
}

static bool set_times(X509 *certificate, int64_t from_s, int64_t until_s)
{
    return ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)from_s) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)until_s);
}

static bool add_to_name(X509_NAME *name, const char *field, const char *text)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)text, -1,
                                      -1, 0) == 1;
}

static bool add_extensions(X509 *certificate, X509 *issuer, const struct extension *extensions,
                           size_t count)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        X509_EXTENSION *extension =
            X509V3_EXT_nconf_nid(NULL, &context, extensions[i].nid, extensions[i].value);
        bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
        X509_EXTENSION_free(extension);
        if (!added)
            return false;
    }
    return true;
}

/* All but the names, the extensions and the signature. */
static bool begin(struct identity *out, int64_t from_s, int64_t until_s)
{
    out->key = EVP_EC_gen("P-256");
    out->certificate = X509_new();
    return out->key && out->certificate && X509_set_version(out->certificate, X509_VERSION_3) &&
           set_serial(out->certificate) && set_times(out->certificate, from_s, until_s) &&
           X509_set_pubkey(out->certificate, out->key);
}

static bool sign(struct identity *out, const struct identity *issuer,
                 const struct extension *extensions, size_t count)
{
    return X509_set_issuer_name(out->certificate, X509_get_subject_name(issuer->certificate)) &&
           add_extensions(out->certificate, issuer->certificate, extensions, count) &&
           X509_sign(out->certificate, issuer->key, EVP_sha256()) > 0;
}

static bool finish(struct identity *identity, bool done)
{
    if (!done) {
        identity_clear(identity);
        ERR_clear_error();
    }
    return done;
}

/* "ailab-mock CA anna@workstation 2026-01-08 5f3a": the end tells two of one day apart. */
static bool name_authority(X509 *certificate, const char *label, int64_t now_s)
{
    char text[COMMON_NAME_MAX + 1], day[16];
    struct tm fields;
    time_t now = (time_t)now_s;
    const unsigned char *serial = ASN1_STRING_get0_data(X509_get0_serialNumber(certificate));
    X509_NAME *name = X509_get_subject_name(certificate);
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&now, &fields));
    snprintf(text, sizeof text, "ailab-mock CA %.31s %.10s %02x%02x", label, day, serial[0],
             serial[1]);
    return add_to_name(name, "O", ORGANIZATION) && add_to_name(name, "CN", text);
}

/* issuer NULL: a root, which signs itself. */
static bool make_authority(struct identity *out, const struct identity *issuer, const char *label,
                           int64_t now_s)
{
    const struct extension extensions[] = {
        {NID_basic_constraints,
         issuer ? "critical,CA:TRUE,pathlen:0" : "critical,CA:TRUE,pathlen:1"},
        {NID_key_usage, "critical,keyCertSign"},
        /* Mail and programs have names that the constraints cannot tell: servers alone. */
        {NID_ext_key_usage, "serverAuth"},
        {NID_name_constraints, "critical," NAMES_PERMITTED},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
    };
    size_t count = sizeof extensions / sizeof extensions[0] - (issuer ? 0 : 1);
    return begin(out, now_s - BACKDATED_S, now_s + AUTHORITY_DAYS * DAY_S) &&
           name_authority(out->certificate, label, now_s) &&
           sign(out, issuer ? issuer : out, extensions, count);
}

bool hierarchy_make(struct hierarchy *out, const char *label, int64_t now_s)
{
    struct identity root = {0};
    *out = (struct hierarchy){0};
    bool done = make_authority(&root, NULL, label, now_s) &&
                make_authority(&out->issuer, &root, "issuer", now_s);
    if (done) {
        out->root = root.certificate;
        root.certificate = NULL;
    }
    identity_clear(&root);
    return finish(&out->issuer, done);
}

void hierarchy_clear(struct hierarchy *hierarchy)
{
    identity_clear(&hierarchy->issuer);
    X509_free(hierarchy->root);
    hierarchy->root = NULL;
}

bool identity_make_server(struct identity *out, const struct identity *issuer,
                          const struct server_wish *wish)
{
    const struct extension extensions[] = {
        {NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature"},
        {NID_ext_key_usage, "serverAuth"},
        {NID_subject_alt_name, wish->alternative_names},
        {NID_subject_key_identifier, "hash"},
        {NID_authority_key_identifier, "keyid:always"},
    };
    *out = (struct identity){0};
    if (!begin(out, wish->from_s, wish->until_s))
        return finish(out, false);
    X509_NAME *name = X509_get_subject_name(out->certificate);
    bool named =
        add_to_name(name, "O", ORGANIZATION) &&
        (strlen(wish->common_name) > COMMON_NAME_MAX || add_to_name(name, "CN", wish->common_name));
    return finish(out,
                  named && sign(out, issuer, extensions, sizeof extensions / sizeof extensions[0]));
}
