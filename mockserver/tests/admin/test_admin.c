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

static const struct admin_host host = {
    .version = "9.8.7", .revision = "2026-01", .uptime_ms = 3999};

static struct admin_answer ask(struct state *state, const char *method, const char *target,
                               const char *body)
{
    struct admin_answer answer;
    size_t path = strcspn(target, "?");
    const struct admin_request request = {
        .method = slice_of(method),
        .path = slice_make(target, path),
        .query = slice_of(target[path] ? target + path + 1 : ""),
        .body = slice_of(body),
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

static void do_ask(struct state *state, const char *method, const char *target, const char *body,
                   int status)
{
    cJSON_Delete(json_of(state, method, target, body, status));
}

/* A member by its path: "requests/0/code". */
static const cJSON *at(const cJSON *json, const char *path)
{
    char name[64];
    while (*path) {
        size_t len = strcspn(path, "/");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, atoi(name))
                                   : cJSON_GetObjectItemCaseSensitive(json, name);
        assert_non_null(json);
        path += len + (path[len] == '/');
    }
    return json;
}

static double number_at(const cJSON *json, const char *path)
{
    assert_true(cJSON_IsNumber(at(json, path)));
    return at(json, path)->valuedouble;
}

static const char *text_at(const cJSON *json, const char *path)
{
    assert_true(cJSON_IsString(at(json, path)));
    return at(json, path)->valuestring;
}

static double number_of(struct state *state, const char *method, const char *target,
                        const char *body, const char *path)
{
    cJSON *json = json_of(state, method, target, body, 200);
    double number = number_at(json, path);
    cJSON_Delete(json);
    return number;
}

static struct state *state_empty(void)
{
    struct state *state = state_new(&(struct state_options){0});
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
    } rows[] = {{"/__admin", true}, {"/__admin/", true},  {"/__admin/requests", true},
                {"/metrics", true}, {"/__admins", false}, {"/metrics/", false},
                {"/__admi", false}, {"", false},          {"/api/__admin", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].path);
        assert_int_equal(admin_owns(slice_of(rows[i].path)), rows[i].expected);
    }
}

