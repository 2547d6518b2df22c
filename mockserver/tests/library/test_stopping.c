/* A mock that stops: which requests may end, and which it does not wait for. Each wait of the mock
 * for a condition wakes once without a cause, as POSIX allows. labels: threads */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 60000 /* no test waits so long */
#define SOON_MS 8000
#define QUIET_MS 200 /* in which a mock that did not wait would have ended */

int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    static _Thread_local bool woken;
    woken = !woken;
    return woken ? 0 : __real_pthread_cond_timedwait(condition, mutex, until);
}

/* A request whose head the mock has read, and whose body is to come. */
struct upload {
    int fd;
    char *bytes;
    size_t size, head_size;
};

static struct upload begin_upload(const struct ailab_mock *mock)
{
    struct upload upload;
    upload.bytes = scenarios_request(&upload.size, &upload.head_size,
                                     &(struct scenarios_call){.more = "Expect: 100-continue\r\n"});
    upload.fd = mock_connect(ailab_mock_port(mock));
    assert_non_null(upload.bytes);
    assert_true(upload.fd >= 0);
    mock_send(upload.fd, slice_make(upload.bytes, upload.head_size));
    struct mock_reply go_on = mock_read_reply(upload.fd);
    assert_int_equal(go_on.status, 100);
    mock_reply_clear(&go_on);
    return upload;
}

static void end_upload(struct upload *upload)
{
    free(upload->bytes);
    close(upload->fd);
}

static void *stop(void *mock)
{
    ailab_mock_stop(mock);
    return NULL;
}

/* Returns when the stop has begun: no client is let in any more. */
static pthread_t start_to_stop(struct ailab_mock *mock)
{
    pthread_t thread;
    const uint16_t port = ailab_mock_port(mock);
    const int64_t until = scenarios_now_ms() + SOON_MS;
    assert_int_equal(pthread_create(&thread, NULL, stop, mock), 0);
    for (int other = 0; other >= 0 && scenarios_now_ms() < until;)
        if ((other = mock_connect(port)) >= 0)
            close(other);
    return thread;
}

static void mock_lets_a_request_in_flight_finish(void **state)
{
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.drain_timeout_ms = LONG_MS});
    struct upload upload = begin_upload(mock);
    pthread_t thread = start_to_stop(mock);
    assert_false(scenarios_stirs(upload.fd, QUIET_MS));
    const int64_t start = scenarios_now_ms();
    mock_send(upload.fd,
              slice_make(upload.bytes + upload.head_size, upload.size - upload.head_size));
    struct mock_reply reply = mock_read_reply(upload.fd);
    pthread_join(thread, NULL);
    assert_in_range(scenarios_now_ms() - start, 0, SOON_MS); /* the last one ends the wait */
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.bytes.ptr, "\r\nConnection: close\r\n"));
    assert_true(mock_is_closed(upload.fd));
    mock_reply_clear(&reply);
    end_upload(&upload);
}

static void mock_gives_up_a_stalled_request_when_its_drain_time_is_over(void **state)
{
    (void)state;
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.drain_timeout_ms = 50});
    struct upload upload = begin_upload(mock);
    const int64_t start = scenarios_now_ms();
    ailab_mock_stop(mock);
    assert_in_range(scenarios_now_ms() - start, 50, SOON_MS);
    end_upload(&upload);
}

/* Sends a request and reads its answer; whether that says that the connection is kept. */
static bool is_kept(int fd)
{
    mock_send(fd, slice_of("GET /__admin/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
    struct mock_reply reply = mock_read_reply(fd);
    assert_int_equal(reply.status, 200);
    const bool kept = strstr(reply.bytes.ptr, "\r\nConnection: keep-alive\r\n") != NULL;
    assert_int_equal(strstr(reply.bytes.ptr, "\r\nConnection: close\r\n") != NULL, !kept);
    mock_reply_clear(&reply);
    return kept;
}

/* While the mock waits for one client, others may go on, and learn that it was their last request.
 */
static void mock_that_stops_keeps_no_connection(void **state)
{
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.drain_timeout_ms = LONG_MS});
    struct upload upload = begin_upload(mock);
    int fd = mock_connect(ailab_mock_port(mock));
    assert_true(fd >= 0);
    assert_true(is_kept(fd));
    pthread_t thread = start_to_stop(mock);
    assert_false(is_kept(fd));
    assert_true(mock_is_closed(fd));
    end_upload(&upload); /* ends that request, and so the stop */
    pthread_join(thread, NULL);
    close(fd);
}

/* The feed has no end of its own. */
static void mock_that_stops_waits_for_no_watcher(void **state)
{
    char buffer[4096];
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.drain_timeout_ms = LONG_MS});
    int fd = mock_connect(ailab_mock_port(mock));
    assert_true(fd >= 0);
    mock_send(fd, slice_of("GET /__admin/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
    assert_true(recv(fd, buffer, sizeof buffer, 0) > 0);
    const int64_t start = scenarios_now_ms();
    ailab_mock_stop(mock);
    assert_in_range(scenarios_now_ms() - start, 0, SOON_MS);
    while (recv(fd, buffer, sizeof buffer, 0) > 0)
        ;
    assert_true(mock_is_closed(fd));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_lets_a_request_in_flight_finish),
        cmocka_unit_test(mock_gives_up_a_stalled_request_when_its_drain_time_is_over),
        cmocka_unit_test(mock_that_stops_keeps_no_connection),
        cmocka_unit_test(mock_that_stops_waits_for_no_watcher),
    };
    return cmocka_run_group_tests_name("stopping", tests, NULL, NULL);
}
