/* Tests of the sender with a stream: its pieces leave one by one, a peer that is gone ends it, and
 * what it owns is freed once. */
#include "http/reply_send.h"
#include "mock_requests.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PIECES 4

struct both { /* the stream's and the sink's context */
    const char *pieces[PIECES];
    unsigned given, freed;
    struct mock_text taken;
    unsigned writes, fails_at; /* fails_at 0: never */
    unsigned looks, gone_at;   /* gone_at 0: never */
};

static bool next_piece(void *context, struct slice *out, uint64_t ms)
{
    struct both *both = context;
    assert_true(ms > 0);
    if (both->given == PIECES || !both->pieces[both->given])
        return false;
    *out = slice_of(both->pieces[both->given++]);
    return true;
}

static void count_free(void *context)
{
    ((struct both *)context)->freed++;
}

static bool take(void *context, struct slice bytes)
{
    struct both *both = context;
    assert_true(bytes.len > 0);
    if (++both->writes == both->fails_at)
        return false;
    mock_text_add(&both->taken, bytes);
    return true;
}

static bool look(void *context, uint64_t ms)
{
    struct both *both = context;
    assert_true(ms > 0);
    return ++both->looks != both->gone_at;
}

/* Sends the head and the pieces of both; returns what the sender did. */
static bool send_stream(struct both *both, bool is_head)
{
    uint64_t sent;
    struct reply reply;
    const struct reply_stream stream = {next_piece, count_free, both};
    const struct sink sink = {.write = take, .idle = look, .context = both};
    const struct reply_head head = {.status = 200, .keep_alive = true, .is_head = is_head};
    assert_true(reply_follow(&reply, &head, &stream));
    assert_true(reply.close);
    bool done = send_reply(&sent, &reply, &sink, NULL);
    assert_int_equal(sent, both->taken.len);
    reply_clear(&reply);
    assert_int_equal(both->freed, 1);
    return done;
}

static const char *body_of(const struct both *both)
{
    const char *end = strstr(both->taken.ptr, "\r\n\r\n");
    assert_non_null(end);
    return end + 4;
}

static void stream_sends_each_piece_as_it_comes(void **state)
{
    (void)state;
    struct both both = {.pieces = {"one", "", "two"}};
    assert_true(send_stream(&both, false));
    assert_int_equal(both.writes, 3); /* the head, and each piece that is not empty */
    assert_string_equal(body_of(&both), "onetwo");
    assert_null(strstr(both.taken.ptr, "Content-Length"));
    assert_non_null(strstr(both.taken.ptr, "Connection: close"));
    mock_text_clear(&both.taken);
}

static void stream_ends_when_the_peer_is_gone_or_takes_nothing(void **state)
{
    (void)state;
    struct both gone = {.pieces = {"one", "two", "three"}, .gone_at = 2};
    assert_false(send_stream(&gone, false));
    assert_string_equal(body_of(&gone), "one");
    mock_text_clear(&gone.taken);
    struct both deaf = {.pieces = {"one", "two", "three"}, .fails_at = 3};
    assert_false(send_stream(&deaf, false));
    assert_string_equal(body_of(&deaf), "one");
    mock_text_clear(&deaf.taken);
}

static void stream_of_a_head_request_sends_the_head_alone(void **state)
{
    (void)state;
    struct both both = {.pieces = {"one"}};
    assert_true(send_stream(&both, true));
    assert_string_equal(body_of(&both), "");
    assert_int_equal(both.given, 0);
    mock_text_clear(&both.taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_sends_each_piece_as_it_comes),
        cmocka_unit_test(stream_ends_when_the_peer_is_gone_or_takes_nothing),
        cmocka_unit_test(stream_of_a_head_request_sends_the_head_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
