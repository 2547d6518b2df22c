/* The suite notices each mistake: a mock without one rule, or with one deviation, makes a case fail
 * that cites the right clause. The counts go to a file of the build folder, for a reader who wants
 * to print them. */
#include "cases/suites.h"
#include "mock.h"
#include "parallel.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define RULES_MAX 64
#define CITED_MAX 60 /* cases that are asked first: as many as a command line holds */
#define COUNTS_FILE AILAB_BIN_DIR "/../conformance-counts.txt"

/* The tests of the group share it. */
struct counts_of {
    struct catalogue *catalogue;
    size_t rules, rules_caught, deviations, deviations_caught;
};

struct witness {
    const struct catalogue *catalogue;
    char rule[64];
    const struct clause *clause; /* whose sentence the rule names */
    bool started, caught, whole; /* whole: it took all the cases to notice */
    int exit;                    /* of the last run */
};

/* Two rules that back each other up are switched off together: alone, the other answers the same.
 */
static const char *twin(const char *rule)
{
    if (strcmp(rule, "body_announced") == 0)
        return "body_received";
    return strcmp(rule, "body_received") == 0 ? "body_announced" : NULL;
}

/* Whether a failed case of the JSON report cites the clause or, where that counts, blames it. */
static bool noticed_in(const char *json, const char *clause, bool blame_counts)
{
    bool found = false;
    cJSON *root = cJSON_Parse(json);
    const cJSON *test = NULL, *id = NULL;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(root, "cases"))
    {
        const char *verdict =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "verdict"));
        const char *blamed =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "broken_clause"));
        if (!verdict || strcmp(verdict, "fail") != 0)
            continue;
        found = found || (blame_counts && blamed && strcmp(blamed, clause) == 0);
        cJSON_ArrayForEach(id, cJSON_GetObjectItemCaseSensitive(test, "clauses"))
        {
            found = found || strcmp(id->valuestring, clause) == 0;
        }
    }
    cJSON_Delete(root);
    return found;
}

/* Runs the suite with these cases, or with all when there are none. */
static bool judge(struct witness *witness, const char *url, char cases[][96], size_t count)
{
    const char *argv[CITED_MAX + 16] = {
        AILAB_BIN_DIR "/ailab-conformance", "--target", url, "--level", "info", "--report", "json"};
    struct program_outcome outcome;
    for (size_t i = 0; i < count; i++)
        argv[7 + i] = cases[i];
    command_run(&outcome, argv, with_key);
    witness->exit = outcome.status;
    bool caught = outcome.status == 1 && noticed_in(outcome.out, witness->clause->id, false);
    program_outcome_clear(&outcome);
    return caught;
}

/* The cases that cite the clause are asked first: a failure among them fails a whole run too.
 */
static void witness_work(void *context, size_t index)
{
    struct witness *witness = (struct witness *)context + index;
    struct program_server server;
    char cases[CITED_MAX][96];
    size_t count = 0;
    size_t all = 0;
    const struct case_def *defs = catalogue_cases(witness->catalogue, &all);
    for (size_t i = 0; i < all && count < CITED_MAX; i++)
        if (case_cites(&defs[i], witness->clause))
            snprintf(cases[count++], sizeof cases[0], "--run=%s", defs[i].slug);
    witness->started = mock_start(&server, "2026-01", witness->rule, twin(witness->rule));
    if (!witness->started)
        return;
    witness->caught = count > 0 && judge(witness, server.url, cases, count);
    witness->whole = !witness->caught;
    if (witness->whole)
        witness->caught = judge(witness, server.url, cases, 0);
    program_server_stop(&server);
}

/* "name  …  sentence of its clause": NULL when it ends in no sentence of the contract. */
static const struct clause *clause_said_in(const char *line)
{
    size_t count = 0;
    const struct clause *all = clauses(&count), *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (strstr(line, all[i].text))
            found = &all[i];
    return found;
}

