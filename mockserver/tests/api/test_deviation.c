/* Deviations: on each of the three envelope shapes, as success and as error, exactly the one named
 * thing changes. What is expected is written down here as paths and values, and applied to a second
 * tree that is then compared. */
#include "api/deviation.h"
#include "api/envelope.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static const char *const revisions[] = {"1.0.1", "2026-01", "2026-05"}; /* A, B, C */

static cJSON *envelope_of(const char *revision, bool ok)
{
    static const struct answer_ids ids = {"4B1F0C52-6C1B-4A4A-9B7E-0A6C7C1D2E3F", "12345678"};
    const struct revision *info = revision_find(slice_of(revision));
    struct verdict verdict;
    assert_non_null(info);
    verdict_make(&verdict, info, ok ? ERROR_NONE : CODE_ERROR_NO_FACE_IN_FILE, 0,
                 ok ? NULL : "pic not has face");
    cJSON *envelope = envelope_make(info, &verdict, &ids, ok ? envelope_image_data() : NULL);
    assert_non_null(envelope);
    return envelope;
}

/* The object and the name of "a.b" or "a"; NULL when there is no such object. */
static cJSON *parent_of(cJSON *envelope, const char *path, const char **name)
{
    const char *dot = strchr(path, '.');
    char first[32];
    *name = dot ? dot + 1 : path;
    if (!dot)
        return envelope;
    snprintf(first, sizeof first, "%.*s", (int)(dot - path), path);
    return cJSON_GetObjectItemCaseSensitive(envelope, first);
}

static void put(cJSON *envelope, const char *path, const char *json)
{
    const char *name;
    cJSON *parent = parent_of(envelope, path, &name);
    cJSON *old = cJSON_GetObjectItemCaseSensitive(parent, name);
    if (!old)
        return;
    if (!json) {
        cJSON_DeleteItemFromObjectCaseSensitive(parent, name);
        return;
    }
    cJSON *value = cJSON_Parse(json);
    assert_non_null(value);
    assert_true(cJSON_ReplaceItemInObjectCaseSensitive(parent, name, value));
}

static void require_equal(const char *why, const char *revision, bool ok, const cJSON *found,
                          const cJSON *expected)
{
    char *a = cJSON_PrintUnformatted(found), *b = cJSON_PrintUnformatted(expected);
    assert_true(a && b);
    if (strcmp(a, b) != 0) /* the order of the fields stays, too */
        fail_msg("%s on %s, %s:\n%s\n%s", why, revision, ok ? "success" : "error", a, b);
    cJSON_free(a);
    cJSON_free(b);
}

/* Applies the deviation to each envelope and returns nothing but what is right: status_out is what
 * the status must be, change what is done to the expected tree. */
static void check(const char *name, int error_status, void (*change)(cJSON *, bool, const void *),
                  const void *argument)
{
    const struct deviation *deviation = deviation_find(slice_of(name));
    if (!deviation)
        fail_msg("no deviation %s", name);
    for (size_t i = 0; i < ROWS(revisions); i++)
        for (int ok = 0; ok < 2; ok++) {
            cJSON *found = envelope_of(revisions[i], ok), *expected = envelope_of(revisions[i], ok);
            int status = ok ? 200 : 422;
            assert_true(deviation_apply(deviation, found, &status));
            change(expected, ok, argument);
            require_equal(name, revisions[i], ok, found, expected);
            assert_int_equal(status, ok ? 200 : error_status);
            cJSON_Delete(found);
            cJSON_Delete(expected);
        }
}

/* Fields */

struct field_case {
    const char *name, *path, *type; /* type: the value of another type */
};

static const struct field_case fields[] = {
    {"request-id", "request_id", "12345"},
    {"log-id", "log_id", "12345"},
    {"error-code", "error_code", "\"12345\""},
    {"error-code-str", "error_code_str", "12345"},
    {"error-msg", "error_msg", "12345"},
    {"error-detail", "error_detail", "\"12345\""},
    {"status-code", "error_detail.status_code", "\"12345\""},
    {"detail-code", "error_detail.code", "12345"},
    {"code-message", "error_detail.code_message", "12345"},
    {"message", "error_detail.message", "12345"},
    {"data", "data", "\"12345\""},
    {"image", "data.image", "12345"},
};

