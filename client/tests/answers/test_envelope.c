/* The room for the body of an answer, while it arrives, and where it is no JSON. What the body says
 * is for test_answer.c. */
#include "envelope.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB ((size_t)1024 * 1024)

/* A byte that tells its place. */
static char byte_at(size_t at)
{
    return (char)(at % 251);
}

static void add(struct ai_envelope *envelope, size_t size)
{
    char *piece = malloc(size + 1);
    assert_non_null(piece);
    for (size_t i = 0; i < size; i++)
        piece[i] = byte_at(envelope->size + i);
    assert_true(ai_envelope_add(envelope, piece, size));
    free(piece);
}

static void assert_holds(const struct ai_envelope *envelope, size_t size)
{
    assert_int_equal(envelope->size, size);
    assert_in_range(size, 0, envelope->capacity);
    for (size_t i = 0; i < size; i++) {
        if (envelope->body[i] != byte_at(i))
            fail_msg("another byte at %zu of %zu", i, size);
    }
}

/* Each time that the room grows, all that is there may be copied. So it grows seldom, and not by
 * more than what is there. */
static void envelope_of_unknown_length_doubles_its_room(void **state)
{
    struct ai_envelope envelope = {0};
    unsigned times = 0;
    (void)state;
    for (unsigned i = 0; i < 4195; i++) { /* 4 MiB and a little */
        const size_t before = envelope.capacity;
        add(&envelope, 1000);
        times += envelope.capacity != before;
        if (envelope.capacity > 65536 && envelope.capacity > 2 * envelope.size)
            fail_msg("room for %zu bytes, of which %zu are there", envelope.capacity,
                     envelope.size);
    }
    assert_in_range(times, 1, 8); /* from 64 KiB on */
    assert_holds(&envelope, 4195000);
    ai_envelope_clear(&envelope);
}

static void envelope_takes_a_piece_larger_than_twice_its_room(void **state)
{
    static const size_t pieces[] = {0, 1, 65535, 1, MIB, 1, 5 * MIB};
    struct ai_envelope envelope = {0};
    size_t size = 0;
    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        add(&envelope, pieces[i]);
        size += pieces[i];
        assert_holds(&envelope, size);
    }
    ai_envelope_clear(&envelope);
}

/* A call needs as much memory as its answer has bytes. */
static void envelope_of_known_length_takes_no_more_room(void **state)
{
    struct ai_envelope envelope = {0};
    (void)state;
    assert_true(ai_envelope_reserve(&envelope, 3 * MIB));
    for (unsigned i = 0; i < 3; i++)
        add(&envelope, MIB);
    assert_int_equal(envelope.capacity, 3 * MIB);
    assert_holds(&envelope, 3 * MIB);
    ai_envelope_clear(&envelope);
}

static void envelope_keeps_what_it_has_when_it_is_asked_for_room(void **state)
{
    struct ai_envelope envelope = {0};
    (void)state;
    add(&envelope, 100000);
    const size_t room = envelope.capacity;
    assert_true(ai_envelope_reserve(&envelope, 1));
    assert_true(ai_envelope_reserve(&envelope, room));
    assert_int_equal(envelope.capacity, room);
    assert_true(ai_envelope_reserve(&envelope, room + 1));
    assert_int_equal(envelope.capacity, room + 1);
    assert_holds(&envelope, 100000);
    ai_envelope_clear(&envelope);
}

static void envelope_says_where_it_is_no_json(void **state)
{
    static const struct {
        const char *body, *why;
    } rows[] = {
        {"<html>", "'<' at byte 1, where the { of an object is due"},
        {"", "it is empty"},
        {"{\"log_id\":1,\"log_id\":2}", "the key \"log_id\" is given twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ai_envelope envelope = {0};
        assert_true(ai_envelope_add(&envelope, rows[i].body, strlen(rows[i].body)));
        assert_false(ai_envelope_read(&envelope));
        assert_string_equal(envelope.why, rows[i].why);
        assert_false(envelope.no_memory);
        ai_envelope_clear(&envelope);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelope_of_unknown_length_doubles_its_room),
        cmocka_unit_test(envelope_takes_a_piece_larger_than_twice_its_room),
        cmocka_unit_test(envelope_of_known_length_takes_no_more_room),
        cmocka_unit_test(envelope_keeps_what_it_has_when_it_is_asked_for_room),
        cmocka_unit_test(envelope_says_where_it_is_no_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
