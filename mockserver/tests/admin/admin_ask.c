/* See admin_ask.h. */
#include "admin_ask.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const struct admin_host admin_fixed_host = {
    .version = "9.8.7", .revision = "2026-01", .uptime_ms = 3999, .waiters_max = 1};

struct admin_answer admin_ask_for(struct state *state, const char *method, const char *target,
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
    admin_answer(&answer, state, &admin_fixed_host, &request);
    if (answer.text) {
        assert_int_equal(answer.size, strlen(answer.text));
        assert_null(strstr(answer.text, SECRET));
    }
    return answer;
}

struct admin_answer admin_ask(struct state *state, const char *method, const char *target,
                              const char *body)
{
    struct admin_answer answer = admin_ask_for(state, method, target, body);
    assert_non_null(answer.text);
    return answer;
}

/* The answer's JSON, to be deleted; its status is checked. */
cJSON *admin_json(struct state *state, const char *method, const char *target, const char *body,
                  int status)
{
    struct admin_answer answer = admin_ask(state, method, target, body);
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
const cJSON *admin_find(const cJSON *json, const char *path)
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

const cJSON *admin_at(const cJSON *json, const char *path)
{
    assert_non_null(admin_find(json, path));
    return admin_find(json, path);
}

const char *admin_text_at(const cJSON *json, const char *path)
{
    assert_true(cJSON_IsString(admin_at(json, path)));
    return admin_at(json, path)->valuestring;
}

struct state *admin_state(void)
{
    struct state *state = state_new(&(struct state_options){.speaks_tls = true});
    assert_non_null(state);
    return state;
}

/* A request that was answered so. */
void admin_journal(struct state *state, const char *key, const char *code, const char *scenario,
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
