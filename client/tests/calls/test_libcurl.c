/* What the client asks of libcurl, and what it makes of a libcurl that cannot. The library's calls
 * to libcurl come here first; libcurl's own memory is out of a test's reach. */
#include "samples.h"
#include "scene.h"
#include "testing/closed_port.h"
#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct {
    unsigned countdown;               /* 0: nothing fails; 1: the next call does */
    CURLMcode perform;                /* what curl_multi_perform() says; CURLM_OK: the truth */
    unsigned started;                 /* how often libcurl was initialised */
    int easies, multis, lists, forms; /* that are not yet given back */
    unsigned polls;
    int longest_ms;   /* of the polls */
    long asked[1000]; /* by option; -1: it was not asked */
} own;

static bool fails(void)
{
    return own.countdown > 0 && --own.countdown == 0;
}

/* clang-format off */
CURLcode __real_curl_global_init(long flags);
CURLcode __wrap_curl_global_init(long flags);
CURL *__real_curl_easy_init(void);
CURL *__wrap_curl_easy_init(void);
void __real_curl_easy_cleanup(CURL *easy);
void __wrap_curl_easy_cleanup(CURL *easy);
CURLM *__real_curl_multi_init(void);
CURLM *__wrap_curl_multi_init(void);
CURLMcode __real_curl_multi_cleanup(CURLM *multi);
CURLMcode __wrap_curl_multi_cleanup(CURLM *multi);
CURLMcode __real_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode __real_curl_multi_perform(CURLM *multi, int *running);
CURLMcode __wrap_curl_multi_perform(CURLM *multi, int *running);
CURLMcode __real_curl_multi_poll(CURLM *multi, struct curl_waitfd waiters[], unsigned count, int timeout_ms, int *ready);
CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd waiters[], unsigned count, int timeout_ms, int *ready);
CURLcode __real_curl_easy_setopt(CURL *easy, CURLoption option, ...);
CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...);
struct curl_slist *__real_curl_slist_append(struct curl_slist *list, const char *text);
struct curl_slist *__wrap_curl_slist_append(struct curl_slist *list, const char *text);
void __real_curl_slist_free_all(struct curl_slist *list);
void __wrap_curl_slist_free_all(struct curl_slist *list);
curl_mime *__real_curl_mime_init(CURL *easy);
curl_mime *__wrap_curl_mime_init(CURL *easy);
void __real_curl_mime_free(curl_mime *form);
void __wrap_curl_mime_free(curl_mime *form);
curl_mimepart *__real_curl_mime_addpart(curl_mime *form);
curl_mimepart *__wrap_curl_mime_addpart(curl_mime *form);
CURLcode __real_curl_mime_name(curl_mimepart *part, const char *name);
CURLcode __wrap_curl_mime_name(curl_mimepart *part, const char *name);
CURLcode __real_curl_mime_filename(curl_mimepart *part, const char *name);
CURLcode __wrap_curl_mime_filename(curl_mimepart *part, const char *name);
CURLcode __real_curl_mime_type(curl_mimepart *part, const char *type);
CURLcode __wrap_curl_mime_type(curl_mimepart *part, const char *type);
CURLcode __real_curl_mime_data(curl_mimepart *part, const char *data, size_t size);
CURLcode __wrap_curl_mime_data(curl_mimepart *part, const char *data, size_t size);
CURLcode __real_curl_mime_data_cb(curl_mimepart *part, curl_off_t size, curl_read_callback read, curl_seek_callback seek, curl_free_callback end, void *context);
CURLcode __wrap_curl_mime_data_cb(curl_mimepart *part, curl_off_t size, curl_read_callback read, curl_seek_callback seek, curl_free_callback end, void *context);
/* clang-format on */

CURLcode __wrap_curl_global_init(long flags)
{
    own.started++;
    return __real_curl_global_init(flags);
}

/* A handle would initialise libcurl by itself, which is not safe among threads. */
CURL *__wrap_curl_easy_init(void)
{
    assert_int_equal(own.started, 1);
    if (fails())
        return NULL;
    own.easies++;
    return __real_curl_easy_init();
}

void __wrap_curl_easy_cleanup(CURL *easy)
{
    own.easies -= easy != NULL;
    __real_curl_easy_cleanup(easy);
}

