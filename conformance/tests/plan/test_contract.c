/* The suite against its own promises: every clause has a case or a waiver and never both, a
 * sentence above cases is the contract's, slugs are unique and well formed, and no sentence has
 * changed since its cases were looked at. */
#include "cases/suites.h"
#include "judge/envelope.h"
#include "judge/error_table.h"
#include "pins.h"
#include <ctype.h>
#include <nettle/sha2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = catalogue_of_all();
    return *state ? 0 : -1;
}

static int clear(void **state)
{
    catalogue_free(*state);
    return 0;
}

static size_t cases_of(const struct catalogue *catalogue, const struct clause *clause)
{
    size_t count = 0, cited = 0;
    const struct case_def *cases = catalogue_cases(catalogue, &count);
    for (size_t i = 0; i < count; i++)
        cited += case_cites(&cases[i], clause);
    return cited;
}

static void clauses_have_a_case_or_a_waiver(void **state)
{
    size_t count = 0;
    const struct clause *all = clauses(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        size_t cases = cases_of(*state, &all[i]);
        const char *waiver = clause_waiver(&all[i]);
        if (cases == 0 && !waiver)
            fail_msg("clause %s has neither a case nor a waiver", all[i].id);
        if (cases > 0 && waiver)
            fail_msg("clause %s has %zu cases and a waiver", all[i].id, cases);
    }
}

static void clauses_keep_their_sentences(void **state)
{
    (void)state;
    size_t count = 0;
    const struct clause *all = clauses(&count);
    for (size_t i = 0; i < count; i++) {
        struct sha256_ctx context;
        uint8_t digest[4];
        char hash[9];
        sha256_init(&context);
        sha256_update(&context, strlen(all[i].text), (const uint8_t *)all[i].text);
        sha256_digest(&context, sizeof digest, digest);
        snprintf(hash, sizeof hash, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
        if (strcmp(hash, all[i].hash) != 0)
            fail_msg("the sentence of clause %s has changed: look at its cases, then write %s",
                     all[i].id, hash);
    }
}

/* A heading of a suite stands for the clause that it names. */
static void clauses_are_quoted_above_their_cases(void **state)
{
    size_t count = 0, headings = 0;
    const struct case_def *cases = catalogue_cases(*state, &count);
    for (size_t i = 0; i < count; i++) {
        const struct suite *suite = cases[i].suite;
        if (i > 0 && cases[i - 1].suite == suite)
            continue;
        for (size_t k = 0; k < suite->count; k++) {
            const struct case_def *row = &suite->cases[k];
            if (row->slug)
                continue;
            headings++;
            if (strcmp(row->title, clause_of(row->clauses[0])->text) != 0)
                fail_msg("suite %s quotes clause %s otherwise than the contract: \"%s\"",
                         suite->name, clause_of(row->clauses[0])->id, row->title);
        }
    }
    assert_true(headings > 0);
}

static void cases_have_good_slugs(void **state)
{
    size_t count = 0;
    const struct case_def *cases = catalogue_cases(*state, &count);
    for (size_t i = 0; i < count; i++) {
        const struct case_def *def = &cases[i];
        size_t prefix = strlen(def->suite->name);
        if (strncmp(def->slug, def->suite->name, prefix) != 0 || def->slug[prefix] != '/')
            fail_msg("%s is not of suite %s", def->slug, def->suite->name);
        if (strspn(def->slug, "abcdefghijklmnopqrstuvwxyz0123456789-/") != strlen(def->slug))
            fail_msg("%s is no slug", def->slug);
        if (catalogue_find(*state, def->slug) != def)
            fail_msg("%s is there twice", def->slug);
        assert_true(case_title(def)[0] != '\0');
        assert_non_null(clause_of(def->clauses[0]));
    }
}

static void codes_are_the_whole_table(void **state)
{
    (void)state;
    size_t count = 0;
    const struct error_row *rows = error_table(&count);
    assert_int_equal(count, PINNED_CODES);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(error_row_find(rows[i].name), &rows[i]);
        assert_in_range(rows[i].status_2025_09, 400, 504);
        assert_in_range(rows[i].status_2026_01, 400, 504);
        assert_int_not_equal(rows[i].status_2026_01, 402);
    }
}

/* On 2026-01-08 some of the codes moved. */
static void codes_moved_as_documented(void **state)
{
    (void)state;
    size_t count = 0, moved = 0;
    const struct error_row *rows = error_table(&count);
    for (size_t i = 0; i < count; i++)
        moved += rows[i].status_2025_09 != rows[i].status_2026_01;
    assert_int_equal(moved, PINNED_CODES_WHOSE_STATUS_MOVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clauses_have_a_case_or_a_waiver),
        cmocka_unit_test(clauses_keep_their_sentences),
        cmocka_unit_test(clauses_are_quoted_above_their_cases),
        cmocka_unit_test(cases_have_good_slugs),
        cmocka_unit_test(codes_are_the_whole_table),
        cmocka_unit_test(codes_moved_as_documented),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
