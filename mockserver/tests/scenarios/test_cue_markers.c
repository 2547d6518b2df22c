/* Where the walk through a JPEG's segments goes, marker by marker, and where it ends. */
#include "base/count_of.h"
#include "scenarios/cue.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SOI "\xff\xd8"
#define CUE "\xff\xfe\0\10mock:a"
/* Ten bytes that would be a cue, were they not inside a segment. */
#define DECOY "\xff\xfe\0\10mock:b"

static char cue_in(const char *bytes, size_t len)
{
    struct cue cue;
    if (!cue_from_picture(&cue, slice_make(bytes, len)))
        return '-';
    assert_int_equal(cue.name.len, 1);
    return cue.name.ptr[0];
}

/* What stands between the start of the picture and the comment. */
static char cue_behind(unsigned char marker, const char *rest, size_t rest_len)
{
    char bytes[64] = SOI "\xff";
    size_t len = 3;
    bytes[len++] = (char)marker;
    memcpy(bytes + len, rest, rest_len);
    len += rest_len;
    memcpy(bytes + len, CUE, sizeof CUE - 1);
    return cue_in(bytes, len + sizeof CUE - 1);
}

static bool is_between(int marker, int first, int last)
{
    return marker >= first && marker <= last;
}

/* TEM and RST0 to RST7 have nothing behind them. SOI, EOI, SOS and the reserved ones end the walk.
 * All others begin a segment, whose bytes are not looked at. */
static void walk_knows_every_marker(void **state)
{
    (void)state;
    for (int marker = 1; marker < 0xff; marker++) {
        const bool alone = marker == 1 || is_between(marker, 0xd0, 0xd7);
        const bool ends = is_between(marker, 0x02, 0xbf) || is_between(marker, 0xd8, 0xda);
        print_message("%02x\n", (unsigned)marker);
        assert_int_equal(cue_behind((unsigned char)marker, "", 0), alone ? 'a' : '-');
        if (!alone)
            assert_int_equal(cue_behind((unsigned char)marker, "\0\14" DECOY, 12),
                             ends ? '-' : 'a');
    }
}

/* A length counts its own two bytes. Decoders pass over APP0 to APP15, COM and DNL where it says
 * less. */
static void walk_forgives_the_length_of_what_can_be_skipped(void **state)
{
    (void)state;
    for (int marker = 0xc0; marker < 0xff; marker++) {
        const bool skipped = is_between(marker, 0xe0, 0xef) || marker == 0xfe || marker == 0xdc;
        if (is_between(marker, 0xd0, 0xda))
            continue;
        print_message("%02x\n", (unsigned)marker);
        for (char length = 0; length < 4; length++) {
            const char rest[] = {0, length, 0};
            const bool right = length >= 2 || skipped;
            assert_int_equal(cue_behind((unsigned char)marker, rest, length == 3 ? 3 : 2),
                             right ? 'a' : '-');
        }
    }
}

/* Lengths have two bytes. */
static void walk_passes_over_a_segment_of_any_length(void **state)
{
    static const size_t lengths[] = {255, 256, 258, 0x1234, 65535};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        const size_t end = 4 + lengths[i];
        char *bytes = calloc(1, end + sizeof CUE);
        assert_non_null(bytes);
        memcpy(bytes, SOI "\xff\xe1", 4);
        bytes[4] = (char)(lengths[i] >> 8);
        bytes[5] = (char)lengths[i];
        memcpy(bytes + end, CUE, sizeof CUE - 1);
        assert_int_equal(cue_in(bytes, end + sizeof CUE - 1), 'a');
        assert_int_equal(cue_in(bytes, end), '-');
        free(bytes);
    }
}

/* Behind damage, and behind the last segment, nothing is looked for, wherever it stands. */
static void walk_ends_with_the_segments(void **state)
{
    static const char *const begins[] = {SOI "\xff\x02", SOI "\xff\xe1\xfe\xfc"};
    enum { SIZE = 4 + 0xfefc };
    char *bytes = malloc(SIZE);
    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < COUNT_OF(begins); i++) {
        for (size_t at = 0; at + sizeof DECOY - 1 <= SIZE; at += sizeof DECOY - 1)
            memcpy(bytes + at, DECOY, sizeof DECOY - 1);
        memcpy(bytes, begins[i], i ? 6 : 4);
        memcpy(bytes + 1 + 0xd8ff, DECOY, sizeof DECOY - 1);
        assert_int_equal(cue_in(bytes, SIZE), '-');
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk_knows_every_marker),
        cmocka_unit_test(walk_forgives_the_length_of_what_can_be_skipped),
        cmocka_unit_test(walk_passes_over_a_segment_of_any_length),
        cmocka_unit_test(walk_ends_with_the_segments),
    };
    return cmocka_run_group_tests_name("cue_markers", tests, NULL, NULL);
}
