/* The mock where the system gives few threads. This program's own pthread_create() stands before
 * the C library's, for civetweb too, and refuses as a kernel does: a thread counts until it ends.
 * (labels: threads) */
#include "ailab_mock.h"
#include "http/threads.h"
#include "mock_sockets.h"
#include "testing/sanitized.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NO_LIMIT 1000000L
#define WATCHDOG 1
#define FRONT 1  /* where no TLS is spoken */
#define OTHERS 3 /* the accepting thread, and two that the mock leaves where threads are scarce */
#define ASKED                                                                                      \
    (WATCHDOG + FRONT + 2 + OTHERS) /* threads started until it is known how many there are */
#define WANTED 128
#define FEW 9 /* so many are tried one by one, and then those around what is enough */

static atomic_long living, limit = NO_LIMIT, calls, refused_call;

#if !SANITIZED
struct start {
    void *(*run)(void *context);
    void *context;
};

static void *run_counted(void *context)
{
    struct start start = *(struct start *)context;
    free(context);
    void *result = start.run(start.context);
    atomic_fetch_sub(&living, 1);
    return result;
}

/* Whether one more may start; it then counts. */
static bool admit(void)
{
    if (atomic_fetch_add(&calls, 1) + 1 != atomic_load(&refused_call) &&
        atomic_fetch_add(&living, 1) < atomic_load(&limit))
        return true;
    atomic_fetch_sub(&living, 1);
    return false;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's are reserved */
typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

__attribute__((visibility("default"))) int pthread_create(pthread_t *out,
                                                          const pthread_attr_t *attributes,
                                                          void *(*run)(void *), void *context)
{
    create_function *create;
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    struct start *start = malloc(sizeof *start);
    if (!start || !admit()) {
        free(start);
        return EAGAIN;
    }
    *start = (struct start){run, context};
    return create(out, attributes, run_counted, start);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
#endif

static atomic_long joined; /* by code of our own */

int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);

int __wrap_pthread_join(pthread_t thread, void **result)
{
    atomic_fetch_add(&joined, 1);
    return __real_pthread_join(thread, result);
}

static void assert_serves(const struct ailab_mock *mock)
{
    struct mock_call call = {.method = "GET", .path = "/__admin/health", .version = "1.1"};
    mock_call_header(&call, "Host", "127.0.0.1");
    struct mock_reply reply = mock_exchange_with(ailab_mock_port(mock), &call);
    assert_int_equal(reply.status, 200);
    mock_reply_clear(&reply);
}

static void threads_that_the_system_gives_are_the_connections_served(void **state)
{
    (void)state;
    if (SANITIZED) {
        print_message("a sanitizer's pthread_create() is in place\n");
        skip();
    }
    const long enough = WANTED + WATCHDOG + FRONT + OTHERS;
    for (long given = 0; given <= enough + 2; given += given == FEW ? enough - FEW - 2 : 1) {
        char why[AILAB_MOCK_ERROR_SIZE] = "";
        struct ailab_mock *mock = NULL;
        const struct ailab_mock_options options = {0};
        atomic_store(&limit, given);
        enum ailab_mock_error error = ailab_mock_start(&mock, &options, why);
        long connections = given - WATCHDOG - FRONT - OTHERS;
        if (connections > 0) {
            assert_string_equal(why, "");
            assert_int_equal(error, AILAB_MOCK_OK);
            assert_int_equal(ailab_mock_max_connections(mock),
                             connections < WANTED ? connections : WANTED);
            assert_serves(mock);
        } else {
            assert_int_equal(error, AILAB_MOCK_SYSTEM);
            assert_non_null(strstr(why, "thread"));
            assert_null(mock);
        }
        ailab_mock_stop(mock);
        assert_int_equal(atomic_load(&living), 0);
    }
    atomic_store(&limit, NO_LIMIT);
}

/* None is left, and none keeps memory of its own: each was joined. */
static void threads_that_were_tried_out_are_given_back(void **state)
{
    (void)state;
    for (unsigned wanted = 0; wanted <= 3; wanted++) {
        atomic_store(&joined, 0);
        assert_int_equal(threads_available(wanted), wanted);
        assert_int_equal(atomic_load(&joined), wanted);
    }
    for (long given = 0; given <= 3 && !SANITIZED; given++) {
        atomic_store(&limit, given);
        atomic_store(&joined, 0);
        assert_int_equal(threads_available(3), given);
        assert_int_equal(atomic_load(&joined), given);
        assert_int_equal(atomic_load(&living), 0);
    }
    atomic_store(&limit, NO_LIMIT);
}

/* Between the question and the start another process may take the place of a thread. */
static void a_mock_that_gets_a_thread_less_than_was_said_does_not_start(void **state)
{
    static const struct {
        long refused_call;
        const char *says;
    } rows[] = {
        {ASKED + 1, "the HTTP server cannot start: Cannot create threads"},
        {ASKED + 2 + 1, "refused the thread that accepts connections"},
    };
    const struct ailab_mock_options options = {.max_connections = 2};
    (void)state;
    if (SANITIZED) {
        print_message("a sanitizer's pthread_create() is in place\n");
        skip();
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[AILAB_MOCK_ERROR_SIZE] = "";
        struct ailab_mock *mock = NULL;
        atomic_store(&calls, 0);
        atomic_store(&refused_call, rows[i].refused_call);
        assert_int_equal(ailab_mock_start(&mock, &options, why), AILAB_MOCK_SYSTEM);
        if (!strstr(why, rows[i].says))
            fail_msg("%s: %s", rows[i].says, why);
        assert_null(mock);
    }
    atomic_store(&refused_call, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_were_tried_out_are_given_back),
        cmocka_unit_test(threads_that_the_system_gives_are_the_connections_served),
        cmocka_unit_test(a_mock_that_gets_a_thread_less_than_was_said_does_not_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