static void admin_refuses_with_status_and_place(void **unused)
{
    (void)unused;
    static const struct {
        const char *why, *method, *target, *body;
        int status;
        const char *pointer, *allow;
    } rows[] = {
        {"no such path", "GET", "/__admin/nothing", "", 404, "", ""},
        {"the root", "GET", "/__admin", "", 404, "", ""},
        {"a slash too many", "GET", "/__admin/requests/", "", 404, "", ""},
        {"two segments for one", "GET", "/__admin/mappings/a/b", "", 404, "", ""},
        {"case", "GET", "/__Admin/requests", "", 404, "", ""},
        {"a method", "PATCH", "/__admin/requests", "", 405, "", "GET, DELETE"},
        {"a method of another pattern", "GET", "/__admin/requests/find", "", 405, "", "POST"},
        {"an unknown parameter", "DELETE", "/__admin/requests?apikey=x", "", 400, "", ""},
        {"a parameter where none is", "GET", "/__admin/health?x=1", "", 400, "", ""},
        {"an empty key", "POST", "/__admin/reset?api_key=", "", 400, "", ""},
        {"bad escapes", "GET", "/__admin/requests?api_key=%4", "", 400, "", ""},
        {"a NUL", "GET", "/__admin/requests?api_key=a%00b", "", 400, "", ""},
        {"a bad limit", "GET", "/__admin/requests?limit=0", "", 400, "", ""},
        {"a limit too large", "GET", "/__admin/requests?limit=1001", "", 400, "", ""},
        {"a negative page", "GET", "/__admin/requests?before=-1", "", 400, "", ""},
        {"no id", "GET", "/__admin/requests/abc", "", 404, "", ""},
        {"an unknown id", "GET", "/__admin/requests/77", "", 404, "", ""},
        {"an id beyond 64 bits", "GET", "/__admin/requests/99999999999999999999", "", 404, "", ""},
        {"no JSON", "POST", "/__admin/requests/find", "{", 400, "", ""},
        {"an unknown field", "POST", "/__admin/requests/count", "{\"x\":1}", 400, "/x", ""},
        {"no scenario", "POST", "/__admin/mappings", "", 400, "", ""},
        {"a bad step", "POST", "/__admin/mappings", "{\"name\":\"a\",\"steps\":[{\"delay\":-1}]}",
         400, "/steps/0/delay", ""},
        {"a bad document", "PUT", "/__admin/mappings", "{\"scenarios\":{}}", 400, "/scenarios", ""},
        {"an unknown mapping", "GET", "/__admin/mappings/nope", "", 404, "", ""},
        {"a built-in one", "DELETE", "/__admin/mappings/slow", "", 404, "", ""},
        {"a queue without a key", "POST", "/__admin/queue", "{\"steps\":[{\"delay\":1}]}", 400, "",
         ""},
        {"a bad queued step", "POST", "/__admin/queue",
         "{\"api_key\":\"" SECRET "\",\"steps\":[{\"delay\":1},{\"error\":7}]}", 400,
         "/steps/1/error", ""},
        {"a key of the wrong type", "POST", "/__admin/queue",
         "{\"api_key\":[\"" SECRET "\"],\"steps\":[]}", 400, "/api_key", ""},
        {"an array of accounts", "PUT", "/__admin/accounts", "{\"accounts\":[]}", 400, "/accounts",
         ""},
        {"a whole document for accounts", "PUT", "/__admin/accounts", "{\"seed\":1}", 400, "/seed",
         ""},
        {"a wrong setting", "POST", "/__admin/settings", "{\"strict\":1}", 400, "/strict", ""},
        {"a setting out of range", "POST", "/__admin/settings", "{\"journal_bytes\":1}", 400,
         "/journal_bytes", ""},
    };
    struct state *state = state_empty();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct admin_answer answer = ask(state, rows[i].method, rows[i].target, rows[i].body);
        print_message("%s: %s\n", rows[i].why, answer.text);
        assert_int_equal(answer.status, rows[i].status);
        assert_string_equal(answer.allow, rows[i].allow);
        cJSON *json = cJSON_Parse(answer.text);
        assert_true(strlen(text_at(json, "error")) > 0);
        assert_string_equal(text_at(json, "pointer"), rows[i].pointer);
        cJSON_Delete(json);
        admin_answer_clear(&answer);
    }
    state_free(state);
}

static void admin_refuses_a_body_that_is_too_large(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    struct admin_answer answer;
    char *body = malloc(ADMIN_BODY_MAX + 1);
    memset(body, ' ', ADMIN_BODY_MAX + 1);
    const struct admin_request request = {slice_of("POST"), slice_of("/__admin/mappings"),
                                          slice_of(""), slice_make(body, ADMIN_BODY_MAX + 1)};
    admin_answer(&answer, state, &host, &request);
    assert_int_equal(answer.status, 413);
    admin_answer_clear(&answer);
    free(body);
    state_free(state);
}

static void admin_head_is_get(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    do_ask(state, "HEAD", "/__admin/health", "", 200);
    state_free(state);
}

/* Journal */

