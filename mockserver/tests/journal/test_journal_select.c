/* What is read out of the journal: which entries, how many of them, and for how long. */
#include "journal_sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ENTRIES 100

/* ENTRIES of them, from 1 on; every third is a refusal. Each has its number as its body. */
static struct journal *journal_with_entries(void)
{
    struct journal *journal = journal_new(ENTRIES, JOURNAL_DEFAULT_BYTES);
    assert_non_null(journal);
    for (int id = 1; id <= ENTRIES; id++) {
        char text[16];
        struct journal_entry entry = sample_entry("key", id % 3 ? "" : "ERROR_PARAMETERS");
        snprintf(text, sizeof text, "body %03d", id);
        entry.body = shared_bytes_copy(slice_of(text));
        journal_add(journal, &entry);
    }
    return journal;
}

static bool is_refusal(void *context, const struct journal_entry *entry)
{
    (void)context;
    return entry->code[0] != '\0';
}

/* The newest first; total counts also those that limit cuts off. */
static void select_takes_the_newest_that_the_filter_wants(void **state)
{
    static const struct {
        journal_filter *filter;
        size_t limit, total, count;
        uint64_t newest, apart;
    } rows[] = {
        {sample_any, ENTRIES + 1, 100, 100, 100, 1}, {sample_any, 16, 100, 16, 100, 1},
        {sample_any, 17, 100, 17, 100, 1},           {sample_any, 0, 100, 0, 0, 0},
        {is_refusal, ENTRIES, 33, 33, 99, 3},        {is_refusal, 4, 33, 4, 99, 3},
    };
    struct journal *journal = journal_with_entries();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct journal_selection found;
        assert_true(journal_select(&found, journal, rows[i].filter, NULL, rows[i].limit));
        assert_int_equal(found.total, rows[i].total);
        assert_int_equal(found.count, rows[i].count);
        for (size_t k = 0; k < found.count; k++)
            assert_int_equal(found.entries[k].id, rows[i].newest - k * rows[i].apart);
        journal_selection_clear(&found);
    }
    journal_free(journal);
}

static void wanted_counts_those_behind_an_entry(void **state)
{
    static const struct {
        journal_filter *filter;
        uint64_t after;
        size_t wanted;
    } rows[] = {
        {sample_any, 0, 100}, {sample_any, 1, 99}, {sample_any, 99, 1}, {sample_any, 100, 0},
        {sample_any, 101, 0}, {is_refusal, 0, 33}, {is_refusal, 98, 1}, {is_refusal, 99, 0},
        {is_refusal, 96, 1},  {is_refusal, 95, 2},
    };
    struct journal *journal = journal_with_entries();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(journal_wanted(journal, rows[i].filter, NULL, rows[i].after),
                         rows[i].wanted);
    journal_reset(journal, NULL);
    assert_int_equal(journal_wanted(journal, sample_any, NULL, 0), 0);
    journal_free(journal);
}

/* The bodies of a selection stay when the journal forgets its own. */
static void selection_outlives_what_the_journal_keeps(void **state)
{
    struct journal *journal = journal_with_entries();
    struct journal_selection selected, followed;
    (void)state;
    assert_true(journal_select(&selected, journal, sample_any, NULL, 2));
    assert_true(journal_follow(&followed, journal, 97, 2));
    const unsigned held = atomic_load(&selected.entries[1].body->references);
    assert_int_equal(held, 3); /* 99 is in both, and in the journal */
    journal_reset(journal, NULL);
    journal_free(journal);
    assert_true(slice_equal(shared_bytes_slice(selected.entries[0].body), slice_of("body 100")));
    assert_true(slice_equal(shared_bytes_slice(followed.entries[0].body), slice_of("body 098")));
    journal_selection_clear(&selected);
    assert_true(slice_equal(shared_bytes_slice(followed.entries[1].body), slice_of("body 099")));
    journal_selection_clear(&followed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(select_takes_the_newest_that_the_filter_wants),
        cmocka_unit_test(wanted_counts_those_behind_an_entry),
        cmocka_unit_test(selection_outlives_what_the_journal_keeps),
    };
    return cmocka_run_group_tests_name("journal_select", tests, NULL, NULL);
}
