/* What the journal keeps: which entries leave when it is full, and which it calls unexpected. */
#include "base/count_of.h"
#include "journal_sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct journal_counts counts_of(const struct journal *journal)
{
    struct journal_counts counts;
    journal_count(&counts, journal);
    return counts;
}

static void journal_is_bounded_by_entries(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10, JOURNAL_DEFAULT_BYTES);
    struct journal_selection found;
    for (int i = 0; i < 1000; i++) {
        struct journal_entry entry = sample_entry("key", "");
        journal_add(journal, &entry);
    }
    assert_true(journal_select(&found, journal, sample_any, NULL, 100));
    assert_int_equal(found.count, 10);
    assert_int_equal(found.entries[0].id, 1000);
    assert_int_equal(found.entries[9].id, 991);
    struct journal_entry entry;
    assert_false(journal_find(&entry, journal, 990));
    assert_true(journal_find(&entry, journal, 995));
    assert_int_equal(entry.id, 995);
    assert_false(journal_find(&entry, journal, 1001));
    journal_selection_clear(&found);
    journal_free(journal);
}

static void fill(char *text, size_t size, char with)
{
    memset(text, with, size - 1);
    text[size - 1] = '\0';
}

/* Every text as long as it may be, every number used, more parts than are kept. */
static struct journal_entry full_entry(void)
{
    struct journal_entry entry = sample_entry("key", "");
    fill(entry.method, sizeof entry.method, 'a');
    fill(entry.path, sizeof entry.path, 'b');
    fill(entry.request_id, sizeof entry.request_id, 'c');
    fill(entry.code, sizeof entry.code, 'd');
    fill(entry.message, sizeof entry.message, 'e');
    fill(entry.scenario, sizeof entry.scenario, 'f');
    fill(entry.deviation, sizeof entry.deviation, 'g');
    fill(entry.headers, sizeof entry.headers, 'h');
    for (size_t i = 0; i < JOURNAL_PARTS_MAX; i++) {
        struct journal_part *part = &entry.parts[i];
        fill(part->name, sizeof part->name, (char)('h' + i));
        fill(part->file_name, sizeof part->file_name, (char)('l' + i));
        fill(part->content_type, sizeof part->content_type, (char)('p' + i));
        fill(part->sha256, sizeof part->sha256, (char)('t' + i));
        part->size = 1000 + i;
        part->has_file_name = i % 2;
    }
    entry.part_count = JOURNAL_PARTS_MAX + 3;
    entry.image_part = 2;
    entry.duration_ms = 1.5;
    entry.bytes_out = UINT64_MAX;
    return entry;
}

static void expect_equal(const struct journal_entry *a, const struct journal_entry *b)
{
    assert_int_equal(a->id, b->id);
    assert_memory_equal(&a->key, &b->key, sizeof a->key);
    assert_int_equal(a->part_count, b->part_count);
    assert_int_equal(a->image_part, b->image_part);
    assert_int_equal(a->status, b->status);
    assert_true(a->duration_ms == b->duration_ms);
    assert_int_equal(a->bytes_out, b->bytes_out);
    assert_int_equal(a->unexpected, b->unexpected);
    assert_ptr_equal(a->body, b->body);
    assert_string_equal(a->method, b->method);
    assert_string_equal(a->path, b->path);
    assert_string_equal(a->request_id, b->request_id);
    assert_string_equal(a->code, b->code);
    assert_string_equal(a->message, b->message);
    assert_string_equal(a->scenario, b->scenario);
    assert_string_equal(a->deviation, b->deviation);
    assert_string_equal(a->headers, b->headers);
    for (size_t i = 0; i < JOURNAL_PARTS_MAX; i++) {
        assert_int_equal(a->parts[i].size, b->parts[i].size);
        assert_int_equal(a->parts[i].has_file_name, b->parts[i].has_file_name);
        assert_string_equal(a->parts[i].name, b->parts[i].name);
        assert_string_equal(a->parts[i].file_name, b->parts[i].file_name);
        assert_string_equal(a->parts[i].content_type, b->parts[i].content_type);
        assert_string_equal(a->parts[i].sha256, b->parts[i].sha256);
    }
}

