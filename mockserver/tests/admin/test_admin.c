/* The admin API, route by route, without HTTP: what each answers, how each refuses, and that its
 * OpenAPI document says the same. */
#include "admin/admin.h"
#include "admin/admin_call.h"
#include "documents/shapes.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECRET "secret-key-0042"
#define WORDS_MAX 10

static const struct admin_host host = {
    .version = "9.8.7", .revision = "2026-01", .uptime_ms = 3999, .waiters_max = 1};

/* Bodies are written with ' for ". */
static struct admin_answer ask(struct state *state, const char *method, const char *target,
                               const char *body)
{
    char json[512];
    struct admin_answer answer;
    size_t path = strcspn(target, "?");
    assert_true(snprintf(json, sizeof json, "%s", body) < (int)sizeof json);
    for (char *quote = json; (quote = strchr(quote, '\'')) != NULL;)
        *quote = '"';
    const struct admin_request request = {
        .method = slice_of(method),
        .path = slice_make(target, path),
        .query = slice_of(target[path] ? target + path + 1 : ""),
        .body = slice_of(json),
    };
    admin_answer(&answer, state, &host, &request);
    assert_non_null(answer.text);
    assert_int_equal(answer.size, strlen(answer.text));
    assert_null(strstr(answer.text, SECRET));
    return answer;
}

/* The answer's JSON, to be deleted; its status is checked. */
static cJSON *json_of(struct state *state, const char *method, const char *target, const char *body,
                      int status)
{
    struct admin_answer answer = ask(state, method, target, body);
    if (answer.status != status)
        print_error("%s %s: %d %s\n", method, target, answer.status, answer.text);
    assert_int_equal(answer.status, status);
    assert_string_equal(answer.content_type, "application/json");
    cJSON *json = cJSON_Parse(answer.text);
    assert_true(cJSON_IsObject(json));
    admin_answer_clear(&answer);
    return json;
}

/* A member by its path, "requests/0/code"; NULL when there is none. */
static const cJSON *find(const cJSON *json, const char *path)
{
    char name[64];
    while (json && *path) {
        size_t len = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, atoi(name))
                                   : cJSON_GetObjectItemCaseSensitive(json, name);
        path += len + (path[len] == '/');
    }
    return json;
}

static const cJSON *at(const cJSON *json, const char *path)
{
    assert_non_null(find(json, path));
    return find(json, path);
}

static const char *text_at(const cJSON *json, const char *path)
{
    assert_true(cJSON_IsString(at(json, path)));
    return at(json, path)->valuestring;
}

static struct state *state_empty(void)
{
    struct state *state = state_new(&(struct state_options){.speaks_tls = true});
    assert_non_null(state);
    return state;
}

/* A request that was answered so. */
static void journal(struct state *state, const char *key, const char *code, const char *scenario,
                    int service_choice)
{
    struct visit visit;
    struct journal_entry entry = {.status = code[0] ? 400 : 200,
                                  .number = {.service_choice = service_choice},
                                  .duration_ms = 1.5,
                                  .time_ms = 1767875696123};
    state_enter(&visit, state,
                &(struct visit_head){VISIT_CALL, slice_of(key), true, 1, 1767875696123});
    snprintf(entry.method, sizeof entry.method, "POST");
    snprintf(entry.path, sizeof entry.path, "/api/x");
    snprintf(entry.code, sizeof entry.code, "%s", code);
    snprintf(entry.scenario, sizeof entry.scenario, "%s", scenario);
    state_leave(&visit, &entry, slice_of("the body"), !code[0]);
}

/* Routing */

static void admin_owns_its_paths_only(void **unused)
{
    (void)unused;
    static const struct {
        const char *path;
        bool expected;
    } paths[] = {{"/__admin", true}, {"/__admin/", true},  {"/__admin/requests", true},
                 {"/metrics", true}, {"/__admins", false}, {"/metrics/", false},
                 {"/__admi", false}, {"", false},          {"/api/__admin", false}};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        print_message("%s\n", paths[i].path);
        assert_int_equal(admin_owns(slice_of(paths[i].path)), paths[i].expected);
    }
}

