/* A name server that does not answer, without one: getaddrinfo() is defined here, libcurl finds it
 * before the system's, and it answers when it is told to. */
#include "ailab.h"
#include "samples.h"
#include "wake.h"
#include <curl/curl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#define LOOKUP_S 10  /* how long a lookup takes if it is not ended */
#define SOON_MS 2000 /* for calls that must not wait for it */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool answers;            /* lookups end */
    unsigned begun;          /* lookups so far */
    struct ailab *cancelled; /* by a lookup that begins; NULL: none */
} server = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* For the linker this is getaddrinfo(). */
__attribute__((visibility("default"))) int look_up(const char *node, const char *service,
                                                   const struct addrinfo *hints,
                                                   struct addrinfo **out) __asm__("getaddrinfo");

int look_up(const char *node, const char *service, const struct addrinfo *hints,
            struct addrinfo **out)
{
    struct timespec end;
    (void)node;
    (void)service;
    (void)hints;
    (void)out;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += LOOKUP_S;
    pthread_mutex_lock(&server.lock);
    server.begun++;
    ailab_cancel(server.cancelled);
    while (!server.answers && pthread_cond_timedwait(&server.changed, &server.lock, &end) == 0)
        continue;
    pthread_mutex_unlock(&server.lock);
    return EAI_AGAIN;
}

static void set_server(bool answers, struct ailab *cancelled)
{
    pthread_mutex_lock(&server.lock);
    server.answers = answers;
    server.cancelled = cancelled;
    server.begun = 0;
    pthread_cond_broadcast(&server.changed);
    pthread_mutex_unlock(&server.lock);
}

static unsigned lookups(void)
{
    pthread_mutex_lock(&server.lock);
    unsigned begun = server.begun;
    pthread_mutex_unlock(&server.lock);
    return begun;
}

static void *do_nothing(void *context)
{
    return context;
}

/* A sanitizer starts a thread of its own along with the first: that one is to be counted before. */
static void start_first_thread(void)
{
    pthread_t first;
    assert_int_equal(pthread_create(&first, NULL, do_nothing, NULL), 0);
    pthread_join(first, NULL);
}

/* Of this process; its directory has a link for each, and two more. */
static unsigned thread_count(void)
{
    struct stat tasks;
    assert_int_equal(stat("/proc/self/task", &tasks), 0);
    return (unsigned)tasks.st_nlink - 2;
}

static void wait_until_threads_are(unsigned count)
{
    long long end = ai_now_ms() + 1000LL * LOOKUP_S;
    while (thread_count() > count && ai_now_ms() < end)
        poll(NULL, 0, 1);
    assert_int_equal(thread_count(), count);
}

/* What the libcurl at hand cannot do, NULL for nothing. */
static const char *lacking(void)
{
    const curl_version_info_data *about = curl_version_info(CURLVERSION_NOW);
    if (LIBCURL_VERSION_NUM < 0x075700 || about->version_num < 0x075700)
        return "libcurl before 7.87 waits for its lookups";
    if (!(about->features & CURL_VERSION_ASYNCHDNS) || about->ares)
        return "libcurl looks no names up in a thread of its own";
    return NULL;
}

static void a_call_does_not_wait_for_the_name_server_when_it_ends(void **state)
{
    static const struct {
        const char *why;
        struct ailab_options options;
        bool cancel;
        enum ailab_error error;
    } rows[] = {
        {"no time left to connect", {.connect_timeout_ms = 100}, false, AILAB_TIMEOUT},
        {"no time left", {.timeout_ms = 100}, false, AILAB_TIMEOUT},
        {"no time left, three times",
         {.timeout_ms = 100, .retries = 2, .retry_wait_ms = 1},
         false,
         AILAB_TIMEOUT},
        {"a wish to cancel", {.retries = 2}, true, AILAB_CANCELLED},
    };
    const char *why_not = lacking();
    (void)state;
    if (why_not) {
        print_message("skipped: %s\n", why_not);
        skip();
    }
    start_first_thread();
    unsigned threads = thread_count();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
        struct ailab_options options = rows[i].options;
        struct ailab *client = NULL;
        struct ailab_result *result = NULL;
        options.api_key = "k3y";
        options.base_url = "http://name.invalid";
        assert_int_equal(ailab_new(&client, &options), AILAB_OK);
        set_server(false, rows[i].cancel ? client : NULL);
        long long start = ai_now_ms();
        enum ailab_error error = ailab_edit(&result, client, 12, &image);
        unsigned begun = lookups(); /* none of them still needs the client to cancel it */
        ailab_free(client);
        long long took = ai_now_ms() - start;
        unsigned expected = rows[i].cancel ? 1 : 1 + options.retries; /* fewer when starved */
        if (error != rows[i].error || took > SOON_MS || begun > expected)
            fail_msg("%s: %s after %lld ms and %u lookups: %s", rows[i].why,
                     ailab_error_name(error), took, begun, ailab_result_error_text(result));
        ailab_result_free(result);
        set_server(true, NULL);
        wait_until_threads_are(threads); /* what libcurl left behind ends with its lookup */
    }
}

static void a_name_that_is_not_found_may_be_found_later(void **state)
{
    struct ailab_options options = {.api_key = "k3y", .base_url = "http://name.invalid"};
    struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    const char *why_not = lacking();
    (void)state;
    if (why_not) {
        print_message("skipped: %s\n", why_not);
        skip();
    }
    set_server(true, NULL);
    assert_int_equal(ailab_new(&client, &options), AILAB_OK);
    assert_int_equal(ailab_edit(&result, client, 12, &image), AILAB_UNREACHABLE);
    assert_true(ailab_result_retryable(result));
    assert_int_equal(lookups(), 1);
    ailab_result_free(result);
    ailab_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_does_not_wait_for_the_name_server_when_it_ends),
        cmocka_unit_test(a_name_that_is_not_found_may_be_found_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