static void journal_gives_back_what_it_was_given(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10, JOURNAL_DEFAULT_BYTES);
    struct journal_entry found, given[] = {full_entry(), {0}, full_entry()};
    given[2].part_count = 0;
    memset(given[2].parts, 0, sizeof given[2].parts);
    for (size_t i = 0; i < 3; i++) {
        struct shared_bytes *body = i ? NULL : shared_bytes_copy(slice_of("body"));
        given[i].body = body;
        journal_add(journal, &given[i]);
        assert_null(given[i].body);
        given[i].body = body;
        assert_true(journal_find(&found, journal, i + 1));
        expect_equal(&found, &given[i]);
    }
    assert_true(counts_of(journal).bytes < 3 * sizeof found);
    journal_free(journal);
}

static void journal_of_nothing_keeps_nothing(void **state)
{
    (void)state;
    static const size_t bounds[][2] = {{0, JOURNAL_DEFAULT_BYTES}, {10, 1}};
    for (size_t i = 0; i < 2; i++) {
        struct journal *journal = journal_new(bounds[i][0], bounds[i][1]);
        struct journal_entry entry = full_entry();
        entry.body = shared_bytes_copy(slice_of("body"));
        journal_add(journal, &entry);
        assert_null(entry.body);
        assert_int_equal(entry.id, 1);
        assert_int_equal(counts_of(journal).entries, 0);
        assert_int_equal(counts_of(journal).bytes, 0);
        journal_free(journal);
    }
}

static void add_with_body(struct journal *journal, size_t size)
{
    struct journal_entry entry = sample_entry("key", "");
    entry.body = shared_bytes_take(calloc(1, size + 1), size);
    journal_add(journal, &entry);
    assert_null(entry.body);
    assert_true(counts_of(journal).bytes <= counts_of(journal).max_bytes);
}

static bool has_body(const struct journal *journal, uint64_t id)
{
    struct journal_entry entry;
    assert_true(journal_find(&entry, journal, id));
    return entry.body != NULL;
}

static void journal_gives_up_bodies_before_entries(void **state)
{
    (void)state;
    struct journal *journal = journal_new(1000, 100000);
    for (int i = 0; i < 50; i++)
        add_with_body(journal, 20000);
    assert_int_equal(counts_of(journal).entries, 50);
    assert_int_equal(counts_of(journal).forgotten_ever, 0);
    assert_false(has_body(journal, 1));
    assert_true(has_body(journal, 50)); /* the newest are the ones that stay */
    add_with_body(journal, 200000);
    assert_false(has_body(journal, 51)); /* no room for it; the others keep theirs */
    assert_true(has_body(journal, 50));
    while (counts_of(journal).forgotten_ever == 0) /* entries alone fill it */
        add_with_body(journal, 20000);
    assert_true(counts_of(journal).entries > 80);
    assert_false(has_body(journal, counts_of(journal).added));
    journal_reset(journal, NULL);
    assert_int_equal(counts_of(journal).bytes, 0);
    add_with_body(journal, 20000);
    assert_true(has_body(journal, counts_of(journal).added));
    const uint64_t forgotten_before = counts_of(journal).forgotten_ever;
    for (int i = 1; i < 10; i++)
        add_with_body(journal, 20000);
    assert_int_equal(counts_of(journal).entries, 10);
    assert_int_equal(counts_of(journal).forgotten_ever, forgotten_before);
    journal_free(journal);
}

/* Also after entries have left that had their bodies. */
static void journal_gives_up_bodies_also_after_entries_have_left(void **state)
{
    (void)state;
    struct journal *journal = journal_new(8, 100000);
    struct journal_counts counts;
    assert_non_null(journal);
    for (int i = 0; i < 12; i++)
        add_with_body(journal, 100); /* four entries leave for want of places */
    for (int i = 0; i < 4; i++)
        add_with_body(journal, 30000); /* bodies leave for want of bytes */
    counts = counts_of(journal);
    assert_int_equal(counts.entries, 8);
    assert_int_equal(counts.added, 16);
    assert_true(has_body(journal, 16));
    assert_false(has_body(journal, 9));
    journal_free(journal);
}

