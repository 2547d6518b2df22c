/* Faults while the client still uploads, as a raw socket sees them: at which byte of the body,
 * after how long, reset or closed, and whether 100 Continue comes. The journal is asked how much of
 * the body the mock read. labels: threads */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define UPLOAD_BYTES ((size_t)4 * 1024 * 1024)
#define QUIET_MS 60 /* how long nothing must come before it is due */

/* An upload of 4 MB that a test sends piece by piece. */
struct upload {
    struct ailab_mock *mock;
    int fd;
    char *bytes;
    size_t size, head_size;
};

static struct upload begin(void **state, const char *more, size_t padding)
{
    struct upload upload = {.mock = *state};
    struct scenarios_call call = {.more = more, .padding = padding};
    upload.fd = scenarios_connect(ailab_mock_port(upload.mock));
    assert_true(upload.fd >= 0);
    upload.bytes = scenarios_request(&upload.size, &upload.head_size, &call);
    assert_non_null(upload.bytes);
    return upload;
}

static void end(struct upload *upload)
{
    close(upload->fd);
    free(upload->bytes);
}

/* Sends the head and so much of the body. */
static void send_until(const struct upload *upload, size_t body_bytes)
{
    assert_true(scenarios_send(upload->fd, upload->bytes, upload->head_size + body_bytes));
}

/* Sends on without waiting until the other side does not take it; how much of the request went in
 * all, and which error ended it. */
static size_t send_on(const struct upload *upload, size_t sent, int *error)
{
    int64_t until = scenarios_now_ms() + SCENARIOS_WAIT_MS;
    *error = 0;
    while (sent < upload->size && scenarios_now_ms() < until) {
        ssize_t took = send(upload->fd, upload->bytes + sent, upload->size - sent,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (took > 0) {
            sent += (size_t)took;
            continue;
        }
        *error = errno;
        if (errno != EAGAIN || scenarios_stirs(upload->fd, 10))
            break;
    }
    return sent;
}

/* The newest entry of the journal, waited for: it is written after the answer was sent. */
static void expect_journal(struct ailab_mock *mock, size_t entries, int status, double bytes_in,
                           const char *fault)
{
    int64_t until = scenarios_now_ms() + SCENARIOS_WAIT_MS;
    while (scenarios_count(mock, NULL) < entries && scenarios_now_ms() < until)
        scenarios_stirs(-1, 1);
    cJSON *answer = scenarios_admin(mock, "GET", "/__admin/requests?limit=1", NULL, 200);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(answer, "requests");
    const cJSON *entry = cJSON_GetArrayItem(list, 0);
    char *text = cJSON_PrintUnformatted(entry);
    const cJSON *got_status = cJSON_GetObjectItemCaseSensitive(entry, "status");
    const cJSON *got_bytes = cJSON_GetObjectItemCaseSensitive(entry, "bytes_in");
    const char *got_fault = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "fault"));
    if (!entry || got_status->valueint != status || (int)got_bytes->valuedouble != (int)bytes_in ||
        !got_fault || strcmp(got_fault, fault) != 0)
        fail_msg("expected status %d, %.0f bytes in, fault %s; the journal has %s", status,
                 bytes_in, fault, text);
    cJSON_free(text);
    cJSON_Delete(answer);
}

