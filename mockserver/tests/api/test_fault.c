/* Faults of the connection and of HTTP, as a raw reader sees them: compared with the right answer
 * and with what the fault promises, computed here again. */
#include "fault_wire.h"
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

#define MANY UINT64_C(1000000)

/* On the connection */

static void fault_ends_the_connection_where_it_says(void **state)
{
    (void)state;
    enum where { START, HEAD_HALF, HEAD, BODY_HALF, END };
    static const struct {
        enum fault_id fault;
        uint64_t amount;
        enum where where; /* how much is sent: up to there, */
        size_t more;      /* and this many bytes */
        enum reply_step_kind end;
        uint64_t waited_ms, rate;
    } table[] = {
        {FAULT_reset_before_answer, 0, START, 0, REPLY_RESET, 0, 0},
        {FAULT_reset_mid_answer, 0, BODY_HALF, 0, REPLY_RESET, 0, 0},
        {FAULT_reset_mid_answer, 17, HEAD, 17, REPLY_RESET, 0, 0},
        {FAULT_reset_mid_answer, MANY, END, 0, REPLY_RESET, 0, 0},
        {FAULT_close_before_answer, 0, START, 0, REPLY_CLOSE, 0, 0},
        {FAULT_close_mid_answer, 0, BODY_HALF, 0, REPLY_CLOSE, 0, 0},
        {FAULT_close_mid_answer, 1, HEAD, 1, REPLY_CLOSE, 0, 0},
        {FAULT_cut_after, 0, START, 0, REPLY_CLOSE, 0, 0},
        {FAULT_cut_after, 100, START, 100, REPLY_CLOSE, 0, 0},
        {FAULT_cut_after, MANY, END, 0, REPLY_CLOSE, 0, 0},
        {FAULT_stall_before_answer, 60000, START, 0, REPLY_CLOSE, 60000, 0},
        {FAULT_stall_mid_head, 1000, HEAD_HALF, 0, REPLY_CLOSE, 1000, 0},
        {FAULT_stall_mid_answer, 1000, BODY_HALF, 0, REPLY_CLOSE, 1000, 0},
        {FAULT_dribble, 16384, END, 0, REPLY_SEND, 0, 16384},
        {FAULT_dribble, 0, END, 0, REPLY_SEND, 0, 1}, /* the slowest there is */
    };
    for (size_t i = 0; i < ROWS(table); i++)
        for (int ok = 0; ok < 2; ok++) {
            struct seen right, seen;
            wire_see_right(&right, ok, WIRE_IMAGE_SIZE, false);
            wire_see(&seen, ok, WIRE_IMAGE_SIZE, table[i].fault, table[i].amount);
            const size_t lengths[] = {0, right.head_len / 2, right.head_len,
                                      right.head_len + right.body_len / 2, right.len};
            bool as_said = seen.len == lengths[table[i].where] + table[i].more &&
                           memcmp(seen.bytes, right.bytes, seen.len) == 0 &&
                           seen.end == table[i].end && seen.waited_ms == table[i].waited_ms &&
                           (!seen.waited_ms || seen.waited_at == seen.len) &&
                           seen.rate == table[i].rate && seen.close;
            if (!as_said)
                fail_msg("%s: %zu bytes, then %d", fault_info(table[i].fault)->name, seen.len,
                         seen.end);
            free(seen.bytes);
            free(right.bytes);
        }
}

static void fault_cut_after_cuts_inside_the_body_too(void **state)
{
    (void)state;
    struct seen right, seen;
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, false);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_cut_after, right.head_len + 5);
    assert_int_equal(seen.len, right.head_len + 5);
    assert_memory_equal(seen.bytes, right.bytes, seen.len);
    free(seen.bytes);
    free(right.bytes);
}