/* An entry that left took its place among those without a body along. */
static void journal_gives_up_the_oldest_body_after_an_entry_has_left(void **state)
{
    (void)state;
    struct journal *journal = journal_new(3, 100000);
    for (int i = 0; i < 3; i++)
        add_with_body(journal, 45000); /* the third takes the room of the first one's body */
    add_with_body(journal, 100);       /* and the first leaves */
    assert_true(has_body(journal, 2) && has_body(journal, 3));
    assert_true(journal_resize(journal, 4, 100000));
    add_with_body(journal, 45000);
    assert_false(has_body(journal, 2));
    assert_true(has_body(journal, 3) && has_body(journal, 5));
    journal_free(journal);
}

/* A reset of one key leaves the bodies of the others, and their order. */
static void journal_gives_up_the_oldest_body_after_a_reset_of_another_key(void **state)
{
    (void)state;
    struct key_digest other;
    struct journal *journal = journal_new(9, 100000);
    key_digest_of(&other, slice_of("other"));
    for (int i = 0; i < 2; i++)
        add_with_body(journal, 45000);
    journal_reset(journal, &other);
    add_with_body(journal, 45000);
    assert_false(has_body(journal, 1));
    assert_true(has_body(journal, 2) && has_body(journal, 3));
    journal_free(journal);
}

/* Bodies that left with their entries leave their room to the next ones. */
static void journal_keeps_a_body_after_entries_have_left_with_theirs(void **state)
{
    (void)state;
    struct journal *journal = journal_new(2, 100000);
    for (uint64_t id = 1; id <= 6; id++) {
        add_with_body(journal, 40000);
        assert_true(has_body(journal, id));
    }
    journal_reset(journal, NULL);
    add_with_body(journal, 90000);
    assert_true(has_body(journal, 7));
    journal_free(journal);
}

/* Bytes of an entry without a body, and of a body of no byte. */
static size_t bare_cost(size_t *body_cost)
{
    struct journal *journal = journal_new(2, JOURNAL_DEFAULT_BYTES);
    struct journal_entry entry = sample_entry("key", "");
    journal_add(journal, &entry);
    const size_t bare = counts_of(journal).bytes;
    add_with_body(journal, 0);
    *body_cost = counts_of(journal).bytes - 2 * bare;
    journal_free(journal);
    return bare;
}

/* It may take the room of all older bodies, and of no older entry. */
static void journal_keeps_a_body_that_just_fits_beside_the_entries(void **state)
{
    size_t body_cost;
    const size_t bare = bare_cost(&body_cost), size = 5000;
    (void)state;
    for (size_t less = 0; less < 2; less++) {
        struct journal *journal = journal_new(9, 3 * bare + body_cost + size - less);
        for (int i = 0; i < 2; i++)
            add_with_body(journal, 100);
        add_with_body(journal, size);
        assert_int_equal(counts_of(journal).entries, 3);
        assert_int_equal(has_body(journal, 3), less == 0);
        assert_int_equal(has_body(journal, 1), less == 1);
        assert_int_equal(has_body(journal, 2), less == 1);
        journal_free(journal);
    }
}

/* Bounds that what is kept just meets take nothing away; narrower ones take the oldest body. */
static void journal_keeps_what_just_fits_into_other_bounds(void **state)
{
    (void)state;
    struct journal *journal = journal_new(9, JOURNAL_DEFAULT_BYTES);
    for (int i = 0; i < 3; i++)
        add_with_body(journal, 100);
    const size_t bytes = counts_of(journal).bytes;
    assert_true(journal_resize(journal, 3, bytes));
    assert_true(has_body(journal, 1));
    assert_int_equal(counts_of(journal).bytes, bytes);
    assert_true(journal_resize(journal, 3, bytes - 1));
    assert_false(has_body(journal, 1));
    assert_true(has_body(journal, 2) && has_body(journal, 3));
    journal_free(journal);
}

/* A caller that could not use a selection may clear it again. */
static void journal_selection_may_be_cleared_twice(void **state)
{
    (void)state;
    struct journal *journal = journal_new(8, 100000);
    struct journal_selection found;
    add_with_body(journal, 100);
    assert_true(journal_select(&found, journal, sample_any, NULL, 10));
    assert_int_equal(found.count, 1);
    journal_selection_clear(&found);
    journal_selection_clear(&found);
    assert_int_equal(found.count, 0);
    journal_free(journal);
    journal_free(NULL);
}

