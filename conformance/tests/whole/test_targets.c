/* Whole runs against real servers: the Node stand-in, the mock in process and over the network,
 * the mock at each revision, the mock as a stand-in for the live service. labels: slow */
#include "mock.h"
#include "parallel.h"
#include "suite.h"
#include "testing/selected.h"
#include "testing/slowness.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The stand-in knows no accounts in special states. */
static const char *const only_key[] = {"AILAB_API_KEY=" KEY_TEXT, NULL};

static void target_node_stand_in_passes(void **state)
{
    (void)state;
    struct program_server server;
    struct program_outcome outcome;
    const char *argv[] = {"node", AILAB_SOURCE_DIR "/conformance/examples/node/server.js", "--port",
                          "0", NULL};
    const char *probe[] = {"node", "--version", NULL};
    command_run(&outcome, probe, NULL);
    bool there = outcome.status == 0;
    /* Node's parser before version 20 takes two malformed header lines, which only our policy
     * (level info) refuses. */
    bool strict_parser = there && strtol(outcome.out + 1, NULL, 10) >= 20;
    program_outcome_clear(&outcome);
    if (!there)
        skip();
    assert_true(command_serve(&server, argv, only_key));
    suite_run(&outcome, only_key, "--target", server.url, "--revision", "auto", "--timeout",
              "30000", "--level", strict_parser ? "info" : "should", NULL);
    program_server_stop(&server);
    assert_exit("the stand-in in Node", &outcome, 0);
    assert_non_null(strstr(outcome.out, "revision  2026-01"));
    assert_null(strstr(outcome.out, KEY_TEXT));
    program_outcome_clear(&outcome);
}

/* The variable is set for the client, and the target is a mock as it starts by default. */
static void target_that_takes_any_key_gets_advice(void **state)
{
    (void)state;
    static const struct {
        const char *why, *const *env;
        int exit;
        size_t advised;
    } rows[] = {{"a key", only_key, 1, 3}, {"no key", NULL, 0, 0}};
    static const char advice[] =
        "advice    AILAB_API_KEY is set, so the target has to know that key and no other.";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_server server;
        struct program_outcome outcome;
        size_t advised = 0;
        assert_true(mock_start_open(&server));
        suite_run(&outcome, rows[i].env, "--target", server.url, "--run", "key/*", NULL);
        program_server_stop(&server);
        assert_exit(rows[i].why, &outcome, rows[i].exit);
        for (const char *at = outcome.out; (at = strstr(at, advice)) != NULL; at++)
            advised++;
        assert_int_equal(advised, rows[i].advised);
        program_outcome_clear(&outcome);
    }
}

struct judged {
    bool started;
    struct program_outcome outcome;
};

static const char *const revisions[] = {
#define AILAB_REVISION_WITNESS(id, name, envelope, choice, statuses) name,
#include "witness/revisions.def"
};
#define REVISIONS (sizeof revisions / sizeof revisions[0])

static void judge_revision(void *context, size_t index)
{
    struct judged *judged = (struct judged *)context + index;
    struct program_server server;
    judged->started = mock_start(&server, revisions[index], NULL, NULL);
    if (!judged->started)
        return;
    /* The four pictures of 16 million pixels are the same in every revision: the whole run against
     * the mock in process has them. */
    suite_run(&judged->outcome, with_key, "--target", server.url, "--revision", "auto", "--level",
              "info", "--skip", "image/sides/*-both*", "--timeout", "30000", NULL);
    program_server_stop(&server);
}

static void target_mock_is_found_out_at_each_revision(void **state)
{
    (void)state;
    struct judged judged[REVISIONS] = {{0}};
    parallel(REVISIONS, judge_revision, judged);
    for (size_t i = 0; i < REVISIONS; i++) {
        char line[64];
        snprintf(line, sizeof line, "revision  %s\n", revisions[i]);
        assert_true(judged[i].started);
        assert_exit(revisions[i], &judged[i].outcome, 0);
        if (!strstr(judged[i].outcome.out, line))
            fail_msg("%s was taken for another:\n%.400s", revisions[i], judged[i].outcome.out);
        program_outcome_clear(&judged[i].outcome);
    }
}

static void target_of_another_revision_fails(void **state)
{
    (void)state;
    struct program_server server;
    struct program_outcome outcome;
    assert_true(mock_start(&server, "2025-09", NULL, NULL));
    suite_run(&outcome, with_key, "--target", server.url, "--revision", "2026-01", "--run",
              "image/decode/*", "--run", "order/*", NULL);
    program_server_stop(&server);
    assert_exit("a mock of 2025-09 judged by 2026-01", &outcome, 1);
    assert_non_null(strstr(outcome.out, "FAIL  image/decode/jpeg-half"));
    program_outcome_clear(&outcome);
}

