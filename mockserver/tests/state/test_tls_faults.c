/* Faults of TLS: each armed one meets exactly as many connections as were asked for, in the order
 * of arming, however many threads accept connections. labels: threads */
#include "pins.h"
#include "state/tls_queue.h"
#include "state_requests.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct state *state_with_tls(void)
{
    struct state *state = state_new(&(struct state_options){.speaks_tls = true});
    assert_non_null(state);
    return state;
}

static void arm(struct state *state, enum tls_fault fault, uint32_t connections)
{
    assert_true(state_arm_tls(state, &(struct tls_arming){fault, connections}));
}

static void tls_faults_have_names_that_find_them(void **unused)
{
    (void)unused;
    size_t count = 0;
    for (enum tls_fault fault = TLS_FAULT_NONE + 1; fault < TLS_FAULT_END; fault++, count++) {
        const struct tls_fault_info *info = tls_fault_info(fault);
        assert_memory_equal(info->name, "tls-", 4);
        assert_true(strlen(info->summary) > 10);
        assert_int_equal(tls_fault_find(slice_of(info->name)), fault);
    }
    assert_int_equal(count, PINNED_TLS_FAULTS);
    assert_null(tls_fault_info(TLS_FAULT_NONE));
    assert_null(tls_fault_info(TLS_FAULT_END));
    assert_int_equal(tls_fault_find(slice_of("tls-expire")), TLS_FAULT_NONE);
    assert_int_equal(tls_fault_find(slice_of("")), TLS_FAULT_NONE);
}

static void tls_faults_come_in_order_and_as_often_as_asked(void **unused)
{
    (void)unused;
    struct state *state = state_with_tls();
    static const enum tls_fault expected[] = {TLS_FAULT_expired, TLS_FAULT_expired, TLS_FAULT_alert,
                                              TLS_FAULT_expired, TLS_FAULT_NONE,    TLS_FAULT_NONE};
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    arm(state, TLS_FAULT_expired, 2);
    arm(state, TLS_FAULT_alert, 1);
    arm(state, TLS_FAULT_expired, 1);
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(state_next_tls_fault(state), expected[i]);
    arm(state, TLS_FAULT_stall, 1);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_stall);
    char *metrics = state_metrics(state, "1", "2");
    assert_non_null(strstr(metrics, "\nailab_mock_tls_faults_total{fault=\"tls-expired\"} 3\n"));
    assert_non_null(strstr(metrics, "\nailab_mock_tls_faults_total{fault=\"tls-stall\"} 1\n"));
    free(metrics);
    state_free(state);
}

/* A document's faults wait from the start on; and only a mock that speaks TLS says so. */
static void tls_faults_of_a_document_wait_at_once(void **unused)
{
    (void)unused;
    struct state *state = state_with_tls(), *plain = state_with(NULL);
    struct tls_queue none = {0};
    assert_true(state_speaks_tls(state));
    assert_false(state_speaks_tls(plain));
    load(state, "{\"tls\":[{\"fault\":\"tls-alert\",\"connections\":2}]}");
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_alert);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_alert);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    assert_int_equal(tls_queue_take(&none), TLS_FAULT_NONE);
    assert_int_equal(none.count, 0);
    state_free(plain);
    state_free(state);
}

static bool has_met(struct state *state, enum state_coverage_of since, enum tls_fault fault)
{
    struct state_coverage coverage;
    state_coverage(&coverage, state, since, NULL);
    return coverage_has(&coverage.set, COVERAGE_tls_faults, fault);
}

/* A reset begins to count what was met anew; what was met since the start stays. */
static void tls_faults_that_were_met_are_covered(void **unused)
{
    (void)unused;
    struct state *state = state_with_tls();
    arm(state, TLS_FAULT_alert, 1);
    assert_false(has_met(state, COVERAGE_SINCE_RESET, TLS_FAULT_alert));
    assert_false(has_met(state, COVERAGE_SINCE_START, TLS_FAULT_alert));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_alert);
    assert_true(has_met(state, COVERAGE_SINCE_RESET, TLS_FAULT_alert));
    assert_true(has_met(state, COVERAGE_SINCE_START, TLS_FAULT_alert));
    assert_false(has_met(state, COVERAGE_SINCE_START, TLS_FAULT_stall));
    assert_true(state_reset(state, RESET_COVERAGE, NULL));
    assert_false(has_met(state, COVERAGE_SINCE_RESET, TLS_FAULT_alert));
    assert_true(has_met(state, COVERAGE_SINCE_START, TLS_FAULT_alert));
    state_free(state);
}

