/* The authority: what its certificates say, and that it is taken, made and renewed as promised. */
#include "certificates_kit.h"
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROOT_DAYS 730
#define PROCESSES 8

/* The authority's root as its files have it, at a time. */
static X509 *root_at(const char *folder, int64_t now_s)
{
    struct clock_hand clock = {now_s};
    struct authority *authority = open_authority(folder, &clock);
    X509 *root = certificate_in(authority_ca_file(authority), 0);
    authority_close(authority);
    assert_non_null(root);
    return root;
}

static X509 *issuer_in(const char *folder)
{
    char path[PATH_SIZE];
    path_join(path, folder, KEY_FILE);
    return certificate_in(path, 0);
}

static unsigned mode_of(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 07777;
}

static void authority_keeps_its_key_from_others(void **state)
{
    char folder[PATH_SIZE], key[PATH_SIZE], state_home[PATH_SIZE];
    struct clock_hand clock = {NOW_S};
    path_join(state_home, *state, "state");
    path_join(folder, state_home, "ailab-mock");
    mode_t mask = umask(0);
    struct authority *authority = open_authority(folder, &clock);
    umask(mask);
    path_join(key, folder, KEY_FILE);
    assert_int_equal(mode_of(state_home), 0700);
    assert_int_equal(mode_of(folder), 0700);
    assert_int_equal(mode_of(key), 0600);
    assert_int_equal(mode_of(authority_ca_file(authority)), 0644);
    assert_int_equal(mode_of(authority_bundle_file(authority)), 0644);
    assert_int_equal(mode_of(authority_java_file(authority)), 0644);
    assert_int_equal(folder_count(folder), 5); /* and the lock */
    authority_close(authority);
}

static int keys_in(const char *path)
{
    int count = 0;
    char *text = file_read(path, NULL);
    for (const char *at = text; (at = strstr(at, "PRIVATE KEY-----")) != NULL; at++)
        count++;
    free(text);
    return count / 2;
}

static void authority_keeps_the_key_of_its_issuer_alone(void **state)
{
    struct clock_hand clock = {NOW_S};
    char path[PATH_SIZE];
    struct authority *authority = open_authority(*state, &clock);
    path_join(path, *state, KEY_FILE);
    assert_int_equal(keys_in(path), 1);
    assert_int_equal(keys_in(authority_ca_file(authority)), 0);
    assert_int_equal(keys_in(authority_bundle_file(authority)), 0);
    BIO *bio = BIO_new_file(path, "r");
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    X509 *root = certificate_in(authority_ca_file(authority), 0), *issuer = issuer_in(*state);
    assert_int_equal(X509_check_private_key(issuer, key), 1);
    assert_int_equal(X509_check_private_key(root, key), 0);
    X509_free(issuer);
    X509_free(root);
    EVP_PKEY_free(key);
    BIO_free(bio);
    authority_close(authority);
}

static void authority_is_taken_again(void **state)
{
    struct clock_hand clock = {NOW_S};
    struct authority *first = open_authority(*state, &clock);
    struct authority *second = open_authority(*state, &clock);
    X509 *root = certificate_in(authority_ca_file(first), 0);
    X509 *again = certificate_in(authority_ca_file(second), 0);
    assert_non_null(strstr(authority_news(first), "made a certificate authority"));
    assert_non_null(strstr(authority_news(first), authority_ca_file(first)));
    assert_null(strstr(authority_news(second), "authority of this machine"));
    assert_int_equal(X509_cmp(root, again), 0);
    X509_free(root);
    X509_free(again);
    authority_close(first);
    authority_close(second);
}

