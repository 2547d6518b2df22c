/* The certificates of servers, good and bad, as clients judge them. */
#include "certificates/keeper.h"
#include "certificates_kit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct clock_hand clock_now = {NOW_S};

static int open_in_folder(void **state)
{
    char *folder = folder_new();
    *state = open_authority(folder, &clock_now);
    free(folder);
    return 0;
}

static int close_and_remove(void **state)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s", authority_ca_file(*state));
    *strrchr(path, '/') = '\0';
    authority_close(*state);
    folder_free(strdup(path));
    return 0;
}

static void served_names_are_those_asked_for_and_the_usual(void **state)
{
    char label_64[80], label_63[80], name_300[301];
    snprintf(label_64, sizeof label_64, "%064d.ailabapi.com", 0);
    snprintf(label_63, sizeof label_63, "%063d.ailabapi.com", 0);
    snprintf(name_300, sizeof name_300, "%0300d", 0);
    const struct {
        const char *why, *name, *host;
        bool held;
    } cases[] = {
        {"no name", NULL, "www.ailabapi.com", true},
        {"an empty one", "", "ailabapi.com", true},
        {"the vendor's host", "www.ailabapi.com", "www.ailabapi.com", true},
        {"in capitals, with the root's dot", "WWW.AILABAPI.COM.", "www.ailabapi.com", true},
        {"localhost", "localhost", "localhost", true},
        {"below the vendor's domain", "api.ailabapi.com", "api.ailabapi.com", true},
        {"further below", "a.b.AILABAPI.com", "a.b.ailabapi.com", true},
        {"below localhost", "mock.localhost", "mock.localhost", true},
        {"the longest label", label_63, label_63, true},
        {"too long a label", label_64, label_64, false},
        {"too long a name", name_300, name_300, false},
        {"another's", "example.org", "example.org", false},
        {"one that ends alike", "evilailabapi.com", "evilailabapi.com", false},
        {"one that begins alike", "ailabapi.com.example.org", "ailabapi.com.example.org", false},
        {"an empty label", ".ailabapi.com", "any.ailabapi.com", false},
        {"an empty label inside", "a..ailabapi.com", "a..ailabapi.com", false},
        {"a list", "a,DNS:example.org,DNS:b.ailabapi.com", "example.org", false},
        {"a wildcard", "*.ailabapi.com", "any.ailabapi.com", false},
        {"control characters", "a\n.ailabapi.com", "example.org", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SSL_CTX *context = authority_context(*state, cases[i].name, TLS_FAULT_NONE);
        assert_non_null(context);
        if (has_host(context, cases[i].host) != cases[i].held)
            fail_msg("%s: %s", cases[i].why, cases[i].host);
        assert_true(has_host(context, "www.ailabapi.com") && has_host(context, "localhost"));
        assert_true(has_ip(context, "127.0.0.1") && has_ip(context, "::1"));
        assert_false(has_ip(context, "127.0.0.2"));
        assert_int_equal(verify_context(context, authority_ca_file(*state), NOW_S), X509_V_OK);
        SSL_CTX_free(context);
    }
}

static void served_certificates_say_what_strict_readers_want(void **state)
{
    static const struct {
        int nid;
        const char *text;
    } cases[] = {
        {NID_basic_constraints, "critical CA:FALSE"},
        {NID_key_usage, "critical Digital Signature"},
        {NID_ext_key_usage, "TLS Web Server Authentication"},
        {NID_subject_alt_name,
         "DNS:www.ailabapi.com, DNS:ailabapi.com, DNS:localhost, IP Address:127.0.0.1, "
         "IP Address:0:0:0:0:0:0:0:1, DNS:api.ailabapi.com"},
    };
    char text[512];
    SSL_CTX *context = authority_context(*state, "api.ailabapi.com", TLS_FAULT_NONE);
    X509 *certificate = SSL_CTX_get0_certificate(context);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        extension_text(text, sizeof text, certificate, cases[i].nid);
        assert_string_equal(text, cases[i].text);
    }
    assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(certificate)), 256);
    int64_t seconds = certificate_until_s(certificate) - certificate_from_s(certificate) + 1;
    assert_true(seconds == 397 * DAY_S);
    assert_true(certificate_from_s(certificate) == NOW_S - DAY_S);
    SSL_CTX_free(context);
}

static void served_serial_numbers_are_never_used_again(void **state)
{
    BIGNUM *serials[40];
    for (size_t i = 0; i < 40; i++) {
        char name[40];
        snprintf(name, sizeof name, "h%zu.ailabapi.com", i);
        SSL_CTX *context = authority_context(*state, name, TLS_FAULT_NONE);
        serials[i] =
            ASN1_INTEGER_to_BN(X509_get0_serialNumber(SSL_CTX_get0_certificate(context)), NULL);
        assert_int_equal(BN_num_bits(serials[i]), 128);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(BN_cmp(serials[i], serials[k]), 0);
        SSL_CTX_free(context);
    }
    for (size_t i = 0; i < 40; i++)
        BN_free(serials[i]);
}