/* For each rule of the mock, a mock without it: some case fails that cites the rule's clause. */
static void witness_notices_each_rule_that_is_off(void **state)
{
    struct counts_of *counts = *state;
    static struct witness witnesses[RULES_MAX];
    struct program_outcome rules;
    const char *argv[] = {AILAB_BIN_DIR "/ailab-mock", "rules", NULL};
    size_t total = 0;
    char *rest = NULL;
    command_run(&rules, argv, NULL);
    assert_int_equal(rules.status, 0);
    for (char *line = strtok_r(rules.out, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        assert_true(total < RULES_MAX);
        struct witness *witness = &witnesses[total++];
        *witness = (struct witness){.catalogue = counts->catalogue, .clause = clause_said_in(line)};
        snprintf(witness->rule, sizeof witness->rule, "%.*s", (int)strcspn(line, " "), line);
        if (!witness->clause)
            fail_msg("rule %s names no sentence of the contract", witness->rule);
    }
    program_outcome_clear(&rules);
    parallel(total, witness_work, witnesses);
    for (size_t i = 0; i < total; i++) {
        counts->rules_caught += witnesses[i].caught;
        if (!witnesses[i].started)
            print_error("no mock without rule %s could be started\n", witnesses[i].rule);
        else if (!witnesses[i].caught)
            print_error("without rule %s no case failed that cites %s (exit %d)\n",
                        witnesses[i].rule, witnesses[i].clause->id, witnesses[i].exit);
    }
    counts->rules = total;
    assert_true(total > 0);
    assert_int_equal(counts->rules_caught, total);
}

/* Every deviation that the mock can commit, with the clause that it breaks. */
static const struct {
    const char *name, *clause;
} deviations[] = {
#define MOCK_DEVIATED_FIELD(name, path, clause)                                                    \
    {"missing-" name, #clause}, {"null-" name, #clause}, {"type-" name, #clause},
#define MOCK_DEVIATION(id, name, clause, summary) {name, #clause},
#include "../../../mockserver/src/api/deviations.def"
};
#define DEVIATIONS (sizeof deviations / sizeof deviations[0])

struct deviated {
    const char *url;
    bool caught[DEVIATIONS];
};

/* The suite against a mock whose every answer to this key deviates. */
static bool noticed(const char *url, const char *cue, size_t index)
{
    char key[128];
    struct program_outcome outcome;
    const char *env[] = {key, NULL};
    snprintf(key, sizeof key, "AILAB_API_KEY=mock%s%s", cue, deviations[index].name);
    suite_run(&outcome, env, "--target", url, "--level", "info", "--report", "json", "--run",
              "call/*", "--run", "envelope/*", "--run", "every-answer/*", NULL);
    bool seen = outcome.status == 1 && noticed_in(outcome.out, deviations[index].clause, true);
    program_outcome_clear(&outcome);
    return seen;
}

static void deviation_work(void *context, size_t index)
{
    struct deviated *deviated = context;
    deviated->caught[index] =
        noticed(deviated->url, ":", index) || noticed(deviated->url, "!", index);
}

static void witness_notices_each_deviation(void **state)
{
    struct counts_of *counts = *state;
    struct program_server server;
    struct deviated deviated = {0};
    assert_true(mock_start_open(&server));
    deviated.url = server.url;
    parallel(DEVIATIONS, deviation_work, &deviated);
    program_server_stop(&server);
    for (size_t i = 0; i < DEVIATIONS; i++) {
        counts->deviations_caught += deviated.caught[i];
        if (!deviated.caught[i])
            print_error("deviation %s: no case failed that cites %s\n", deviations[i].name,
                        deviations[i].clause);
    }
    counts->deviations = DEVIATIONS;
    assert_int_equal(counts->deviations_caught, DEVIATIONS);
}

static int prepare(void **state)
{
    static struct counts_of counts;
    counts.catalogue = catalogue_of_all();
    *state = &counts;
    return counts.catalogue ? 0 : -1;
}

/* One line for people and scripts. The file is written whole or not at all. */
static int publish(void **state)
{
    struct counts_of *counts = *state;
    size_t clause_count = 0, waived = 0, cases = 0;
    const struct clause *all = clauses(&clause_count);
    for (size_t i = 0; i < clause_count; i++)
        waived += clause_waiver(&all[i]) != NULL;
    catalogue_cases(counts->catalogue, &cases);
    catalogue_free(counts->catalogue);
    FILE *file = fopen(COUNTS_FILE ".part", "we");
    if (!file)
        return -1;
    fprintf(
        file,
        "conformance: %zu clauses, %zu evidenced, %zu waived; %zu cases; witnesses caught %zu of "
        "%zu, deviations caught %zu of %zu\n",
        clause_count, clause_count - waived, waived, cases, counts->rules_caught, counts->rules,
        counts->deviations_caught, counts->deviations);
    return fclose(file) == 0 && rename(COUNTS_FILE ".part", COUNTS_FILE) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(witness_notices_each_rule_that_is_off),
        cmocka_unit_test(witness_notices_each_deviation),
    };
    return cmocka_run_group_tests(tests, prepare, publish);
}
