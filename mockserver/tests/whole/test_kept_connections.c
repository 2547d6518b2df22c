/* Which connections the mock keeps, and whether its answer says so: a client that is not told sends
 * its next request into the void. labels: threads */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 60000 /* longer than a test looks whether a connection ends */
#define HEALTH "GET /__admin/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
#define STAR "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

static int connect_to(const struct ailab_mock *mock)
{
    int fd = mock_connect(ailab_mock_port(mock));
    assert_true(fd >= 0);
    return fd;
}

/* What the next answer says about the connection: "keep-alive" or "close". */
static const char *ask_on(int fd, const char *request)
{
    mock_send(fd, slice_of(request));
    struct mock_reply reply = mock_read_reply(fd);
    assert_true(reply.status > 0);
    const bool kept = strstr(reply.bytes.ptr, "\r\nConnection: keep-alive\r\n") != NULL;
    const bool ends = strstr(reply.bytes.ptr, "\r\nConnection: close\r\n") != NULL;
    assert_int_not_equal(kept, ends);
    mock_reply_clear(&reply);
    return kept ? "keep-alive" : "close";
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

/* Three quarters of the threads may be held by clients that come back; the rest is for those that
 * wait in the queue. */
static void connections_are_kept_while_a_quarter_of_the_threads_is_free(void **state)
{
    int fds[9];
    (void)state;
    struct ailab_mock *mock = scenarios_start(
        &(struct ailab_mock_options){.max_connections = 12, .idle_timeout_ms = LONG_MS});
    for (size_t i = 0; i < ROWS(fds); i++) {
        fds[i] = connect_to(mock);
        assert_string_equal(ask_on(fds[i], HEALTH), "keep-alive");
    }
    int more = connect_to(mock);
    assert_string_equal(ask_on(more, HEALTH), "close");
    assert_true(mock_is_closed(more));
    close(more);
    assert_string_equal(ask_on(fds[0], HEALTH), "keep-alive");
    close_all(fds, ROWS(fds));
    ailab_mock_stop(mock);
}

/* civetweb answers none of these requests by itself and tells only of their end. */
static void connections_that_ended_hold_no_place(void **state)
{
    (void)state;
    struct ailab_mock *mock = scenarios_start(
        &(struct ailab_mock_options){.max_connections = 4, .idle_timeout_ms = LONG_MS});
    for (size_t i = 0; i < 4; i++) {
        int fd = connect_to(mock);
        if (i % 2)
            assert_string_equal(ask_on(fd, HEALTH), "keep-alive");
        assert_string_equal(ask_on(fd, STAR), "close");
        assert_true(mock_is_closed(fd));
        close(fd);
    }
    int fd = connect_to(mock);
    assert_string_equal(ask_on(fd, HEALTH), "keep-alive");
    close(fd);
    ailab_mock_stop(mock);
}

/* The port at which the mock waits for its own front: another that this process listens at. */
static uint16_t inner_port(const struct ailab_mock *mock)
{
    for (int fd = 0; fd < 1024; fd++) {
        struct sockaddr_in address = {0};
        int listening = 0;
        socklen_t size = sizeof address, listening_size = sizeof listening;
        if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &listening_size) == 0 &&
            listening && getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
            address.sin_family == AF_INET && ntohs(address.sin_port) != ailab_mock_port(mock))
            return ntohs(address.sin_port);
    }
    return 0;
}

/* Another program of this machine has found it. */
static void stranger_at_the_inner_port_is_shown_the_door(void **state)
{
    (void)state;
    static const char *const sent[] = {HEALTH, "hello\r\n\r\n"};
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.idle_timeout_ms = LONG_MS});
    for (size_t i = 0; i < ROWS(sent); i++) {
        int fd = mock_connect(inner_port(mock));
        assert_true(fd >= 0);
        mock_send(fd, slice_of(sent[i]));
        assert_true(mock_is_closed(fd));
        close(fd);
    }
    ailab_mock_stop(mock);
}

