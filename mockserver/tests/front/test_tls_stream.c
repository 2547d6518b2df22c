/* The server's side of TLS against OpenSSL's client, over a pair of sockets. */
#include "certificates_kit.h"
#include "front/tls_stream.h"
#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define TURNS_MAX 20 /* of both sides; a handshake needs three */

struct fixture {
    char *folder;
    struct clock_hand clock;
    struct authority *authority;
    struct tls_settings *settings;
    SSL_CTX *client;
    enum tls_fault fault; /* of the next connection */
};

static enum tls_fault next_fault(void *context)
{
    const struct fixture *fixture = context;
    return fixture->fault;
}

static SSL_CTX *new_client(const char *ca_file)
{
    SSL_CTX *client = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(client, 0); /* it may offer old versions */
    SSL_CTX_load_verify_file(client, ca_file);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(client), (time_t)NOW_S);
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
    return client;
}

static int set_up(void **state)
{
    struct fixture *made = calloc(1, sizeof *made);
    made->folder = folder_new();
    atomic_store(&made->clock.now_s, NOW_S);
    made->authority = open_authority(made->folder, &made->clock);
    made->settings = tls_settings_new(made->authority, next_fault, made);
    made->client = new_client(authority_ca_file(made->authority));
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    SSL_CTX_free(fixture->client);
    tls_settings_free(fixture->settings);
    authority_close(fixture->authority);
    folder_free(fixture->folder);
    free(fixture);
    return 0;
}

struct link {
    SSL *client;
    struct tls_stream *server;
    int fds[2];
};

struct hello {
    const unsigned char *protocols; /* ALPN, as on the wire; NULL: none */
    unsigned protocols_size;
    int max_version;      /* 0: any */
    SSL_SESSION *session; /* to resume, or NULL */
};

/* True when both sides have finished it. */
static bool shake_hands(struct link *out, struct fixture *fixture, const struct hello *hello)
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, out->fds), 0);
    out->client = SSL_new(fixture->client);
    out->server = tls_stream_new(fixture->settings, out->fds[1]);
    SSL_set_fd(out->client, out->fds[0]);
    SSL_set_connect_state(out->client);
    if (hello->protocols)
        assert_int_equal(SSL_set_alpn_protos(out->client, hello->protocols, hello->protocols_size),
                         0);
    if (hello->max_version)
        SSL_set_max_proto_version(out->client, hello->max_version);
    if (hello->session)
        SSL_set_session(out->client, hello->session);
    bool client_done = false, server_done = false;
    for (int i = 0; i < TURNS_MAX && !(client_done && server_done); i++) {
        client_done = client_done || SSL_do_handshake(out->client) == 1;
        server_done = server_done || tls_stream_handshake(out->server) == TLS_DONE;
    }
    ERR_clear_error();
    return client_done && server_done;
}

static void hang_up(struct link *link)
{
    SSL_free(link->client);
    tls_stream_free(link->server);
    close(link->fds[0]);
    close(link->fds[1]);
}

static void tls_stream_speaks_tls_1_2_and_newer(void **state)
{
    static const struct {
        int version;
        bool done;
    } cases[] = {{TLS1_VERSION, false},
                 {TLS1_1_VERSION, false},
                 {TLS1_2_VERSION, true},
                 {TLS1_3_VERSION, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct link link;
        const struct hello hello = {.max_version = cases[i].version};
        assert_int_equal(shake_hands(&link, *state, &hello), cases[i].done);
        if (cases[i].done)
            assert_int_equal(SSL_version(link.client), cases[i].version);
        hang_up(&link);
    }
}

static void tls_stream_chooses_http_1_1(void **state)
{
    static const struct {
        const char *offered, *chosen; /* chosen NULL: the handshake ends with an alert */
    } cases[] = {
        {NULL, ""},
        {"\x08http/1.1", "http/1.1"},
        {"\x02h2\x08http/1.1", "http/1.1"},
        {"\x02h2\x08http/1.0\x08http/1.1", "http/1.1"},
        {"\x02h2", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct link link;
        const unsigned char *chosen;
        unsigned length;
        struct hello hello = {.protocols = (const unsigned char *)cases[i].offered};
        if (cases[i].offered)
            hello.protocols_size = (unsigned)strlen(cases[i].offered);
        assert_int_equal(shake_hands(&link, *state, &hello), cases[i].chosen != NULL);
        SSL_get0_alpn_selected(link.client, &chosen, &length);
        assert_int_equal(length, cases[i].chosen ? strlen(cases[i].chosen) : 0);
        if (length > 0)
            assert_memory_equal(chosen, cases[i].chosen, length);
        hang_up(&link);
    }
}

/* The session of a finished handshake; in TLS 1.3 it comes after it. */
static SSL_SESSION *session_of(struct fixture *fixture, int version, enum tls_fault fault)
{
    struct link link;
    char byte;
    const struct hello hello = {.max_version = version};
    fixture->fault = fault;
    assert_true(shake_hands(&link, fixture, &hello));
    SSL_read(link.client, &byte, 1); /* nothing to read, but the client takes the ticket in */
    SSL_SESSION *session = SSL_get1_session(link.client);
    SSL_shutdown(link.client);
    hang_up(&link);
    return session;
}

/* Frees the session. */
static bool resumes(struct fixture *fixture, int version, enum tls_fault fault,
                    SSL_SESSION *session)
{
    struct link link;
    const struct hello hello = {.max_version = version, .session = session};
    fixture->fault = fault;
    assert_true(shake_hands(&link, fixture, &hello));
    bool resumed = SSL_session_reused(link.client) == 1;
    hang_up(&link);
    SSL_SESSION_free(session);
    return resumed;
}

static void tls_stream_resumes_sessions_but_never_past_a_fault(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    static const enum tls_fault faults[] = {TLS_FAULT_expired, TLS_FAULT_wrong_host,
                                            TLS_FAULT_untrusted};
    const enum tls_fault none = TLS_FAULT_NONE;
    struct fixture *fixture = *state;
    SSL_CTX_set_verify(fixture->client, SSL_VERIFY_NONE, NULL);
    for (size_t v = 0; v < 2; v++) {
        const int version = versions[v];
        assert_true(resumes(fixture, version, none, session_of(fixture, version, none)));
        for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
            const enum tls_fault bad = faults[i];
            assert_false(resumes(fixture, version, bad, session_of(fixture, version, none)));
            assert_false(resumes(fixture, version, bad, session_of(fixture, version, bad)));
            assert_false(resumes(fixture, version, none, session_of(fixture, version, bad)));
        }
    }
}

static void tls_stream_refuses_renegotiation(void **state)
{
    struct link link;
    const struct hello hello = {.max_version = TLS1_2_VERSION};
    assert_true(shake_hands(&link, *state, &hello));
    assert_int_equal(SSL_renegotiate(link.client), 1);
    SSL_do_handshake(link.client);
    char byte;
    size_t got;
    tls_stream_read(link.server, &byte, 1, &got);
    SSL_read(link.client, &byte, 1);
    assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
    ERR_clear_error();
    hang_up(&link);
}

int main(void)
{
#define WITH_SETTINGS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_SETTINGS(tls_stream_speaks_tls_1_2_and_newer),
        WITH_SETTINGS(tls_stream_chooses_http_1_1),
        WITH_SETTINGS(tls_stream_resumes_sessions_but_never_past_a_fault),
        WITH_SETTINGS(tls_stream_refuses_renegotiation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