static void admin_finds_counts_and_pages_requests(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    for (int i = 0; i < 5; i++)
        journal(state, i % 2 ? SECRET : "other", i == 3 ? "MISSING_PARAMETERS" : "", "", 10 + i);
    cJSON *json = json_of(state, "GET", "/__admin/requests?limit=2", "", 200);
    assert_int_equal(cJSON_GetArraySize(at(json, "requests")), 2);
    assert_true(number_at(json, "requests/0/id") == 5);
    assert_true(number_at(json, "meta/total") == 5);
    assert_string_equal(text_at(json, "requests/0/time"), "2026-01-08T12:34:56.123Z");
    assert_int_equal(strlen(text_at(json, "requests/0/key")), KEY_LABEL_SIZE - 1);
    cJSON_Delete(json);
    json = json_of(state, "GET", "/__admin/requests?before=4&limit=2", "", 200);
    assert_true(number_at(json, "requests/0/id") == 3);
    cJSON_Delete(json);
    assert_true(number_of(state, "GET", "/__admin/requests?api_key=secret%2dkey-0042", "",
                          "meta/total") == 2);
    assert_true(number_of(state, "POST", "/__admin/requests/count", "", "count") == 5);
    assert_true(number_of(state, "POST", "/__admin/requests/count",
                          "{\"match\":{\"service_choice\":[10,12,14]}}", "count") == 3);
    assert_true(number_of(state, "POST", "/__admin/requests/count?api_key=other",
                          "{\"match\":{\"service_choice\":[10,13]}}", "count") == 1);
    assert_true(number_of(state, "POST", "/__admin/requests/count",
                          "{\"match\":{\"api_key\":\"" SECRET "\"}}", "count") == 2);
    json =
        json_of(state, "POST", "/__admin/requests/find", "{\"code\":\"MISSING_PARAMETERS\"}", 200);
    assert_int_equal(cJSON_GetArraySize(at(json, "requests")), 1);
    assert_true(number_at(json, "requests/0/id") == 4);
    cJSON_Delete(json);
    json = json_of(state, "GET", "/__admin/requests/4", "", 200);
    assert_string_equal(text_at(json, "code"), "MISSING_PARAMETERS");
    cJSON_Delete(json);
    do_ask(state, "DELETE", "/__admin/requests?api_key=" SECRET, "", 200);
    assert_true(number_of(state, "GET", "/__admin/requests", "", "meta/total") == 3);
    do_ask(state, "DELETE", "/__admin/requests", "", 200);
    assert_true(number_of(state, "GET", "/__admin/requests", "", "meta/total") == 0);
    state_free(state);
}

static void admin_unexpected_is_one_call(void **unused)
{
    (void)unused;
    static const char *const targets[] = {"/__admin/requests/unexpected",
                                          "/__admin/requests/unmatched"};
    struct state *state = state_empty();
    journal(state, "a", "", "", 10);
    journal(state, "a", "ERROR_NO_FACE_IN_FILE", "no-face", 10);
    assert_true(number_of(state, "GET", targets[0], "", "meta/total") == 0);
    journal(state, "b", "MISSING_PARAMETERS", "", -1);
    for (size_t i = 0; i < 2; i++)
        assert_true(number_of(state, "GET", targets[i], "", "meta/total") == 1);
    assert_true(
        number_of(state, "GET", "/__admin/requests/unexpected?api_key=a", "", "meta/total") == 0);
    state_free(state);
}

static void admin_near_misses_show_each_field(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    for (int i = 0; i < 6; i++)
        journal(state, "a", i == 2 ? "MISSING_PARAMETERS" : "", "", 10 + i);
    cJSON *json =
        json_of(state, "POST", "/__admin/requests/near-misses",
                "{\"match\":{\"service_choice\":15},\"status\":400,\"method\":\"GET\"}", 200);
    assert_int_equal(cJSON_GetArraySize(at(json, "nearMisses")), 3);
    assert_true(number_at(json, "nearMisses/0/request/id") == 6);
    assert_true(number_at(json, "nearMisses/1/request/id") == 3);
    assert_true(number_at(json, "nearMisses/2/request/id") == 5);
    assert_true(number_at(json, "nearMisses/2/distance") == 1);
    assert_string_equal(text_at(json, "nearMisses/0/fields/0/field"), "match.service_choice");
    assert_true(cJSON_IsTrue(at(json, "nearMisses/0/fields/0/matched")));
    assert_string_equal(text_at(json, "nearMisses/0/fields/1/expected"), "GET");
    assert_string_equal(text_at(json, "nearMisses/0/fields/1/actual"), "POST");
    assert_true(cJSON_IsFalse(at(json, "nearMisses/0/fields/1/matched")));
    cJSON_Delete(json);
    do_ask(state, "POST", "/__admin/mappings",
           "{\"name\":\"waiting\",\"match\":{\"service_choice\":15,\"api_key\":\"b\"},"
           "\"steps\":[{\"delay\":1}]}",
           201);
    json = json_of(state, "GET", "/__admin/requests/unmatched/near-misses?limit=1", "", 200);
    assert_int_equal(cJSON_GetArraySize(at(json, "nearMisses")), 1);
    assert_string_equal(text_at(json, "nearMisses/0/mapping"), "waiting");
    assert_true(number_at(json, "nearMisses/0/distance") == 0.5);
    assert_string_equal(text_at(json, "nearMisses/0/fields/0/field"), "match.api_key");
    cJSON_Delete(json);
    state_free(state);
}

