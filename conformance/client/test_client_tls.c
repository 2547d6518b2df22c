/* Behind TLS: the client refuses every bad certificate, sends nothing and does not try again; a
 * handshake that breaks or stalls is the right error, in time; and every fault of an answer has the
 * same outcome as without TLS, straight and through CONNECT. labels: slow */
#include "faults.h"
#include "pins.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOURNAL_MS 10000
#define CONNECT_MS 1000                   /* the time to connect where a row is slow */
#define REQUESTS "{\"method\": \"POST\"}" /* the journal also has connections without a request */

static const char *const way_names[FIXTURE_WAYS] = {"straight", "through CONNECT"};

static void set_up(struct fixture *fixture, const struct tls_outcome *row, unsigned retries)
{
    fixture_client(fixture,
                   (struct ailab_options){.connect_timeout_ms = row->is_slow ? CONNECT_MS : 0,
                                          .retries = retries,
                                          .retry_wait_ms = 1});
}

static bool is_as_due(const struct fixture *fixture, const struct tls_outcome *row,
                      enum ailab_error error)
{
    return error == row->error && ailab_result_retryable(fixture->result) == row->retryable &&
           ailab_result_attempts(fixture->result) == 1 &&
           strstr(ailab_result_error_text(fixture->result), row->words) != NULL;
}

/* The mock learns a moment after the client why there is no request. It was to be expected. */
static void expect_journal(const struct fixture *fixture, const char *fault)
{
    char query[128], why[AILAB_MOCK_ERROR_SIZE] = "";
    size_t found = 0;
    snprintf(query, sizeof query, "{\"tls_fault\": \"%s\", \"unexpected\": false}", fault);
    if (ailab_mock_wait(fixture->mock, query, 1, JOURNAL_MS, &found, why) != AILAB_MOCK_OK ||
        found != 1)
        fail_msg("%s: %zu entries of the journal name it; %s", fault, found, why);
}

/* The mock hears of no request. Where the client must not try again, it may: then the next
 * connection would give it a success. */
static void check_one_attempt(struct fixture *fixture, const struct tls_outcome *row,
                              const char *way)
{
    char text[FIXTURE_PROBLEM_SIZE];
    size_t before = fixture_count(fixture, REQUESTS);
    set_up(fixture, row, row->retryable ? 0 : 3);
    fixture_arm_tls(fixture, row->name);
    enum ailab_error error = fixture_call(fixture, row->name);
    size_t sent = fixture_count(fixture, REQUESTS) - before;
    if (!is_as_due(fixture, row, error) || sent != (error == AILAB_OK))
        fail_msg("%s, %s: %zu requests, %s", row->name, way, sent,
                 fixture_describe(text, fixture->result));
    expect_journal(fixture, row->name);
    if (row->is_slow &&
        (fixture->took_ms < CONNECT_MS - 20 || fixture->took_ms > CONNECT_MS + 2000))
        fail_msg("%s, %s: over after %lld ms", row->name, way, fixture->took_ms);
    if (row->is_slow) /* a busy machine may take longer than that for a handshake */
        fixture_client(fixture, (struct ailab_options){0});
    if (fixture_call(fixture, row->name) != AILAB_OK ||
        !fixture_got(fixture->result, &fixture->picture))
        fail_msg("after %s, %s: %s", row->name, way, fixture_describe(text, fixture->result));
}

static void check_all(bool of_certificates)
{
    size_t count;
    const struct tls_outcome *rows = tls_outcomes(&count);
    for (enum fixture_way way = 0; way < FIXTURE_WAYS; way++) {
        struct fixture fixture;
        fixture_open_tls(&fixture, way, &(struct ailab_mock_options){.result = "echo"});
        for (size_t i = 0; i < count; i++)
            if ((rows[i].error == AILAB_UNREACHABLE && !rows[i].retryable) == of_certificates)
                check_one_attempt(&fixture, &rows[i], way_names[way]);
        fixture_close(&fixture);
    }
}

static void client_certificate_that_is_bad_gets_nothing_and_no_second_chance(void **state)
{
    (void)state;
    check_all(true);
}

static void client_flow_turns_broken_handshakes_and_ends_into_the_right_error(void **state)
{
    (void)state;
    check_all(false);
}