static void leave_out(cJSON *expected, bool ok, const void *argument)
{
    const struct field_case *field = argument;
    (void)ok;
    put(expected, field->path, NULL);
}

static void make_null(cJSON *expected, bool ok, const void *argument)
{
    const struct field_case *field = argument;
    (void)ok;
    put(expected, field->path, "null");
}

static void change_type(cJSON *expected, bool ok, const void *argument)
{
    const struct field_case *field = argument;
    (void)ok;
    put(expected, field->path, field->type);
}

static void deviation_changes_one_field(void **state)
{
    (void)state;
    static const struct {
        const char *prefix;
        void (*change)(cJSON *, bool, const void *);
    } kinds[] = {{"missing-", leave_out}, {"null-", make_null}, {"type-", change_type}};
    for (size_t i = 0; i < ROWS(fields); i++)
        for (size_t j = 0; j < ROWS(kinds); j++) {
            char name[64];
            snprintf(name, sizeof name, "%s%s", kinds[j].prefix, fields[i].name);
            check(name, 422, kinds[j].change, &fields[i]);
            const struct deviation *deviation = deviation_find(slice_of(name));
            assert_string_equal(deviation->path, fields[i].path);
        }
}

/* The field cases would prove nothing if no envelope had the field. */
static void deviation_fields_are_all_in_some_envelope(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(fields); i++) {
        bool there = false;
        for (size_t j = 0; j < ROWS(revisions); j++) {
            const char *name;
            cJSON *envelope = envelope_of(revisions[j], true);
            cJSON *parent = parent_of(envelope, fields[i].path, &name);
            there = there || cJSON_GetObjectItemCaseSensitive(parent, name);
            cJSON_Delete(envelope);
        }
        assert_true(there);
    }
}

/* The others */

static void change_nothing(cJSON *expected, bool ok, const void *argument)
{
    (void)expected;
    (void)ok;
    (void)argument;
}

static void text_code(cJSON *expected, bool ok, const void *argument)
{
    (void)argument;
    put(expected, "error_code", ok ? "\"0\"" : "\"422\"");
}

static void other_status(cJSON *expected, bool ok, const void *argument)
{
    (void)ok;
    (void)argument;
    put(expected, "error_code", "418");
    put(expected, "error_detail.status_code", "418");
}

static void unknown_code(cJSON *expected, bool ok, const void *argument)
{
    (void)argument;
    if (!ok)
        put(expected, "error_detail.code", "\"ERROR_NOT_IN_THE_TABLE\"");
}

static void no_message(cJSON *expected, bool ok, const void *argument)
{
    (void)argument;
    if (!ok)
        put(expected, "error_detail.message", "\"\"");
}

static void same_id(cJSON *expected, bool ok, const void *argument)
{
    (void)ok;
    (void)argument;
    put(expected, "request_id", "\"00000000-0000-4000-8000-000000000000\"");
}

static void add_data(cJSON *expected, bool ok, const void *argument)
{
    (void)argument;
    if (!ok)
        assert_true(cJSON_AddItemToObject(expected, "data", cJSON_Parse("{\"image\":\"\"}")));
}

static void deviation_commits_its_one_breach(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int error_status;
        void (*change)(cJSON *, bool, const void *);
    } table[] = {
        {"error-code-text", 422, text_code},    {"error-in-200", 200, change_nothing},
        {"status-mismatch", 422, other_status}, {"unknown-code", 422, unknown_code},
        {"empty-message", 422, no_message},     {"same-request-id", 422, same_id},
        {"data-on-error", 422, add_data},
    };
    for (size_t i = 0; i < ROWS(table); i++)
        check(table[i].name, table[i].error_status, table[i].change, NULL);
}

static size_t take_unknown(cJSON *object)
{
    static const char *const names[] = {"x_unknown_text", "x_unknown_number", "x_unknown_null",
                                        "x_unknown_array"};
    size_t taken = 0;
    for (size_t i = 0; i < ROWS(names); i++)
        if (cJSON_GetObjectItemCaseSensitive(object, names[i])) {
            cJSON_DeleteItemFromObjectCaseSensitive(object, names[i]);
            taken++;
        }
    return taken;
}