static void assert_authority_properties(X509 *certificate, const char *path_length)
{
    static const struct {
        int nid;
        const char *text;
    } cases[] = {
        {NID_key_usage, "critical Certificate Sign"},
        {NID_ext_key_usage, "TLS Web Server Authentication"},
        {NID_name_constraints, "critical Permitted:\n  DNS:ailabapi.com\n  DNS:localhost\n"
                               "  IP:127.0.0.1/255.255.255.255\n"
                               "  IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF"},
    };
    char text[1024], expected[64];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        extension_text(text, sizeof text, certificate, cases[i].nid);
        assert_string_equal(text, cases[i].text);
    }
    snprintf(expected, sizeof expected, "critical CA:TRUE, pathlen:%s", path_length);
    extension_text(text, sizeof text, certificate, NID_basic_constraints);
    assert_string_equal(text, expected);
    assert_int_equal(X509_get_version(certificate), X509_VERSION_3);
    assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(certificate)), 256);
    assert_true(EVP_PKEY_is_a(X509_get0_pubkey(certificate), "EC"));
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    assert_int_equal(BN_num_bits(serial), 128);
    assert_false(BN_is_negative(serial));
    BN_free(serial);
    assert_true(certificate_from_s(certificate) == NOW_S - DAY_S);
    assert_true(certificate_until_s(certificate) == NOW_S + ROOT_DAYS * DAY_S);
}

static void authority_may_sign_for_the_vendor_and_this_machine_alone(void **state)
{
    X509 *root = root_at(*state, NOW_S), *issuer = issuer_in(*state);
    assert_authority_properties(root, "1");
    assert_authority_properties(issuer, "0");
    X509_free(root);
    X509_free(issuer);
}

static void authority_is_told_from_others_by_its_name(void **state)
{
    char other[PATH_SIZE], name[128], other_name[128], host[65] = "";
    path_join(other, *state, "other");
    X509 *root = root_at(*state, NOW_S), *stranger = root_at(other, NOW_S);
    X509_NAME_get_text_by_NID(X509_get_subject_name(root), NID_commonName, name, sizeof name);
    X509_NAME_get_text_by_NID(X509_get_subject_name(stranger), NID_commonName, other_name,
                              sizeof other_name);
    assert_int_equal(gethostname(host, sizeof host - 1), 0);
    host[18] = '\0';
    assert_int_equal(strncmp(name, "ailab-mock CA ", 14), 0);
    assert_non_null(strstr(name, "2027-01-15"));
    assert_non_null(strstr(name, host));
    assert_string_not_equal(name, other_name);
    X509_free(root);
    X509_free(stranger);
}

/* Opens at the later time too, and tells whether the authority was made anew. */
static void assert_renewal(const char *why, int64_t later_s, bool renewed, int certificates)
{
    char *folder = folder_new();
    struct clock_hand clock = {later_s};
    X509 *first = root_at(folder, NOW_S), *first_issuer = issuer_in(folder);
    struct authority *authority = open_authority(folder, &clock);
    X509 *now = certificate_in(authority_ca_file(authority), 0), *issuer = issuer_in(folder);
    if ((X509_cmp(first, now) != 0) != renewed)
        fail_msg("%s", why);
    assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(issuer), X509_get0_pubkey(first_issuer)),
                     !renewed);
    assert_int_equal(strstr(authority_news(authority), "renewed") != NULL, renewed);
    assert_int_equal(certificates_in(authority_ca_file(authority)), certificates);
    if (certificates == 2) {
        X509 *previous = certificate_in(authority_ca_file(authority), 1);
        assert_int_equal(X509_cmp(previous, first), 0);
        X509_free(previous);
    }
    X509_free(first);
    X509_free(first_issuer);
    X509_free(now);
    X509_free(issuer);
    authority_close(authority);
    folder_free(folder);
}

static void authority_is_renewed_before_it_ends(void **state)
{
    int64_t end_s = NOW_S + ROOT_DAYS * DAY_S;
    (void)state;
    assert_renewal("31 days are enough", end_s - 31 * DAY_S, false, 1);
    assert_renewal("29 days are not, and programs that run use the old one", end_s - 29 * DAY_S,
                   true, 2);
    assert_renewal("it has ended, and helps no client", end_s + 1, true, 1);
    assert_renewal("a clock that is late by less than a day", NOW_S - DAY_S + 1, false, 1);
    assert_renewal("a clock that jumped back before its time", NOW_S - 2 * DAY_S, true, 2);
}

