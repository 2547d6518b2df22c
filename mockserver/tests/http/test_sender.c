/* Tests of the sender: what reaches the sink in slices is the whole, whatever the sizes, and a sink
 * that fails at any call ends it with the right count. */
#include "http/reply_send.h"
#include "mock_requests.h"
#include <modp_b64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define SLICE ((size_t)192 * 1024)

struct taker {
    struct mock_text taken;
    unsigned calls, fails_at; /* fails_at 0: never */
    size_t largest;
};

static bool take(void *context, struct slice bytes)
{
    struct taker *taker = context;
    assert_true(bytes.len > 0); /* in the main thread: the sender has no threads */
    if (++taker->calls == taker->fails_at)
        return false;
    taker->largest = bytes.len > taker->largest ? bytes.len : taker->largest;
    mock_text_add(&taker->taken, bytes);
    return true;
}

static char *noise(size_t len)
{
    unsigned value = 12345;
    char *bytes = malloc(len + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        value = value * 1103515245U + 12345U;
        bytes[i] = (char)(value >> 16);
    }
    return bytes;
}

/* A reply of text, picture, text. */
static struct reply reply_of(const char *bytes, size_t before, size_t image, size_t after)
{
    struct reply reply = {.status = 200};
    if (before)
        reply.steps[reply.step_count++] =
            (struct reply_step){.kind = REPLY_SEND, .bytes = slice_make(bytes, before)};
    if (image)
        reply.steps[reply.step_count++] =
            (struct reply_step){.kind = REPLY_BASE64, .bytes = slice_make(bytes, image)};
    if (after)
        reply.steps[reply.step_count++] =
            (struct reply_step){.kind = REPLY_SEND, .bytes = slice_make(bytes, after)};
    return reply;
}

static struct mock_text whole_of(const struct reply *reply)
{
    struct mock_text whole = {0};
    mock_text_add(&whole, slice_make(NULL, 0));
    for (size_t i = 0; i < reply->step_count; i++) {
        struct slice bytes = reply->steps[i].bytes;
        if (reply->steps[i].kind == REPLY_SEND) {
            mock_text_add(&whole, bytes);
            continue;
        }
        char *encoded = malloc(modp_b64_encode_len(bytes.len));
        assert_non_null(encoded);
        size_t len = modp_b64_encode(encoded, bytes.ptr, bytes.len);
        mock_text_add(&whole, slice_make(encoded, len));
        free(encoded);
    }
    return whole;
}

static void check(const struct reply *reply, const char *why)
{
    uint64_t sent = 0;
    struct taker taker = {0};
    struct mock_text whole = whole_of(reply);
    const struct sink sink = {.write = take, .context = &taker};
    assert_true(send_reply(&sent, reply, &sink, NULL));
    if (sent != whole.len || reply_size(reply) != whole.len ||
        !slice_equal(mock_text_slice(&whole), mock_text_slice(&taker.taken)))
        fail_msg("%s: %zu bytes taken of %zu, or other ones", why, taker.taken.len, whole.len);
    assert_true(taker.largest <= SLICE);
    if (taker.calls > whole.len / (SLICE - 8) + 2)
        fail_msg("%s: %u writes for %zu bytes", why, taker.calls, whole.len);
    mock_text_clear(&whole);
    mock_text_clear(&taker.taken);
}

static void sender_sends_small_replies_in_one_write(void **state)
{
    (void)state;
    char *bytes = noise(64);
    for (size_t before = 0; before <= 5; before++)
        for (size_t image = 0; image <= 10; image++)
            for (size_t after = 0; after <= 5; after++) {
                uint64_t sent;
                struct taker taker = {0};
                const struct sink sink = {.write = take, .context = &taker};
                struct reply reply = reply_of(bytes, before, image, after);
                check(&reply, "small");
                assert_true(send_reply(&sent, &reply, &sink, NULL));
                assert_int_equal(taker.calls, before + image + after ? 1 : 0);
                mock_text_clear(&taker.taken);
            }
    free(bytes);
}