static void admin_bodies_come_with_one_request(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    do_ask(state, "POST", "/__admin/settings", "{\"journal_bodies\":true}", 200);
    journal(state, "a", "", "", 10);
    cJSON *json = json_of(state, "GET", "/__admin/requests/1", "", 200);
    assert_string_equal(text_at(json, "body_base64"), "dGhlIGJvZHk=");
    cJSON_Delete(json);
    json = json_of(state, "GET", "/__admin/requests", "", 200);
    assert_true(cJSON_IsTrue(at(json, "requests/0/has_body")));
    assert_false(cJSON_HasObjectItem(at(json, "requests/0"), "body_base64"));
    cJSON_Delete(json);
    state_free(state);
}

/* Scenarios */

static void admin_mappings_come_and_go(void **unused)
{
    (void)unused;
    static const char document[] =
        "{\"scenarios\":[{\"name\":\"a\",\"steps\":[{\"error\":\"ERROR_USER_LOCKED\"}]},"
        "{\"name\":\"b\",\"match\":{},\"steps\":[{\"delay\":5}]}],"
        "\"accounts\":{\"" SECRET "\":{\"credits\":24}}}";
    struct state *state = state_empty();
    assert_true(number_of(state, "PUT", "/__admin/mappings", document, "scenarios") == 2);
    cJSON *json = json_of(state, "POST", "/__admin/mappings",
                          "{\"name\":\"c\",\"steps\":[{\"delay\":1}]}", 201);
    assert_string_equal(text_at(json, "name"), "c");
    cJSON_Delete(json);
    json = json_of(state, "GET", "/__admin/mappings", "", 200);
    assert_string_equal(text_at(json, "mappings/0/name"), "c");
    assert_string_equal(text_at(json, "mappings/2/name"), "b");
    assert_true(number_at(json, "meta/total") == 3);
    cJSON_Delete(json);
    do_ask(state, "GET", "/__admin/mappings/%61", "", 200);
    do_ask(state, "GET", "/__admin/mappings/ERROR_BLURRY_FACE", "", 200);
    do_ask(state, "DELETE", "/__admin/mappings/a", "", 200);
    do_ask(state, "DELETE", "/__admin/mappings/a", "", 404);
    assert_true(number_of(state, "GET", "/__admin/mappings", "", "meta/total") == 2);
    do_ask(state, "DELETE", "/__admin/mappings", "", 200);
    assert_true(number_of(state, "GET", "/__admin/mappings", "", "meta/total") == 0);
    do_ask(state, "POST", "/__admin/mappings/reset", "", 200);
    assert_true(number_of(state, "GET", "/__admin/mappings", "", "meta/total") == 2);
    state_free(state);
}

static void admin_scenarios_lists_each_name_once(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    double built_in = number_of(state, "GET", "/__admin/scenarios", "", "meta/total");
    assert_true(built_in >= ERROR_COUNT - 1);
    do_ask(state, "POST", "/__admin/mappings", "{\"name\":\"slow\",\"steps\":[{\"delay\":1}]}",
           201);
    do_ask(state, "POST", "/__admin/mappings", "{\"name\":\"new\",\"steps\":[{\"delay\":1}]}", 201);
    cJSON *json = json_of(state, "GET", "/__admin/scenarios", "", 200);
    assert_true(number_at(json, "meta/total") == built_in + 1);
    assert_int_equal(cJSON_GetArraySize(at(json, "scenarios")), (int)built_in + 1);
    assert_string_equal(text_at(json, "scenarios/0/name"), "new");
    assert_true(cJSON_IsFalse(at(json, "scenarios/0/built_in")));
    cJSON_Delete(json);
    state_free(state);
}

