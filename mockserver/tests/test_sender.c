/* Tests of the sender: what reaches the sink in slices is the whole, whatever the sizes, and a sink
 * that fails at any call ends it with the right count. */
#include "core_requests.h"
#include "http/sender.h"
#include <modp_b64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define SLICE ((size_t)192 * 1024)

struct taker {
    struct core_text taken;
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
    core_text_add(&taker->taken, bytes);
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

static struct core_text whole_of(const struct reply *reply)
{
    struct core_text whole = {0};
    core_text_add(&whole, slice_make(NULL, 0));
    for (size_t i = 0; i < reply->step_count; i++) {
        struct slice bytes = reply->steps[i].bytes;
        if (reply->steps[i].kind == REPLY_SEND) {
            core_text_add(&whole, bytes);
            continue;
        }
        char *encoded = malloc(modp_b64_encode_len(bytes.len));
        assert_non_null(encoded);
        size_t len = modp_b64_encode(encoded, bytes.ptr, bytes.len);
        core_text_add(&whole, slice_make(encoded, len));
        free(encoded);
    }
    return whole;
}

static void check(const struct reply *reply, const char *why)
{
    uint64_t sent = 0;
    struct taker taker = {0};
    struct core_text whole = whole_of(reply);
    const struct sink sink = {.write = take, .context = &taker};
    assert_true(send_reply(&sent, reply, &sink, NULL));
    if (sent != whole.len || reply_size(reply) != whole.len ||
        !slice_equal(core_text_slice(&whole), core_text_slice(&taker.taken)))
        fail_msg("%s: %zu bytes taken of %zu, or other ones", why, taker.taken.len, whole.len);
    assert_true(taker.largest <= SLICE);
    if (taker.calls > whole.len / (SLICE - 8) + 2)
        fail_msg("%s: %u writes for %zu bytes", why, taker.calls, whole.len);
    core_text_clear(&whole);
    core_text_clear(&taker.taken);
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
                core_text_clear(&taker.taken);
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
    struct core_text whole = whole_of(&reply);
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
        core_text_clear(&taker.taken);
    }
    core_text_clear(&all.taken);
    core_text_clear(&whole);
    free(bytes);
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
        cmocka_unit_test(sender_sends_nothing_for_nothing),
    };
    return cmocka_run_group_tests_name("sender", tests, NULL, NULL);
}