static void deviation_adds_unknown_fields_at_every_level(void **state)
{
    (void)state;
    const struct deviation *deviation = deviation_find(slice_of("extra-fields"));
    assert_non_null(deviation);
    for (size_t i = 0; i < ROWS(revisions); i++)
        for (int ok = 0; ok < 2; ok++) {
            cJSON *found = envelope_of(revisions[i], ok), *expected = envelope_of(revisions[i], ok);
            int status = ok ? 200 : 422;
            assert_true(deviation_apply(deviation, found, &status));
            assert_int_equal(take_unknown(found), 4);
            assert_int_equal(take_unknown(cJSON_GetObjectItem(found, "error_detail")), 4);
            if (ok)
                assert_int_equal(take_unknown(cJSON_GetObjectItem(found, "data")), 4);
            require_equal("extra-fields", revisions[i], ok, found, expected);
            assert_int_equal(status, ok ? 200 : 422);
            cJSON_Delete(found);
            cJSON_Delete(expected);
        }
}

static void deviation_mismatches_the_mismatching_status_too(void **state)
{
    (void)state;
    cJSON *envelope = envelope_of("2026-01", false);
    int status = 418;
    assert_true(deviation_apply(deviation_find(slice_of("status-mismatch")), envelope, &status));
    assert_int_equal(cJSON_GetObjectItem(envelope, "error_code")->valueint, 419);
    assert_int_equal(status, 418);
    cJSON_Delete(envelope);
}

static void deviation_leaves_any_other_tree_in_peace(void **state)
{
    (void)state;
    static const char *const trees[] = {"{}", "[]", "{\"error_detail\":null,\"data\":7}",
                                        "{\"error_detail\":\"x\",\"data\":[]}",
                                        "{\"error_code\":\"text\",\"data\":{\"image\":{}}}"};
    size_t count;
    const struct deviation *table = deviation_table(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < ROWS(trees); j++) {
            cJSON *tree = cJSON_Parse(trees[j]);
            int status = 500;
            assert_non_null(tree);
            assert_true(deviation_apply(&table[i], tree, &status));
            char *text = cJSON_PrintUnformatted(tree);
            assert_non_null(text);
            cJSON_free(text);
            cJSON_Delete(tree);
        }
}

/* Deviations keep the mark at which a printed envelope is cut, unless it is what they change. */
static void deviation_keeps_the_image_in_its_place(void **state)
{
    (void)state;
    size_t count;
    const struct deviation *table = deviation_table(&count);
    for (size_t i = 0; i < count; i++) {
        cJSON *envelope = envelope_of("2026-01", true);
        int status = 200;
        assert_true(deviation_apply(&table[i], envelope, &status));
        char *text = cJSON_PrintUnformatted(envelope);
        struct slice before, after;
        bool kept = envelope_split(slice_of(text), &before, &after);
        bool changes = table[i].path && strncmp(table[i].path, "data", 4) == 0;
        if (kept == changes)
            fail_msg("%s: %s", table[i].name, text);
        cJSON_free(text);
        cJSON_Delete(envelope);
    }
}

static void deviation_is_found_by_its_name_alone(void **state)
{
    (void)state;
    size_t count, wants_error = 0;
    const struct deviation *table = deviation_table(&count);
    assert_int_equal(count, ROWS(fields) * 3 + 8); /* each of them is tested above */
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(deviation_find(slice_of(table[i].name)), &table[i]);
        assert_non_null(clause_info(table[i].clause));
        assert_in_range(strlen(table[i].summary), 1, 100);
        wants_error += deviation_wants_error(&table[i]);
    }
    assert_int_equal(wants_error, 4);
    static const char *const others[] = {"", "missing-", "missing-x", "NULL-image", "image"};
    for (size_t i = 0; i < ROWS(others); i++)
        assert_null(deviation_find(slice_of(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deviation_changes_one_field),
        cmocka_unit_test(deviation_fields_are_all_in_some_envelope),
        cmocka_unit_test(deviation_commits_its_one_breach),
        cmocka_unit_test(deviation_adds_unknown_fields_at_every_level),
        cmocka_unit_test(deviation_mismatches_the_mismatching_status_too),
        cmocka_unit_test(deviation_leaves_any_other_tree_in_peace),
        cmocka_unit_test(deviation_keeps_the_image_in_its_place),
        cmocka_unit_test(deviation_is_found_by_its_name_alone),
    };
    return cmocka_run_group_tests_name("deviation", tests, NULL, NULL);
}
