/* A start that is refused leaves nothing behind: no thread and no descriptor. */
#include "ailab_mock.h"
#include "base/clock.h"
#include "testing/files.h"
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include <cmocka.h>

#define PATIENCE_MS 20000 /* a thread that was joined may be listed for a moment longer */

struct left {
    size_t threads, descriptors;
};

static struct left left_now(void)
{
    return (struct left){folder_count("/proc/self/task"), folder_count("/proc/self/fd")};
}

/* A sanitizer has threads of its own, and a first start keeps what libraries load once. */
static int start_once(void **state)
{
    struct ailab_mock *mock = NULL;
    char why[AILAB_MOCK_ERROR_SIZE];
    (void)state;
    if (ailab_mock_start(&mock, NULL, why) != AILAB_MOCK_OK)
        return -1;
    ailab_mock_stop(mock);
    return 0;
}

static void assert_nothing_is_left(const char *why, const struct left *before)
{
    const int64_t end = clock_monotonic_ms() + PATIENCE_MS;
    struct left now = left_now();
    while ((now.threads > before->threads || now.descriptors > before->descriptors) &&
           clock_monotonic_ms() < end) {
        poll(NULL, 0, 1);
        now = left_now();
    }
    if (now.threads != before->threads || now.descriptors != before->descriptors)
        fail_msg("%s: %zu threads instead of %zu, %zu descriptors instead of %zu", why, now.threads,
                 before->threads, now.descriptors, before->descriptors);
}

static atomic_uint asked;   /* how often memory or a watch was asked for, by code of our own */
static unsigned refused_at; /* 0: never */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
int __real_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event);

static bool is_refused(void)
{
    return atomic_fetch_add(&asked, 1) + 1 == refused_at;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __real_calloc(count, size);
}

int __wrap_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event)
{
    if (what != EPOLL_CTL_ADD || !is_refused())
        return __real_epoll_ctl(epoll_fd, what, fd, event);
    errno = ENOSPC;
    return -1;
}

static void mock_that_lacks_memory_or_a_watch_does_not_start(void **state)
{
    enum ailab_mock_error error = AILAB_MOCK_SYSTEM;
    (void)state;
    for (unsigned at = 1; error != AILAB_MOCK_OK; at++) {
        char why[AILAB_MOCK_ERROR_SIZE] = "", number[32];
        struct ailab_mock *mock = NULL;
        const struct left before = left_now();
        atomic_store(&asked, 0);
        refused_at = at;
        error = ailab_mock_start(&mock, &(struct ailab_mock_options){.max_connections = 2}, why);
        refused_at = 0;
        snprintf(number, sizeof number, "refusal %u", at);
        assert_int_equal(mock == NULL, error != AILAB_MOCK_OK);
        assert_int_equal(strcmp(why, "out of memory") == 0, error == AILAB_MOCK_NO_MEMORY);
        assert_int_equal(why[0] == '\0', error == AILAB_MOCK_OK);
        ailab_mock_stop(mock);
        assert_nothing_is_left(number, &before);
    }
}

static void mock_that_cannot_start_leaves_no_thread_behind(void **state)
{
    const char *folder = *state;
    char taken[32], missing[PATH_SIZE + 32], file[PATH_SIZE];
    char why[AILAB_MOCK_ERROR_SIZE];
    struct ailab_mock *first = NULL;
    path_join(file, folder, "file");
    file_write(file, "", 0);
    snprintf(missing, sizeof missing, "unix:%s/no/such/folder", folder);
    assert_int_equal(ailab_mock_start(&first, NULL, why), AILAB_MOCK_OK);
    snprintf(taken, sizeof taken, "127.0.0.1:%u", (unsigned)ailab_mock_port(first));
    const char *const also[] = {taken};
    const struct {
        const char *why;
        struct ailab_mock_options options;
        enum ailab_mock_error error;
    } rows[] = {
        {"a port that is taken", {.listen = taken}, AILAB_MOCK_ADDRESS},
        {"a free port and one that is taken",
         {.also_listen = also, .also_listen_count = 1},
         AILAB_MOCK_ADDRESS},
        {"a socket in no folder", {.listen = missing}, AILAB_MOCK_ADDRESS},
        {"an authority in a file", {.https = true, .ca_dir = file}, AILAB_MOCK_SYSTEM},
        {"a revision that there is not", {.revision = "3"}, AILAB_MOCK_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ailab_mock *mock = NULL;
        const struct left before = left_now();
        const enum ailab_mock_error error = ailab_mock_start(&mock, &rows[i].options, why);
        assert_null(mock);
        if (error != rows[i].error)
            fail_msg("%s: %d, \"%s\"", rows[i].why, (int)error, why);
        assert_nothing_is_left(rows[i].why, &before);
    }
    ailab_mock_stop(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_that_lacks_memory_or_a_watch_does_not_start),
        cmocka_unit_test_setup_teardown(mock_that_cannot_start_leaves_no_thread_behind, folder_make,
                                        folder_remove),
    };
    return cmocka_run_group_tests_name("start_refused", tests, start_once, NULL);
}