static void admin_queue_waits_for_the_key(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    assert_true(number_of(state, "POST", "/__admin/queue",
                          "{\"api_key\":\"" SECRET
                          "\",\"steps\":[{\"error\":\"ERROR_USER_LOCKED\"},"
                          "{\"delay\":5}]}",
                          "queued") == 2);
    cJSON *json = json_of(state, "GET", "/__admin/accounts", "", 200);
    assert_true(number_at(json, "accounts/0/queued") == 2);
    cJSON_Delete(json);
    do_ask(state, "POST", "/__admin/scenarios/reset?api_key=other", "", 200);
    assert_true(number_of(state, "GET", "/__admin/accounts", "", "accounts/0/queued") == 2);
    do_ask(state, "POST", "/__admin/scenarios/reset?api_key=" SECRET, "", 200);
    assert_true(number_of(state, "GET", "/__admin/accounts", "", "accounts/0/queued") == 0);
    state_free(state);
}

/* Accounts, settings, the mock */

static void admin_accounts_are_set_and_reset(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    do_ask(state, "PUT", "/__admin/accounts",
           "{\"accounts\":{\"" SECRET "\":{\"credits\":24,\"rate\":{\"requests\":5,"
           "\"window_ms\":1000}}}}",
           200);
    journal(state, SECRET, "", "", 10);
    do_ask(state, "PUT", "/__admin/accounts", "{\"accounts\":{\"" SECRET "\":{\"concurrency\":3}}}",
           200);
    cJSON *json = json_of(state, "GET", "/__admin/accounts", "", 200);
    assert_true(number_at(json, "accounts/0/credits") == 12);
    assert_true(number_at(json, "accounts/0/rate/requests") == 5);
    assert_true(number_at(json, "accounts/0/concurrency") == 3);
    assert_true(number_at(json, "accounts/0/successes") == 1);
    cJSON_Delete(json);
    do_ask(state, "POST", "/__admin/accounts/reset?api_key=" SECRET, "", 200);
    assert_true(number_of(state, "GET", "/__admin/accounts", "", "accounts/0/credits") == 24);
    do_ask(state, "POST", "/__admin/accounts/reset", "", 200);
    json = json_of(state, "GET", "/__admin/accounts", "", 200);
    assert_true(cJSON_IsNull(at(json, "accounts/0/credits")));
    assert_true(cJSON_IsFalse(at(json, "accounts/0/has_own_settings")));
    cJSON_Delete(json);
    state_free(state);
}

static void admin_settings_change_what_is_named(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    cJSON *json = json_of(state, "POST", "/__admin/settings",
                          "{\"strict\":true,\"journal_entries\":7,\"seed\":9007199254740991}", 200);
    assert_true(cJSON_IsTrue(at(json, "strict")));
    cJSON_Delete(json);
    json = json_of(state, "GET", "/__admin/settings", "", 200);
    assert_true(number_at(json, "journal_entries") == 7);
    assert_true(number_at(json, "journal_bytes") == (double)JOURNAL_DEFAULT_BYTES);
    assert_true(number_at(json, "seed") == 9007199254740991.0);
    assert_true(cJSON_IsFalse(at(json, "journal_bodies")));
    cJSON_Delete(json);
    state_free(state);
}