static void served_bad_certificates_are_refused_for_their_reason(void **state)
{
    static const struct {
        enum tls_fault fault;
        const char *asked;
        int error;
        bool right_host;
    } cases[] = {
        {TLS_FAULT_NONE, "www.ailabapi.com", X509_V_OK, true},
        {TLS_FAULT_expired, "www.ailabapi.com", X509_V_ERR_CERT_HAS_EXPIRED, true},
        {TLS_FAULT_expired, "api.ailabapi.com", X509_V_ERR_CERT_HAS_EXPIRED, true},
        {TLS_FAULT_wrong_host, "www.ailabapi.com", X509_V_OK, false},
        {TLS_FAULT_wrong_host, "localhost", X509_V_OK, false},
        {TLS_FAULT_wrong_host, "other.ailabapi.com", X509_V_OK, false},
        {TLS_FAULT_wrong_host, "another.ailabapi.com", X509_V_OK, false},
        {TLS_FAULT_untrusted, "www.ailabapi.com", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         true},
        {TLS_FAULT_untrusted, "api.ailabapi.com", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         true},
        {TLS_FAULT_stall, "www.ailabapi.com", X509_V_OK, true},
        {TLS_FAULT_no_close_notify, "www.ailabapi.com", X509_V_OK, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SSL_CTX *context = authority_context(*state, cases[i].asked, cases[i].fault);
        assert_non_null(context);
        assert_int_equal(verify_context(context, authority_ca_file(*state), NOW_S), cases[i].error);
        assert_int_equal(has_host(context, cases[i].asked), cases[i].right_host);
        if (!cases[i].right_host)
            assert_false(has_ip(context, "127.0.0.1") || has_ip(context, "::1"));
        SSL_CTX_free(context);
    }
}

static void served_expired_certificate_ended_yesterday(void **state)
{
    SSL_CTX *context = authority_context(*state, NULL, TLS_FAULT_expired);
    assert_true(certificate_until_s(SSL_CTX_get0_certificate(context)) == NOW_S - DAY_S);
    SSL_CTX_free(context);
}

/* As someone would who has the key that is kept. */
static void served_certificates_for_other_names_are_refused(void **state)
{
    static const struct {
        const char *names;
        int error;
    } cases[] = {
        {"DNS:www.ailabapi.com", X509_V_OK},
        {"DNS:example.org", X509_V_ERR_PERMITTED_VIOLATION},
        {"DNS:www.ailabapi.com,DNS:example.org", X509_V_ERR_PERMITTED_VIOLATION},
        {"DNS:ailabapi.com.example.org", X509_V_ERR_PERMITTED_VIOLATION},
        {"DNS:*.com", X509_V_ERR_PERMITTED_VIOLATION},
        {"IP:10.0.0.1", X509_V_ERR_PERMITTED_VIOLATION},
        {"IP:127.0.0.2", X509_V_ERR_PERMITTED_VIOLATION},
        {"IP:0:0:0:0:0:0:0:2", X509_V_ERR_PERMITTED_VIOLATION},
    };
    char directory[PATH_SIZE], why[AILAB_MOCK_ERROR_SIZE];
    struct keeper keeper;
    snprintf(directory, sizeof directory, "%s", authority_ca_file(*state));
    *strrchr(directory, '/') = '\0';
    assert_int_equal(keeper_init(&keeper, directory, why), AILAB_MOCK_OK);
    assert_int_equal(keeper_refresh(&keeper, NOW_S, DAY_S, 0, why), AILAB_MOCK_OK);
    struct identity *issuer = &keeper.kept.hierarchy.issuer;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct identity made;
        const struct server_wish wish = {"test", cases[i].names, NOW_S - DAY_S, NOW_S + DAY_S};
        assert_true(identity_make_server(&made, issuer, &wish));
        int error = verify(made.certificate, issuer->certificate, authority_ca_file(*state), NOW_S);
        if (error != cases[i].error)
            fail_msg("%s: %s", cases[i].names, X509_verify_cert_error_string(error));
        identity_clear(&made);
    }
    keeper_clear(&keeper);
}

int main(void)
{
#define WITH_AUTHORITY(test) cmocka_unit_test_setup_teardown(test, open_in_folder, close_and_remove)
    const struct CMUnitTest tests[] = {
        WITH_AUTHORITY(served_names_are_those_asked_for_and_the_usual),
        WITH_AUTHORITY(served_certificates_say_what_strict_readers_want),
        WITH_AUTHORITY(served_serial_numbers_are_never_used_again),
        WITH_AUTHORITY(served_bad_certificates_are_refused_for_their_reason),
        WITH_AUTHORITY(served_expired_certificate_ended_yesterday),
        WITH_AUTHORITY(served_certificates_for_other_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