/* Where the answer says "close", the mock closes at once. */
static void connections_are_kept_as_the_request_wishes(void **state)
{
    static const struct {
        const char *request, *then;
    } rows[] = {
        {HEALTH, "keep-alive"},
        {"GET /__admin/health HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", "keep-alive"},
        {"GET /__admin/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"},
        {"GET /__admin/health HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\r\n", "close"},
        {"GET /__admin/health HTTP/1.1\r\nHost: a\r\nConnection: TE, keep-alive\r\n\r\n",
         "keep-alive"},
        {"GET /__admin/health HTTP/1.1\r\nHost: a\r\nConnection: upgrade, keep-alive\r\n\r\n",
         "close"},
        {"GET /__admin/health HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
         "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
         "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
         "close"},
        {"POST /__admin/requests/count HTTP/1.1\r\nHost: 127.0.0.1\r\n"
         "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
         "close"},
        {"POST /__admin/requests/count HTTP/1.1\r\nHost: 127.0.0.1\r\n"
         "Content-Length: 2\r\n\r\n{}",
         "keep-alive"},
        {"hello\r\n\r\n", "close"},
        {"FETCH /x HTTP/1.1\r\nHost: a\r\n\r\n", "close"},
        {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "close"},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "close"},
    };
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.idle_timeout_ms = LONG_MS});
    for (size_t i = 0; i < ROWS(rows); i++) {
        int fd = connect_to(mock);
        const char *then = ask_on(fd, rows[i].request);
        if (strcmp(then, rows[i].then) != 0)
            fail_msg("%s: %s", rows[i].request, then);
        if (strcmp(then, "close") == 0)
            assert_true(mock_is_closed(fd));
        else
            assert_false(scenarios_stirs(fd, 0));
        close(fd);
    }
    ailab_mock_stop(mock);
}

/* Of all lines, method, path and status. */
struct log {
    pthread_mutex_t lock;
    struct mock_text lines;
};

static void write_line(void *context, const struct ailab_mock_log_entry *entry)
{
    struct log *log = context;
    pthread_mutex_lock(&log->lock);
    mock_text_print(&log->lines, "%s %s %d|", entry->method, entry->path, entry->status);
    pthread_mutex_unlock(&log->lock);
}

/* A client has its answer before the line is written, so another connection's may be there first.
 */
static void await_lines(struct log *log, size_t count)
{
    const int64_t until = scenarios_now_ms() + MOCK_WAIT_MS;
    size_t lines = 0;
    while (lines < count && scenarios_now_ms() < until) {
        poll(NULL, 0, 1);
        pthread_mutex_lock(&log->lock);
        lines = 0;
        for (size_t i = 0; i < log->lines.len; i++)
            lines += log->lines.ptr[i] == '|';
        pthread_mutex_unlock(&log->lock);
    }
    assert_int_equal(lines, count);
}

/* The first bytes of a connection tell about its first request alone; an answer of no byte has no
 * status. */
static void refused_request_is_not_logged_as_the_one_before(void **state)
{
    struct log log = {PTHREAD_MUTEX_INITIALIZER, {0}};
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.log = write_line, .log_context = &log});
    int fd = connect_to(mock);
    assert_string_equal(ask_on(fd, HEALTH), "keep-alive");
    assert_string_equal(ask_on(fd, "hello\r\n\r\n"), "close");
    close(fd);
    await_lines(&log, 2);
    fd = connect_to(mock);
    assert_string_equal(ask_on(fd, "PUT /x\ty HTTP/1.1\r\n\r\n"), "close");
    close(fd);
    await_lines(&log, 3);
    struct scenarios_answer answer;
    scenarios_arm(mock, SCENARIOS_KEY, "[{\"fault\": {\"name\": \"reset-before-answer\"}}]");
    scenarios_ask(&answer, ailab_mock_port(mock), &(struct scenarios_call){0});
    assert_int_equal(answer.size, 0);
    scenarios_clear(&answer);
    ailab_mock_stop(mock);
    assert_string_equal(log.lines.ptr,
                        "GET /__admin/health 200|  400|PUT /x?y 400|POST " SCENARIOS_PATH " 0|");
    mock_text_clear(&log.lines);
}