static void client_retry_transient_asks_again_after_a_broken_handshake(void **state)
{
    size_t count;
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    const struct tls_outcome *rows = tls_outcomes(&count);
    (void)state;
    fixture_open_tls(&fixture, FIXTURE_STRAIGHT, NULL);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].retryable)
            continue;
        set_up(&fixture, &rows[i], 1);
        fixture_arm_tls(&fixture, rows[i].name);
        if (fixture_call(&fixture, rows[i].name) != AILAB_OK ||
            ailab_result_attempts(fixture.result) != 2)
            fail_msg("%s: %s", rows[i].name, fixture_describe(text, fixture.result));
    }
    fixture_close(&fixture);
}

/* Without close_notify a cut looks like an end: the length that was announced tells. */
static void client_flow_takes_no_success_that_ends_early_without_close_notify(void **state)
{
    static const char *const cuts[] = {"close-mid-answer", "cut-after"};
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    (void)state;
    fixture_open_tls(&fixture, FIXTURE_STRAIGHT, &(struct ailab_mock_options){.result = "echo"});
    for (size_t i = 0; i < ROWS(cuts); i++) {
        fixture_client(&fixture, (struct ailab_options){0}); /* a connection of its own */
        fixture_arm_tls(&fixture, "tls-no-close-notify");
        fixture_arm(&fixture, "[{\"fault\":{\"name\":\"%s\",\"amount\":500}}]", cuts[i]);
        if (fixture_call(&fixture, cuts[i]) != AILAB_UNREACHABLE)
            fail_msg("%s: %s", cuts[i], fixture_describe(text, fixture.result));
    }
    fixture_close(&fixture);
}

/* With TLS, libcurl has one code for chunks that are malformed and for a connection that broke.
 * Both come after the head of a 200, so that the client never tries again by itself. */
static struct fault_outcome through_tls(const struct fault_outcome *row)
{
    struct fault_outcome seen = *row;
    if (strcmp(row->name, "broken-chunk") == 0)
        seen.success = seen.refusal = (struct fault_verdict){AILAB_UNREACHABLE, true};
    return seen;
}

static void client_flow_turns_faults_into_the_same_error_through_tls(void **state)
{
    size_t count;
    const struct fault_outcome *rows = fault_outcomes(&count);
    (void)state;
    for (enum fixture_way way = 0; way < FIXTURE_WAYS; way++) {
        struct fixture fixture;
        print_message("%s\n", way_names[way]);
        fixture_open_tls(&fixture, way, &(struct ailab_mock_options){.result = "echo"});
        for (size_t i = 0; i < count; i++) {
            const struct fault_outcome row = through_tls(&rows[i]);
            for (int refusal = 0; refusal < 2 && row.kind != FAULT_REFUSES; refusal++)
                faults_check(&fixture, &row, refusal);
        }
        fixture_close(&fixture);
    }
}

/* A name of the mock without a row is noticed; /metrics has them all. */
static void tls_faults_all_have_one_expectation(void **state)
{
    static const char label[] = "ailab_mock_tls_faults_total{fault=\"";
    size_t count, names = 0;
    int status = 0;
    char *text = NULL;
    struct fixture fixture;
    const struct tls_outcome *rows = tls_outcomes(&count);
    (void)state;
    fixture_open(&fixture, NULL);
    assert_int_equal(ailab_mock_admin(fixture.mock, "GET", "/metrics", NULL, &status, &text),
                     AILAB_MOCK_OK);
    for (const char *at = text; (at = strstr(at, label)); names++) {
        size_t len = strcspn(at += strlen(label), "\""), found = 0;
        for (size_t i = 0; i < count; i++)
            found += strlen(rows[i].name) == len && memcmp(rows[i].name, at, len) == 0;
        if (found != 1)
            fail_msg("'%.*s' has %zu expectations, not one", (int)len, at, found);
    }
    assert_int_equal(names, count);
    assert_int_equal(count, PINNED_TLS_FAULTS);
    free(text);
    fixture_close(&fixture);
}

CLIENT_SUITE("client_tls",
             cmocka_unit_test(client_certificate_that_is_bad_gets_nothing_and_no_second_chance),
             cmocka_unit_test(client_flow_turns_broken_handshakes_and_ends_into_the_right_error),
             cmocka_unit_test(client_retry_transient_asks_again_after_a_broken_handshake),
             cmocka_unit_test(client_flow_takes_no_success_that_ends_early_without_close_notify),
             cmocka_unit_test(client_flow_turns_faults_into_the_same_error_through_tls),
             cmocka_unit_test(tls_faults_all_have_one_expectation))