static void fault_refuse_afterwards_answers_first(void **state)
{
    (void)state;
    struct seen right, seen;
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, false);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_refuse_afterwards, 700);
    assert_int_equal(seen.len, right.len);
    assert_memory_equal(seen.bytes, right.bytes, right.len);
    assert_int_equal(seen.refused_ms, 700);
    assert_int_equal(seen.end, REPLY_CLOSE);
    free(seen.bytes);
    free(right.bytes);
}

/* In HTTP */

static void fault_announces_another_length_than_it_sends(void **state)
{
    (void)state;
    static const struct {
        enum fault_id fault;
        uint64_t amount;
        long long difference;
    } table[] = {
        {FAULT_length_too_long, 10, 10},
        {FAULT_length_too_long, MANY, (long long)MANY},
        {FAULT_length_too_short, 10, -10},
        {FAULT_length_too_short, MANY, 0}, /* never below 0, see below */
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        struct seen right, seen;
        wire_see_right(&right, true, WIRE_IMAGE_SIZE, true);
        wire_see(&seen, true, WIRE_IMAGE_SIZE, table[i].fault, table[i].amount);
        long long expected = (long long)right.body_len + table[i].difference;
        if (table[i].fault == FAULT_length_too_short && table[i].amount == MANY)
            expected = 0;
        assert_true(wire_announced(&seen) == expected);
        assert_int_equal(seen.body_len, right.body_len);
        assert_memory_equal(seen.body, right.body, right.body_len);
        assert_int_equal(seen.end, REPLY_CLOSE);
        assert_true(wire_header_is(&seen, "Connection", "close"));
        free(seen.bytes);
        free(right.bytes);
    }
}

static void fault_broken_chunk_has_one_right_chunk_and_one_without_size(void **state)
{
    (void)state;
    struct seen right, seen;
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, true);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_broken_chunk, 0);
    assert_true(wire_header_is(&seen, "Transfer-Encoding", "chunked"));
    assert_true(wire_announced(&seen) == -1);
    char *end;
    unsigned long size = strtoul(seen.body, &end, 16);
    assert_int_equal(size, right.body_len / 2);
    assert_memory_equal(end, "\r\n", 2);
    assert_memory_equal(end + 2, right.body, size);
    end += 2 + size;
    assert_memory_equal(end, "\r\n", 2);
    assert_false(isxdigit((unsigned char)end[2]));
    const char *rest = strstr(end + 2, "\r\n");
    assert_non_null(rest);
    assert_string_equal(rest + 2, right.body + size); /* what the size would be of */
    assert_int_equal(seen.end, REPLY_CLOSE);
    free(seen.bytes);
    free(right.bytes);
}

static void fault_broken_chunk_never_ends_a_body_rightly(void **state)
{
    (void)state;
    static const char *const bodies[] = {"", "x"};
    for (size_t i = 0; i < ROWS(bodies); i++) {
        struct reply_head head = wire_head(true, true);
        struct reply reply;
        struct seen seen;
        assert_true(fault_reply(&reply, &head, slice_of(bodies[i]), slice_make(NULL, 0),
                                FAULT_broken_chunk, 0));
        wire_carry_out(&seen, &reply);
        assert_false(isxdigit((unsigned char)seen.body[0]));
        free(seen.bytes);
    }
}

static void fault_garbage_status_is_no_status_line(void **state)
{
    (void)state;
    struct seen seen;
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_garbage_status, 0);
    assert_in_range(seen.len, 1, 200);
    assert_int_not_equal(strncmp(seen.bytes, "HTTP/", 5), 0);
    assert_int_equal(seen.end, REPLY_CLOSE);
    free(seen.bytes);
}

static void fault_changes_the_type_alone_when_it_is_wrong_content_type(void **state)
{
    (void)state;
    struct seen right, seen;
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, true);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_wrong_content_type, 0);
    assert_true(wire_header_is(&right, "Content-Type", "application/json"));
    assert_true(wire_header_is(&seen, "Content-Type", "text/html; charset=utf-8"));
    assert_true(wire_header_is(&seen, "Connection", "keep-alive"));
    assert_true(wire_announced(&seen) == (long long)right.body_len);
    assert_int_equal(seen.body_len, right.body_len);
    assert_memory_equal(seen.body, right.body, right.body_len);
    assert_false(seen.close);
    free(seen.bytes);
    free(right.bytes);
}

