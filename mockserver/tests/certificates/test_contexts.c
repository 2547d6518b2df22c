/* The contexts of an authority: how long they are remembered, and that they are trusted.
 * (labels: threads) */
#include "certificates_kit.h"
#include "testing/sanitized.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREADS 8
#define ROUNDS 150

struct fixture {
    char *folder;
    struct clock_hand clock;
    struct authority *authority;
};

static int set_up(void **state)
{
    struct fixture *made = calloc(1, sizeof *made);
    made->folder = folder_new();
    atomic_store(&made->clock.now_s, NOW_S);
    made->authority = open_authority(made->folder, &made->clock);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    authority_close(fixture->authority);
    folder_free(fixture->folder);
    free(fixture);
    return 0;
}

/* Remembering */

static SSL_CTX *ask(struct fixture *fixture, const char *name, enum tls_fault fault)
{
    SSL_CTX *context = authority_context(fixture->authority, name, fault);
    assert_non_null(context);
    return context;
}

/* The serial number of the certificate for the name, to be freed. */
static ASN1_INTEGER *serial_of(struct fixture *fixture, const char *name)
{
    SSL_CTX *context = ask(fixture, name, TLS_FAULT_NONE);
    ASN1_INTEGER *serial =
        ASN1_INTEGER_dup(X509_get0_serialNumber(SSL_CTX_get0_certificate(context)));
    SSL_CTX_free(context);
    return serial;
}

static bool is_the_same(struct fixture *fixture, const char *name, const ASN1_INTEGER *serial)
{
    ASN1_INTEGER *now = serial_of(fixture, name);
    bool same = ASN1_INTEGER_cmp(now, serial) == 0;
    ASN1_INTEGER_free(now);
    return same;
}