static void admin_refuses_a_body_that_is_too_large(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    struct admin_answer answer;
    char *body = malloc(ADMIN_BODY_MAX + 1);
    memset(body, ' ', ADMIN_BODY_MAX + 1);
    const struct admin_request request = {
        .method = slice_of("POST"),
        .path = slice_of("/__admin/mappings"),
        .body = slice_make(body, ADMIN_BODY_MAX + 1),
    };
    admin_answer(&answer, state, &host, &request);
    assert_int_equal(answer.status, 413);
    admin_answer_clear(&answer);
    free(body);
    state_free(state);
}

/* The table of calls */

/* A row of admin_calls.def. */
struct row {
    const char *method, *target, *body;
    int status;
    const char *words[WORDS_MAX];
};

/* clang-format off */
#define NEW(why) {"NEW", why, "", 0, {NULL}},
#define CALL(key, code, scenario, service_choice) {"CALL", key, code, service_choice, {scenario}},
#define ASK(method, target, body, status, ...) {method, target, body, status, {__VA_ARGS__}},
/* clang-format on */
static const struct row rows[] = {
#include "admin_calls.def"
};

static void expect_word(const cJSON *json, const char *word)
{
    char path[96];
    size_t len = strcspn(word, "=#!");
    snprintf(path, sizeof path, "%.*s", (int)len, word);
    if (word[len] == '!') {
        assert_null(find(json, path));
        return;
    }
    const cJSON *member = at(json, path);
    if (word[len] == '#') {
        assert_true(cJSON_IsArray(member));
        assert_int_equal(cJSON_GetArraySize(member), atoi(word + len + 1));
        return;
    }
    char text[96];
    if (cJSON_IsNumber(member))
        snprintf(text, sizeof text, "%.17g", member->valuedouble);
    else
        snprintf(text, sizeof text, "%s",
                 cJSON_IsString(member)  ? member->valuestring
                 : cJSON_IsTrue(member)  ? "true"
                 : cJSON_IsFalse(member) ? "false"
                 : cJSON_IsNull(member)  ? "null"
                                         : "an object or array");
    assert_string_equal(text, word + len + 1);
}

static void expect_row(struct state *state, const struct row *row)
{
    struct admin_answer answer = ask(state, row->method, row->target, row->body);
    print_message("%s %s %s: %d %.200s\n", row->method, row->target, row->body, answer.status,
                  answer.text);
    assert_int_equal(answer.status, row->status);
    assert_string_equal(answer.content_type, "application/json");
    assert_false(answer.shutdown);
    cJSON *json = cJSON_Parse(answer.text);
    assert_true(cJSON_IsObject(json));
    const char *pointer = "", *allow = "";
    for (size_t i = 0; i < WORDS_MAX && row->words[i]; i++)
        if (strncmp(row->words[i], "Allow=", 6) == 0)
            allow = row->words[i] + 6;
        else if (strncmp(row->words[i], "pointer=", 8) == 0)
            pointer = row->words[i] + 8;
        else
            expect_word(json, row->words[i]);
    assert_string_equal(answer.allow, allow);
    if (row->status >= 400) {
        assert_true(strlen(text_at(json, "error")) > 0);
        assert_string_equal(text_at(json, "pointer"), pointer);
    }
    cJSON_Delete(json);
    admin_answer_clear(&answer);
}

static void admin_answers_each_call(void **unused)
{
    (void)unused;
    struct state *state = NULL;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].method, "NEW") == 0) {
            print_message("- %s\n", rows[i].target);
            state_free(state);
            state = state_empty();
        } else if (strcmp(rows[i].method, "CALL") == 0) {
            journal(state, rows[i].target, rows[i].body, rows[i].words[0], rows[i].status);
        } else {
            expect_row(state, &rows[i]);
        }
    state_free(state);
}

/* Every row of routes.def but these is asked above or below. */
static void admin_table_asks_every_route(void **unused)
{
    (void)unused;
    static const char *const elsewhere[] = {"openapi", "metrics", "shutdown", "events",
                                            "list_scenarios"};
    size_t count;
    const struct admin_route *routes = admin_routes(&count);
    for (size_t i = 0; i < count; i++) {
        const size_t head = strcspn(routes[i].pattern, "{");
        const bool whole = !routes[i].pattern[head];
        bool asked = false;
        for (size_t k = 0; k < COUNT_OF(elsewhere); k++)
            asked |= strcmp(elsewhere[k], routes[i].id) == 0;
        for (size_t k = 0; k < COUNT_OF(rows); k++)
            asked |= rows[k].status / 100 == 2 && strcmp(rows[k].method, routes[i].method) == 0 &&
                     strncmp(rows[k].target, routes[i].pattern, head) == 0 &&
                     (!whole || strcspn(rows[k].target, "?") == head);
        if (!asked)
            fail_msg("no row asks %s with success", routes[i].id);
    }
}

