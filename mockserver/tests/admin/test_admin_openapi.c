/* The OpenAPI document of the admin API: it has every route, and says what each answers and takes.
 */
#include "admin_ask.h"
#include "documents/shapes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect_references(const cJSON *json, const cJSON *schemas)
{
    static const char prefix[] = "#/components/schemas/";
    for (const cJSON *item = json->child; item; item = item->next) {
        if (item->string && strcmp(item->string, "$ref") == 0) {
            assert_memory_equal(item->valuestring, prefix, sizeof prefix - 1);
            if (!cJSON_HasObjectItem(schemas, item->valuestring + sizeof prefix - 1))
                print_error("dangling: %s\n", item->valuestring);
            assert_true(cJSON_HasObjectItem(schemas, item->valuestring + sizeof prefix - 1));
        }
        expect_references(item, schemas);
    }
}

static void admin_openapi_has_exactly_the_routes(void **unused)
{
    (void)unused;
    struct state *state = admin_state();
    size_t count, operations = 0;
    const struct admin_route *routes = admin_routes(&count);
    cJSON *json = admin_json(state, "GET", "/__admin/openapi.json", "", 200);
    const cJSON *path;
    cJSON_ArrayForEach(path, admin_at(json, "paths")) operations +=
        (size_t)cJSON_GetArraySize(path);
    assert_int_equal(operations, count);
    for (size_t i = 0; i < count; i++) {
        char method[8] = "";
        for (size_t c = 0; routes[i].method[c]; c++)
            method[c] = (char)slice_lower(routes[i].method[c]);
        const cJSON *operation = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(admin_at(json, "paths"), routes[i].pattern), method);
        assert_non_null(operation);
        assert_string_equal(admin_text_at(operation, "operationId"), routes[i].id);
    }
    expect_references(json, admin_at(json, "components/schemas"));
    cJSON_Delete(json);
    state_free(state);
}

/* Every member that an answer has stands in its schema. */
static void expect_described(const cJSON *schemas, const char *schema, const cJSON *answer)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(schemas, schema), "properties");
    const cJSON *item;
    cJSON_ArrayForEach(item, answer)
    {
        if (!cJSON_HasObjectItem(properties, item->string))
            print_error("%s has no %s\n", schema, item->string);
        assert_true(cJSON_HasObjectItem(properties, item->string));
    }
}

static void admin_openapi_describes_what_is_answered(void **unused)
{
    (void)unused;
    struct state *state = admin_state();
    admin_journal(state, "a", "", "", 10);
    assert_true(state_arm_tls(state, &(struct tls_arming){TLS_FAULT_stall, 2}));
    cJSON *openapi = admin_json(state, "GET", "/__admin/openapi.json", "", 200);
    const cJSON *schemas = admin_at(openapi, "components/schemas");
    static const struct {
        const char *target, *schema, *path;
    } members[] = {
        {"/__admin/requests", "Requests", ""},
        {"/__admin/requests", "Request", "requests/0"},
        {"/__admin/requests", "Image", "requests/0/image"},
        {"/__admin/mappings", "Mappings", ""},
        {"/__admin/mappings/slow", "Scenario", ""},
        {"/__admin/mappings/slow", "Step", "steps/0"},
        {"/__admin/scenarios", "Scenarios", ""},
        {"/__admin/accounts", "Accounts", ""},
        {"/__admin/accounts", "Account", "accounts/0"},
        {"/__admin/coverage", "Coverage", ""},
        {"/__admin/coverage", "CoverageGroup", "groups/0"},
        {"/__admin/settings", "Settings", ""},
        {"/__admin/tls", "TlsFaults", ""},
        {"/__admin/tls", "TlsFault", "tls/0"},
        {"/__admin/health", "Health", ""},
        {"/__admin/version", "Version", ""},
    };
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        print_message("%s %s\n", members[i].target, members[i].path);
        cJSON *answer = admin_json(state, "GET", members[i].target, "", 200);
        expect_described(schemas, members[i].schema, admin_at(answer, members[i].path));
        cJSON_Delete(answer);
    }
    cJSON_Delete(openapi);
    state_free(state);
}

/* The fields of a match, in a scenario and in a query; and no pattern that does not exist. */
static void admin_openapi_describes_what_a_query_takes(void **unused)
{
    (void)unused;
    static const char *const paths[] = {"components/schemas/Match/properties",
                                        "components/schemas/RequestQuery/properties"};
    struct state *state = admin_state();
    struct admin_answer answer = admin_ask(state, "GET", "/__admin/openapi.json", "");
    cJSON *openapi = cJSON_Parse(answer.text);
    assert_null(strstr(answer.text, "[...]"));
    for (size_t i = 0; i < 2; i++)
        for (size_t row = 0; row < CRITERIA; row++)
            assert_true(
                cJSON_HasObjectItem(admin_at(openapi, paths[i]), match_shape.rows[row].name));
    cJSON_Delete(openapi);
    admin_answer_clear(&answer);
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admin_openapi_has_exactly_the_routes),
        cmocka_unit_test(admin_openapi_describes_what_is_answered),
        cmocka_unit_test(admin_openapi_describes_what_a_query_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
