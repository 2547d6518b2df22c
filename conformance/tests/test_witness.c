/* It would notice: for each rule of the mock a mock without it, and for each deviation a mock that
 * commits it, makes a case fail that cites the right clause. */
#include "mock.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Two rules that back each other up are switched off together: alone, the other answers the same.
 */
static const char *twin(const char *rule)
{
    if (strcmp(rule, "body_announced") == 0)
        return "body_received";
    return strcmp(rule, "body_received") == 0 ? "body_announced" : NULL;
}

/* Whether a failed case of the JSON report cites the clause whose sentence ends the line. */
static bool cites(const struct buf *json, const char *line)
{
    bool found = false;
    cJSON *root = cJSON_ParseWithLength(buf_str(json), json->len);
    const cJSON *test = NULL, *id = NULL, *clause = NULL;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(root, "cases"))
    {
        const cJSON *verdict = cJSON_GetObjectItemCaseSensitive(test, "verdict");
        if (!cJSON_IsString(verdict) || strcmp(verdict->valuestring, "fail") != 0)
            continue;
        cJSON_ArrayForEach(id, cJSON_GetObjectItemCaseSensitive(test, "clauses"))
        {
            cJSON_ArrayForEach(clause, cJSON_GetObjectItemCaseSensitive(root, "clauses"))
            {
                const cJSON *name = cJSON_GetObjectItemCaseSensitive(clause, "id");
                const cJSON *text = cJSON_GetObjectItemCaseSensitive(clause, "text");
                found = found || (strcmp(name->valuestring, id->valuestring) == 0 &&
                                  strstr(line, text->valuestring));
            }
        }
    }
    cJSON_Delete(root);
    return found;
}

/* For each rule of the mock, a mock without it: some case fails that cites the rule's clause. */
static void witness_notices_each_rule_that_is_off(void **state)
{
    (void)state;
    struct outcome_of rules;
    const char *argv[] = {AILAB_BIN_DIR "/ailab-mock", "rules", NULL};
    size_t caught = 0, total = 0;
    char *rest = NULL;
    program_run(&rules, argv, NULL);
    assert_int_equal(rules.exit, 0);
    for (char *line = strtok_r(rules.out.ptr, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        char rule[64];
        struct server server;
        struct outcome_of outcome;
        snprintf(rule, sizeof rule, "%.*s", (int)strcspn(line, " "), line);
        total++;
        assert_true(mock_start(&server, "2026-01", rule, twin(rule)));
        suite_run(&outcome, with_key, "--target", server.url, "--level", "info", "--report", "json",
                  NULL);
        server_stop(&server);
        assert_exit(rule, &outcome, 1);
        if (!cites(&outcome.out, line))
            fail_msg("without rule %s no case failed that cites its clause", rule);
        caught++;
        outcome_clear(&outcome);
    }
    print_message("witnesses caught: %zu of %zu rules\n", caught, total);
    assert_int_equal(caught, total);
    assert_true(total > 0);
    outcome_clear(&rules);
}

/* Every deviation that the mock can commit, with the clause that it breaks. */
static const struct {
    const char *name, *clause;
} deviations[] = {
#define MOCK_DEVIATED_FIELD(name, path, clause)                                                    \
    {"missing-" name, #clause}, {"null-" name, #clause}, {"type-" name, #clause},
#define MOCK_DEVIATION(id, name, clause, summary) {name, #clause},
#include "../../mockserver/src/api/deviations.def"
};

/* Whether a failed case blames or cites the clause. */
static bool blames(const struct buf *json, const char *clause)
{
    bool found = false;
    cJSON *root = cJSON_ParseWithLength(buf_str(json), json->len);
    const cJSON *test = NULL, *id = NULL;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(root, "cases"))
    {
        const cJSON *verdict = cJSON_GetObjectItemCaseSensitive(test, "verdict");
        const cJSON *blamed = cJSON_GetObjectItemCaseSensitive(test, "broken_clause");
        if (!cJSON_IsString(verdict) || strcmp(verdict->valuestring, "fail") != 0)
            continue;
        found = found || (cJSON_IsString(blamed) && strcmp(blamed->valuestring, clause) == 0);
        cJSON_ArrayForEach(id, cJSON_GetObjectItemCaseSensitive(test, "clauses")) found =
            found || strcmp(id->valuestring, clause) == 0;
    }
    cJSON_Delete(root);
    return found;
}

/* The suite against a mock whose every answer to this key deviates. */
static bool noticed(const struct server *server, const char *cue, const char *name,
                    const char *clause)
{
    char key[128];
    struct outcome_of outcome;
    const char *env[] = {key, NULL};
    snprintf(key, sizeof key, "AILAB_API_KEY=mock%s%s", cue, name);
    suite_run(&outcome, env, "--target", server->url, "--level", "info", "--report", "json",
              "--run", "call/*", "--run", "envelope/*", "--run", "every-answer/*", NULL);
    bool seen = outcome.exit == 1 && blames(&outcome.out, clause);
    outcome_clear(&outcome);
    return seen;
}

static void witness_notices_each_deviation(void **state)
{
    (void)state;
    struct server server;
    struct outcome_of outcome;
    size_t caught = 0, total = sizeof deviations / sizeof deviations[0];
    suite_run(&outcome, NULL, "--target", "mock", "--run", "armed/error-blurry-face", NULL);
    bool armed = outcome.exit == 0;
    outcome_clear(&outcome);
    if (!armed)
        skip();
    assert_true(mock_start_open(&server));
    for (size_t i = 0; i < total; i++) {
        if (noticed(&server, ":", deviations[i].name, deviations[i].clause) ||
            noticed(&server, "!", deviations[i].name, deviations[i].clause))
            caught++;
        else
            print_error("deviation %s: no case failed that cites %s\n", deviations[i].name,
                        deviations[i].clause);
    }
    server_stop(&server);
    print_message("deviations caught: %zu of %zu\n", caught, total);
    assert_int_equal(caught, total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(witness_notices_each_rule_that_is_off),
        cmocka_unit_test(witness_notices_each_deviation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
