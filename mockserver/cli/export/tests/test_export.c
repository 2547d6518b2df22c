/* The exported documents hold every row of the tables, agree with themselves, and come whole or not
 * at all. That the checked-in files are what the program prints is checked by ci/update-fixtures;
 * that the OpenAPI document is a right one, by ci/lint-openapi. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/contract.h"
#include "api/contract_document.h"
#include "export.h"
#include "export_build.h"
#include "pins.h"

static cJSON *member(const cJSON *object, const char *name)
{
    cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!found)
        fail_msg("no member '%s'", name);
    return found;
}

/* "a/b/c" from root; names that hold a slash are not reached this way. */
static cJSON *at(cJSON *root, const char *path)
{
    char copy[256], *rest = copy, *name;
    snprintf(copy, sizeof copy, "%s", path);
    while ((name = strsep(&rest, "/")))
        root = member(root, name);
    return root;
}

static void export_contract_holds_every_row(void **state)
{
    (void)state;
    size_t expressions, limits;
    expression_table(&expressions);
    limit_table(&limits);
    const struct {
        const char *table;
        size_t rows;
    } cases[] = {
        {"endpoints", ENDPOINT_COUNT - 1},
        {"revisions", REVISION_COUNT},
        {"errors", PINNED_CODES},
        {"expressions", expressions},
        {"limits", limits},
        {"clauses", CLAUSE_COUNT},
    };
    cJSON *contract = contract_document();
    assert_non_null(contract);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if ((size_t)cJSON_GetArraySize(member(contract, cases[i].table)) != cases[i].rows)
            fail_msg("%s: not %zu rows", cases[i].table, cases[i].rows);
    cJSON_Delete(contract);
}

static void export_contract_says_what_each_revision_accepts(void **state)
{
    (void)state;
    static const struct {
        const char *name, *envelope, *statuses;
        bool required, is_default;
    } cases[] = {
        {"1.0.0", "A", "status_2025_09", false, false},
        {"1.0.1", "A", "status_2025_09", false, false},
        {"2025-09", "B", "status_2025_09", true, false},
        {"2026-01", "B", "status_2026_01", true, true},
        {"2026-05", "C", "status_2026_01", true, false},
    };
    cJSON *contract = contract_document();
    assert_non_null(contract);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *row = cJSON_GetArrayItem(member(contract, "revisions"), (int)i);
        assert_string_equal(member(row, "name")->valuestring, cases[i].name);
        char list[128], wanted[130];
        char *choices = cJSON_Print(member(row, "service_choice"));
        expression_list(list, sizeof list, revision_find(slice_of(cases[i].name)));
        snprintf(wanted, sizeof wanted, "[%s]", list);
        assert_string_equal(choices, wanted);
        cJSON_free(choices);
        assert_string_equal(member(row, "envelope")->valuestring, cases[i].envelope);
        assert_string_equal(member(row, "statuses")->valuestring, cases[i].statuses);
        assert_int_equal(cJSON_IsTrue(member(row, "service_choice_required")), cases[i].required);
        assert_int_equal(cJSON_IsTrue(member(row, "default")), cases[i].is_default);
    }
    cJSON_Delete(contract);
}

static void export_contract_cuts_seen_at_commas(void **state)
{
    (void)state;
    static const struct {
        const char *code, *seen;
    } cases[] = {
        {"PARAMETERS_CANNOT_EMPTY", "[]"},
        {"UNSUPPORTED_PARAMETER_VALUES", "[\"observed_live\"]"},
        {"ERROR_AI_NOT_EXISTS", "[\"old_error_code_str\",\"sdk_docs\",\"observed_live\"]"},
    };
    cJSON *contract = contract_document(), *row;
    assert_non_null(contract);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON_ArrayForEach(row, member(contract, "errors"))
        {
            if (strcmp(member(row, "name")->valuestring, cases[i].code) == 0)
                break;
        }
        assert_non_null(row);
        char *seen = cJSON_PrintUnformatted(member(row, "seen"));
        assert_string_equal(seen, cases[i].seen);
        cJSON_free(seen);
    }
    cJSON_Delete(contract);
}

/* Every {"$ref": "#/components/<kind>/<name>"} below item leads somewhere; counts them. */
static unsigned follow_references(cJSON *root, const cJSON *item)
{
    unsigned count = 0;
    const cJSON *child;
    cJSON_ArrayForEach(child, item)
    {
        if (child->string && strcmp(child->string, "$ref") == 0) {
            assert_int_equal(strncmp(child->valuestring, "#/components/", 13), 0);
            at(root, child->valuestring + 2);
            count++;
        }
        count += follow_references(root, child);
    }
    return count;
}

static void export_openapi_references_lead_somewhere(void **state)
{
    (void)state;
    cJSON *document = export_openapi();
    assert_non_null(document);
    assert_true(follow_references(document, document) > 20);
    cJSON_Delete(document);
}

