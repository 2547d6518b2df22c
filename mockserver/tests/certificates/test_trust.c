/* The files that clients trust: whose roots they hold, and when they are written. */
#include "certificates/java_trust.h"
#include "certificates_kit.h"
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Gives SSL_CERT_FILE a bundle with the root of another authority. Returns that bundle. */
static char *set_system_roots(const char *folder, const char *name)
{
    char other[PATH_SIZE];
    struct clock_hand clock = {NOW_S};
    path_join(other, folder, name);
    unsetenv("SSL_CERT_FILE");
    struct authority *authority = open_authority(other, &clock);
    setenv("SSL_CERT_FILE", authority_ca_file(authority), 1);
    char *text = file_read(authority_ca_file(authority), NULL);
    authority_close(authority);
    return text;
}

static struct authority *open_own(const char *folder)
{
    static struct clock_hand clock = {NOW_S};
    char own[PATH_SIZE];
    path_join(own, folder, "own");
    return open_authority(own, &clock);
}

static void bundle_holds_the_systems_roots_and_ours(void **state)
{
    char *system = set_system_roots(*state, "system");
    struct authority *authority = open_own(*state);
    char *bundle = file_read(authority_bundle_file(authority), NULL);
    char *own = file_read(authority_ca_file(authority), NULL);
    assert_int_equal(strncmp(bundle, own, strlen(own)), 0);
    assert_non_null(strstr(bundle + strlen(own), system));
    assert_int_equal(certificates_in(authority_bundle_file(authority)), 2);
    free(system);
    free(bundle);
    free(own);
    authority_close(authority);
}

static void bundle_does_not_hold_itself(void **state)
{
    unsetenv("SSL_CERT_FILE");
    struct authority *authority = open_own(*state);
    int usual = certificates_in(authority_bundle_file(authority));
    static const char *(*const files[])(const struct authority *) = {authority_ca_file,
                                                                     authority_bundle_file};
    for (size_t i = 0; i < 2; i++) { /* as a program does that the mock started */
        setenv("SSL_CERT_FILE", files[i](authority), 1);
        authority_close(open_own(*state));
        assert_int_equal(certificates_in(authority_bundle_file(authority)), usual);
    }
    authority_close(authority);
}

static void bundle_overlooks_a_variable_that_names_no_bundle(void **state)
{
    char path[PATH_SIZE];
    unsetenv("SSL_CERT_FILE");
    struct authority *authority = open_own(*state);
    int usual = certificates_in(authority_bundle_file(authority));
    path_join(path, *state, "text");
    file_write(path, "no certificate", 14);
    setenv("SSL_CERT_FILE", path, 1);
    authority_close(open_own(*state));
    setenv("SSL_CERT_FILE", "/nonexistent", 1);
    authority_close(open_own(*state));
    setenv("SSL_CERT_FILE", *state, 1);
    authority_close(open_own(*state));
    assert_int_equal(certificates_in(authority_bundle_file(authority)), usual);
    authority_close(authority);
}

static struct stat look_at(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about;
}

static void bundle_is_written_when_the_systems_roots_change_and_only_then(void **state)
{
    free(set_system_roots(*state, "first"));
    struct authority *authority = open_own(*state);
    const char *bundle = authority_bundle_file(authority), *java = authority_java_file(authority);
    struct stat bundle_before = look_at(bundle), java_before = look_at(java);
    authority_close(open_own(*state));
    assert_true(look_at(bundle).st_ino == bundle_before.st_ino);
    assert_true(look_at(java).st_ino == java_before.st_ino);
    /* Held open, so that no new file gets their numbers. */
    FILE *old_bundle = fopen(bundle, "r"), *old_java = fopen(java, "r");
    char *second = set_system_roots(*state, "second"), *text;
    authority_close(open_own(*state));
    text = file_read(bundle, NULL);
    assert_non_null(strstr(text, second));
    assert_true(look_at(bundle).st_ino != bundle_before.st_ino);
    assert_true(look_at(java).st_ino != java_before.st_ino);
    free(text);
    free(second);
    fclose(old_bundle);
    fclose(old_java);
    authority_close(authority);
}

