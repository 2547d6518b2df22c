/* The admin API, route by route, without HTTP: what each answers, and how each refuses. */
#include "admin_ask.h"
#include "documents/shapes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define WORDS_MAX 10

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
    struct state *state = admin_state();
    struct admin_answer answer;
    char *body = malloc(ADMIN_BODY_MAX + 1);
    memset(body, ' ', ADMIN_BODY_MAX + 1);
    const struct admin_request request = {
        .method = slice_of("POST"),
        .path = slice_of("/__admin/mappings"),
        .body = slice_make(body, ADMIN_BODY_MAX + 1),
    };
    admin_answer(&answer, state, &admin_fixed_host, &request);
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
        assert_null(admin_find(json, path));
        return;
    }
    const cJSON *member = admin_at(json, path);
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
    struct admin_answer answer = admin_ask(state, row->method, row->target, row->body);
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
        assert_true(strlen(admin_text_at(json, "error")) > 0);
        assert_string_equal(admin_text_at(json, "pointer"), pointer);
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
            state = admin_state();
        } else if (strcmp(rows[i].method, "CALL") == 0) {
            admin_journal(state, rows[i].target, rows[i].body, rows[i].words[0], rows[i].status);
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
    struct state *state = admin_state();
    cJSON *json = admin_json(state, "GET", "/__admin/scenarios", "", 200);
    double built_in = admin_at(json, "meta/total")->valuedouble;
    cJSON_Delete(json);
    assert_true(built_in >= ERROR_COUNT - 1);
    static const char *const own[] = {"slow", "new"};
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        char body[64];
        snprintf(body, sizeof body, "{'name':'%s','steps':[{'delay':1}]}", own[i]);
        cJSON_Delete(admin_json(state, "POST", "/__admin/mappings", body, 201));
    }
    json = admin_json(state, "GET", "/__admin/scenarios", "", 200);
    assert_true(admin_at(json, "meta/total")->valuedouble == built_in + 1);
    assert_int_equal(cJSON_GetArraySize(admin_at(json, "scenarios")), (int)built_in + 1);
    assert_string_equal(admin_text_at(json, "scenarios/0/name"), "new");
    assert_true(cJSON_IsFalse(admin_at(json, "scenarios/0/built_in")));
    cJSON_Delete(json);
    state_free(state);
}

static void admin_prints_metrics_and_shuts_down(void **unused)
{
    (void)unused;
    struct state *state = admin_state();
    struct admin_answer answer = admin_ask(state, "GET", "/metrics", "");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.content_type, METRICS_CONTENT_TYPE);
    assert_non_null(strstr(answer.text, "ailab_mock_build_info{version=\"9.8.7\""));
    assert_false(answer.shutdown);
    admin_answer_clear(&answer);
    answer = admin_ask(state, "POST", "/__admin/shutdown", "");
    assert_int_equal(answer.status, 200);
    assert_true(answer.shutdown);
    admin_answer_clear(&answer);
    answer = admin_ask(state, "GET", "/__admin/shutdown", "");
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
    struct state *state = admin_state();
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct admin_answer answer;
        const struct admin_request request = {.method = slice_of("GET"),
                                              .path = slice_of("/__admin/coverage"),
                                              .query = slice_of(formats[i].query),
                                              .accept = slice_of(formats[i].accept)};
        admin_answer(&answer, state, &admin_fixed_host, &request);
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
        cJSON *json = admin_json(state, wrong[i].method, wrong[i].target, wrong[i].body, 400);
        assert_string_equal(admin_text_at(json, "pointer"), wrong[i].pointer);
        assert_non_null(strstr(admin_text_at(json, "error"), "--https"));
        cJSON_Delete(json);
    }
    cJSON_Delete(admin_json(state, "PUT", "/__admin/mappings", "{'tls':[]}", 200));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_NONE);
    state_free(state);
}

/* They belong to no key, and count where the mock speaks TLS. */
static void admin_covers_tls_faults_of_all_keys(void **unused)
{
    (void)unused;
    struct state *state = admin_state();
    cJSON_Delete(admin_json(state, "POST", "/__admin/tls", "{'fault':'tls-stall'}", 200));
    assert_int_equal(state_next_tls_fault(state), TLS_FAULT_stall);
    cJSON *all = admin_json(state, "GET", "/__admin/coverage", "", 200);
    cJSON *key = admin_json(state, "GET", "/__admin/coverage?api_key=k", "", 200);
    assert_string_equal(admin_text_at(all, "groups/2/name"), "tls_faults");
    assert_int_equal(admin_at(all, "groups/2/met")->valueint, 1);
    assert_int_equal(admin_at(all, "groups/2/of")->valueint, TLS_FAULT_END - 1);
    assert_string_equal(admin_text_at(all, "groups/2/items/0/cue"), "{\"fault\": \"tls-expired\"}");
    assert_int_equal(admin_at(all, "met")->valueint, 1);
    assert_int_equal(admin_at(key, "groups/2/of")->valueint, 0);
    cJSON_Delete(all);
    cJSON_Delete(key);
    state_free(state);
}

static void admin_says_when_no_more_tls_faults_can_wait(void **unused)
{
    (void)unused;
    struct state *state = admin_state();
    for (size_t i = 0; i < TLS_ARMINGS_MAX; i++)
        cJSON_Delete(admin_json(state, "POST", "/__admin/tls", "{'fault':'tls-stall'}", 200));
    cJSON *json = admin_json(state, "POST", "/__admin/tls", "{'fault':'tls-stall'}", 507);
    assert_non_null(strstr(admin_text_at(json, "error"), "64 faults of TLS wait already"));
    cJSON_Delete(json);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