static void admin_scenarios_lists_each_name_once(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    cJSON *json = json_of(state, "GET", "/__admin/scenarios", "", 200);
    double built_in = at(json, "meta/total")->valuedouble;
    cJSON_Delete(json);
    assert_true(built_in >= ERROR_COUNT - 1);
    static const char *const own[] = {"slow", "new"};
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        char body[64];
        snprintf(body, sizeof body, "{'name':'%s','steps':[{'delay':1}]}", own[i]);
        cJSON_Delete(json_of(state, "POST", "/__admin/mappings", body, 201));
    }
    json = json_of(state, "GET", "/__admin/scenarios", "", 200);
    assert_true(at(json, "meta/total")->valuedouble == built_in + 1);
    assert_int_equal(cJSON_GetArraySize(at(json, "scenarios")), (int)built_in + 1);
    assert_string_equal(text_at(json, "scenarios/0/name"), "new");
    assert_true(cJSON_IsFalse(at(json, "scenarios/0/built_in")));
    cJSON_Delete(json);
    state_free(state);
}

static void admin_prints_metrics_and_shuts_down(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    struct admin_answer answer = ask(state, "GET", "/metrics", "");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.content_type, METRICS_CONTENT_TYPE);
    assert_non_null(strstr(answer.text, "ailab_mock_build_info{version=\"9.8.7\""));
    assert_false(answer.shutdown);
    admin_answer_clear(&answer);
    answer = ask(state, "POST", "/__admin/shutdown", "");
    assert_int_equal(answer.status, 200);
    assert_true(answer.shutdown);
    admin_answer_clear(&answer);
    answer = ask(state, "GET", "/__admin/shutdown", "");
    assert_false(answer.shutdown);
    admin_answer_clear(&answer);
    state_free(state);
}

static void admin_prints_coverage_in_the_wanted_format(void **unused)
{
    (void)unused;
    static const char browser[] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    static const struct {
        const char *query, *accept, *type, *beginning;
    } formats[] = {
        {"", "", "application/json", "{\"percent\":0,"},
        {"", "*/*", "application/json", "{\"percent\":0,"},
        {"", browser, "text/html; charset=utf-8", "<!doctype html>"},
        {"", "text/plain", "text/plain; charset=utf-8", "coverage: 0.0 % (0 of "},
        {"format=json", browser, "application/json", "{\"percent\":0,"},
        {"format=text", "*/*", "text/plain; charset=utf-8", "coverage: 0.0 % (0 of "},
        {"format=html&api_key=" SECRET, "", "text/html; charset=utf-8", "<!doctype html>"},
    };
    struct state *state = state_empty();
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct admin_answer answer;
        const struct admin_request request = {.method = slice_of("GET"),
                                              .path = slice_of("/__admin/coverage"),
                                              .query = slice_of(formats[i].query),
                                              .accept = slice_of(formats[i].accept)};
        admin_answer(&answer, state, &host, &request);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.content_type, formats[i].type);
        assert_memory_equal(answer.text, formats[i].beginning, strlen(formats[i].beginning));
        assert_null(strstr(answer.text, SECRET));
        admin_answer_clear(&answer);
    }
    state_free(state);
}

/* Faults of TLS */

