/* Faults of the connection around the answer, as a raw socket sees them: how many bytes come, how
 * the connection ends, and when. Amounts are kept short by steps of the queue.
 * labels: threads */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define STALL_MS 250

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
/* civetweb, which is not instrumented, closes the descriptor that refuse-afterwards has exchanged;
 * that it was stopped by a thread that knows of both cannot be seen from outside it. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:libcivetweb.so\n";
}
#endif
#endif

/* An answer as it is without a fault, but for the connection that is then closed. */
struct usual {
    size_t head_size, body_size;
};

static void ask_to_end(struct scenarios_answer *out, struct ailab_mock *mock,
                       const struct scenarios_call *call)
{
    size_t size = 0, head_size = 0;
    int fd = scenarios_connect(ailab_mock_port(mock));
    char *bytes = scenarios_request(&size, &head_size, call);
    assert_true(fd >= 0);
    assert_non_null(bytes);
    int64_t start_ms = scenarios_now_ms();
    assert_true(scenarios_send(fd, bytes, size));
    free(bytes);
    int64_t sent_ms = scenarios_now_ms() - start_ms;
    scenarios_read_to_end(out, fd);
    out->first_ms += sent_ms; /* all times since the asking began */
    out->last_ms += out->size ? sent_ms : 0;
    out->end_ms += sent_ms;
    close(fd);
}

static struct usual usual_answer(struct ailab_mock *mock, const char *step)
{
    struct scenarios_answer answer;
    scenarios_arm(mock, SCENARIOS_KEY, "[%s]", step);
    ask_to_end(&answer, mock, &(struct scenarios_call){.more = "Connection: close\r\n"});
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    struct usual usual = {answer.head.len, answer.body.len};
    assert_true(usual.body_size > 100);
    assert_int_equal(scenarios_length(&answer), usual.body_size);
    scenarios_clear(&answer);
    return usual;
}

#define SUCCESS "{\"answer\": \"success\"}"
#define FAILURE "{\"error\": \"ERROR_BLURRY_FACE\"}"

/* The queue's next answer: a fault on a success or, with error, on a failure. */
static void ask_for(struct scenarios_answer *out, struct ailab_mock *mock, const char *fault,
                    long amount, bool error)
{
    char value[96];
    if (amount >= 0)
        snprintf(value, sizeof value, "{\"name\": \"%s\", \"amount\": %ld}", fault, amount);
    else
        snprintf(value, sizeof value, "\"%s\"", fault);
    scenarios_arm(mock, SCENARIOS_KEY, "[{%s\"fault\": %s}]",
                  error ? "\"error\": \"ERROR_BLURRY_FACE\", " : "", value);
    ask_to_end(out, mock, &(struct scenarios_call){0});
}

enum part { NOTHING, SOME_BYTES, HALF_HEAD, BODY_BYTES, HALF_BODY };

static const struct fault_row {
    const char *fault;
    long amount; /* -1: none is given */
    enum scenarios_end end;
    enum part part;
    size_t bytes; /* of SOME_BYTES and BODY_BYTES */
    int64_t after_ms;
} rows[] = {
    {"reset-before-answer", -1, SCENARIOS_RESET, NOTHING, 0, 0},
    {"reset-mid-answer", -1, SCENARIOS_RESET, HALF_BODY, 0, 0},
    {"reset-mid-answer", 0, SCENARIOS_RESET, HALF_BODY, 0, 0},
    {"reset-mid-answer", 1, SCENARIOS_RESET, BODY_BYTES, 1, 0},
    {"reset-mid-answer", 77, SCENARIOS_RESET, BODY_BYTES, 77, 0},
    {"close-before-answer", -1, SCENARIOS_CLOSED, NOTHING, 0, 0},
    {"close-mid-answer", -1, SCENARIOS_CLOSED, HALF_BODY, 0, 0},
    {"close-mid-answer", 1, SCENARIOS_CLOSED, BODY_BYTES, 1, 0},
    {"close-mid-answer", 77, SCENARIOS_CLOSED, BODY_BYTES, 77, 0},
    {"cut-after", -1, SCENARIOS_CLOSED, SOME_BYTES, 100, 0},
    {"cut-after", 0, SCENARIOS_CLOSED, NOTHING, 0, 0},
    {"cut-after", 1, SCENARIOS_CLOSED, SOME_BYTES, 1, 0},
    {"cut-after", 17, SCENARIOS_CLOSED, SOME_BYTES, 17, 0},
    {"cut-after", 300, SCENARIOS_CLOSED, SOME_BYTES, 300, 0},
    {"stall-before-answer", STALL_MS, SCENARIOS_CLOSED, NOTHING, 0, STALL_MS},
    {"stall-mid-head", STALL_MS, SCENARIOS_CLOSED, HALF_HEAD, 0, STALL_MS},
    {"stall-mid-answer", STALL_MS, SCENARIOS_CLOSED, HALF_BODY, 0, STALL_MS},
};