static void sender_slices_large_replies_without_a_seam(void **state)
{
    (void)state;
    char *bytes = noise(4 * SLICE);
    /* Pictures whose Base64 ends near one and two slices, behind heads that leave every remainder
     * of a group of four. */
    static const size_t ends[] = {SLICE / 4 * 3, SLICE / 2 * 3};
    for (size_t e = 0; e < ROWS(ends); e++)
        for (size_t before = 0; before <= 9; before++)
            for (size_t image = ends[e] - 12; image <= ends[e] + 6; image++) {
                char why[64];
                struct reply reply = reply_of(bytes, before, image, 3);
                snprintf(why, sizeof why, "%zu, picture of %zu, 3", before, image);
                check(&reply, why);
            }
    free(bytes);
}

static void sender_slices_texts_around_its_size(void **state)
{
    (void)state;
    char *bytes = noise(4 * SLICE);
    for (size_t before = SLICE - 5; before <= SLICE + 5; before++)
        for (size_t image = 0; image <= 4; image++) {
            struct reply reply = reply_of(bytes, before, image, SLICE + before % 3);
            check(&reply, "around the slice's size");
        }
    struct reply reply = reply_of(bytes, 300, 4 * SLICE, 4 * SLICE);
    check(&reply, "several slices");
    free(bytes);
}

static void sender_stops_at_the_call_that_fails(void **state)
{
    (void)state;
    char *bytes = noise(4 * SLICE);
    struct reply reply = reply_of(bytes, 300, 4 * SLICE - 1, SLICE + 1);
    struct mock_text whole = whole_of(&reply);
    struct taker all = {0};
    uint64_t sent;
    assert_true(send_reply(&sent, &reply, &(struct sink){.write = take, .context = &all}, NULL));
    assert_true(all.calls >= 6);
    for (unsigned n = 1; n <= all.calls; n++) {
        struct taker taker = {.fails_at = n};
        const struct sink sink = {.write = take, .context = &taker};
        assert_false(send_reply(&sent, &reply, &sink, NULL));
        assert_int_equal(taker.calls, n); /* nothing is written after a failure */
        assert_int_equal(sent, taker.taken.len);
        assert_memory_equal(taker.taken.len ? taker.taken.ptr : "", whole.ptr, taker.taken.len);
        mock_text_clear(&taker.taken);
    }
    mock_text_clear(&all.taken);
    mock_text_clear(&whole);
    free(bytes);
}

/* A sink that writes down what it was told: text, then "<ms>" for a wait, "{ms}" for a stall,
 * "(ms)" for connections refused, "!" and "#" for ends, "." where the client may have all soon. */
static bool write_down(void *context, struct slice bytes)
{
    mock_text_add(context, bytes);
    return true;
}

static bool wait_down(void *context, uint64_t ms)
{
    mock_text_print(context, "<%llu>", (unsigned long long)ms);
    return ms != 666; /* the peer is gone then */
}

static bool stall_down(void *context, uint64_t ms)
{
    mock_text_print(context, "{%llu}", (unsigned long long)ms);
    return ms != 666;
}

static void refuse_down(void *context, uint64_t ms)
{
    mock_text_print(context, "(%llu)", (unsigned long long)ms);
}

static void last_down(void *context)
{
    mock_text_print(context, ".");
}

static void end_down(void *context, enum sink_end how)
{
    mock_text_print(context, "%s", how == SINK_RESET ? "!" : "#");
}