/* How many responses "Error<status>" list the code, and at which status the last one stands. */
static unsigned find_code(cJSON *responses, const char *code, int *status)
{
    unsigned count = 0;
    cJSON *response, *listed;
    cJSON_ArrayForEach(response, responses)
    {
        if (sscanf(response->string, "Error%d", status) != 1)
            continue;
        cJSON *schema = member(at(response, "content"), "application/json");
        cJSON *own = cJSON_GetArrayItem(at(schema, "schema/allOf"), 1);
        cJSON_ArrayForEach(listed, at(own, "properties/error_detail/properties/code/enum"))
        {
            if (strcmp(listed->valuestring, code) == 0) {
                count++;
                assert_int_equal(at(own, "properties/error_code/const")->valueint, *status);
            }
        }
    }
    return count;
}

static void export_openapi_lists_each_code_at_its_status(void **state)
{
    (void)state;
    cJSON *document = export_openapi();
    assert_non_null(document);
    cJSON *responses = at(document, "components/responses");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        int status = 0;
        const struct error_info *info = error_info(code);
        unsigned expected = code == CODE_ERROR_ILLEGAL_OPERATION ? 2 : 1; /* 403, and 405 by rule */
        unsigned count = find_code(responses, info->name, &status);
        if (count != expected)
            fail_msg("%s: listed %u times, not %u", info->name, count, expected);
    }
    cJSON_Delete(document);
}

/* What a reader of the printed document gets; document is consumed. */
static cJSON *as_printed(cJSON *document)
{
    char *text = cJSON_PrintUnformatted(document);
    cJSON *read = cJSON_Parse(text);
    cJSON_Delete(document);
    cJSON_free(text);
    assert_non_null(read);
    return read;
}

static void export_openapi_gives_an_example_of_each_code_of_the_endpoint(void **state)
{
    (void)state;
    cJSON *document = as_printed(export_openapi());
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        char name[16];
        const struct error_info *info = error_info(code);
        snprintf(name, sizeof name, "Error%d", info->status_2026_01);
        cJSON *content = member(at(at(document, "components/responses"), name), "content");
        cJSON *examples =
            cJSON_GetObjectItemCaseSensitive(member(content, "application/json"), "examples");
        cJSON *example = cJSON_GetObjectItemCaseSensitive(examples, info->name);
        if (!example != (info->relevance == ENDPOINT_NO))
            fail_msg("%s: %s", info->name, example ? "an example too much" : "no example");
        if (example)
            assert_int_equal(at(example, "value/error_code")->valueint, info->status_2026_01);
    }
    cJSON_Delete(document);
}

static void export_builder_fails_when_words_do_not_fit(void **state)
{
    (void)state;
    struct builder b = {false};
    struct words words = {0};
    cJSON *root = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof words.text - 1; i++)
        words_add(&words, "x");
    assert_non_null(add_words(&b, root, "fits", &words));
    assert_false(b.failed);
    words_add(&words, "x");
    words_add(&words, "x");
    assert_null(add_words(&b, root, "does not", &words));
    assert_true(b.failed);
    assert_null(build_end(&b, root));
}

/* The allocation that fails, counted down; 0: none. */
static size_t until_failure;

static void *failing_malloc(size_t size)
{
    return until_failure && --until_failure == 0 ? NULL : malloc(size);
}

/* One allocation in the middle of a tree fails, each time another: NULL, and nothing leaks. */
static void assert_fails_whole(cJSON *(*export)(void))
{
    size_t failed = 0;
    cJSON_Hooks hooks = {failing_malloc, free};
    cJSON_InitHooks(&hooks);
    for (size_t n = 1;; n += n < 200 ? 1 : 97) {
        until_failure = n;
        cJSON *document = export();
        bool whole = document != NULL, reached = until_failure == 0;
        cJSON_Delete(document);
        if (!reached)
            break;
        failed++;
        if (whole) {
            cJSON_InitHooks(NULL);
            fail_msg("allocation %zu failed, and the document came all the same", n);
        }
    }
    cJSON_InitHooks(NULL);
    assert_true(failed > 200);
}

static void export_is_whole_or_nothing_when_memory_runs_out(void **state)
{
    (void)state;
    assert_fails_whole(contract_document);
    assert_fails_whole(export_openapi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export_contract_holds_every_row),
        cmocka_unit_test(export_contract_says_what_each_revision_accepts),
        cmocka_unit_test(export_contract_cuts_seen_at_commas),
        cmocka_unit_test(export_openapi_references_lead_somewhere),
        cmocka_unit_test(export_openapi_lists_each_code_at_its_status),
        cmocka_unit_test(export_openapi_gives_an_example_of_each_code_of_the_endpoint),
        cmocka_unit_test(export_builder_fails_when_words_do_not_fit),
        cmocka_unit_test(export_is_whole_or_nothing_when_memory_runs_out),
    };
    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