static void contexts_are_remembered_by_name_and_fault(void **state)
{
    static const struct {
        const char *a, *b;
        enum tls_fault fault_a, fault_b;
        bool same;
    } cases[] = {
        {"api.ailabapi.com", "API.ailabapi.com.", TLS_FAULT_NONE, TLS_FAULT_NONE, true},
        {"www.ailabapi.com", NULL, TLS_FAULT_NONE, TLS_FAULT_NONE, true},
        {"localhost", "example.org", TLS_FAULT_NONE, TLS_FAULT_NONE, true},
        {"api.ailabapi.com", NULL, TLS_FAULT_NONE, TLS_FAULT_NONE, false},
        {NULL, NULL, TLS_FAULT_NONE, TLS_FAULT_stall, true},
        {NULL, NULL, TLS_FAULT_expired, TLS_FAULT_expired, true},
        {NULL, NULL, TLS_FAULT_expired, TLS_FAULT_NONE, false},
        {NULL, NULL, TLS_FAULT_expired, TLS_FAULT_untrusted, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SSL_CTX *a = ask(*state, cases[i].a, cases[i].fault_a);
        SSL_CTX *b = ask(*state, cases[i].b, cases[i].fault_b);
        assert_int_equal(a == b, cases[i].same);
        SSL_CTX_free(a);
        SSL_CTX_free(b);
    }
}

static void contexts_give_way_when_they_were_asked_for_longest_ago(void **state)
{
    ASN1_INTEGER *dear = serial_of(*state, "dear.ailabapi.com");
    ASN1_INTEGER *rare = serial_of(*state, "rare.ailabapi.com");
    for (int i = 0; i < AUTHORITY_CONTEXTS_MAX - 1; i++) {
        char name[40];
        snprintf(name, sizeof name, "h%d.ailabapi.com", i);
        ASN1_INTEGER_free(serial_of(*state, name));
        assert_true(is_the_same(*state, "dear.ailabapi.com", dear));
    }
    assert_false(is_the_same(*state, "rare.ailabapi.com", rare));
    ASN1_INTEGER_free(dear);
    ASN1_INTEGER_free(rare);
}

static void set_day(struct fixture *fixture, int day)
{
    atomic_store(&fixture->clock.now_s, NOW_S + day * DAY_S);
}

static void contexts_are_made_again_before_they_end(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        int day;
        bool same;
    } cases[] = {{1, true}, {394, true}, {396, false}, {700, true}, {-2, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ASN1_INTEGER *before = serial_of(fixture, NULL);
        set_day(fixture, cases[i].day);
        assert_int_equal(is_the_same(fixture, NULL, before), cases[i].same);
        ASN1_INTEGER_free(before);
        SSL_CTX *context = ask(fixture, NULL, TLS_FAULT_NONE);
        assert_int_equal(verify_context(context, authority_ca_file(fixture->authority),
                                        NOW_S + cases[i].day * DAY_S),
                         X509_V_OK);
        SSL_CTX_free(context);
    }
}

static void contexts_outlive_the_authority_of_the_start(void **state)
{
    struct fixture *fixture = *state;
    X509 *first = certificate_in(authority_ca_file(fixture->authority), 0);
    for (int day = 0; day < 3000; day += 50) {
        set_day(fixture, day);
        SSL_CTX *context = ask(fixture, "api.ailabapi.com", TLS_FAULT_NONE);
        assert_int_equal(
            verify_context(context, authority_ca_file(fixture->authority), NOW_S + day * DAY_S),
            X509_V_OK);
        SSL_CTX_free(context);
    }
    X509 *last = certificate_in(authority_ca_file(fixture->authority), 0);
    assert_int_not_equal(X509_cmp(first, last), 0);
    X509_free(first);
    X509_free(last);
}

/* Another program that starts may renew the authority; clients of this one know the old one, and
 * clients that come later must trust both. */
static void contexts_stay_trusted_when_another_program_renews(void **state)
{
    struct fixture *fixture = *state;
    SSL_CTX *before = ask(fixture, NULL, TLS_FAULT_NONE);
    set_day(fixture, 705);
    struct authority *other = open_authority(fixture->folder, &fixture->clock);
    assert_non_null(strstr(authority_news(other), "renewed"));
    SSL_CTX *ours = ask(fixture, "a.ailabapi.com", TLS_FAULT_NONE);
    SSL_CTX *theirs = authority_context(other, NULL, TLS_FAULT_NONE);
    const char *ca = authority_ca_file(other);
    assert_int_equal(verify_context(before, ca, NOW_S + DAY_S), X509_V_OK);
    assert_int_equal(verify_context(ours, ca, NOW_S + 705 * DAY_S), X509_V_OK);
    assert_int_equal(verify_context(theirs, ca, NOW_S + 705 * DAY_S), X509_V_OK);
    SSL_CTX_free(before);
    SSL_CTX_free(ours);
    SSL_CTX_free(theirs);
    authority_close(other);
}

/* Threads */

#if SHADOWED
/* OpenSSL counts references without a word to the sanitizer, which then sees one thread free what
 * another has read. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libcrypto.so\ncalled_from_lib:libssl.so\n";
}
#endif

struct asker {
    struct fixture *fixture;
    unsigned seed;
    unsigned wrong;
    pthread_t thread;
};

static void *ask_often(void *context)
{
    struct asker *asker = context;
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned n = asker->seed = asker->seed * 1103515245u + 12345u;
        char name[40];
        snprintf(name, sizeof name, "h%u.ailabapi.com", (n >> 16) % (AUTHORITY_CONTEXTS_MAX + 9));
        if (i % 50 == 0) /* to and fro: certificates end */
            atomic_store(&asker->fixture->clock.now_s, NOW_S + (n >> 18) % 2 * 398 * DAY_S);
        enum tls_fault fault = (n >> 20) % TLS_FAULT_END;
        SSL_CTX *made = authority_context(asker->fixture->authority, name, fault);
        asker->wrong += !made || (fault != TLS_FAULT_wrong_host && !has_host(made, name));
        SSL_CTX_free(made);
    }
    return NULL;
}

static void contexts_are_for_any_thread(void **state)
{
    struct asker askers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        askers[i] = (struct asker){.fixture = *state, .seed = i};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_int_equal(askers[i].wrong, 0);
    }
}

int main(void)
{
#define WITH_AUTHORITY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_AUTHORITY(contexts_are_remembered_by_name_and_fault),
        WITH_AUTHORITY(contexts_give_way_when_they_were_asked_for_longest_ago),
        WITH_AUTHORITY(contexts_are_made_again_before_they_end),
        WITH_AUTHORITY(contexts_outlive_the_authority_of_the_start),
        WITH_AUTHORITY(contexts_stay_trusted_when_another_program_renews),
        WITH_AUTHORITY(contexts_are_for_any_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