static void uploads_end_at_the_very_byte_that_was_asked_for(void **state)
{
    static const struct {
        const char *fault;
        size_t amount;
        enum scenarios_end end;
    } rows[] = {
        {"reset-upload", 1, SCENARIOS_RESET},     {"reset-upload", 1024, SCENARIOS_RESET},
        {"reset-upload", 70000, SCENARIOS_RESET}, {"close-upload", 1, SCENARIOS_CLOSED},
        {"close-upload", 1024, SCENARIOS_CLOSED}, {"close-upload", 70000, SCENARIOS_CLOSED},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_answer answer;
        scenarios_reset(*state);
        struct upload upload = begin(state, NULL, UPLOAD_BYTES);
        scenarios_arm(*state, SCENARIOS_KEY, "[{\"fault\": {\"name\": \"%s\", \"amount\": %zu}}]",
                      rows[i].fault, rows[i].amount);
        send_until(&upload, rows[i].amount - 1);
        if (scenarios_stirs(upload.fd, QUIET_MS))
            fail_msg("%s after %zu bytes came before them", rows[i].fault, rows[i].amount);
        assert_true(
            scenarios_send(upload.fd, upload.bytes + upload.head_size + rows[i].amount - 1, 1));
        scenarios_read_to_end(&answer, upload.fd);
        if (answer.end != rows[i].end || answer.size)
            fail_msg("%s after %zu bytes: end %d, %zu bytes", rows[i].fault, rows[i].amount,
                     (int)answer.end, answer.size);
        end(&upload); /* what closes lingers for the rest of the upload */
        expect_journal(*state, 1, 0, (double)rows[i].amount, rows[i].fault);
        scenarios_clear(&answer);
    }
}

/* Such an upload was read and not kept: a journal that keeps bodies has none of it. */
static void uploads_that_were_thrown_away_leave_no_body_in_the_journal(void **state)
{
    static const char *const faults[] = {"reset-upload", "close-upload", "stall-upload"};
    cJSON_Delete(
        scenarios_admin(*state, "POST", "/__admin/settings", "{\"journal_bodies\": true}", 200));
    for (size_t i = 0; i < ROWS(faults); i++) {
        struct scenarios_answer answer;
        struct upload upload = begin(state, NULL, 0);
        const size_t amount = i < 2 ? 10 : 0; /* bytes, or milliseconds */
        scenarios_arm(*state, SCENARIOS_KEY, "[{\"fault\": {\"name\": \"%s\", \"amount\": %zu}}]",
                      faults[i], amount);
        send_until(&upload, 10);
        scenarios_read_to_end(&answer, upload.fd);
        end(&upload);
        expect_journal(*state, i + 1, 0, (double)amount, faults[i]);
        scenarios_clear(&answer);
        char path[64];
        snprintf(path, sizeof path, "/__admin/requests/%zu", i + 1);
        cJSON *entry = scenarios_admin(*state, "GET", path, NULL, 200);
        assert_false(cJSON_HasObjectItem(entry, "body_base64"));
        cJSON_Delete(entry);
    }
}

/* The usual client: it sends all it can, and is stopped in the middle. */
static void uploads_are_reset_while_the_client_still_sends(void **state)
{
    int error;
    char byte;
    struct upload upload = begin(state, NULL, UPLOAD_BYTES);
    scenarios_arm(*state, SCENARIOS_KEY,
                  "[{\"fault\": {\"name\": \"reset-upload\", \"amount\": 200000}}]");
    size_t sent = send_on(&upload, 0, &error);
    /* The reset came while there was no room to send, or all of it fitted into the sockets before
     * the mock had read so far. Reading then meets the reset. */
    if (error == EAGAIN || error == 0)
        error = recv(upload.fd, &byte, 1, 0) < 0 ? errno : 0;
    assert_int_equal(error, ECONNRESET);
    assert_true(sent >= 200000 + upload.head_size);
    end(&upload);
    expect_journal(*state, 1, 0, 200000, "reset-upload");
}