static double number(const char *json, const char *name)
{
    cJSON *root = cJSON_Parse(json);
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, name);
    double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
    cJSON_Delete(root);
    return value;
}

static const struct {
    const char *why, *bound;
    double spent;
} budgets[] = {{"nothing may be spent", "0", 0}, {"one call", "12", 12}, {"three", "36", 36}};
#define BUDGETS (sizeof budgets / sizeof budgets[0])

static void spend(void *context, size_t index)
{
    struct judged *judged = (struct judged *)context + index;
    struct program_server server;
    judged->started = mock_start(&server, "2026-01", NULL, NULL);
    if (!judged->started)
        return;
    suite_run(&judged->outcome, with_key, "--target", server.url, "--max-credits",
              budgets[index].bound, "--report", "json", "--jobs", "8", NULL);
    program_server_stop(&server);
}

/* A bound of 12 buys one good call, and everything that is free is still judged. */
static void budget_is_never_exceeded(void **state)
{
    (void)state;
    struct judged judged[BUDGETS] = {{0}};
    parallel(BUDGETS, spend, judged);
    for (size_t i = 0; i < BUDGETS; i++) {
        double spent = number(judged[i].outcome.out, "credits");
        assert_true(judged[i].started);
        if (spent < budgets[i].spent || spent > budgets[i].spent)
            fail_msg("%s: %g credits were spent", budgets[i].why, spent);
        program_outcome_clear(&judged[i].outcome);
    }
}

/* Records of a "live" service of another revision, compared with the mock. */
static void drift_is_named_field_by_field(void **state)
{
    (void)state;
    char *directory = folder_new();
    struct program_server live;
    struct program_outcome outcome;
    char path[128];
    assert_non_null(directory);
    assert_true(mock_start(&live, "2026-05", NULL, NULL));
    suite_run(&outcome, with_key, "--target", live.url, "--revision", "2026-05", "--max-credits",
              "12", "--record", directory, NULL);
    program_server_stop(&live);
    assert_exit("the recorded run", &outcome, 0);
    program_outcome_clear(&outcome);

    snprintf(path, sizeof path, "%s/fields.image-missing.json", directory);
    char *record = file_read(path, NULL);
    assert_non_null(strstr(record, "MISSING_PARAMETERS"));
    assert_non_null(strstr(record, "<redacted>"));
    assert_null(strstr(record, KEY_TEXT));
    free(record);

    suite_run(&outcome, NULL, "--target", "mock", "--compare", directory, "--run", "fields/*",
              "--run", "call/*", NULL);
    assert_exit("a comparison that finds critical drift", &outcome, 1);
    assert_non_null(strstr(outcome.out,
                           "critical  error_code in 7 cases, such as call/documented: documented "
                           "an integer, recorded absent, seen now a number\n"));
    program_outcome_clear(&outcome);

    suite_run(&outcome, NULL, "--target", "mock", "--revision", "2026-05", "--compare", directory,
              "--run", "fields/*", "--run", "call/*", NULL);
    assert_exit("a comparison with its own revision", &outcome, 0);
    assert_non_null(strstr(outcome.out, "Drift: "));
    program_outcome_clear(&outcome);
    folder_free(directory);
}

