/* The server around civetweb: how it waits for the accepting thread, what civetweb complains of
 * while requests are served, and how long those took. This program stands between the server and
 * mg_start(), its wait for a condition, and the clock of requests. (labels: threads) */
#include "ailab_mock.h"
#include "base/clock.h"
#include "http/server.h"
#include "mock_sockets.h"
#include <civetweb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PATIENCE_MS 20000
#define STACK_BYTES ((size_t)1024 * 1024)
#define COMPLAINT "something is odd"

static struct mg_callbacks of_the_server; /* what it gave to mg_start() */
static pthread_t starter;
static atomic_bool starter_waits;
static bool starter_timed_out;
static atomic_int complaints, printed;

int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);

/* The starter's first wait ends without a cause, as POSIX allows. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    const bool starts = pthread_equal(pthread_self(), starter);
    if (starts && !atomic_exchange(&starter_waits, true))
        return 0;
    const int result = __real_pthread_cond_timedwait(condition, mutex, until);
    if (starts)
        starter_timed_out |= result != 0;
    return result;
}

/* The accepting thread, which is of type 0, begins after the starter has looked for it. */
static void *begin_late(const struct mg_context *civetweb, int type)
{
    const int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (type == 0 && !atomic_load(&starter_waits) && clock_monotonic_ms() < until)
        poll(NULL, 0, 1);
    return of_the_server.init_thread(civetweb, type);
}

/* civetweb prints a complaint itself where 0 is returned. */
static int complain_and_serve(struct mg_connection *civetweb)
{
    atomic_fetch_add(&complaints, 1);
    atomic_fetch_add(&printed, of_the_server.log_message(civetweb, COMPLAINT) == 0);
    return of_the_server.begin_request(civetweb);
}

struct mg_context *__real_mg_start(const struct mg_callbacks *callbacks, void *data,
                                   const char **options);
struct mg_context *__wrap_mg_start(const struct mg_callbacks *callbacks, void *data,
                                   const char **options);

struct mg_context *__wrap_mg_start(const struct mg_callbacks *callbacks, void *data,
                                   const char **options)
{
    struct mg_callbacks changed = *callbacks;
    of_the_server = *callbacks;
    changed.init_thread = begin_late;
    changed.begin_request = complain_and_serve;
    return __real_mg_start(&changed, data, options);
}

#define STEP_US 1234567
#define BEGIN_US 7 /* no multiple of a step: what is no difference of two times is none either */

int64_t __wrap_clock_monotonic_us(void);

/* Each look at the clock of a thread is a step later. */
int64_t __wrap_clock_monotonic_us(void)
{
    static _Thread_local int64_t looks;
    return BEGIN_US + ++looks * STEP_US;
}

static struct ailab_mock *start(const struct ailab_mock_options *options)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct ailab_mock *mock = NULL;
    starter = pthread_self();
    starter_timed_out = false;
    atomic_store(&starter_waits, false);
    ailab_mock_start(&mock, options, why);
    assert_string_equal(why, "");
    assert_non_null(mock);
    return mock;
}

static struct mock_reply ask(const struct ailab_mock *mock, const char *path)
{
    struct mock_call call = {.method = "GET", .path = path, .version = "1.1"};
    mock_call_header(&call, "Host", "127.0.0.1");
    return mock_exchange_with(ailab_mock_port(mock), &call);
}

static void stop_of_no_server_does_nothing(void **state)
{
    (void)state;
    server_stop(NULL);
    ailab_mock_stop(NULL);
}

static void start_waits_for_the_accepting_thread_and_no_longer(void **state)
{
    (void)state;
    struct ailab_mock *mock = start(NULL);
    assert_true(atomic_load(&starter_waits));
    assert_false(starter_timed_out);
    struct mock_reply reply = ask(mock, "/__admin/health");
    assert_int_equal(reply.status, 200);
    mock_reply_clear(&reply);
    ailab_mock_stop(mock);
}

static void *start_in_a_thread(void *context)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    starter = pthread_self();
    ailab_mock_start(context, NULL, why);
    return NULL;
}

/* On a stack that can be looked at when the thread has ended. */
static struct ailab_mock *start_on(char *stack)
{
    pthread_t thread;
    pthread_attr_t attributes;
    struct ailab_mock *mock = NULL;
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK_BYTES), 0);
    assert_int_equal(pthread_create(&thread, &attributes, start_in_a_thread, &mock), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    assert_non_null(mock);
    return mock;
}

/* A complaint tells why a start fails, and the text for it is gone once the mock has started. */
static void complaint_of_civetweb_while_it_serves_goes_nowhere(void **state)
{
    (void)state;
    char *stack = aligned_alloc(4096, STACK_BYTES);
    assert_non_null(stack);
    memset(stack, 0, STACK_BYTES);
    struct ailab_mock *mock = start_on(stack);
    atomic_store(&complaints, 0);
    struct mock_reply reply = ask(mock, "/__admin/health");
    assert_int_equal(reply.status, 200);
    mock_reply_clear(&reply);
    assert_int_equal(atomic_load(&complaints), 1);
    assert_int_equal(atomic_load(&printed), 0);
    ailab_mock_stop(mock);
    assert_null(memmem(stack, STACK_BYTES, COMPLAINT, strlen(COMPLAINT)));
    free(stack);
}

static void expect_whole_steps(double duration_ms)
{
    const int64_t us = (int64_t)(duration_ms * 1000 + 0.5);
    assert_in_range(us, 1, 99 * STEP_US);
    assert_int_equal(us % STEP_US, 0);
}

static void take_duration(void *context, const struct ailab_mock_log_entry *entry)
{
    if (strcmp(entry->path, "/nowhere") == 0)
        *(double *)context = entry->duration_ms;
}

static void duration_is_told_in_milliseconds(void **state)
{
    (void)state;
    double logged = -1;
    struct ailab_mock *mock =
        start(&(struct ailab_mock_options){.log = take_duration, .log_context = &logged});
    struct mock_reply reply = ask(mock, "/nowhere");
    assert_int_equal(reply.status, 404);
    mock_reply_clear(&reply);
    reply = ask(mock, "/__admin/requests");
    const char *journal = strstr(reply.bytes.ptr, "\"duration_ms\":");
    assert_non_null(journal);
    expect_whole_steps(strtod(journal + strlen("\"duration_ms\":"), NULL));
    mock_reply_clear(&reply);
    ailab_mock_stop(mock); /* after it no callback runs */
    expect_whole_steps(logged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_waits_for_the_accepting_thread_and_no_longer),
        cmocka_unit_test(stop_of_no_server_does_nothing),
        cmocka_unit_test(complaint_of_civetweb_while_it_serves_goes_nowhere),
        cmocka_unit_test(duration_is_told_in_milliseconds),
    };
    return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