static size_t bytes_due(const struct fault_row *row, const struct usual *usual)
{
    switch (row->part) {
    case SOME_BYTES:
        return row->bytes;
    case HALF_HEAD:
        return usual->head_size / 2;
    case BODY_BYTES:
        return usual->head_size + row->bytes;
    case HALF_BODY:
        return usual->head_size + usual->body_size / 2;
    default:
        return 0;
    }
}

static void check_row(struct ailab_mock *mock, const struct fault_row *row,
                      const struct usual *usual, bool error)
{
    struct scenarios_answer answer;
    static const char status_line[] = "HTTP/1.1 ";
    size_t due = bytes_due(row, usual);
    ask_for(&answer, mock, row->fault, row->amount, error);
    int64_t silent_ms = answer.end_ms - answer.last_ms; /* last_ms is 0 when nothing came */
    if (answer.end != row->end || answer.size != due)
        fail_msg("%s, %ld, on %s: end %d with %zu bytes, expected end %d with %zu", row->fault,
                 row->amount, error ? "an error" : "a success", (int)answer.end, answer.size,
                 (int)row->end, due);
    if (answer.size && strncmp(answer.bytes, status_line,
                               answer.size < 9 ? answer.size : sizeof status_line - 1) != 0)
        fail_msg("%s: another status line: %.40s", row->fault, answer.bytes);
    if (answer.head.len && scenarios_length(&answer) != (long long)usual->body_size)
        fail_msg("%s: Content-Length is %lld, not the whole body's %zu", row->fault,
                 scenarios_length(&answer), usual->body_size);
    /* A busy machine may read the last byte late, so that the silence after it seems shorter. */
    if (answer.end_ms < row->after_ms - 1 || silent_ms < row->after_ms / 2 ||
        answer.end_ms > row->after_ms + 4000)
        fail_msg("%s: %lld ms of silence, end after %lld, expected %lld", row->fault,
                 (long long)silent_ms, (long long)answer.end_ms, (long long)row->after_ms);
    scenarios_clear(&answer);
}

static void faults_cut_answers_at_the_very_byte_and_time(void **state)
{
    const struct usual success = usual_answer(*state, SUCCESS);
    const struct usual failure = usual_answer(*state, FAILURE);
    for (size_t i = 0; i < ROWS(rows); i++) {
        check_row(*state, &rows[i], &success, false);
        check_row(*state, &rows[i], &failure, true);
    }
    scenarios_expect(*state, &(struct scenarios_call){0}, 200, "", "and then as usual");
}

/* The bytes of the queue's next answer's head, when a fault cuts the rest. */
static void faults_may_cut_off_more_than_there_is(void **state)
{
    struct scenarios_answer answer;
    ask_for(&answer, *state, "cut-after", 1000000, false);
    assert_true(scenarios_is(&answer, 200, ""));
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    scenarios_clear(&answer);
    ask_for(&answer, *state, "close-mid-answer", 1000000, true);
    assert_true(scenarios_is(&answer, 422, "ERROR_BLURRY_FACE"));
    scenarios_clear(&answer);
}

/* After a part of the head has come, a client that leaves ends the stall. */
static void faults_stall_no_longer_than_the_client_waits(void **state)
{
    static const char *const faults[] = {"stall-before-answer", "stall-mid-head",
                                         "stall-mid-answer"};
    for (size_t i = 0; i < ROWS(faults); i++) {
        size_t size = 0, head_size = 0;
        scenarios_reset(*state);
        scenarios_arm(*state, SCENARIOS_KEY, "[{\"fault\": \"%s\"}]", faults[i]); /* a minute */
        int fd = scenarios_connect(ailab_mock_port(*state));
        char *bytes = scenarios_request(&size, &head_size, &(struct scenarios_call){0});
        assert_true(scenarios_send(fd, bytes, size));
        free(bytes);
        assert_int_equal(scenarios_stirs(fd, i ? SCENARIOS_WAIT_MS : 80), i > 0);
        close(fd);
        int64_t until = scenarios_now_ms() + 5000;
        while (!scenarios_count(*state, NULL) && scenarios_now_ms() < until)
            scenarios_stirs(-1, 1);
        if (scenarios_count(*state, NULL) != 1)
            fail_msg("%s: still stalling", faults[i]);
    }
}