static void comparison_without_records_is_refused(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--target", "mock", "--compare", "/nowhere/at/all", "--run", "call/*",
              NULL);
    assert_exit("no records", &outcome, 3);
    assert_non_null(strstr(outcome.err, "holds no record"));
    program_outcome_clear(&outcome);
}

static void known_run(struct program_outcome *out, const char *line, const char *revision)
{
    char *directory = folder_new(), path[96];
    assert_non_null(directory);
    snprintf(path, sizeof path, "%s/known.txt", directory);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fprintf(file, "# a comment\n\n%s\n", line);
    fclose(file);
    struct program_server server;
    assert_true(mock_start(&server, revision, NULL, NULL));
    suite_run(out, with_key, "--target", server.url, "--revision", "2026-01", "--known", path,
              "--run", "image/decode/jpeg-half", NULL);
    program_server_stop(&server);
    folder_free(directory);
}

static void known_deviations_must_happen(void **state)
{
    (void)state;
    static const struct {
        const char *why, *line, *revision, *words;
        int exit;
    } rows[] = {
        {"it happens", "2026-02-01 image/decode/jpeg-half still the old status", "2025-09",
         "known since 2026-02-01: still the old status", 3},
        {"it does not happen any more", "2026-02-01 image/decode/jpeg-half still the old status",
         "2026-01", "it passes, although it is known since 2026-02-01", 1},
        {"a line without a date", "image/decode/jpeg-half old", "2026-01", "line 3: a date", 2},
        {"a case that is not there", "2026-02-01 image/no-such old", "2026-01",
         "there is no case \"image/no-such\"", 2},
        {"no reason", "2026-02-01 image/decode/jpeg-half", "2026-01", "the reason is missing", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        known_run(&outcome, rows[i].line, rows[i].revision);
        assert_exit(rows[i].why, &outcome, rows[i].exit);
        if (!strstr(outcome.out, rows[i].words) && !strstr(outcome.err, rows[i].words))
            fail_msg("%s: \"%s\" was not said", rows[i].why, rows[i].words);
        program_outcome_clear(&outcome);
    }
}

static void skip_must_fail_finds_what_passes(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--target", "mock", "--run", "call/*", "--run", "method/*", "--skip",
              "method/path-longer", "--skip-must-fail", "--level", "info", NULL);
    assert_exit("a skipped case that passes", &outcome, 1);
    assert_non_null(strstr(outcome.out, "FAIL  method/path-longer"));
    program_outcome_clear(&outcome);
}

/* Milliseconds of a whole run, which passes; each clause has passed a case, the client's too. */
static double judge_mock(void)
{
    struct program_outcome outcome;
    size_t clauses = 0;
    suite_run(&outcome, NULL, "--target", "mock", "--level", "info", "--jobs", "2", "--timeout",
              "30000", "--report", "json", NULL);
    cJSON *root = cJSON_ParseWithLength(outcome.out, outcome.out_size);
    const cJSON *clause = NULL, *test = NULL;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(root, "cases"))
    {
        const char *verdict =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "verdict"));
        assert_non_null(verdict);
        if (strcmp(verdict, "pass") != 0) {
            char *text = cJSON_Print(test);
            fail_msg("the mock in process: %s", text);
        }
    }
    assert_exit("the mock in process", &outcome, 0);
    cJSON_ArrayForEach(clause, cJSON_GetObjectItemCaseSensitive(root, "clauses"))
    {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(clause, "id"));
        const char *verdict =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(clause, "verdict"));
        assert_non_null(verdict);
        clauses++;
        if (strcmp(verdict, "kept") != 0 && strcmp(id, "answer_envelope_c") != 0)
            fail_msg("clause %s is %s", id, verdict); /* that one is of another revision */
    }
    assert_true(clauses > 85);
    cJSON_Delete(root);
    double ms = number(outcome.out, "ms");
    program_outcome_clear(&outcome);
    return ms;
}

/* Milliseconds of a whole run, as they would be on a machine with nothing else to do. */
static double judge_mock_alone(void)
{
    struct slowness *slowness = slowness_start();
    const double ms = judge_mock();
    const double factor = slowness_stop(slowness);
    print_message("%.0f ms, where all work takes %.1f times its time\n", ms, factor);
    return ms / factor;
}

/* The bound: less than five seconds. Other work makes all work longer, and is taken out of account;
 * waiting, such as for an interim answer that never comes, it makes no longer. */
static void target_mock_passes_quickly(void **state)
{
    (void)state;
    double ms = judge_mock_alone();
    assert_true(ms > 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
    assert_true(ms < 5000);
#endif
}

/* A selection of nothing must not pass for a success. */
static void target_tests_can_be_chosen_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *words;
        int exit;
    } rows[] = {
        {"comparison_without_*", "Running 1 test(s).", 0},
        {"no_such_test", "no test is called \"no_such_test\"", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        const char *argv[] = {"/proc/self/exe", rows[i].pattern, NULL};
        char self[PATH_SIZE] = "";
        assert_true(readlink(argv[0], self, sizeof self - 1) > 0);
        argv[0] = self;
        command_run(&outcome, argv, NULL);
        assert_exit(rows[i].pattern, &outcome, rows[i].exit);
        if (!strstr(outcome.err, rows[i].words) && !strstr(outcome.out, rows[i].words))
            fail_msg("%s: \"%s\" was not said", rows[i].pattern, rows[i].words);
        program_outcome_clear(&outcome);
    }
}

/* Takes patterns of the names of its tests ("budget*"), so that one can run alone. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(target_node_stand_in_passes),
        cmocka_unit_test(target_that_takes_any_key_gets_advice),
        cmocka_unit_test(target_mock_is_found_out_at_each_revision),
        cmocka_unit_test(target_of_another_revision_fails),
        cmocka_unit_test(budget_is_never_exceeded),
        cmocka_unit_test(drift_is_named_field_by_field),
        cmocka_unit_test(comparison_without_records_is_refused),
        cmocka_unit_test(known_deviations_must_happen),
        cmocka_unit_test(skip_must_fail_finds_what_passes),
        cmocka_unit_test(target_mock_passes_quickly),
        cmocka_unit_test(target_tests_can_be_chosen_by_name),
    };
    return selected_run(tests, sizeof tests / sizeof tests[0], argc, argv);
}
