/* Two handles in two threads, and the wish to cancel from where it may come. ThreadSanitizer's
 * build gives this its meaning. */
#include "ailab.h"
#include "samples.h"
#include "testing/closed_port.h"
#include "testing/scripted_steps.h"
#include "testing/slowness.h"
#include "wake.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CALLS 20
#define SOON_MS 300 /* on a machine with nothing else to do */

/* What one thread does and finds; it asserts nothing itself. */
struct worker {
    const char *url;
    const char *key;
    unsigned good;
    char problem[600];
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct ailab_options options = {.api_key = worker->key, .base_url = worker->url};
    struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab *client = NULL;
    if (ailab_new(&client, &options) != AILAB_OK)
        return NULL;
    for (unsigned i = 0; i < CALLS; i++) {
        struct ailab_result *result = NULL;
        if (ailab_edit(&result, client, 12, &image) == AILAB_OK)
            worker->good++;
        else
            snprintf(worker->problem, sizeof worker->problem, "%s",
                     ailab_result_error_text(result));
        ailab_result_free(result);
    }
    ailab_free(client);
    return NULL;
}

static void two_handles_work_in_two_threads(void **state)
{
    char *answer = sample_answer("200 OK", "", SAMPLE_SUCCESS);
    struct scripted_step steps[3 * CALLS + 2] = {ACCEPT};
    struct worker workers[2] = {{.key = "first-key"}, {.key = "second-key"}};
    struct scripted *wires[2];
    pthread_t threads[2];
    (void)state;
    for (size_t i = 0; i < CALLS; i++) {
        steps[1 + 3 * i] = (struct scripted_step)HEAD;
        steps[2 + 3 * i] = (struct scripted_step)BODY;
        steps[3 + 3 * i] = (struct scripted_step)SEND(answer);
    }
    for (size_t i = 0; i < 2; i++) {
        wires[i] = scripted_start_steps(steps, NULL, NULL);
        assert_non_null(wires[i]);
        workers[i].url = wires[i]->url;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        scripted_stop(wires[i]);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(workers[i].problem, "");
        assert_string_equal(wires[i]->problem, "");
        assert_int_equal(workers[i].good, CALLS);
        assert_int_equal(wires[i]->connections, 1);
        assert_non_null(strstr(wires[i]->heard, workers[i].key));
        assert_null(strstr(wires[i]->heard, workers[1 - i].key));
        scripted_free(wires[i]);
    }
    free(answer);
}

static struct ailab *cancelled_by_signal;

static void on_signal(int number)
{
    (void)number;
    ailab_cancel(cancelled_by_signal);
}

static void send_signal(void *context)
{
    pthread_t *receiver = context;
    pthread_kill(*receiver, SIGUSR1);
}

static void a_signal_handler_cancels_the_running_call(void **state)
{
    static const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, CALL, HOLD, END};
    struct sigaction action = {.sa_handler = on_signal}, before;
    struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab_result *result = NULL;
    pthread_t self = pthread_self();
    (void)state;
    struct scripted *wire = scripted_start_steps(steps, send_signal, &self);
    assert_non_null(wire);
    struct ailab_options options = {.api_key = "k3y", .base_url = wire->url};
    assert_int_equal(ailab_new(&cancelled_by_signal, &options), AILAB_OK);
    sigaction(SIGUSR1, &action, &before);
    struct slowness *slowness = slowness_start();
    const long long start = ai_now_ms();
    assert_int_equal(ailab_edit(&result, cancelled_by_signal, 12, &image), AILAB_CANCELLED);
    const double took_ms = (double)(ai_now_ms() - start) / slowness_stop(slowness);
    assert_true(took_ms < SOON_MS);
    sigaction(SIGUSR1, &before, NULL);
    ailab_result_free(result);
    ailab_free(cancelled_by_signal);
    scripted_stop(wire);
    assert_string_equal(wire->problem, "");
    scripted_free(wire);
}

/* Cancels over and over while calls come and go. */
struct nuisance {
    struct ailab *client;
    unsigned times;
};

static void *annoy(void *context)
{
    struct nuisance *nuisance = context;
    for (unsigned i = 0; i < nuisance->times; i++)
        ailab_cancel(nuisance->client);
    return NULL;
}

static void wishes_to_cancel_never_get_stuck(void **state)
{
    const struct closed_port port = closed_port_take();
    struct ailab_options options = {.api_key = "k3y", .base_url = port.url};
    struct nuisance nuisance = {.times = 100000}; /* more than fits into a pipe */
    struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    pthread_t thread;
    (void)state;
    assert_int_equal(ailab_new(&nuisance.client, &options), AILAB_OK);
    assert_int_equal(pthread_create(&thread, NULL, annoy, &nuisance), 0);
    for (unsigned i = 0; i < 20; i++) {
        struct ailab_result *result = NULL;
        enum ailab_error error = ailab_edit(&result, nuisance.client, 12, &image);
        assert_true(error == AILAB_CANCELLED || error == AILAB_UNREACHABLE);
        ailab_result_free(result);
    }
    pthread_join(thread, NULL);
    struct ailab_result *result = NULL;
    ailab_cancel(nuisance.client);
    assert_int_equal(ailab_edit(&result, nuisance.client, 12, &image), AILAB_CANCELLED);
    ailab_result_free(result);
    assert_int_equal(ailab_edit(&result, nuisance.client, 12, &image), AILAB_UNREACHABLE);
    ailab_result_free(result);
    ailab_free(nuisance.client);
    closed_port_give_back(&port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_handles_work_in_two_threads),
        cmocka_unit_test(a_signal_handler_cancels_the_running_call),
        cmocka_unit_test(wishes_to_cancel_never_get_stuck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