CURLM *__wrap_curl_multi_init(void)
{
    if (fails())
        return NULL;
    own.multis++;
    return __real_curl_multi_init();
}

CURLMcode __wrap_curl_multi_cleanup(CURLM *multi)
{
    own.multis -= multi != NULL;
    return __real_curl_multi_cleanup(multi);
}

CURLMcode __wrap_curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    return fails() ? CURLM_OUT_OF_MEMORY : __real_curl_multi_add_handle(multi, easy);
}

CURLMcode __wrap_curl_multi_perform(CURLM *multi, int *running)
{
    if (own.perform != CURLM_OK)
        return own.perform;
    return fails() ? CURLM_OUT_OF_MEMORY : __real_curl_multi_perform(multi, running);
}

/* Beside the connection a call waits for the wish to cancel, and for nothing that is not there. */
CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd waiters[], unsigned count,
                                 int timeout_ms, int *ready)
{
    assert_true(count == 1 && waiters[0].fd >= 0 && waiters[0].events == CURL_WAIT_POLLIN);
    own.polls++;
    own.longest_ms = timeout_ms > own.longest_ms ? timeout_ms : own.longest_ms;
    return __real_curl_multi_poll(multi, waiters, count, timeout_ms, ready);
}

/* Whether the client may go on without it: what another libcurl does not know, and a reset. */
static bool is_optional(CURLoption option, const void *pointer)
{
    return option == CURLOPT_PROXY_CAINFO ||
           ((option == CURLOPT_ERRORBUFFER || option == CURLOPT_MIMEPOST) && !pointer)
#if LIBCURL_VERSION_NUM >= 0x075700
           || option == CURLOPT_QUICK_EXIT
#endif
        ;
}

CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    va_list arguments;
    va_start(arguments, option);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (option < CURLOPTTYPE_OBJECTPOINT) {
        const long number = va_arg(arguments, long);
        assert_in_range(option, 0, sizeof own.asked / sizeof *own.asked - 1);
        own.asked[option] = number;
        if (is_optional(option, NULL) || !fails())
            code = __real_curl_easy_setopt(easy, option, number);
    } else { /* a pointer to an object or to a function; the client sets no curl_off_t */
        void *pointer = va_arg(arguments, void *);
        if (is_optional(option, pointer) || !fails())
            code = __real_curl_easy_setopt(easy, option, pointer);
    }
    va_end(arguments);
    return code;
}

struct curl_slist *__wrap_curl_slist_append(struct curl_slist *list, const char *text)
{
    if (fails())
        return NULL;
    own.lists += list == NULL;
    return __real_curl_slist_append(list, text);
}

void __wrap_curl_slist_free_all(struct curl_slist *list)
{
    own.lists -= list != NULL;
    __real_curl_slist_free_all(list);
}

curl_mime *__wrap_curl_mime_init(CURL *easy)
{
    if (fails())
        return NULL;
    own.forms++;
    return __real_curl_mime_init(easy);
}

void __wrap_curl_mime_free(curl_mime *form)
{
    own.forms -= form != NULL;
    __real_curl_mime_free(form);
}

curl_mimepart *__wrap_curl_mime_addpart(curl_mime *form)
{
    return fails() ? NULL : __real_curl_mime_addpart(form);
}

CURLcode __wrap_curl_mime_name(curl_mimepart *part, const char *name)
{
    return fails() ? CURLE_OUT_OF_MEMORY : __real_curl_mime_name(part, name);
}

CURLcode __wrap_curl_mime_filename(curl_mimepart *part, const char *name)
{
    return fails() ? CURLE_OUT_OF_MEMORY : __real_curl_mime_filename(part, name);
}

CURLcode __wrap_curl_mime_type(curl_mimepart *part, const char *type)
{
    return fails() ? CURLE_OUT_OF_MEMORY : __real_curl_mime_type(part, type);
}

CURLcode __wrap_curl_mime_data(curl_mimepart *part, const char *data, size_t size)
{
    return fails() ? CURLE_OUT_OF_MEMORY : __real_curl_mime_data(part, data, size);
}

