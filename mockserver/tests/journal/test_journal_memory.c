/* A journal that gets no memory keeps what it has, counts what it could not keep, and leaks
 * nothing. */
#include "journal/print.h"
#include "journal_sample.h"
#include "testing/failing_malloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct journal_counts counts_of(const struct journal *journal)
{
    struct journal_counts counts;
    journal_count(&counts, journal);
    return counts;
}

static void add(struct journal *journal, struct shared_bytes *body)
{
    struct journal_entry entry = sample_entry("key", "");
    entry.body = body;
    journal_add(journal, &entry);
    assert_null(entry.body);
}

static void journal_is_not_made_without_memory(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    for (unsigned long at = 1; at <= 2; at++) {
        memory_start(at, false);
        struct journal *journal = journal_new(8, JOURNAL_DEFAULT_BYTES);
        memory_stop();
        assert_null(journal);
        assert_int_equal(memory.live, 0);
    }
}

static void journal_keeps_its_bounds_when_there_is_no_memory_for_others(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct journal *journal = journal_new(8, JOURNAL_DEFAULT_BYTES);
    for (int i = 0; i < 8; i++)
        add(journal, NULL);
    memory_start(1, true);
    const bool resized = journal_resize(journal, 4, JOURNAL_BYTES_MIN);
    memory_stop();
    assert_false(resized);
    assert_int_equal(counts_of(journal).entries, 8);
    assert_int_equal(counts_of(journal).max_entries, 8);
    assert_int_equal(counts_of(journal).max_bytes, JOURNAL_DEFAULT_BYTES);
    journal_free(journal);
}

/* The entry is lost, and its body is let go of. */
static void journal_counts_an_entry_that_there_was_no_memory_for(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct journal *journal = journal_new(8, JOURNAL_DEFAULT_BYTES);
    struct shared_bytes *body = shared_bytes_copy(slice_of("body"));
    add(journal, NULL);
    memory_start(1, true);
    add(journal, shared_bytes_hold(body));
    memory_stop();
    assert_int_equal(atomic_load(&body->references), 1);
    assert_int_equal(counts_of(journal).entries, 1);
    assert_int_equal(counts_of(journal).added, 2);
    assert_int_equal(counts_of(journal).forgotten, 1);
    add(journal, body);
    assert_int_equal(counts_of(journal).entries, 2);
    journal_free(journal);
}

/* A selection begins with room for some entries and grows: each time it can fail. */
static void journal_gives_no_part_of_a_selection(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct journal *journal = journal_new(40, JOURNAL_DEFAULT_BYTES);
    struct shared_bytes *body = shared_bytes_copy(slice_of("body"));
    for (int i = 0; i < 40; i++)
        add(journal, shared_bytes_hold(body));
    for (unsigned long at = 1; at <= 2; at++)
        for (int follows = 0; follows < 2; follows++) {
            struct journal_selection found;
            memory_start(at, false);
            const bool done = follows ? journal_follow(&found, journal, 0, 40)
                                      : journal_select(&found, journal, sample_any, NULL, 40);
            memory_stop();
            assert_false(done);
            assert_true(found.count == 0 && !found.entries);
            assert_int_equal(memory.live, 0);
            assert_int_equal(atomic_load(&body->references), 41);
        }
    shared_bytes_release(body);
    journal_free(journal);
}

static char *print(const struct journal_entry *entry)
{
    struct tree tree;
    tree_start(&tree);
    journal_print(&tree, tree.root, "request", entry, true);
    return tree_print(&tree);
}

/* An entry that lacks a member for want of memory is none. */
static void journal_prints_a_whole_entry_or_none(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct journal_entry entry = sample_answered();
    unsigned long at = 0;
    char *text = NULL;
    entry.body = shared_bytes_copy(slice_of("abc"));
    free(print(&entry)); /* libraries keep what they need only once */
    while (!text && at < 1000) {
        memory_start(++at, false);
        text = print(&entry);
        memory_stop();
        assert_int_equal(memory.live, text != NULL);
        assert_int_equal(memory.failed, text == NULL);
    }
    assert_true(at > 50);
    assert_non_null(strstr(text, "\"body_base64\":\"YWJj\"}"));
    free(text);
    shared_bytes_release(entry.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_is_not_made_without_memory),
        cmocka_unit_test(journal_keeps_its_bounds_when_there_is_no_memory_for_others),
        cmocka_unit_test(journal_counts_an_entry_that_there_was_no_memory_for),
        cmocka_unit_test(journal_gives_no_part_of_a_selection),
        cmocka_unit_test(journal_prints_a_whole_entry_or_none),
    };
    return cmocka_run_group_tests_name("journal_memory", tests, NULL, NULL);
}
