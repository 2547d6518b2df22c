/* Tests of the contract's tables in C: every row is found, nothing else is, and the error table is
 * byte for byte the one that was copied from the vendor. */
#include "api/contract.h"
#include "api/contract_document.h"
#include "pins.h"
#include "testing/files.h"
#include "witness/revisions.h"
#include <cjson/cJSON.h>
#include <nettle/sha2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static void contract_holds_the_vendors_error_table_verbatim(void **state)
{
    (void)state;
    /* SHA-256 of "name TAB status TAB status TAB description LF" over all rows. It was once
     * computed from the vendor's table itself: an edited row must be meant. */
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char found[2 * SHA256_DIGEST_SIZE + 1];
    sha256_init(&hash);
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        char line[512];
        const struct error_info *info = error_info(code);
        int len = snprintf(line, sizeof line, "%s\t%d\t%d\t%s\n", info->name, info->status_2025_09,
                           info->status_2026_01, info->description);
        sha256_update(&hash, (size_t)len, (const uint8_t *)line);
    }
    sha256_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(found + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(found, PINNED_CODES_SHA256);
}

static void contract_counts_what_is_documented(void **state)
{
    (void)state;
    unsigned moved = 0, met[3] = {0};
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const struct error_info *info = error_info(code);
        moved += info->status_2025_09 != info->status_2026_01;
        met[info->relevance]++;
        assert_int_equal(error_find(slice_of(info->name)), code); /* so names are unique, too */
    }
    assert_int_equal(ERROR_COUNT - 1, PINNED_CODES);
    assert_int_equal(moved, PINNED_CODES_WHOSE_STATUS_MOVED);
    assert_int_equal(met[ENDPOINT_YES], PINNED_CODES_OF_THE_ENDPOINT);
    assert_int_equal(met[ENDPOINT_MAYBE], PINNED_CODES_PERHAPS_OF_THE_ENDPOINT);
    assert_int_equal(met[ENDPOINT_NO], PINNED_CODES_OF_OTHER_ENDPOINTS);
    assert_int_equal(REVISION_COUNT, PINNED_REVISIONS);
}

/* The revisions, oldest first, and the values of service_choice, as they were typed by hand. */
static const struct {
    const char *name;
    enum envelope_kind envelope;
    enum choice_kind choice;
    enum { WITNESS_S2025_09, WITNESS_S2026_01 } statuses;
} revisions_witness[] = {
#define AILAB_REVISION_WITNESS(id, name, envelope, choice, statuses)                               \
    {name, ENVELOPE_##envelope, CHOICE_##choice, WITNESS_##statuses},
#include "witness/revisions.def"
};

static const struct {
    int number;
    const char *slug, *label;
    unsigned revisions;
} expressions_witness[] = {
#define AILAB_EXPRESSION_WITNESS(number, slug, label, revisions) {number, slug, label, revisions},
#include "witness/expressions.def"
};

static void contract_gives_each_error_its_status_in_each_revision(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int status_2025_09, status_2026_01;
    } rows[] = {
#define AILAB_ERROR_WITNESS(number, name, status_2025_09, status_2026_01, endpoint, passing,       \
                            description)                                                           \
    {#name, status_2025_09, status_2026_01},
#include "witness/errors.def"
    };
    for (size_t c = 0; c < ROWS(revisions_witness); c++) {
        const struct revision *revision = revision_find(slice_of(revisions_witness[c].name));
        assert_non_null(revision);
        for (size_t i = 0; i < ROWS(rows); i++) {
            int wanted = revisions_witness[c].statuses == WITNESS_S2026_01 ? rows[i].status_2026_01
                                                                           : rows[i].status_2025_09;
            if (error_status(error_find(slice_of(rows[i].name)), revision) != wanted)
                fail_msg("%s in %s is not %d", rows[i].name, revisions_witness[c].name, wanted);
        }
        assert_int_equal(error_status(ERROR_NONE, revision), 200);
        assert_int_equal(error_status(ERROR_COUNT, revision), 200);
    }
}

