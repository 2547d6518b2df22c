/* Tests of what a reply has room for: its head, its steps and its blocks; of its size; and of one
 * that goes on until the connection ends. */
#include "api/reply.h"
#include "mock_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define HEAD_MAX 8192

static const struct slice NOTHING = {NULL, 0};

/* The longest head that is sent is whole; each longer one is refused. */
static void reply_sends_each_head_that_fits_to_its_end(void **state)
{
    (void)state;
    enum { SHORTEST = 7000, LONGEST = 9000 };
    char *value = calloc(1, LONGEST + 1);
    size_t longest = 0;
    assert_non_null(value);
    memset(value, 'v', SHORTEST);
    for (size_t len = SHORTEST; len < LONGEST; len++) {
        const struct reply_header header = {"X-Long", value};
        const struct reply_head head = {.status = 204, .extra = &header, .extra_count = 1};
        struct reply reply;
        if (reply_empty(&reply, &head)) {
            char *text = mock_reply_head(&reply);
            const char *line = strstr(text, "\r\nX-Long: ");
            assert_non_null(line);
            assert_memory_equal(line + 10, value, len);
            assert_string_equal(line + 10 + len, "\r\n\r\n");
            longest = strlen(text);
            free(text);
        } else {
            assert_int_equal(longest, HEAD_MAX);
            assert_int_equal(reply.step_count, 0);
        }
        reply_clear(&reply);
        value[len] = 'v';
    }
    assert_int_equal(longest, HEAD_MAX);
    free(value);
}

static bool next_never(void *context, struct slice *out, uint64_t ms)
{
    (void)context, (void)out, (void)ms;
    return false;
}

static void count_free(void *context)
{
    ++*(unsigned *)context;
}

static void reply_of_each_kind_refuses_a_head_that_does_not_fit(void **state)
{
    (void)state;
    char value[HEAD_MAX + 1];
    unsigned freed = 0;
    memset(value, 'v', HEAD_MAX);
    value[HEAD_MAX] = '\0';
    const struct reply_header header = {"X-Long", value};
    const struct reply_head head = {.status = 200, .extra = &header, .extra_count = 1};
    const struct reply_stream stream = {next_never, count_free, &freed};
    struct reply reply;
    struct slice text;
    assert_false(reply_start(&reply, &head, 2, &text));
    reply_clear(&reply);
    assert_false(reply_bytes(&reply, &head, slice_of("{}")));
    reply_clear(&reply);
    assert_false(reply_json(&reply, &head, slice_of("{}"), NOTHING));
    reply_clear(&reply);
    assert_false(reply_follow(&reply, &head, &stream));
    reply_clear(&reply); /* it has taken the stream over all the same */
    assert_int_equal(freed, 1);
}

static void reply_follows_a_stream_until_the_connection_ends(void **state)
{
    (void)state;
    for (int is_head = 0; is_head < 2; is_head++) {
        unsigned freed = 0;
        const struct reply_head head = {.status = 200, .keep_alive = true, .is_head = is_head};
        const struct reply_stream stream = {next_never, count_free, &freed};
        struct reply reply;
        assert_true(reply_follow(&reply, &head, &stream));
        char *text = mock_reply_head(&reply);
        assert_null(strstr(text, "Content-Length"));
        assert_null(strstr(text, "Transfer-Encoding"));
        assert_non_null(strstr(text, "\r\nConnection: close\r\n"));
        assert_true(reply.close);
        assert_int_equal(reply.step_count, is_head ? 1 : 2);
        if (!is_head)
            assert_int_equal(reply.steps[1].kind, REPLY_STREAM);
        assert_ptr_equal(reply.stream.context, &freed);
        assert_int_equal(freed, 0);
        reply_clear(&reply);
        assert_int_equal(freed, 1);
        free(text);
    }
}

static void reply_takes_as_many_steps_as_there_is_room_for(void **state)
{
    (void)state;
    struct reply reply = {0};
    assert_true(reply_add(&reply, REPLY_SEND, NOTHING, 0)); /* left out */
    assert_true(reply_add(&reply, REPLY_BASE64, NOTHING, 0));
    assert_int_equal(reply.step_count, 0);
    for (size_t i = 0; i < REPLY_STEPS_MAX; i++)
        assert_true(reply_add(&reply, REPLY_SEND, slice_of("ab"), 0));
    assert_false(reply_add(&reply, REPLY_SEND, slice_of("ab"), 0));
    assert_true(reply_add(&reply, REPLY_SEND, NOTHING, 0));
    assert_int_equal(reply.step_count, REPLY_STEPS_MAX);
    assert_int_equal(reply_size(&reply), 2 * REPLY_STEPS_MAX);
    reply_clear(&reply);
}

/* One block too many is freed all the same: a sanitizer sees a leak. */
static void reply_owns_as_many_blocks_as_there_is_room_for(void **state)
{
    (void)state;
    struct reply reply = {0};
    assert_false(reply_own(&reply, NULL));
    assert_int_equal(reply.buffer_count, 0);
    for (size_t i = 0; i < REPLY_BUFFERS_MAX; i++)
        assert_true(reply_own(&reply, malloc(1)));
    assert_false(reply_own(&reply, malloc(1)));
    assert_int_equal(reply.buffer_count, REPLY_BUFFERS_MAX);
    reply_clear(&reply);
    assert_int_equal(reply.buffer_count, 0);
}

/* What comes behind an end is never sent. */
static void reply_size_counts_up_to_the_end(void **state)
{
    (void)state;
    static const struct {
        enum reply_step_kind kind;
        uint64_t amount, size; /* of a step between two of one byte */
    } rows[] = {
        {REPLY_SEND, 0, 1 + 3 + 1}, {REPLY_BASE64, 0, 1 + 4 + 1}, {REPLY_FILL, 7, 1 + 7 + 1},
        {REPLY_WAIT, 7, 1 + 1},     {REPLY_REFUSE, 7, 1 + 1},     {REPLY_RESET, 0, 1},
        {REPLY_CLOSE, 0, 1},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct reply reply = {0};
        assert_true(reply_add(&reply, REPLY_SEND, slice_of("a"), 0));
        assert_true(reply_add(&reply, rows[i].kind, slice_of("bcd"), rows[i].amount));
        assert_true(reply_add(&reply, REPLY_SEND, slice_of("e"), 0));
        assert_int_equal(reply_size(&reply), rows[i].size);
        reply_clear(&reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reply_sends_each_head_that_fits_to_its_end),
        cmocka_unit_test(reply_of_each_kind_refuses_a_head_that_does_not_fit),
        cmocka_unit_test(reply_follows_a_stream_until_the_connection_ends),
        cmocka_unit_test(reply_takes_as_many_steps_as_there_is_room_for),
        cmocka_unit_test(reply_owns_as_many_blocks_as_there_is_room_for),
        cmocka_unit_test(reply_size_counts_up_to_the_end),
    };
    return cmocka_run_group_tests_name("reply_bounds", tests, NULL, NULL);
}
