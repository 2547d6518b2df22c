/* The system refuses a lock, a thread, or memory: what is made is not there then, and what had
 * begun is ended. labels: threads */
#include "answers.h"
#include "cases/suites.h"
#include "engine/detect_revision.h"
#include "engine/target.h"
#include "evidence/transcript.h"
#include "run.h"
#include "stand.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CALLERS 12 /* of the suite "concurrency" */

/* What is refused from now on: the lock or the thread of that number, from 1; 0: none. */
static unsigned locks, refused_lock, threads, refused_thread, joined;
static bool poor; /* there is no memory for a picture */

int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    return ++locks == refused_lock ? 1 : __real_pthread_mutex_init(mutex, attributes);
}

int __real_pthread_create(pthread_t *out, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);
int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);

int __wrap_pthread_create(pthread_t *out, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context)
{
    return ++threads == refused_thread ? 1 : __real_pthread_create(out, attributes, run, context);
}

int __real_pthread_join(pthread_t thread, void **result);
int __wrap_pthread_join(pthread_t thread, void **result);

int __wrap_pthread_join(pthread_t thread, void **result)
{
    joined++;
    return __real_pthread_join(thread, result);
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
    return poor && size > 32768 ? NULL : __real_malloc(size);
}

static size_t refused_size; /* of memory that is to be zeros; 0: none */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    return size == refused_size ? NULL : __real_calloc(count, size);
}

static void refused_locks_make_no_session(void **state)
{
    (void)state;
    for (refused_lock = 1; refused_lock <= 4; refused_lock++) {
        struct session session;
        locks = 0;
        assert_false(session_init(&session));
        assert_int_equal(locks, refused_lock);
    }
    refused_lock = 0;
}

static void refused_lock_makes_no_invariants(void **state)
{
    (void)state;
    locks = 0;
    refused_lock = 1;
    assert_null(invariants_new(REVISION_DEFAULT));
    refused_lock = 0;
    invariants_free(NULL);
}

static void pass(struct test *test, const struct case_def *def)
{
    (void)test, (void)def;
}

/* Each suite has a lock of its own. */
static void refused_lock_runs_no_case(void **state)
{
    (void)state;
    for (unsigned refused = 1; refused <= 2; refused++) {
        static const struct suite other = {"other", "Another", true, NULL, 0, NULL};
        struct run run;
        run_begin(&run, "http://127.0.0.1:1");
        run_add(&run, &run_free, pass);
        run_add(&run, &other, pass);
        locks = 0;
        refused_lock = refused;
        assert_false(runner_run(run.results, &run.session, &run.plan, &run.options));
        refused_lock = 0;
        run_assert("the first", &run.results[0], "error | out of memory");
        run_assert("the second", &run.results[1], "error | out of memory");
        run_end(&run);
    }
}

static unsigned locks_of(const struct suite *first, const struct suite *second)
{
    struct run run;
    run_begin(&run, "http://127.0.0.1:1");
    run_add(&run, first, pass);
    run_add(&run, second, pass);
    locks = 0;
    assert_true(runner_run(run.results, &run.session, &run.plan, &run.options));
    const unsigned count = locks;
    run_end(&run);
    return count;
}

/* A case has no lock of its own. */
static void locks_are_made_once_for_a_suite(void **state)
{
    (void)state;
    static const struct suite other = {"other", "Another", true, NULL, 0, NULL};
    assert_int_equal(locks_of(&run_free, &other), locks_of(&run_free, &run_free) + 1);
}

/* What a function finds in its variables before it writes them. */
__attribute__((noinline)) static void leave_traces(void)
{
    volatile char traces[65536];
    for (size_t i = 0; i < sizeof traces; i++)
        traces[i] = 'x';
}

static void refused_picture_asks_nothing(void **state)
{
    (void)state;
    const char *const list[] = {MISSING, NULL}, *const *answers = list;
    struct scripted *server = stand_serve(&answers);
    struct session session;
    struct buf why = {0};
    enum revision found = REVISION_COUNT;
    stand_open(&session, server->url);
    poor = true;
    leave_traces();
    const bool known = detect_revision(&found, &session, &why);
    const bool armed = detect_arming(&session);
    poor = false;
    scripted_stop(server);
    assert_false(known);
    assert_false(armed);
    assert_string_equal(buf_str(&why), "half a JPEG was not answered: ");
    assert_int_equal(server->requests, 0);
    buf_clear(&why);
    session_clear(&session);
    scripted_free(server);
}

/* The answer that the whole run shares has no place. */
static void refused_memory_is_an_error(void **state)
{
    char said[VERDICT_SIZE];
    const char *const list[] = {GOOD(""), NULL}, *const *answers = list;
    struct scripted *server = stand_serve(&answers);
    struct session session;
    struct result result;
    stand_open(&session, server->url);
    refused_size = sizeof(struct exchange);
    stand_run(&result, &session, *state, "call/documented");
    refused_size = 0;
    stand_said(said, &result);
    scripted_stop(server);
    assert_string_equal(said, "error | out of memory");
    assert_int_equal(server->requests, 0);
    result_clear(&result);
    session_clear(&session);
    scripted_free(server);
}

/* The mock of this process serves by threads. */
static void refused_thread_makes_the_mock_unusable(void **state)
{
    (void)state;
    static const char begin[] = "the mock could not be started: ";
    char why[TARGET_WHY_SIZE] = "";
    struct session session;
    struct target target;
    assert_true(session_init(&session));
    threads = 0;
    refused_thread = 1;
    assert_int_equal(target_open(&target, &session, "mock", NULL, why), TARGET_UNUSABLE);
    refused_thread = 0;
    assert_int_equal(strncmp(why, begin, strlen(begin)), 0);
    target_close(&target);
    session_clear(&session);
}

/* A case of many callers ends those that it could start. */
static void refused_thread_is_an_error(void **state)
{
    static const struct {
        unsigned refused, started;
        const char *said;
    } rows[] = {
        {1, 0, "error | a thread could not be started"},
        {5, 4, "error | a thread could not be started"},
        {CALLERS, CALLERS - 1, "error | a thread could not be started"},
        {0, CALLERS,
         "fail | wire_concurrency | 400 MISSING_PARAMETERS (m), with 12 callers at once"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char said[VERDICT_SIZE];
        const char *const list[] = {MISSING, NULL}, *const *answers = list;
        struct scripted *server = stand_serve(&answers);
        struct session session;
        struct result result;
        stand_open(&session, server->url);
        threads = joined = 0;
        refused_thread = rows[i].refused;
        stand_run(&result, &session, *state, "concurrency/errors");
        refused_thread = 0;
        stand_said(said, &result);
        assert_string_equal(said, rows[i].said);
        assert_int_equal(joined, rows[i].started);
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_locks_make_no_session),
        cmocka_unit_test(refused_lock_makes_no_invariants),
        cmocka_unit_test(refused_lock_runs_no_case),
        cmocka_unit_test(locks_are_made_once_for_a_suite),
        cmocka_unit_test(refused_picture_asks_nothing),
        cmocka_unit_test(refused_memory_is_an_error),
        cmocka_unit_test(refused_thread_makes_the_mock_unusable),
        cmocka_unit_test(refused_thread_is_an_error),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