/* Nothing is read, so that the client's sending comes to a halt; then an orderly end. */
static void uploads_stall_for_the_time_and_then_end(void **state)
{
    struct scenarios_answer answer;
    int error, small = 65536;
    struct upload upload = begin(state, NULL, UPLOAD_BYTES);
    setsockopt(upload.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    scenarios_arm(*state, SCENARIOS_KEY,
                  "[{\"fault\": {\"name\": \"stall-upload\", \"amount\": 300}}]");
    int64_t start_ms = scenarios_now_ms();
    size_t sent = send_on(&upload, 0, &error);
    int64_t took_ms = scenarios_now_ms() - start_ms;
    assert_int_equal(error, EAGAIN);
    assert_true(sent < upload.size);
    assert_in_range(took_ms, 299, 4000);
    scenarios_read_to_end(&answer, upload.fd);
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    assert_int_equal(answer.size, 0);
    scenarios_clear(&answer);
    end(&upload);
    expect_journal(*state, 1, 0, 0, "stall-upload");
}

/* A client that gives up ends the stall at once. */
static void uploads_stop_stalling_when_the_client_leaves(void **state)
{
    struct upload upload = begin(state, NULL, 0);
    scenarios_arm(*state, SCENARIOS_KEY, "[{\"fault\": \"stall-upload\"}]");
    int64_t start_ms = scenarios_now_ms();
    send_until(&upload, 10);
    shutdown(upload.fd, SHUT_WR);
    expect_journal(*state, 1, 0, 0, "stall-upload");
    assert_in_range(scenarios_now_ms() - start_ms, 0, 5000); /* a minute was asked for */
    end(&upload);
}

static void uploads_are_read_at_the_rate_and_answered_as_usual(void **state)
{
    static const struct {
        size_t padding, rate;
    } rows[] = {{200000, 500000}, {100000, 200000}, {0, 12000}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_answer answer;
        struct upload upload = begin(state, NULL, rows[i].padding);
        scenarios_arm(*state, SCENARIOS_KEY,
                      "[{\"fault\": {\"name\": \"slow-upload\", \"amount\": %zu}}]", rows[i].rate);
        int64_t start_ms = scenarios_now_ms();
        assert_true(scenarios_send(upload.fd, upload.bytes, upload.size));
        scenarios_read(&answer, upload.fd);
        int64_t took_ms = scenarios_now_ms() - start_ms;
        int64_t due_ms = (int64_t)((upload.size - upload.head_size) * 1000 / rows[i].rate);
        assert_true(scenarios_is(&answer, 200, ""));
        assert_int_equal(answer.end, SCENARIOS_KEPT);
        if (took_ms < due_ms * 8 / 10 || took_ms > due_ms * 2 + 2000)
            fail_msg("%zu bytes/s: %lld ms, expected about %lld", rows[i].rate, (long long)took_ms,
                     (long long)due_ms);
        scenarios_clear(&answer);
        end(&upload);
    }
}

/* A rate below one byte in each pause of the reader is no faster for that. */
static void uploads_are_read_at_very_low_rates_too(void **state)
{
    struct scenarios_answer answer;
    const struct scenarios_call call = {
        .body = "sixteen bytes...", .more = "Content-Type: multipart/form-data; boundary=b\r\n"};
    scenarios_arm(*state, SCENARIOS_KEY,
                  "[{\"fault\": {\"name\": \"slow-upload\", \"amount\": 16}}]");
    scenarios_ask(&answer, ailab_mock_port(*state), &call);
    assert_true(scenarios_is(&answer, 400, "ERROR_PARAMETERS"));
    assert_in_range(answer.first_ms, 900, 5000);
    scenarios_clear(&answer);
}

static void uploads_are_refused_before_a_byte_of_the_body(void **state)
{
    static const char *const expectations[] = {NULL, "Expect: 100-continue\r\n"};
    for (size_t i = 0; i < ROWS(expectations); i++) {
        struct scenarios_answer answer;
        scenarios_reset(*state);
        struct upload upload = begin(state, expectations[i], UPLOAD_BYTES);
        scenarios_arm(*state, SCENARIOS_KEY, "[{\"fault\": \"early-413\"}]");
        send_until(&upload, 0);
        scenarios_read_to_end(&answer, upload.fd);
        if (!scenarios_is(&answer, 413, "FILE_SIZE_EXCEEDS_LIMIT"))
            fail_msg("%.400s", answer.size ? answer.bytes : "(nothing)");
        assert_ptr_equal(answer.head.ptr, answer.bytes); /* and no 100 Continue before it */
        assert_int_equal(answer.end, SCENARIOS_CLOSED);
        assert_true(scenarios_header_is(&answer, "Connection", "close"));
        assert_true(scenarios_header_is(&answer, "X-Mock-Scenario", "queue"));
        scenarios_clear(&answer);
        end(&upload);
        expect_journal(*state, 1, 413, 0, "early-413");
    }
}

/* What else the step says holds for the early answer too. */
static void uploads_refused_early_keep_the_rest_of_the_step(void **state)
{
    struct scenarios_answer answer;
    const struct scenarios_call call = {0};
    scenarios_arm(*state, SCENARIOS_KEY,
                  "[{\"fault\": \"early-413\", \"delay\": 300, \"headers\": {\"X-A\": \"b\"}, "
                  "\"deviation\": \"missing-log-id\"}]");
    scenarios_ask(&answer, ailab_mock_port(*state), &call);
    assert_true(scenarios_is(&answer, 413, "FILE_SIZE_EXCEEDS_LIMIT"));
    assert_in_range(answer.first_ms, 300, SCENARIOS_WAIT_MS);
    assert_true(scenarios_header_is(&answer, "X-A", "b"));
    assert_null(cJSON_GetObjectItemCaseSensitive(answer.json, "log_id"));
    scenarios_clear(&answer);

    scenarios_arm(*state, SCENARIOS_KEY, "[{\"fault\": \"close-upload\", \"delay\": 300}]");
    scenarios_ask(&answer, ailab_mock_port(*state), &call);
    assert_int_equal(answer.status, 0);
    assert_in_range(answer.end_ms, 300, SCENARIOS_WAIT_MS);
    scenarios_clear(&answer);
}

/* Whether the next bytes are 100 Continue and nothing else. */
static bool reads_continue(int fd)
{
    static const char expected[] = "HTTP/1.1 100 Continue\r\n\r\n";
    char got[sizeof expected] = "";
    size_t size = 0;
    while (size < sizeof expected - 1 && scenarios_stirs(fd, SCENARIOS_WAIT_MS)) {
        ssize_t more = recv(fd, got + size, sizeof expected - 1 - size, 0);
        if (more <= 0)
            break;
        size += (size_t)more;
    }
    return size == sizeof expected - 1 && memcmp(got, expected, size) == 0;
}

static void uploads_are_continued_at_once_late_or_never(void **state)
{
    static const struct {
        const char *step;
        int64_t after_ms; /* -1: never */
    } rows[] = {
        {"{\"answer\": \"success\"}", 0},
        {"{\"fault\": {\"name\": \"late-continue\", \"amount\": 250}}", 250},
        {"{\"fault\": \"no-continue\"}", -1},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_answer answer;
        struct upload upload = begin(state, "Expect: 100-continue\r\n", 100000);
        scenarios_arm(*state, SCENARIOS_KEY, "[%s]", rows[i].step);
        int64_t start_ms = scenarios_now_ms();
        send_until(&upload, 0);
        if (rows[i].after_ms < 0) {
            assert_false(scenarios_stirs(upload.fd, 300));
        } else {
            assert_true(reads_continue(upload.fd));
            int64_t took_ms = scenarios_now_ms() - start_ms;
            assert_in_range(took_ms, rows[i].after_ms ? rows[i].after_ms - 1 : 0,
                            rows[i].after_ms + 4000);
        }
        assert_true(scenarios_send(upload.fd, upload.bytes + upload.head_size,
                                   upload.size - upload.head_size));
        scenarios_read(&answer, upload.fd);
        if (!scenarios_is(&answer, 200, ""))
            fail_msg("%s: %.300s", rows[i].step, answer.size ? answer.bytes : "(nothing)");
        assert_ptr_equal(answer.head.ptr, answer.bytes);
        scenarios_clear(&answer);
        end(&upload);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(uploads_end_at_the_very_byte_that_was_asked_for),
        TEST(uploads_that_were_thrown_away_leave_no_body_in_the_journal),
        TEST(uploads_are_reset_while_the_client_still_sends),
        TEST(uploads_stall_for_the_time_and_then_end),
        TEST(uploads_stop_stalling_when_the_client_leaves),
        TEST(uploads_are_read_at_the_rate_and_answered_as_usual),
        TEST(uploads_are_read_at_very_low_rates_too),
        TEST(uploads_are_refused_before_a_byte_of_the_body),
        TEST(uploads_refused_early_keep_the_rest_of_the_step),
        TEST(uploads_are_continued_at_once_late_or_never),
    };
    return cmocka_run_group_tests_name("scenarios_uploads", tests, NULL, NULL);
}
