/* The faults of TLS as a raw client sees them, at the port for HTTPS and through CONNECT: what is
 * wrong with the certificate, which bytes come and how the connection ends; that they meet as many
 * connections as were asked for, and no connection of plain HTTP.
 * labels: threads */
#include "base/count_of.h"
#include "mock_sockets.h"
#include "wire_world.h"
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HANDSHAKE_MS 1000

static int world_open(void **state)
{
    *state = wire_world_open((struct ailab_mock_options){.handshake_timeout_ms = HANDSHAKE_MS});
    return 0;
}

static void arm(const struct wire_world *world, const char *fault, unsigned connections)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    if (ailab_mock_arm_tls(world->mock, fault, connections, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", fault, why);
}

/* A request whose answer is the connection's last; returns the status. */
static int ask(struct wire *wire, const struct wire_world *world)
{
    struct mock_call call = mock_call_right(slice_make(world->image, world->image_size));
    int status = 0;
    mock_call_header(&call, "Connection", "close");
    struct mock_text bytes = mock_call_bytes(&call);
    wire_send(wire, mock_text_slice(&bytes));
    mock_text_clear(&bytes);
    struct mock_text answer = wire_read_to_end(wire);
    if (answer.len)
        sscanf(answer.ptr, "HTTP/1.1 %d ", &status);
    mock_text_clear(&answer);
    return status;
}

static void expect_usual(const struct wire_world *world, enum wire_way way, const char *why)
{
    struct wire wire;
    wire_open(&wire, &world->ports, way);
    long verdict = wire.ssl ? wire_verdict(&wire) : X509_V_OK;
    int status = ask(&wire, world);
    if (verdict != X509_V_OK || status != 200 || wire.end != WIRE_NOTIFIED)
        fail_msg("%s, %s: %s, status %d, %s", why, wire_way_name(way),
                 X509_verify_cert_error_string(verdict), status, wire_end_name(wire.end));
    wire_close(&wire);
}

/* The journal */

/* One entry names the fault, with or without a request; the mock does not call it unexpected. */
static void expect_journal(const struct wire_world *world, const char *fault, bool with_request)
{
    char query[128], why[AILAB_MOCK_ERROR_SIZE] = "";
    size_t found = 0, unexpected = 0;
    snprintf(query, sizeof query, "{\"tls_fault\":\"%s\",\"scenario\":\"%s\",\"tls\":true}", fault,
             with_request ? "" : fault);
    if (ailab_mock_wait(world->mock, query, 1, MOCK_WAIT_MS, &found, why) != AILAB_MOCK_OK ||
        ailab_mock_count_unexpected(world->mock, &unexpected, why) != AILAB_MOCK_OK ||
        ailab_mock_reset(world->mock, NULL, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", query, why);
    if (found != 1 || unexpected)
        fail_msg("%s: %zu entries name it, %zu are unexpected", fault, found, unexpected);
}

/* Certificates */

/* A client that does not look is served all the same. */
static void tls_faults_of_the_certificate_are_what_they_say(void **state)
{
    static const struct {
        const char *fault;
        long verdicts[2]; /* either */
    } rows[] = {
        {"tls-expired", {X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED}},
        {"tls-wrong-host", {X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_HOSTNAME_MISMATCH}},
        {"tls-untrusted",
         {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN}},
    };
    const struct wire_world *world = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (enum wire_way way = WIRE_TLS; way <= WIRE_CONNECT; way++) {
            struct wire wire;
            arm(world, rows[i].fault, 1);
            wire_open(&wire, &world->ports, way);
            long verdict = wire_verdict(&wire);
            if (verdict != rows[i].verdicts[0] && verdict != rows[i].verdicts[1])
                fail_msg("%s, %s: %s", rows[i].fault, wire_way_name(way),
                         X509_verify_cert_error_string(verdict));
            assert_int_equal(ask(&wire, world), 200);
            assert_int_equal(wire.end, WIRE_NOTIFIED);
            wire_close(&wire);
            expect_usual(world, way, rows[i].fault);
            expect_journal(world, rows[i].fault, true);
        }
}

/* The handshake */

static void tls_faults_of_the_handshake_send_and_end_as_they_say(void **state)
{
    static const struct {
        const char *fault;
        size_t bytes; /* that come in all */
        int reason;   /* of the alert that came, 0: none */
        int64_t least_ms;
    } rows[] = {
        {"tls-stall", 0, 0, HANDSHAKE_MS},
        {"tls-close-at-hello", 0, 0, 0},
        {"tls-alert", 7, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, 0},
    };
    const struct wire_world *world = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (enum wire_way way = WIRE_TLS; way <= WIRE_CONNECT; way++) {
            struct wire wire;
            arm(world, rows[i].fault, 1);
            int64_t start_us = mock_now_us(); /* the mock's time begins as it hears of the client */
            wire_connect(&wire, &world->ports, way);
            bool shook = wire_shake_hands(&wire, &world->ports);
            int reason = ERR_GET_REASON(ERR_peek_error());
            wire_read_raw_to_end(&wire); /* an alert ends the handshake before the connection */
            int64_t took_ms = (mock_now_us() - start_us) / 1000;
            if (shook || wire.end != WIRE_FIN || wire.raw.len != rows[i].bytes ||
                (rows[i].reason && reason != rows[i].reason) || took_ms < rows[i].least_ms - 1)
                fail_msg("%s, %s: %zu bytes, %s after %lld ms, reason %d", rows[i].fault,
                         wire_way_name(way), wire.raw.len, wire_end_name(wire.end),
                         (long long)took_ms, reason);
            wire_close(&wire);
            expect_usual(world, way, rows[i].fault);
            expect_journal(world, rows[i].fault, false);
        }
}

/* The end */

static void tls_no_close_notify_comes_after_a_whole_answer(void **state)
{
    const struct wire_world *world = *state;
    for (enum wire_way way = WIRE_TLS; way <= WIRE_CONNECT; way++) {
        struct wire wire;
        arm(world, "tls-no-close-notify", 1);
        wire_open(&wire, &world->ports, way);
        assert_int_equal(wire_verdict(&wire), X509_V_OK);
        assert_int_equal(ask(&wire, world), 200);
        if (wire.end != WIRE_FIN)
            fail_msg("%s: %s", wire_way_name(way), wire_end_name(wire.end));
        wire_close(&wire);
        expect_usual(world, way, "tls-no-close-notify");
        expect_journal(world, "tls-no-close-notify", true);
    }
}

/* How often, and for whom */

static void tls_faults_meet_the_next_connections_with_tls_alone(void **state)
{
    const struct wire_world *world = *state;
    arm(world, "tls-expired", 2);
    arm(world, "tls-no-close-notify", 1);
    for (unsigned i = 0; i < 2; i++) {
        struct wire wire;
        expect_usual(world, WIRE_PLAIN, "armed");
        wire_open(&wire, &world->ports, i ? WIRE_CONNECT : WIRE_TLS);
        assert_int_equal(wire_verdict(&wire), X509_V_ERR_CERT_HAS_EXPIRED);
        wire_close(&wire);
    }
    struct wire wire;
    wire_open(&wire, &world->ports, WIRE_TLS);
    assert_int_equal(wire_verdict(&wire), X509_V_OK);
    assert_int_equal(ask(&wire, world), 200);
    assert_int_equal(wire.end, WIRE_FIN);
    wire_close(&wire);
    expect_usual(world, WIRE_TLS, "all are used");
}

/* A connection of a bad certificate must not be hidden by a session of a good one. */
static void tls_faults_show_although_a_session_is_resumed(void **state)
{
    const struct wire_world *world = *state;
    struct wire first, second;
    wire_open(&first, &world->ports, WIRE_TLS);
    assert_int_equal(ask(&first, world), 200);
    SSL_SESSION *session = SSL_get1_session(first.ssl);
    assert_non_null(session);
    arm(world, "tls-expired", 1);
    wire_connect(&second, &world->ports, WIRE_TLS);
    second.session = session;
    assert_true(wire_shake_hands(&second, &world->ports));
    assert_false(SSL_session_reused(second.ssl));
    assert_int_equal(wire_verdict(&second), X509_V_ERR_CERT_HAS_EXPIRED);
    SSL_SESSION_free(session);
    wire_close(&first);
    wire_close(&second);
}

static void tls_faults_that_were_met_are_counted(void **state)
{
    const struct wire_world *world = *state;
    int status = 0;
    char *text = NULL;
    struct wire wire;
    arm(world, "tls-wrong-host", 1);
    wire_open(&wire, &world->ports, WIRE_TLS);
    wire_close(&wire);
    assert_int_equal(ailab_mock_admin(world->mock, "GET", "/metrics", NULL, &status, &text),
                     AILAB_MOCK_OK);
    /* also those of the tests above: at least this one */
    const char *line = strstr(text, "\nailab_mock_tls_faults_total{fault=\"tls-wrong-host\"} ");
    assert_non_null(line);
    assert_true(strtoul(strchr(line, '}') + 1, NULL, 10) >= 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_faults_of_the_certificate_are_what_they_say),
        cmocka_unit_test(tls_faults_of_the_handshake_send_and_end_as_they_say),
        cmocka_unit_test(tls_no_close_notify_comes_after_a_whole_answer),
        cmocka_unit_test(tls_faults_meet_the_next_connections_with_tls_alone),
        cmocka_unit_test(tls_faults_show_although_a_session_is_resumed),
        cmocka_unit_test(tls_faults_that_were_met_are_counted),
    };
    return cmocka_run_group_tests_name("tls_faults_wire", tests, world_open, wire_world_close);
}