static void fault_gzips_without_saying_so(void **state)
{
    (void)state;
    struct seen right, seen;
    unsigned char unpacked[4096];
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, true);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_gzip_undeclared, 0);
    assert_null(wire_header(&seen, "Content-Encoding"));
    assert_true(wire_announced(&seen) == (long long)seen.body_len);
    z_stream stream = {0};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK); /* gzip's wrapper only */
    stream.next_in = (z_const Bytef *)(uintptr_t)seen.body;
    stream.avail_in = (unsigned)seen.body_len;
    stream.next_out = unpacked;
    stream.avail_out = sizeof unpacked;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, right.body_len);
    assert_int_equal(stream.avail_in, 0);
    assert_memory_equal(unpacked, right.body, right.body_len);
    inflateEnd(&stream);
    free(seen.bytes);
    free(right.bytes);
}

/* All of them */

static void fault_sends_no_body_when_the_request_was_head(void **state)
{
    (void)state;
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++) {
        struct reply_head head = wire_head(false, true);
        struct reply reply;
        struct seen seen;
        head.is_head = true;
        assert_true(
            fault_reply(&reply, &head, slice_of(wire_failure), slice_make(NULL, 0), id, 1000));
        wire_carry_out(&seen, &reply);
        if (id != FAULT_garbage_status && seen.body_len)
            fail_msg("%s: %zu bytes of a body", fault_info(id)->name, seen.body_len);
        if (fault_info(id)->place != FAULT_INSTEAD && !seen.head_len)
            fail_msg("%s: no head", fault_info(id)->name);
        free(seen.bytes);
    }
}

static void fault_is_found_by_its_name_alone(void **state)
{
    (void)state;
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++) {
        const struct fault_info *info = fault_info(id);
        assert_int_equal(fault_find(slice_of(info->name)), id);
        assert_in_range(strlen(info->summary), 1, 100);
    }
    static const char *const others[] = {"", "none", "DRIBBLE", "dribble ", "reset_mid_answer"};
    for (size_t i = 0; i < ROWS(others); i++)
        assert_int_equal(fault_find(slice_of(others[i])), FAULT_NONE);
    assert_null(fault_info(FAULT_NONE));
    assert_null(fault_info(FAULT_COUNT));
}

/* A new row of faults.def must come with a test here: the number is typed again. */
static void fault_table_is_the_one_that_is_tested(void **state)
{
    (void)state;
    unsigned upload = 0, answer = 0;
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++)
        (*(fault_info(id)->place == FAULT_UPLOAD ? &upload : &answer))++;
    assert_int_equal(upload, 7);
    assert_int_equal(answer, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_table_is_the_one_that_is_tested),
        cmocka_unit_test(fault_ends_the_connection_where_it_says),
        cmocka_unit_test(fault_cut_after_cuts_inside_the_body_too),
        cmocka_unit_test(fault_refuse_afterwards_answers_first),
        cmocka_unit_test(fault_announces_another_length_than_it_sends),
        cmocka_unit_test(fault_broken_chunk_has_one_right_chunk_and_one_without_size),
        cmocka_unit_test(fault_broken_chunk_never_ends_a_body_rightly),
        cmocka_unit_test(fault_garbage_status_is_no_status_line),
        cmocka_unit_test(fault_changes_the_type_alone_when_it_is_wrong_content_type),
        cmocka_unit_test(fault_gzips_without_saying_so),
        cmocka_unit_test(fault_sends_no_body_when_the_request_was_head),
        cmocka_unit_test(fault_is_found_by_its_name_alone),
    };
    return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