static void faults_dribble_at_the_rate(void **state)
{
    static const struct {
        long rate;
        bool error;
    } dribbles[] = {{12000, false}, {2000, true}};
    const struct usual usual[] = {usual_answer(*state, SUCCESS), usual_answer(*state, FAILURE)};
    for (size_t i = 0; i < ROWS(dribbles); i++) {
        struct scenarios_answer answer;
        ask_for(&answer, *state, "dribble", dribbles[i].rate, dribbles[i].error);
        assert_true(scenarios_is(&answer, dribbles[i].error ? 422 : 200,
                                 dribbles[i].error ? "ERROR_BLURRY_FACE" : ""));
        size_t size = usual[dribbles[i].error].head_size + usual[dribbles[i].error].body_size;
        int64_t due_ms = (int64_t)size * 1000 / dribbles[i].rate;
        if (answer.size != size || answer.last_ms < due_ms * 7 / 10 ||
            answer.last_ms > due_ms * 2 + 2000 || answer.first_ms > due_ms / 2)
            fail_msg("%ld bytes/s: first byte after %lld, last after %lld ms, expected about %lld",
                     dribbles[i].rate, (long long)answer.first_ms, (long long)answer.last_ms,
                     (long long)due_ms);
        scenarios_clear(&answer);
    }
}

/* The answer is whole; then connections are refused, while those that are open go on. */
static void faults_refuse_connections_afterwards_for_the_time(void **state)
{
    struct scenarios_answer answer;
    int fd, open_one = scenarios_connect(ailab_mock_port(*state));
    scenarios_ask_on(&answer, open_one, &(struct scenarios_call){.key = "another-key"});
    scenarios_clear(&answer);
    int64_t start_ms = scenarios_now_ms();
    ask_for(&answer, *state, "refuse-afterwards", 600, false);
    assert_true(scenarios_is(&answer, 200, ""));
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    scenarios_clear(&answer);
    assert_int_equal(scenarios_connect(ailab_mock_port(*state)), -1);
    scenarios_ask_on(&answer, open_one, &(struct scenarios_call){.key = "another-key"});
    assert_true(scenarios_is(&answer, 200, ""));
    scenarios_clear(&answer);
    close(open_one);
    while ((fd = scenarios_connect(ailab_mock_port(*state))) < 0 &&
           scenarios_now_ms() < start_ms + 5000)
        scenarios_stirs(-1, 5);
    assert_in_range(scenarios_now_ms() - start_ms, 599, 4000);
    scenarios_ask_on(&answer, fd, &(struct scenarios_call){0});
    assert_true(scenarios_is(&answer, 200, ""));
    scenarios_clear(&answer);
    close(fd);
}

/* A delay comes before everything, also before a fault. */
static void faults_come_after_the_delay(void **state)
{
    struct scenarios_answer answer;
    scenarios_arm(*state, SCENARIOS_KEY,
                  "[{\"delay\": 200}, {\"delay\": 200, \"fault\": \"reset-before-answer\"}]");
    scenarios_ask(&answer, ailab_mock_port(*state), &(struct scenarios_call){0});
    assert_true(scenarios_is(&answer, 200, ""));
    assert_in_range(answer.first_ms, 199, 4000);
    scenarios_clear(&answer);
    ask_to_end(&answer, *state, &(struct scenarios_call){0});
    assert_int_equal(answer.end, SCENARIOS_RESET);
    assert_in_range(answer.end_ms, 199, 4000);
    scenarios_clear(&answer);
}

/* Each way to close ends one connection alone: another goes on. */
static void faults_leave_other_connections_alone(void **state)
{
    int other = scenarios_connect(ailab_mock_port(*state));
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_answer answer;
        const struct scenarios_call call = {.key = "another-key"};
        if (rows[i].after_ms)
            continue;
        ask_for(&answer, *state, rows[i].fault, rows[i].amount, false);
        scenarios_clear(&answer);
        scenarios_ask_on(&answer, other, &call);
        if (!scenarios_is(&answer, 200, "") || answer.end != SCENARIOS_KEPT)
            fail_msg("after %s another connection got %d", rows[i].fault, answer.status);
        scenarios_clear(&answer);
    }
    close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(faults_cut_answers_at_the_very_byte_and_time),
        TEST(faults_may_cut_off_more_than_there_is),
        TEST(faults_stall_no_longer_than_the_client_waits),
        TEST(faults_dribble_at_the_rate),
        TEST(faults_refuse_connections_afterwards_for_the_time),
        TEST(faults_come_after_the_delay),
        TEST(faults_leave_other_connections_alone),
    };
    return cmocka_run_group_tests_name("scenarios_faults", tests, NULL, NULL);
}