static void sender_carries_out_steps_in_their_order(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t bytes_per_s;
        struct reply_step steps[5];
        size_t count;
        const char *expected;
        uint64_t sent;
        bool done;
    } rows[] = {
        {"a wait between",
         0,
         {{REPLY_SEND, {"ab", 2}, 0}, {REPLY_WAIT, {NULL, 0}, 70}, {REPLY_SEND, {"cd", 2}, 0}},
         3,
         "ab<70>.cd",
         4,
         true},
        {"a filling",
         0,
         {{REPLY_FILL, {"x", 1}, 5}, {REPLY_BASE64, {"abc", 3}, 0}},
         2,
         ".xxxxxYWJj",
         9,
         true},
        {"nothing after a reset",
         0,
         {{REPLY_SEND, {"ab", 2}, 0}, {REPLY_RESET, {NULL, 0}, 0}, {REPLY_SEND, {"cd", 2}, 0}},
         3,
         ".ab!",
         2,
         true},
        {"nothing after a close",
         0,
         {{REPLY_BASE64, {"a", 1}, 0}, {REPLY_CLOSE, {NULL, 0}, 0}, {REPLY_FILL, {"x", 1}, 9}},
         3,
         ".YQ==#",
         4,
         true},
        {"a wait that only the end follows",
         0,
         {{REPLY_SEND, {"ab", 2}, 0}, {REPLY_WAIT, {NULL, 0}, 70}, {REPLY_CLOSE, {NULL, 0}, 0}},
         3,
         "ab{70}.#",
         2,
         true},
        {"the peer goes while waiting",
         0,
         {{REPLY_SEND, {"ab", 2}, 0}, {REPLY_WAIT, {NULL, 0}, 666}, {REPLY_SEND, {"cd", 2}, 0}},
         3,
         "ab<666>",
         2,
         false},
        {"the peer goes before the end",
         0,
         {{REPLY_SEND, {"ab", 2}, 0}, {REPLY_WAIT, {NULL, 0}, 666}, {REPLY_CLOSE, {NULL, 0}, 0}},
         3,
         "ab{666}",
         2,
         false},
        {"a wait before all",
         0,
         {{REPLY_WAIT, {NULL, 0}, 70}, {REPLY_SEND, {"ab", 2}, 0}},
         2,
         "<70>.ab",
         2,
         true},
        {"waits between and behind",
         0,
         {{REPLY_SEND, {"ab", 2}, 0},
          {REPLY_WAIT, {NULL, 0}, 70},
          {REPLY_SEND, {"cd", 2}, 0},
          {REPLY_WAIT, {NULL, 0}, 80},
          {REPLY_RESET, {NULL, 0}, 0}},
         5,
         "ab<70>cd{80}.!",
         4,
         true},
        {"a wait before an end",
         0,
         {{REPLY_WAIT, {NULL, 0}, 70}, {REPLY_RESET, {NULL, 0}, 0}},
         2,
         "{70}.!",
         0,
         true},
        {"an end alone", 0, {{REPLY_RESET, {NULL, 0}, 0}}, 1, ".!", 0, true},
        {"no further clients",
         0,
         {{REPLY_SEND, {"ab", 2}, 0}, {REPLY_REFUSE, {NULL, 0}, 90}, {REPLY_CLOSE, {NULL, 0}, 0}},
         3,
         ".ab(90)#",
         2,
         true},
        {"a slow reply", 40, {{REPLY_SEND, {"abcde", 5}, 0}}, 1, "ab<50>cd<50>.e", 5, true},
        {"a very slow one", 10, {{REPLY_SEND, {"abc", 3}, 0}}, 1, "a<100>b<100>.c", 3, true},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint64_t sent = 0;
        struct mock_text told = {0};
        struct reply reply = {.status = 200, .bytes_per_s = rows[i].bytes_per_s};
        const struct sink sink = {.write = write_down,
                                  .wait = wait_down,
                                  .stall = stall_down,
                                  .refuse = refuse_down,
                                  .end = end_down,
                                  .last = last_down,
                                  .context = &told};
        for (size_t k = 0; k < rows[i].count; k++)
            reply.steps[reply.step_count++] = rows[i].steps[k];
        bool done = send_reply(&sent, &reply, &sink, NULL);
        if (done != rows[i].done || sent != rows[i].sent || strcmp(told.ptr, rows[i].expected) != 0)
            fail_msg("%s: %s, %llu bytes", rows[i].why, told.ptr, (unsigned long long)sent);
        mock_text_clear(&told);
    }
}

/* The peer goes behind the first slice. */
static bool write_once(void *context, struct slice bytes)
{
    struct mock_text *told = context;
    (void)bytes;
    if (told->len)
        return false;
    mock_text_print(told, "slice");
    return true;
}