static void tls_faults_that_wait_are_bounded(void **unused)
{
    (void)unused;
    struct state *state = state_with_tls();
    struct tls_arming armings[TLS_ARMINGS_MAX];
    for (size_t i = 0; i < TLS_ARMINGS_MAX; i++)
        arm(state, TLS_FAULT_stall, 1);
    assert_false(state_arm_tls(state, &(struct tls_arming){TLS_FAULT_alert, 1}));
    assert_int_equal(state_list_tls(armings, state), TLS_ARMINGS_MAX);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_stall);
    arm(state, TLS_FAULT_alert, 1); /* a connection makes room */
    assert_int_equal(state_list_tls(armings, state), TLS_ARMINGS_MAX);
    assert_int_equal(armings[TLS_ARMINGS_MAX - 1].fault, TLS_FAULT_alert);
    state_free(state);
}

static void tls_faults_list_says_how_many_connections_are_left(void **unused)
{
    (void)unused;
    struct state *state = state_with_tls();
    struct tls_arming armings[TLS_ARMINGS_MAX];
    arm(state, TLS_FAULT_untrusted, TLS_CONNECTIONS_MAX);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_untrusted);
    assert_int_equal(state_list_tls(armings, state), 1);
    assert_int_equal(armings[0].connections, TLS_CONNECTIONS_MAX - 1);
    state_clear_tls(state);
    assert_int_equal(state_list_tls(armings, state), 0);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    state_free(state);
}

static void tls_faults_of_the_document_are_armed_again_by_a_reset(void **unused)
{
    (void)unused;
    struct state *state = state_with_tls();
    const struct slice key = slice_of("k");
    static const unsigned others[] = {RESET_JOURNAL, RESET_SCENARIOS, RESET_ACCOUNTS,
                                      RESET_MAPPINGS, RESET_SEED};
    arm(state, TLS_FAULT_stall, 1);
    load(state, "{\"tls\":[{\"fault\":\"tls-alert\"}]}");
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_alert);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_true(state_reset(state, others[i], NULL));
    assert_true(state_reset(state, RESET_ALL, &key));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    arm(state, TLS_FAULT_stall, 1);
    assert_true(state_reset(state, RESET_TLS, NULL));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_alert);
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    load(state, "{}");
    assert_true(state_reset(state, RESET_ALL, NULL));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    state_free(state);
}

/* Threads */

#define WORKERS 8
#define ROUNDS 200
#define ARMINGS 40

struct accepting {
    struct state *state;
    unsigned met[TLS_FAULT_END];
};

static void *accept_connections(void *context)
{
    struct accepting *accepting = context;
    for (unsigned i = 0; i < ROUNDS; i++)
        accepting->met[state_next_tls_fault(accepting->state)]++;
    return NULL;
}

static void *arm_some(void *context)
{
    struct accepting *accepting = context;
    struct tls_arming armings[TLS_ARMINGS_MAX];
    for (unsigned i = 0; i < ARMINGS; i++) {
        state_arm_tls(accepting->state, &(struct tls_arming){TLS_FAULT_expired + i % 2, 3});
        state_list_tls(armings, accepting->state);
        free(state_metrics(accepting->state, "1", "2"));
    }
    return NULL;
}

static void tls_faults_meet_exactly_as_many_connections_of_parallel_threads(void **unused)
{
    (void)unused;
    struct accepting accepting[WORKERS + 1] = {0};
    pthread_t threads[WORKERS + 1];
    struct state *state = state_with_tls();
    for (unsigned i = 0; i <= WORKERS; i++) {
        accepting[i].state = state;
        assert_int_equal(pthread_create(&threads[i], NULL,
                                        i < WORKERS ? accept_connections : arm_some, &accepting[i]),
                         0);
    }
    for (unsigned i = 0; i <= WORKERS; i++)
        pthread_join(threads[i], NULL);
    for (enum tls_fault fault; (fault = state_next_tls_fault(state)) != TLS_FAULT_NONE;)
        accepting[WORKERS].met[fault]++; /* what came too late for the others */
    unsigned met[TLS_FAULT_END] = {0};
    for (unsigned i = 0; i <= WORKERS; i++)
        for (enum tls_fault fault = TLS_FAULT_NONE; fault < TLS_FAULT_END; fault++)
            met[fault] += accepting[i].met[fault];
    assert_int_equal(met[TLS_FAULT_expired], ARMINGS / 2 * 3);
    assert_int_equal(met[TLS_FAULT_expired + 1], ARMINGS / 2 * 3);
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_faults_have_names_that_find_them),
        cmocka_unit_test(tls_faults_come_in_order_and_as_often_as_asked),
        cmocka_unit_test(tls_faults_of_a_document_wait_at_once),
        cmocka_unit_test(tls_faults_that_were_met_are_covered),
        cmocka_unit_test(tls_faults_that_wait_are_bounded),
        cmocka_unit_test(tls_faults_list_says_how_many_connections_are_left),
        cmocka_unit_test(tls_faults_of_the_document_are_armed_again_by_a_reset),
        cmocka_unit_test(tls_faults_meet_exactly_as_many_connections_of_parallel_threads),
    };
    return cmocka_run_group_tests_name("tls_faults", tests, NULL, NULL);
}