static void contract_moves_the_statuses_that_moved_in_2026(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int before, since;
    } moved[] = {
        {"FILE_DECODING_FAILURE", 400, 422},
        {"FILE_RESOLUTION_EXCEEDS_LIMITS", 422, 413},
        {"EXCEEDING_LIMITS", 422, 429},
        {"ERROR_ILLEGAL_OPERATION", 405, 403},
        {"ERROR_INVALID_PARAMETER_FORMAT", 422, 400},
        {"FILE_SIZE_EXCEEDS_LIMIT", 413, 413},
    };
    for (size_t i = 0; i < ROWS(moved); i++) {
        enum error_code code = error_find(slice_of(moved[i].name));
        assert_int_equal(error_status(code, revision_info(REVISION_R2025_09)), moved[i].before);
        assert_int_equal(error_status(code, revision_info(REVISION_R2026_01)), moved[i].since);
    }
}

static void contract_finds_no_error_that_is_not_there(void **state)
{
    (void)state;
    static const char *const names[] = {
        "", "ERROR", "error_parameters", "ERROR_PARAMETERS ", "ERROR_PARAMETER", "NONE",
    };
    for (size_t i = 0; i < ROWS(names); i++)
        if (error_find(slice_of(names[i])) != ERROR_NONE)
            fail_msg("'%s' was found", names[i]);
    assert_int_equal(error_find(slice_make("ERROR_PARAMETERS", 17)), ERROR_NONE);
    assert_null(error_info(ERROR_NONE));
    assert_null(error_info(ERROR_COUNT));
}

/* "10, 11, …": the numbers that the witness has for a revision. */
static const char *witness_list(char out[128], size_t revision)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < ROWS(expressions_witness); i++)
        if (expressions_witness[i].revisions >> revision & 1)
            used += (size_t)snprintf(out + used, 128 - used, "%s%d", used ? ", " : "",
                                     expressions_witness[i].number);
    assert_in_range(used, 1, 127);
    return out;
}

static void contract_accepts_the_documented_numbers_in_each_revision(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(revisions_witness); i++) {
        char list[128], wanted[128], by_search[128] = "";
        const struct revision *revision = revision_find(slice_of(revisions_witness[i].name));
        assert_string_equal(expression_list(list, sizeof list, revision), witness_list(wanted, i));
        for (int number = -2000; number <= 2000; number++) {
            size_t used = strlen(by_search);
            const struct expression *found = expression_find(number, revision);
            if (!found)
                continue;
            assert_int_equal(found->number, number);
            snprintf(by_search + used, sizeof by_search - used, "%s%d", used ? ", " : "", number);
        }
        assert_string_equal(by_search, wanted);
        assert_null(expression_find(INT32_MAX, revision));
        assert_null(expression_find(INT32_MIN, revision));
    }
}

static void contract_cuts_an_expression_list_that_does_not_fit(void **state)
{
    (void)state;
    char whole[128];
    witness_list(whole, WITNESS_DEFAULT);
    for (size_t size = 1; size <= 40; size++) {
        char *list = malloc(size); /* so that a sanitizer sees one byte too far */
        assert_ptr_equal(expression_list(list, size, revision_default()), list);
        assert_true(strlen(list) < size);
        assert_memory_equal(list, whole, strlen(list));
        free(list);
    }
}

static void contract_names_the_expressions_as_documented(void **state)
{
    (void)state;
    size_t count;
    const struct expression *table = expression_table(&count);
    assert_int_equal(count, ROWS(expressions_witness));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(table[i].number, expressions_witness[i].number);
        assert_string_equal(table[i].slug, expressions_witness[i].slug);
        assert_string_equal(table[i].label, expressions_witness[i].label);
    }
}

static void contract_knows_each_revision(void **state)
{
    (void)state;
    assert_int_equal(REVISION_COUNT, ROWS(revisions_witness));
    static const char *const strangers[] = {"", "1.0", "1.0.00", "2026-01 ", "2026-1", "R2026_01"};
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        const struct revision *revision = revision_info(id);
        assert_int_equal(revision->id, id);
        assert_string_equal(revision->name, revisions_witness[id].name);
        assert_int_equal(revision->envelope, revisions_witness[id].envelope);
        assert_int_equal(revision->choice, revisions_witness[id].choice);
        assert_ptr_equal(revision_find(slice_of(revision->name)), revision);
    }
    assert_null(revision_info(REVISION_COUNT));
    for (size_t i = 0; i < ROWS(strangers); i++)
        assert_null(revision_find(slice_of(strangers[i])));
    assert_string_equal(revision_default()->name, "2026-01");
}