static void journal_keeps_an_entry_that_just_fits(void **state)
{
    (void)state;
    struct journal *journal = journal_new(1, JOURNAL_DEFAULT_BYTES);
    struct journal_entry entry = full_entry();
    journal_add(journal, &entry);
    const size_t size = counts_of(journal).bytes;
    journal_free(journal);
    for (size_t less = 0; less < 2; less++) {
        journal = journal_new(1, size - less);
        journal_add(journal, &entry);
        assert_int_equal(counts_of(journal).entries, less ? 0 : 1);
        assert_int_equal(counts_of(journal).forgotten_ever, less);
        journal_free(journal);
    }
}

static uint64_t forgotten(const struct journal *journal)
{
    struct journal_selection found;
    assert_true(journal_select(&found, journal, sample_any, NULL, 0));
    return found.forgotten;
}

static void journal_says_how_many_it_forgot(void **state)
{
    (void)state;
    struct key_digest other;
    struct journal *journal = journal_new(4, JOURNAL_DEFAULT_BYTES);
    for (int i = 0; i < 4; i++)
        add_with_body(journal, 10);
    assert_int_equal(forgotten(journal), 0);
    add_with_body(journal, 10);
    add_with_body(journal, 10);
    assert_int_equal(forgotten(journal), 2);
    assert_true(journal_resize(journal, 1, JOURNAL_DEFAULT_BYTES));
    assert_int_equal(forgotten(journal), 5);
    assert_true(has_body(journal, 6));
    key_digest_of(&other, slice_of("other"));
    journal_reset(journal, &other);
    assert_int_equal(forgotten(journal), 5);
    journal_reset(journal, NULL); /* which was asked for */
    assert_int_equal(forgotten(journal), 0);
    assert_int_equal(counts_of(journal).forgotten_ever, 5);
    journal_free(journal);
}

/* What came after an entry, the oldest first; total counts also those that limit cuts off. */
static void journal_follows_an_entry(void **state)
{
    static const struct {
        uint64_t after;
        size_t limit, total, count;
        uint64_t first;
    } rows[] = {{0, 9, 4, 4, 3}, {2, 9, 4, 4, 3}, {3, 2, 3, 2, 4},
                {5, 9, 1, 1, 6}, {6, 9, 0, 0, 0}, {9, 9, 0, 0, 0}};
    struct journal *journal = journal_new(4, JOURNAL_DEFAULT_BYTES);
    (void)state;
    for (int i = 0; i < 6; i++)
        add_with_body(journal, 10);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct journal_selection found;
        assert_true(journal_follow(&found, journal, rows[i].after, rows[i].limit));
        print_message("after %d\n", (int)rows[i].after);
        assert_int_equal(found.total, rows[i].total);
        assert_int_equal(found.count, rows[i].count);
        assert_int_equal(found.forgotten, 2);
        for (size_t k = 0; k < found.count; k++)
            assert_int_equal(found.entries[k].id, rows[i].first + k);
        journal_selection_clear(&found);
    }
    journal_free(journal);
}

static void journal_keeps_the_newest_when_bounds_narrow(void **state)
{
    (void)state;
    struct journal *journal = journal_new(20, JOURNAL_DEFAULT_BYTES);
    for (int i = 0; i < 33; i++) {
        struct journal_entry entry = sample_entry("key", "");
        journal_add(journal, &entry);
    }
    assert_true(journal_resize(journal, 5, JOURNAL_DEFAULT_BYTES));
    assert_int_equal(counts_of(journal).entries, 5);
    struct journal_entry found;
    assert_true(journal_find(&found, journal, 29));
    assert_false(journal_find(&found, journal, 28));
    assert_true(journal_resize(journal, 7, JOURNAL_DEFAULT_BYTES));
    for (int i = 0; i < 3; i++) {
        struct journal_entry entry = sample_entry("key", "");
        journal_add(journal, &entry);
    }
    assert_int_equal(counts_of(journal).entries, 7);
    assert_true(journal_find(&found, journal, 36));
    journal_free(journal);
}