static void admin_reset_starts_everything_again(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    journal(state, "a", "", "", 10);
    do_ask(state, "POST", "/__admin/mappings", "{\"name\":\"c\",\"steps\":[{\"delay\":1}]}", 201);
    do_ask(state, "PUT", "/__admin/accounts", "{\"accounts\":{\"*\":{\"locked\":true}}}", 200);
    do_ask(state, "POST", "/__admin/reset", "", 200);
    assert_true(number_of(state, "GET", "/__admin/requests", "", "meta/total") == 0);
    assert_true(number_of(state, "GET", "/__admin/mappings", "", "meta/total") == 0);
    cJSON *json = json_of(state, "GET", "/__admin/accounts", "", 200);
    assert_true(cJSON_IsFalse(at(json, "accounts/0/locked")));
    assert_true(number_at(json, "accounts/0/calls") == 0);
    cJSON_Delete(json);
    state_free(state);
}

static void admin_tells_of_the_mock(void **unused)
{
    (void)unused;
    struct state *state = state_empty();
    cJSON *json = json_of(state, "GET", "/__admin/health", "", 200);
    assert_string_equal(text_at(json, "status"), "healthy");
    assert_string_equal(text_at(json, "version"), "9.8.7");
    assert_true(number_at(json, "uptimeInSeconds") == 3);
    cJSON_Delete(json);
    struct admin_answer answer = ask(state, "GET", "/metrics", "");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.content_type, METRICS_CONTENT_TYPE);
    assert_non_null(strstr(answer.text, "ailab_mock_build_info{version=\"9.8.7\""));
    assert_false(answer.shutdown);
    admin_answer_clear(&answer);
    answer = ask(state, "POST", "/__admin/shutdown", "");
    assert_true(answer.shutdown);
    admin_answer_clear(&answer);
    answer = ask(state, "GET", "/__admin/shutdown", "");
    assert_false(answer.shutdown);
    admin_answer_clear(&answer);
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
    cJSON *openapi = json_of(state, "GET", "/__admin/openapi.json", "", 200);
    const cJSON *schemas = at(openapi, "components/schemas");
    static const struct {
        const char *target, *schema, *path;
    } rows[] = {
        {"/__admin/requests", "Requests", ""},
        {"/__admin/requests", "Request", "requests/0"},
        {"/__admin/requests", "Image", "requests/0/image"},
        {"/__admin/mappings", "Mappings", ""},
        {"/__admin/mappings/slow", "Scenario", ""},
        {"/__admin/mappings/slow", "Step", "steps/0"},
        {"/__admin/scenarios", "Scenarios", ""},
        {"/__admin/accounts", "Accounts", ""},
        {"/__admin/accounts", "Account", "accounts/0"},
        {"/__admin/settings", "Settings", ""},
        {"/__admin/health", "Health", ""},
        {"/__admin/version", "Version", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s %s\n", rows[i].target, rows[i].path);
        cJSON *answer = json_of(state, "GET", rows[i].target, "", 200);
        expect_described(schemas, rows[i].schema, at(answer, rows[i].path));
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
        cmocka_unit_test(admin_refuses_with_status_and_place),
        cmocka_unit_test(admin_refuses_a_body_that_is_too_large),
        cmocka_unit_test(admin_head_is_get),
        cmocka_unit_test(admin_finds_counts_and_pages_requests),
        cmocka_unit_test(admin_unexpected_is_one_call),
        cmocka_unit_test(admin_near_misses_show_each_field),
        cmocka_unit_test(admin_bodies_come_with_one_request),
        cmocka_unit_test(admin_mappings_come_and_go),
        cmocka_unit_test(admin_scenarios_lists_each_name_once),
        cmocka_unit_test(admin_queue_waits_for_the_key),
        cmocka_unit_test(admin_accounts_are_set_and_reset),
        cmocka_unit_test(admin_settings_change_what_is_named),
        cmocka_unit_test(admin_reset_starts_everything_again),
        cmocka_unit_test(admin_tells_of_the_mock),
        cmocka_unit_test(admin_openapi_has_exactly_the_routes),
        cmocka_unit_test(admin_openapi_describes_what_is_answered),
        cmocka_unit_test(admin_openapi_describes_what_a_query_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