static void contract_compares_paths_byte_by_byte(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum endpoint_id endpoint;
    } rows[] = {
        {"/api/portrait/effects/emotion-editor", ENDPOINT_EMOTION_EDITOR},
        {"/api/common/query-credits", ENDPOINT_QUERY_CREDITS},
        {"", ENDPOINT_UNKNOWN},
        {"/", ENDPOINT_UNKNOWN},
        {"*", ENDPOINT_UNKNOWN},
        {"/api/portrait/effects/emotion-editor/", ENDPOINT_UNKNOWN},
        {"/api/portrait/effects/emotion-editorx", ENDPOINT_UNKNOWN},
        {"/api/portrait/effects/emotion-edito", ENDPOINT_UNKNOWN},
        {"/api/portrait/effects/emotion-editor/extra", ENDPOINT_UNKNOWN},
        {"/API/portrait/effects/emotion-editor", ENDPOINT_UNKNOWN},
        {"//api/portrait/effects/emotion-editor", ENDPOINT_UNKNOWN},
        {"/api/portrait/effects/emotion%2Deditor", ENDPOINT_UNKNOWN},
        {"/api/portrait/../portrait/effects/emotion-editor", ENDPOINT_UNKNOWN},
        {"/api/portrait/effects/emotion-editor%00", ENDPOINT_UNKNOWN},
        {"/api/portrait/effects/emotion-editor?x", ENDPOINT_UNKNOWN},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        if (endpoint_find(slice_of(rows[i].path)) != rows[i].endpoint)
            fail_msg("%s is not endpoint %d", rows[i].path, (int)rows[i].endpoint);
    assert_null(endpoint_info(ENDPOINT_UNKNOWN));
    assert_null(endpoint_info(ENDPOINT_COUNT));
    assert_string_equal(endpoint_info(ENDPOINT_EMOTION_EDITOR)->method, "POST");
    assert_string_equal(endpoint_info(ENDPOINT_QUERY_CREDITS)->method, "GET");
}

static void contract_states_the_limits(void **state)
{
    (void)state;
    size_t count;
    const struct limit_info *table = limit_table(&count);
    assert_int_equal(LIMIT_IMAGE_BYTES_MAX, 5242880);
    assert_int_equal(LIMIT_IMAGE_SIDE_MAX, 4095);
    assert_int_equal(LIMIT_CREDITS_PER_CALL, 12);
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, "IMAGE_BYTES_MAX") == 0)
            assert_int_equal(table[i].value, 5242880);
}

static void contract_describes_each_clause_once(void **state)
{
    (void)state;
    for (enum clause_id id = 0; id < CLAUSE_COUNT; id++) {
        const struct clause *clause = clause_info(id);
        assert_true(strlen(clause->text) > 10 && strlen(clause->hash) == 8);
        for (enum clause_id other = 0; other < id; other++)
            assert_string_not_equal(clause->text, clause_info(other)->text);
    }
    assert_null(clause_info(CLAUSE_COUNT));
}

/* Programs in other languages read the file, so it has every row of every table. */
static void contract_is_published_whole(void **state)
{
    (void)state;
    char *published = file_read(AILAB_SOURCE_DIR "/fixtures/contract.json", NULL);
    cJSON *document = contract_document();
    char *text = cJSON_Print(document);
    assert_non_null(text);
    const size_t len = strlen(text);
    assert_int_equal(strlen(published), len + 1); /* and the end of its last line */
    assert_memory_equal(published, text, len);
    free(text);
    free(published);
    cJSON_Delete(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract_holds_the_vendors_error_table_verbatim),
        cmocka_unit_test(contract_counts_what_is_documented),
        cmocka_unit_test(contract_gives_each_error_its_status_in_each_revision),
        cmocka_unit_test(contract_moves_the_statuses_that_moved_in_2026),
        cmocka_unit_test(contract_finds_no_error_that_is_not_there),
        cmocka_unit_test(contract_accepts_the_documented_numbers_in_each_revision),
        cmocka_unit_test(contract_cuts_an_expression_list_that_does_not_fit),
        cmocka_unit_test(contract_names_the_expressions_as_documented),
        cmocka_unit_test(contract_knows_each_revision),
        cmocka_unit_test(contract_compares_paths_byte_by_byte),
        cmocka_unit_test(contract_states_the_limits),
        cmocka_unit_test(contract_describes_each_clause_once),
        cmocka_unit_test(contract_is_published_whole),
    };
    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