/* A fault that no connection can meet is a mistake that a test would not notice. */
static void admin_arms_no_tls_fault_where_there_is_no_tls(void **unused)
{
    (void)unused;
    struct state *state = state_new(&(struct state_options){0});
    static const struct {
        const char *method, *target, *body, *pointer;
    } wrong[] = {
        {"POST", "/__admin/tls", "{'fault':'tls-stall'}", ""},
        {"PUT", "/__admin/mappings", "{'tls':[{'fault':'tls-stall'}],'scenarios':[]}", "/tls"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        cJSON *json = json_of(state, wrong[i].method, wrong[i].target, wrong[i].body, 400);
        assert_string_equal(text_at(json, "pointer"), wrong[i].pointer);
        assert_non_null(strstr(text_at(json, "error"), "--https"));
        cJSON_Delete(json);
    }
    cJSON_Delete(json_of(state, "PUT", "/__admin/mappings", "{'tls':[]}", 200));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    state_free(state);
}

/* They belong to no key, and count where the mock speaks TLS. */
static void admin_covers_tls_faults_of_all_keys(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    cJSON_Delete(json_of(state, "POST", "/__admin/tls", "{'fault':'tls-stall'}", 200));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_stall);
    cJSON *all = json_of(state, "GET", "/__admin/coverage", "", 200);
    cJSON *key = json_of(state, "GET", "/__admin/coverage?api_key=k", "", 200);
    assert_string_equal(text_at(all, "groups/2/name"), "tls_faults");
    assert_int_equal(at(all, "groups/2/met")->valueint, 1);
    assert_int_equal(at(all, "groups/2/of")->valueint, TLS_FAULT_END - 1);
    assert_string_equal(text_at(all, "groups/2/items/0/cue"), "{\"fault\": \"tls-expired\"}");
    assert_int_equal(at(all, "met")->valueint, 1);
    assert_int_equal(at(key, "groups/2/of")->valueint, 0);
    cJSON_Delete(all);
    cJSON_Delete(key);
    state_free(state);
}

static void admin_says_when_no_more_tls_faults_can_wait(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    for (size_t i = 0; i < TLS_ARMINGS_MAX; i++)
        cJSON_Delete(json_of(state, "POST", "/__admin/tls", "{'fault':'tls-stall'}", 200));
    cJSON *json = json_of(state, "POST", "/__admin/tls", "{'fault':'tls-stall'}", 507);
    assert_non_null(strstr(text_at(json, "error"), "64 faults of TLS wait already"));
    cJSON_Delete(json);
    state_free(state);
}

/* OpenAPI */

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
    struct state *state = state_empty();
    size_t count, operations = 0;
    const struct admin_route *routes = admin_routes(&count);
    cJSON *json = json_of(state, "GET", "/__admin/openapi.json", "", 200);
    const cJSON *path;
    cJSON_ArrayForEach(path, at(json, "paths")) operations += (size_t)cJSON_GetArraySize(path);
    assert_int_equal(operations, count);
    for (size_t i = 0; i < count; i++) {
        char method[8] = "";
        for (size_t c = 0; routes[i].method[c]; c++)
            method[c] = (char)slice_lower(routes[i].method[c]);
        const cJSON *operation = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(at(json, "paths"), routes[i].pattern), method);
        assert_non_null(operation);
        assert_string_equal(text_at(operation, "operationId"), routes[i].id);
    }
    expect_references(json, at(json, "components/schemas"));
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
    struct state *state = state_empty();
    journal(state, "a", "", "", 10);
    assert_true(state_arm_tls(state, &(struct tls_arming){TLS_FAULT_stall, 2}));
    cJSON *openapi = json_of(state, "GET", "/__admin/openapi.json", "", 200);
    const cJSON *schemas = at(openapi, "components/schemas");
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
        cJSON *answer = json_of(state, "GET", members[i].target, "", 200);
        expect_described(schemas, members[i].schema, at(answer, members[i].path));
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
    struct state *state = state_empty();
    struct admin_answer answer = ask(state, "GET", "/__admin/openapi.json", "");
    cJSON *openapi = cJSON_Parse(answer.text);
    assert_null(strstr(answer.text, "[...]"));
    for (size_t i = 0; i < 2; i++)
        for (size_t row = 0; row < CRITERIA; row++)
            assert_true(cJSON_HasObjectItem(at(openapi, paths[i]), match_shape.rows[row].name));
    cJSON_Delete(openapi);
    admin_answer_clear(&answer);
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admin_owns_its_paths_only),
        cmocka_unit_test(admin_refuses_a_body_that_is_too_large),
        cmocka_unit_test(admin_answers_each_call),
        cmocka_unit_test(admin_table_asks_every_route),
        cmocka_unit_test(admin_scenarios_lists_each_name_once),
        cmocka_unit_test(admin_prints_metrics_and_shuts_down),
        cmocka_unit_test(admin_prints_coverage_in_the_wanted_format),
        cmocka_unit_test(admin_arms_no_tls_fault_where_there_is_no_tls),
        cmocka_unit_test(admin_covers_tls_faults_of_all_keys),
        cmocka_unit_test(admin_says_when_no_more_tls_faults_can_wait),
        cmocka_unit_test(admin_openapi_has_exactly_the_routes),
        cmocka_unit_test(admin_openapi_describes_what_is_answered),
        cmocka_unit_test(admin_openapi_describes_what_a_query_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
