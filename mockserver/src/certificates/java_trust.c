#include "certificates/java_trust.h"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Java reads a certificate without a key only if this attribute says for which uses it is trusted.
 */
#define JAVA_TRUSTED_KEY_USAGE "2.16.840.1.113894.746875.1.1"
#define ANY_USE "2.5.29.37.0"

/* Without it OpenSSL asks at the terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out, (void)size, (void)writing, (void)context;
    return 0;
}

/* Takes the errors of a certificate that was not read. */
static void take_errors(bool *at_end, bool *out_of_memory)
{
    for (unsigned long error; (error = ERR_get_error()) != 0;) {
        *at_end |=
            ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
        *out_of_memory |= ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
    }
}

/* *out is NULL at the end. One that cannot be read is passed over; but none for want of memory:
 * then false. */
static bool next_certificate(X509 **out, BIO *bio)
{
    bool at_end = false, out_of_memory = false;
    while (!at_end && !out_of_memory) {
        const size_t left = BIO_ctrl_pending(bio);
        *out = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
        if (*out)
            return true;
        take_errors(&at_end, &out_of_memory);
        at_end |= BIO_eof(bio);
        out_of_memory |= !at_end && BIO_ctrl_pending(bio) == left; /* not a line was read */
    }
    return !out_of_memory;
}

static X509_ATTRIBUTE *trusted_for_any_use(void)
{
    ASN1_OBJECT *name = OBJ_txt2obj(JAVA_TRUSTED_KEY_USAGE, 1), *use = OBJ_txt2obj(ANY_USE, 1);
    X509_ATTRIBUTE *attribute = NULL;
    if (name && use) /* the length -1: an object, which is copied */
        attribute = X509_ATTRIBUTE_create_by_OBJ(NULL, name, V_ASN1_OBJECT, use, -1);
    ASN1_OBJECT_free(name);
    ASN1_OBJECT_free(use);
    return attribute;
}

/* OpenSSL 3.0 shows the attributes of a bag as constant, and has no function for one that it does
 * not know; the list is there as soon as the bag has a name, and it is ours. */
static STACK_OF(X509_ATTRIBUTE) * attributes_of(const PKCS12_SAFEBAG *bag)
{
    union {
        const STACK_OF(X509_ATTRIBUTE) * shown;
        STACK_OF(X509_ATTRIBUTE) * own;
    } list = {.shown = PKCS12_SAFEBAG_get0_attrs(bag)};
    return list.own;
}

static bool mark_trusted(PKCS12_SAFEBAG *bag, const char *alias)
{
    if (!PKCS12_add_friendlyname_utf8(bag, alias, -1))
        return false;
    X509_ATTRIBUTE *attribute = trusted_for_any_use();
    if (attribute && sk_X509_ATTRIBUTE_push(attributes_of(bag), attribute) > 0)
        return true;
    X509_ATTRIBUTE_free(attribute);
    return false;
}

/* Java keeps one certificate of a name. The authority comes first. */
static bool add(STACK_OF(PKCS12_SAFEBAG) * bags, X509 *certificate)
{
    char alias[32] = JAVA_TRUST_ALIAS;
    int count = sk_PKCS12_SAFEBAG_num(bags);
    PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_cert(certificate);
    if (count > 0)
        snprintf(alias, sizeof alias, "root-%d", count);
    if (bag && mark_trusted(bag, alias) && sk_PKCS12_SAFEBAG_push(bags, bag) > 0)
        return true;
    PKCS12_SAFEBAG_free(bag);
    return false;
}

static bool add_all(STACK_OF(PKCS12_SAFEBAG) * bags, const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *certificate = NULL;
    bool done = bio != NULL && next_certificate(&certificate, bio);
    while (done && certificate) {
        done = add(bags, certificate);
        X509_free(certificate);
        done = done && next_certificate(&certificate, bio);
    }
    BIO_free(bio);
    return done;
}

static PKCS12 *wrap(STACK_OF(PKCS12_SAFEBAG) * bags)
{
    PKCS12 *store = PKCS12_init(NID_pkcs7_data);
    STACK_OF(PKCS7) *safes = sk_PKCS7_new_null();
    PKCS7 *safe = PKCS12_pack_p7data(bags);
    bool held = safes && safe && sk_PKCS7_push(safes, safe) > 0;
    if (!held)
        PKCS7_free(safe);
    if (!held || !store || !PKCS12_pack_authsafes(store, safes)) {
        PKCS12_free(store);
        store = NULL;
    }
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return store;
}

/* OpenSSL's memory is freed in another way than the caller's. */
static bool encode(void **out, size_t *size, const PKCS12 *store)
{
    unsigned char *bytes = NULL;
    int length = i2d_PKCS12(store, &bytes);
    *out = length > 0 ? malloc((size_t)length) : NULL;
    if (*out) {
        memcpy(*out, bytes, (size_t)length);
        *size = (size_t)length;
    }
    OPENSSL_free(bytes);
    return *out != NULL;
}

bool java_trust_make(void **out, size_t *size, const char *pem)
{
    STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
    PKCS12 *store = bags && add_all(bags, pem) ? wrap(bags) : NULL;
    bool done = store && encode(out, size, store);
    PKCS12_free(store);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    ERR_clear_error();
    return done;
}