static void count(void *context, const struct ailab_mock_log_entry *entry)
{
    (void)entry;
    atomic_fetch_add((atomic_uint *)context, 1);
}

/* How many answers come until the mock closes. */
static unsigned answers_to(const struct ailab_mock *mock, const char *bytes)
{
    static const char status_line[] = "HTTP/1.1 ";
    struct mock_text seen = {0};
    char buffer[4096];
    unsigned answers = 0;
    int fd = connect_to(mock);
    mock_send(fd, slice_of(bytes));
    shutdown(fd, SHUT_WR);
    for (ssize_t got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;)
        mock_text_add(&seen, slice_make(buffer, (size_t)got));
    close(fd);
    for (const char *at = seen.ptr; at && (at = strstr(at, status_line)); at++)
        answers++;
    mock_text_clear(&seen);
    return answers;
}

static void requests_are_answered_and_logged_once(void **state)
{
    static const struct {
        const char *why, *bytes;
        unsigned answers;
    } rows[] = {
        {"no byte", "", 0},
        {"no header", "GET /__admin/health HTTP/1.0\r\n\r\n", 1},
        {"a request", HEALTH, 1},
        {"two requests", HEALTH HEALTH, 2},
        {"a request and a part of one", HEALTH "GET", 2},
        {"no request", "hello\r\n\r\n", 1},
        {"a request and none", HEALTH "hello\r\n\r\n", 2},
        {"a version that there is not", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 1},
        {"all of the server", STAR, 1},
        {"a request and all of the server", HEALTH STAR, 2},
        {"an absolute URI", "GET http://127.0.0.1/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 1},
        {"an absolute URI of another host", "GET http://a.b/x HTTP/1.1\r\nHost: a.b\r\n\r\n", 1},
        {"a tunnel", "CONNECT a.b:443 HTTP/1.1\r\nHost: a.b:443\r\n\r\n", 1},
        {"an unknown method", "FETCH / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 1},
    };
    atomic_uint logged = 0;
    unsigned expected = 0;
    (void)state;
    struct ailab_mock *mock =
        scenarios_start(&(struct ailab_mock_options){.log = count, .log_context = &logged});
    for (size_t i = 0; i < ROWS(rows); i++) {
        const unsigned answers = answers_to(mock, rows[i].bytes);
        expected += rows[i].answers;
        if (answers != rows[i].answers)
            fail_msg("%s: %u answers", rows[i].why, answers);
    }
    ailab_mock_stop(mock); /* after it no callback runs */
    assert_int_equal(atomic_load(&logged), expected);
}

/* Of a later request the first bytes tell nothing; here they begin with an empty line. */
static void refused_request_is_not_blamed_for_the_first(void **state)
{
    (void)state;
    struct ailab_mock *mock = scenarios_start(NULL);
    int fd = connect_to(mock);
    assert_string_equal(ask_on(fd, "\r\n" HEALTH), "keep-alive");
    mock_send(fd, slice_of("GET /x HTTP/1.1\r\nHost: a\r\nB: c\td\r\n\r\n"));
    struct mock_reply reply = mock_read_reply(fd);
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(reply.body.ptr, "the head cannot be read"));
    mock_reply_clear(&reply);
    close(fd);
    ailab_mock_stop(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_kept_while_a_quarter_of_the_threads_is_free),
        cmocka_unit_test(connections_that_ended_hold_no_place),
        cmocka_unit_test(connections_are_kept_as_the_request_wishes),
        cmocka_unit_test(refused_request_is_not_logged_as_the_one_before),
        cmocka_unit_test(refused_request_is_not_blamed_for_the_first),
        cmocka_unit_test(stranger_at_the_inner_port_is_shown_the_door),
        cmocka_unit_test(requests_are_answered_and_logged_once),
    };
    return cmocka_run_group_tests_name("kept_connections", tests, NULL, NULL);
}