static void journal_reset_of_one_key_leaves_the_others(void **state)
{
    (void)state;
    struct journal *journal = journal_new(8, JOURNAL_DEFAULT_BYTES);
    struct key_digest digest;
    struct journal_selection found;
    for (int i = 0; i < 13; i++) { /* past the end of the ring */
        struct journal_entry entry = sample_entry(i % 2 ? "odd" : "even", "");
        entry.body = shared_bytes_copy(slice_of("body"));
        journal_add(journal, &entry);
    }
    key_digest_of(&digest, slice_of("odd"));
    journal_reset(journal, &digest);
    assert_true(journal_select(&found, journal, sample_any, NULL, 100));
    assert_int_equal(found.count, 4);
    for (size_t i = 0; i < found.count; i++)
        assert_int_equal(found.entries[i].id, 13 - 2 * i);
    journal_selection_clear(&found);
    journal_reset(journal, NULL);
    assert_int_equal(counts_of(journal).bytes, 0);
    struct journal_entry entry = sample_entry("odd", "");
    journal_add(journal, &entry);
    assert_int_equal(entry.id, 14);
    journal_free(journal);
}

static void journal_calls_a_refusal_unexpected_unless_it_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *why, *code, *scenario;
        enum rule_id rule;
        bool expected;
    } rows[] = {
        {"a success", "", "", RULE_NONE, false},
        {"a refusal", "MISSING_PARAMETERS", "", RULE_image_missing, true},
        {"a code of one letter", "E", "", RULE_NONE, true},
        {"broken HTTP", "ERROR_PARAMETERS", "", RULE_NONE, true},
        {"a scenario", "ERROR_NO_FACE_IN_FILE", "no-face", RULE_NONE, false},
        {"a scenario of one letter", "ERROR_NO_FACE_IN_FILE", "x", RULE_NONE, false},
        {"an unknown key", "ERROR_USER_NOT_EXISTS", "", RULE_key, true},
        {"a locked account", "ERROR_USER_LOCKED", "", RULE_account_locked, false},
        {"no credits", "ERROR_NOT_ENOUGH_CREDITS", "", RULE_credits, false},
        {"a limit", "EXCEEDING_LIMITS", "", RULE_rate, false},
    };
    struct journal *journal = journal_new(8, JOURNAL_DEFAULT_BYTES);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct journal_entry entry = sample_entry("key", rows[i].code);
        print_message("%s\n", rows[i].why);
        entry.rule = rows[i].rule;
        snprintf(entry.scenario, sizeof entry.scenario, "%s", rows[i].scenario);
        journal_add(journal, &entry);
        assert_int_equal(entry.unexpected, rows[i].expected);
    }
    journal_free(journal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_is_bounded_by_entries),
        cmocka_unit_test(journal_gives_back_what_it_was_given),
        cmocka_unit_test(journal_of_nothing_keeps_nothing),
        cmocka_unit_test(journal_gives_up_bodies_before_entries),
        cmocka_unit_test(journal_gives_up_bodies_also_after_entries_have_left),
        cmocka_unit_test(journal_gives_up_the_oldest_body_after_an_entry_has_left),
        cmocka_unit_test(journal_gives_up_the_oldest_body_after_a_reset_of_another_key),
        cmocka_unit_test(journal_keeps_a_body_after_entries_have_left_with_theirs),
        cmocka_unit_test(journal_keeps_a_body_that_just_fits_beside_the_entries),
        cmocka_unit_test(journal_keeps_what_just_fits_into_other_bounds),
        cmocka_unit_test(journal_selection_may_be_cleared_twice),
        cmocka_unit_test(journal_keeps_an_entry_that_just_fits),
        cmocka_unit_test(journal_says_how_many_it_forgot),
        cmocka_unit_test(journal_follows_an_entry),
        cmocka_unit_test(journal_keeps_the_newest_when_bounds_narrow),
        cmocka_unit_test(journal_reset_of_one_key_leaves_the_others),
        cmocka_unit_test(journal_calls_a_refusal_unexpected_unless_it_was_asked_for),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