/* In a process of its own, once all are there. Exit code 0: it got an authority. */
static void open_at_once(const char *folder, int64_t now_s, int start, int n)
{
    char why[AILAB_MOCK_ERROR_SIZE], path[PATH_SIZE], name[16], byte;
    struct clock_hand clock = {now_s};
    struct authority *authority;
    if (read(start, &byte, 1) != 0 ||
        authority_open_at(&authority, folder, clock_hand_ms, &clock, why) != AILAB_MOCK_OK)
        _exit(1);
    SSL_CTX *context = authority_context(authority, NULL, TLS_FAULT_NONE);
    snprintf(name, sizeof name, "seen-%d", n);
    path_join(path, folder, name);
    FILE *file = fopen(path, "w");
    STACK_OF(X509) *chain = NULL;
    if (!context || !file || !SSL_CTX_get0_chain_certs(context, &chain) ||
        !PEM_write_X509(file, SSL_CTX_get0_certificate(context)) ||
        !PEM_write_X509(file, sk_X509_value(chain, 0)) || fclose(file) != 0)
        _exit(2);
    SSL_CTX_free(context);
    authority_close(authority);
    _exit(0);
}

static void open_in_processes(const char *folder, int64_t now_s)
{
    int start[2], status;
    pid_t children[PROCESSES];
    assert_int_equal(pipe(start), 0);
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_int_not_equal(children[i], -1);
        if (children[i] == 0) {
            close(start[1]);
            open_at_once(folder, now_s, start[0], i);
        }
    }
    close(start[0]);
    close(start[1]); /* the end of the pipe is the signal */
    for (int i = 0; i < PROCESSES; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
}

/* Each process signs with an issuer of the one root, and each issuer is the one that is kept. */
static void assert_all_the_same(const char *folder, int64_t now_s)
{
    char path[PATH_SIZE], name[32];
    X509 *root = root_at(folder, now_s), *issuer = issuer_in(folder);
    for (int i = 0; i < PROCESSES; i++) {
        char ca[PATH_SIZE];
        snprintf(name, sizeof name, "seen-%d", i);
        path_join(path, folder, name);
        path_join(ca, folder, "ailab-mock-ca.pem");
        X509 *served = certificate_in(path, 0), *sent = certificate_in(path, 1);
        assert_int_equal(X509_cmp(sent, issuer), 0);
        assert_int_equal(verify(served, sent, ca, now_s), X509_V_OK);
        X509_free(served);
        X509_free(sent);
    }
    X509_free(issuer);
    X509_free(root);
}

static void authority_is_one_for_programs_that_start_at_once(void **state)
{
    int64_t late_s = NOW_S + (ROOT_DAYS - 5) * DAY_S;
    open_in_processes(*state, NOW_S);
    assert_all_the_same(*state, NOW_S);
    open_in_processes(*state, late_s); /* they renew it */
    assert_all_the_same(*state, late_s);
}

static void authority_heals_after_a_program_that_was_killed(void **state)
{
    static const char *const halves[] = {KEY_FILE ".new", "ailab-mock-ca.pem.new",
                                         "ailab-mock-bundle.pem", "ailab-mock-trust.p12.new"};
    char path[PATH_SIZE];
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        path_join(path, *state, halves[i]);
        file_write(path, "-----BEGIN", 10);
    }
    X509 *root = root_at(*state, NOW_S);
    X509_free(root);
    assert_int_equal(folder_count(*state), 5);
    path_join(path, *state, "ailab-mock-ca.pem"); /* and the files that follow from the key */
    file_write(path, "-----BEGIN", 10);
    root = root_at(*state, NOW_S);
    X509_free(root);
    assert_int_equal(certificates_in(path), 1);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(authority_keeps_its_key_from_others),
        IN_FOLDER(authority_keeps_the_key_of_its_issuer_alone),
        IN_FOLDER(authority_is_taken_again),
        IN_FOLDER(authority_may_sign_for_the_vendor_and_this_machine_alone),
        IN_FOLDER(authority_is_told_from_others_by_its_name),
        cmocka_unit_test(authority_is_renewed_before_it_ends),
        IN_FOLDER(authority_is_one_for_programs_that_start_at_once),
        IN_FOLDER(authority_heals_after_a_program_that_was_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