/* No further client is refused, nothing is waited for, and no end is told. */
static void sender_does_nothing_more_when_the_peer_is_gone(void **state)
{
    static const enum reply_step_kind kinds[] = {REPLY_WAIT, REPLY_REFUSE, REPLY_RESET,
                                                 REPLY_CLOSE};
    (void)state;
    for (size_t i = 0; i < ROWS(kinds); i++) {
        uint64_t sent = 99;
        struct mock_text told = {0};
        const struct sink sink = {.write = write_once,
                                  .wait = wait_down,
                                  .stall = stall_down,
                                  .refuse = refuse_down,
                                  .end = end_down,
                                  .context = &told};
        const struct reply reply = {
            .steps = {{REPLY_FILL, {" ", 1}, SLICE + 2}, {kinds[i], {NULL, 0}, 70}},
            .step_count = 2};
        assert_false(send_reply(&sent, &reply, &sink, NULL));
        assert_int_equal(sent, SLICE);
        assert_string_equal(told.ptr, "slice");
        mock_text_clear(&told);
    }
}

/* Waits and ends are for those that sit behind a socket. */
static void sender_does_without_what_its_sink_has_not(void **state)
{
    (void)state;
    uint64_t sent = 0;
    struct mock_text told = {0};
    const struct sink sink = {.write = write_down, .context = &told};
    const struct reply reply = {.bytes_per_s = 10,
                                .steps = {{REPLY_SEND, {"ab", 2}, 0},
                                          {REPLY_REFUSE, {NULL, 0}, 90},
                                          {REPLY_WAIT, {NULL, 0}, 80},
                                          {REPLY_SEND, {"cd", 2}, 0},
                                          {REPLY_WAIT, {NULL, 0}, 70},
                                          {REPLY_CLOSE, {NULL, 0}, 0}},
                                .step_count = 6};
    assert_true(send_reply(&sent, &reply, &sink, NULL));
    assert_string_equal(told.ptr, "abcd");
    mock_text_clear(&told);
}

static void sender_fills_exactly_whatever_the_amount(void **state)
{
    (void)state;
    static const uint64_t amounts[] = {0, 1, SLICE - 1, SLICE, SLICE + 1, 3 * SLICE + 7};
    for (size_t i = 0; i < ROWS(amounts); i++) {
        uint64_t sent = 0;
        struct mock_text told = {0};
        struct reply reply = {.steps = {{REPLY_SEND, {"a", 1}, 0},
                                        {REPLY_FILL, {" ", 1}, amounts[i]},
                                        {REPLY_SEND, {"z", 1}, 0}},
                              .step_count = 3};
        assert_true(
            send_reply(&sent, &reply, &(struct sink){.write = write_down, .context = &told}, NULL));
        assert_int_equal(sent, amounts[i] + 2);
        assert_int_equal(told.len, amounts[i] + 2);
        assert_int_equal(strspn(told.ptr + 1, " "), amounts[i]);
        assert_int_equal(told.ptr[told.len - 1], 'z');
        mock_text_clear(&told);
    }
}

static void sender_sends_nothing_for_nothing(void **state)
{
    (void)state;
    uint64_t sent = 99;
    struct taker taker = {0};
    struct reply reply = {0};
    assert_true(send_reply(&sent, &reply, &(struct sink){.write = take, .context = &taker}, NULL));
    assert_int_equal(sent, 0);
    assert_int_equal(taker.calls, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sender_sends_small_replies_in_one_write),
        cmocka_unit_test(sender_slices_large_replies_without_a_seam),
        cmocka_unit_test(sender_slices_texts_around_its_size),
        cmocka_unit_test(sender_stops_at_the_call_that_fails),
        cmocka_unit_test(sender_carries_out_steps_in_their_order),
        cmocka_unit_test(sender_does_nothing_more_when_the_peer_is_gone),
        cmocka_unit_test(sender_does_without_what_its_sink_has_not),
        cmocka_unit_test(sender_fills_exactly_whatever_the_amount),
        cmocka_unit_test(sender_sends_nothing_for_nothing),
    };
    return cmocka_run_group_tests_name("sender", tests, NULL, NULL);
}
