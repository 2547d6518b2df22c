/* The contract's tables agree with themselves: every sentence has the hash that stands beside it,
 * names and numbers are unique, statuses are errors. It knows nothing of how the mock or the client
 * use the tables. */
#include "pins.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Every row of one kind as the few things these tests look at. */
struct clause {
    const char *id, *hash, *text;
};
struct error {
    const char *name, *description;
    int statuses[2];
};
struct expression {
    int number;
    const char *slug, *label;
};

static const struct clause CLAUSES[] = {
#define AILAB_CLAUSE(id, level, subject, mark, section, hash, text) {#id, hash, text},
#include "contract/clauses.def"
};
static const struct error ERRORS[] = {
#define AILAB_ERROR(number, name, status_2025_09, status_2026_01, endpoint, seen, description)     \
    {#name, description, {status_2025_09, status_2026_01}},
#include "contract/errors.def"
};
static const struct expression EXPRESSIONS[] = {
#define AILAB_EXPRESSION(number, slug, label, revisions) {number, slug, label},
#include "contract/expressions.def"
};
static const char *const REVISIONS[] = {
#define AILAB_REVISION(id, name, envelope, choice, statuses, summary) name,
#include "contract/revisions.def"
};
static const char *const LIMITS[] = {
#define AILAB_LIMIT(name, value, unit, summary) #name,
#include "contract/limits.def"
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Fails, naming the text, when one of count texts that lie stride bytes apart occurs twice. */
static void assert_texts_unique(const char *what, const void *first, size_t count, size_t stride)
{
    const char *at = first;
    for (size_t i = 0; i < count; i++) {
        const char *const *one = (const void *)(at + i * stride);
        if (**one == '\0')
            fail_msg("%s: row %zu is empty", what, i);
        for (size_t k = i + 1; k < count; k++) {
            const char *const *other = (const void *)(at + k * stride);
            if (strcmp(*one, *other) == 0)
                fail_msg("%s: '%s' is there twice", what, *one);
        }
    }
}

static void short_hash(char out[9], const char *text)
{
    struct sha256_ctx context;
    uint8_t digest[4];
    sha256_init(&context);
    sha256_update(&context, strlen(text), (const uint8_t *)text);
    sha256_digest(&context, sizeof digest, digest);
    snprintf(out, 9, "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}

static void contract_clause_hash_is_the_hash_of_its_text(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT(CLAUSES); i++) {
        char hash[9];
        short_hash(hash, CLAUSES[i].text);
        if (strcmp(hash, CLAUSES[i].hash) != 0) {
            print_error("clause %s: the text hashes to %s, the row says %s; look at the cases that "
                        "cite it before you change the hash\n",
                        CLAUSES[i].id, hash, CLAUSES[i].hash);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void contract_short_hash_is_sha256(void **state)
{
    (void)state;
    char hash[9];
    short_hash(hash, "abc"); /* FIPS 180-4's example */
    assert_string_equal(hash, "ba7816bf");
}

static void contract_clauses_are_unique(void **state)
{
    (void)state;
    assert_true(COUNT(CLAUSES) > 0);
    assert_texts_unique("clause id", &CLAUSES[0].id, COUNT(CLAUSES), sizeof CLAUSES[0]);
    assert_texts_unique("clause text", &CLAUSES[0].text, COUNT(CLAUSES), sizeof CLAUSES[0]);
}

static void contract_errors_are_those_of_the_vendor(void **state)
{
    (void)state;
    assert_int_equal(COUNT(ERRORS), PINNED_CODES);
    assert_texts_unique("error code", &ERRORS[0].name, COUNT(ERRORS), sizeof ERRORS[0]);
    for (size_t i = 0; i < COUNT(ERRORS); i++)
        if (ERRORS[i].description[0] == '\0')
            fail_msg("%s has no description", ERRORS[i].name);
}

static void contract_error_statuses_are_errors(void **state)
{
    (void)state;
    unsigned moved = 0;
    for (size_t i = 0; i < COUNT(ERRORS); i++) {
        const int *statuses = ERRORS[i].statuses;
        for (size_t k = 0; k < 2; k++)
            if (statuses[k] < 400 || statuses[k] > 599)
                fail_msg("%s: status %d is not in 400..599", ERRORS[i].name, statuses[k]);
        moved += statuses[0] != statuses[1];
    }
    assert_int_equal(moved, PINNED_CODES_WHOSE_STATUS_MOVED); /* on 2026-01-08 */
}

static void contract_expressions_are_unique_and_sorted(void **state)
{
    (void)state;
    const struct expression *rows = EXPRESSIONS;
    assert_texts_unique("slug", &rows[0].slug, COUNT(EXPRESSIONS), sizeof rows[0]);
    assert_texts_unique("label", &rows[0].label, COUNT(EXPRESSIONS), sizeof rows[0]);
    for (size_t i = 1; i < COUNT(EXPRESSIONS); i++)
        if (rows[i - 1].number >= rows[i].number)
            fail_msg("%d does not come before %d", rows[i - 1].number, rows[i].number);
}

static void contract_revisions_and_limits_are_unique(void **state)
{
    (void)state;
    assert_texts_unique("revision", REVISIONS, COUNT(REVISIONS), sizeof REVISIONS[0]);
    assert_texts_unique("limit", LIMITS, COUNT(LIMITS), sizeof LIMITS[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract_short_hash_is_sha256),
        cmocka_unit_test(contract_clause_hash_is_the_hash_of_its_text),
        cmocka_unit_test(contract_clauses_are_unique),
        cmocka_unit_test(contract_errors_are_those_of_the_vendor),
        cmocka_unit_test(contract_error_statuses_are_errors),
        cmocka_unit_test(contract_expressions_are_unique_and_sorted),
        cmocka_unit_test(contract_revisions_and_limits_are_unique),
    };
    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