CURLcode __wrap_curl_mime_data_cb(curl_mimepart *part, curl_off_t size, curl_read_callback read,
                                  curl_seek_callback seek, curl_free_callback end, void *context)
{
    return fails() ? CURLE_OUT_OF_MEMORY
                   : __real_curl_mime_data_cb(part, size, read, seek, end, context);
}

/* One call to a port without a listener. */
static enum ailab_error call(const char *url)
{
    const struct ailab_options options = {
        .api_key = SCENE_KEY, .base_url = url, .ca_file = "ca.pem"};
    const struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    enum ailab_error error = ailab_new(&client, &options);
    if (error == AILAB_OK) {
        error = ailab_edit(&result, client, 12, &image);
        assert_true(*ailab_result_error_text(result));
        assert_int_equal(ailab_result_attempts(result), 1);
    }
    ailab_result_free(result);
    ailab_free(client);
    return error;
}

static void libcurl_may_lack_memory_for_each_call(void **state)
{
    const struct closed_port port = closed_port_take();
    unsigned n = 1;
    (void)state;
    for (;; n++) {
        own.countdown = n;
        const enum ailab_error error = call(port.url);
        const bool all_done = own.countdown > 0;
        own.countdown = 0;
        if (error != (all_done ? AILAB_UNREACHABLE : AILAB_NO_MEMORY))
            fail_msg("call %u: %s", n, ailab_error_name(error));
        if (own.easies || own.multis || own.lists || own.forms)
            fail_msg("call %u: %d handles, %d multi handles, %d lists and %d forms are left", n,
                     own.easies, own.multis, own.lists, own.forms);
        if (all_done)
            break;
    }
    assert_in_range(n, 35, 1000);
    closed_port_give_back(&port);
}

/* What libcurl itself did not expect is no lack of memory. */
static void libcurl_may_fail_otherwise(void **state)
{
    const struct closed_port port = closed_port_take();
    (void)state;
    own.perform = CURLM_INTERNAL_ERROR;
    assert_int_equal(call(port.url), AILAB_UNREACHABLE);
    own.perform = CURLM_OUT_OF_MEMORY;
    assert_int_equal(call(port.url), AILAB_NO_MEMORY);
    own.perform = CURLM_OK;
    closed_port_give_back(&port);
}

/* What no server of these tests can show. */
static void client_asks_libcurl_for_little(void **state)
{
    static const struct {
        const char *why;
        CURLoption option;
        long value;
    } rows[] = {
        {"no HTTP/2, which TLS would offer", CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {"no signal, which is the program's", CURLOPT_NOSIGNAL, 1},
        {"no second request to where a redirect leads", CURLOPT_FOLLOWLOCATION, 0},
    };
    const struct closed_port port = closed_port_take();
    (void)state;
    for (size_t i = 0; i < sizeof own.asked / sizeof *own.asked; i++)
        own.asked[i] = -1;
    assert_int_equal(call(port.url), AILAB_UNREACHABLE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const long value = own.asked[rows[i].option];
        if (value != rows[i].value)
            fail_msg("%s: %ld instead of %ld", rows[i].why, value, rows[i].value);
    }
    closed_port_give_back(&port);
}

static int note(void *context, const struct ailab_progress *progress)
{
    (void)context;
    (void)progress;
    return 0;
}

/* A callback hears ten times a second; without one the thread sleeps until something happens. */
static void call_sleeps_longer_without_a_callback(void **state)
{
    static const struct {
        int (*progress)(void *context, const struct ailab_progress *progress);
        int least_ms, most_ms;
    } rows[] = {{note, 1, 100}, {NULL, 500, 60000}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
        const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        own.polls = 0;
        own.longest_ms = 0;
        scene_open(&scene, steps, (struct ailab_options){.progress = rows[i].progress});
        assert_int_equal(scene_call(&scene), AILAB_OK);
        assert_in_range(own.polls, 1, 1000);
        assert_in_range(own.longest_ms, rows[i].least_ms, rows[i].most_ms);
        scene_stop_server(&scene);
        scene_close(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libcurl_may_lack_memory_for_each_call),
        cmocka_unit_test(libcurl_may_fail_otherwise),
        cmocka_unit_test(client_asks_libcurl_for_little),
        cmocka_unit_test(call_sleeps_longer_without_a_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
