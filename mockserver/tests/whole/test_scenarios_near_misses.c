/* Why no scenario answered: what is shown where a key's hash cannot tell, and where a scenario has
 * nothing left. And that the journal finds whatever a scenario can match or answer. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const cJSON *at(const cJSON *json, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
    assert_non_null(item);
    return item;
}

/* The near miss of the last request, borrowed from *answer, which is to be deleted. */
static const cJSON *near_miss(struct ailab_mock *mock, cJSON **answer)
{
    *answer =
        scenarios_admin(mock, "GET", "/__admin/requests/unmatched/near-misses?limit=1", NULL, 200);
    const cJSON *misses = at(*answer, "nearMisses");
    assert_int_equal(cJSON_GetArraySize(misses), 1);
    return misses->child;
}

/* The field of this name, which must not be matched. */
static const cJSON *missed(const cJSON *miss, const char *name)
{
    const cJSON *field;
    cJSON_ArrayForEach(field,
                       at(miss, "fields")) if (strcmp(at(field, "field")->valuestring, name) == 0)
    {
        assert_true(cJSON_IsFalse(at(field, "matched")));
        return field;
    }
    fail_msg("there is no field %s", name);
    return NULL;
}

static void near_misses_tell_that_a_pattern_of_keys_is_not_known_to_fit(void **state)
{
    cJSON *answer;
    scenarios_load(*state, "{\"scenarios\": [{\"name\": \"team\", \"match\": {\"api_key\": "
                           "\"team-*\", \"service_choice\": 12}, \"steps\": [{\"delay\": 1}]}]}");
    scenarios_expect(*state, &(struct scenarios_call){.key = "alice", .choice = "12"}, 200, "",
                     "another key");
    const cJSON *miss = near_miss(*state, &answer), *field = missed(miss, "match.api_key");
    assert_string_equal(at(miss, "mapping")->valuestring, "team");
    assert_true(at(miss, "distance")->valuedouble == 0.5);
    assert_string_equal(at(field, "expected")->valuestring, "team-*");
    assert_memory_equal(at(field, "actual")->valuestring, "key:", 4);
    assert_non_null(strstr(at(field, "actual")->valuestring, "not known"));
    cJSON_Delete(answer);
}

static void near_misses_tell_that_a_scenario_is_used_up(void **state)
{
    cJSON *answer;
    const struct scenarios_call call = {.key = "k", .choice = "12"};
    const struct scenarios_call other = {.key = "other", .choice = "13"};
    scenarios_load(*state, "{\"scenarios\": [{\"name\": \"once\", \"match\": {\"service_choice\": "
                           "12}, \"steps\": [{\"error\": \"ERROR_BLURRY_FACE\"}]}]}");
    scenarios_expect(*state, &call, 422, "ERROR_BLURRY_FACE", "the first");
    scenarios_expect(*state, &call, 200, "", "used up");
    const cJSON *miss = near_miss(*state, &answer);
    assert_true(at(miss, "distance")->valuedouble == 0.5);
    assert_string_equal(at(missed(miss, "steps"), "actual")->valuestring, "used up");
    cJSON_Delete(answer);
    scenarios_expect(*state, &other, 200, "", "another key");
    miss = near_miss(*state, &answer);
    assert_int_equal(cJSON_GetArraySize(at(miss, "fields")), 1); /* nothing is used up of its */
    missed(miss, "match.service_choice");
    cJSON_Delete(answer);
}

static void fill(char *out, size_t len, const char *end)
{
    memset(out, 'n', len);
    snprintf(out + len - strlen(end), strlen(end) + 1, "%s", end);
}

static void journal_finds_the_longest_file_name_and_code(void **state)
{
    char name[256], code[129], text[1024];
    fill(name, 255, "-end.jpg");
    fill(code, 128, "_END");
    const struct scenarios_call call = {.key = "k", .file_name = name};
    snprintf(text, sizeof text,
             "{\"scenarios\": [{\"name\": \"long\", \"match\": {\"file_name\": \"%s\"}, "
             "\"steps\": [{\"error\": \"%s\", \"status\": 418}]}]}",
             name, code);
    scenarios_load(*state, text);
    scenarios_expect(*state, &call, 418, code, "the scenario takes both");
    snprintf(text, sizeof text, "{\"match\": {\"file_name\": \"%s\"}, \"code\": \"%s\"}", name,
             code);
    assert_int_equal(scenarios_count(*state, text), 1);
    assert_int_equal(scenarios_count(*state, "{\"file_name\": \"*-end.jpg\"}"), 1);
    struct scenarios_answer answer;
    scenarios_ask(
        &answer, ailab_mock_port(*state),
        &(struct scenarios_call){.method = "GET", .path = "/metrics", .key = "", .body = ""});
    snprintf(text, sizeof text, "{status=\"418\",code=\"%s\"} 1\n", code);
    assert_non_null(strstr(answer.bytes, text));
    scenarios_clear(&answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(near_misses_tell_that_a_pattern_of_keys_is_not_known_to_fit),
        TEST(near_misses_tell_that_a_scenario_is_used_up),
        TEST(journal_finds_the_longest_file_name_and_code),
    };
    return cmocka_run_group_tests_name("scenarios_near_misses", tests, NULL, NULL);
}
