/* "Did you mean": the nearest names come first, and nothing that a user writes breaks it. */
#include "base/suggest.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const known[] = {"no-face", "ERROR_NO_FACE_IN_FILE", "dribble", "stall",
                                    "slow",    "ERROR_BLURRY_FACE",     "locked"};

static const char *nearest(struct slice wanted, char *out, size_t size)
{
    struct suggestions suggestions;
    suggestions_init(&suggestions, wanted);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        suggestions_consider(&suggestions, known[i]);
    return suggestions_print(&suggestions, out, size);
}

static void suggest_puts_the_nearest_first(void **state)
{
    (void)state;
    static const struct {
        const char *why, *wanted, *first;
    } table[] = {
        {"the name itself", "dribble", "dribble"},
        {"a letter missing", "drible", "dribble"},
        {"a letter too many", "stalll", "stall"},
        {"two exchanged", "lokced", "locked"},
        {"another case", "Error_Blurry_Face", "ERROR_BLURRY_FACE"},
        {"- for _", "error-no-face-in-file", "ERROR_NO_FACE_IN_FILE"},
        {"_ for -", "no_face", "no-face"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char out[200];
        size_t len = strlen(table[i].first);
        nearest(slice_of(table[i].wanted), out, sizeof out);
        if (strncmp(out, table[i].first, len) != 0 || strncmp(out + len, ", ", 2) != 0)
            fail_msg("%s: %s", table[i].why, out);
    }
}

static void suggest_takes_dash_and_underscore_for_the_same(void **state)
{
    (void)state;
    static const char *const wanted[] = {"a_b", "a-b"};
    for (size_t i = 0; i < 2; i++) {
        struct suggestions suggestions;
        char out[64];
        suggestions_init(&suggestions, slice_of(wanted[i]));
        suggestions_consider(&suggestions, "axb");
        suggestions_consider(&suggestions, wanted[1 - i]);
        suggestions_print(&suggestions, out, sizeof out);
        assert_memory_equal(out, wanted[1 - i], 3);
    }
}

static void suggest_orders_by_distance_and_keeps_three(void **state)
{
    (void)state;
    char out[200];
    /* 0, 2 and 3 changes away; "no-face" is 6 and more. */
    assert_string_equal(nearest(slice_of("slow"), out, sizeof out), "slow, stall, locked");
}

static void suggest_names_fewer_when_there_are_fewer(void **state)
{
    (void)state;
    struct suggestions suggestions;
    char out[64];
    suggestions_init(&suggestions, slice_of("x"));
    assert_string_equal(suggestions_print(&suggestions, out, sizeof out), "");
    suggestions_consider(&suggestions, "b");
    assert_string_equal(suggestions_print(&suggestions, out, sizeof out), "b");
    suggestions_consider(&suggestions, "x");
    assert_string_equal(suggestions_print(&suggestions, out, sizeof out), "x, b");
}

static void suggest_survives_any_wanted_name(void **state)
{
    (void)state;
    char out[200], many[5000];
    memset(many, 'a', sizeof many);
    assert_true(nearest(slice_make(many, sizeof many), out, sizeof out)[0] != '\0');
    assert_true(nearest(slice_make(NULL, 0), out, sizeof out)[0] != '\0');
    assert_true(nearest(slice_make("\0\xff%s\n", 5), out, sizeof out)[0] != '\0');
}

static void suggest_never_writes_past_the_end(void **state)
{
    (void)state;
    for (size_t size = 1; size < 40; size++) {
        char out[64];
        memset(out, '#', sizeof out);
        nearest(slice_of("no-face"), out, size);
        assert_in_range(strlen(out), 0, size - 1);
        assert_int_equal(out[size], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggest_puts_the_nearest_first),
        cmocka_unit_test(suggest_takes_dash_and_underscore_for_the_same),
        cmocka_unit_test(suggest_orders_by_distance_and_keeps_three),
        cmocka_unit_test(suggest_names_fewer_when_there_are_fewer),
        cmocka_unit_test(suggest_survives_any_wanted_name),
        cmocka_unit_test(suggest_never_writes_past_the_end),
    };
    return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