/* Java */

static STACK_OF(PKCS12_SAFEBAG) * bags_of(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    PKCS12 *store = d2i_PKCS12(NULL, &at, (long)size);
    assert_non_null(store);
    STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(store);
    assert_int_equal(sk_PKCS7_num(safes), 1);
    STACK_OF(PKCS12_SAFEBAG) *bags = PKCS12_unpack_p7data(sk_PKCS7_value(safes, 0));
    assert_non_null(bags);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    PKCS12_free(store);
    return bags;
}

static bool is_trusted_for_any_use(const PKCS12_SAFEBAG *bag)
{
    ASN1_OBJECT *usage = OBJ_txt2obj("2.16.840.1.113894.746875.1.1", 1);
    const STACK_OF(X509_ATTRIBUTE) *attributes = PKCS12_SAFEBAG_get0_attrs(bag);
    int at = X509at_get_attr_by_OBJ(attributes, usage, -1);
    ASN1_OBJECT_free(usage);
    if (at < 0)
        return false;
    char text[32] = "";
    ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(X509at_get_attr(attributes, at), 0);
    assert_int_equal(value->type, V_ASN1_OBJECT);
    OBJ_obj2txt(text, sizeof text, value->value.object, 1);
    return strcmp(text, "2.5.29.37.0") == 0;
}

static void java_gets_every_certificate_as_trusted(void **state)
{
    char *system = set_system_roots(*state, "system");
    struct authority *authority = open_own(*state);
    size_t size;
    char *bytes = file_read(authority_java_file(authority), &size);
    STACK_OF(PKCS12_SAFEBAG) *bags = bags_of(bytes, size);
    X509 *root = certificate_in(authority_ca_file(authority), 0);
    X509 *first = PKCS12_SAFEBAG_get1_cert(sk_PKCS12_SAFEBAG_value(bags, 0));
    char *alias = PKCS12_get_friendlyname(sk_PKCS12_SAFEBAG_value(bags, 0));
    char *other_alias = PKCS12_get_friendlyname(sk_PKCS12_SAFEBAG_value(bags, 1));
    assert_int_equal(sk_PKCS12_SAFEBAG_num(bags), 2);
    assert_int_equal(X509_cmp(first, root), 0);
    assert_string_equal(alias, "ailab-mock");
    assert_string_equal(other_alias, "root-1");
    for (int i = 0; i < 2; i++)
        assert_true(is_trusted_for_any_use(sk_PKCS12_SAFEBAG_value(bags, i)));
    OPENSSL_free(alias);
    OPENSSL_free(other_alias);
    X509_free(first);
    X509_free(root);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    free(bytes);
    free(system);
    authority_close(authority);
}

static void java_passes_over_what_is_no_certificate(void **state)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----\n",
                      end[] = "-----END CERTIFICATE-----\n";
    char *good = set_system_roots(*state, "system"), *text;
    void *bytes;
    size_t size;
    assert_true(asprintf(&text, "# remark\n%sAAAA\n%s%s%s!!!!\n%s%s%sAAAA\n%s%s", begin, end, good,
                         begin, end, good,
                         "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
                         "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n",
                         end, begin) > 0);
    assert_true(java_trust_make(&bytes, &size, text));
    STACK_OF(PKCS12_SAFEBAG) *bags = bags_of(bytes, size);
    assert_int_equal(sk_PKCS12_SAFEBAG_num(bags), 2);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    free(bytes);
    free(text);
    free(good);
}

static int restore(void **state)
{
    unsetenv("SSL_CERT_FILE");
    return folder_remove(state);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, restore)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(bundle_holds_the_systems_roots_and_ours),
        IN_FOLDER(bundle_does_not_hold_itself),
        IN_FOLDER(bundle_overlooks_a_variable_that_names_no_bundle),
        IN_FOLDER(bundle_is_written_when_the_systems_roots_change_and_only_then),
        IN_FOLDER(java_gets_every_certificate_as_trusted),
        IN_FOLDER(java_passes_over_what_is_no_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
