/* ailab-conformance caller from outside: its usage, programs that cannot pass, interruption, and
 * that nothing of a program or of the exam stays behind.
 * labels: slow */
#include "suite.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#define ENDPOINT "/api/portrait/effects/emotion-editor"

static void caller_refuses_bad_usage(void **state)
{
    (void)state;
    static const struct {
        const char *why, *argv[5], *words;
        int exit;
    } rows[] = {
        {"no command", {"--jobs=2"}, "the command is missing", 2},
        {"nothing behind the dashes", {"--"}, "the command is missing", 2},
        {"a command without dashes", {"true"}, "one argument too many: 'true'; usage", 2},
        {"an unknown option", {"--patients=3", "--", "true"}, "did you mean --patience?", 2},
        {"patience of zero", {"--patience=0", "--", "true"}, "--patience '0': expected", 2},
        {"an unknown placeholder",
         {"--", "true", "{pitcure}"},
         "no placeholder {pitcure}; did you mean {picture}?",
         2},
        {"a situation that is none",
         {"--run=nonsense/html502", "--", "true"},
         "did you mean nonsense/html-502?",
         2},
        {"a group that is none", {"--skip=elephants/*", "--", "true"}, "--list shows them", 2},
        {"an empty selection",
         {"--run=money/*", "--level=must", "--", "true"},
         "no situation is selected",
         2},
        {"no such picture", {"--picture=/no/such", "--", "true"}, "cannot read --picture", 2},
        {"json without list", {"--json", "--", "true"}, "--json belongs to --list", 2},
        {"a key as an option", {"--api-key=x", "--", "true"}, "a key of its own", 2},
        {"two reports on one stream",
         {"--report=tap", "--report=json", "--", "true"},
         "two reports go to standard output",
         2},
        {"a command that is not there", {"--", "no-such-program"}, "no program \"no-such", 3},
        {"a path that is not there", {"--", "./no/such"}, "cannot be run: No such file", 3},
        {"a command that is no program",
         {"--", AILAB_SOURCE_DIR "/README.md"},
         "no executable file",
         3},
        {"a command that is a folder", {"--", "/"}, "it is a folder", 3},
        {"an unwritable report",
         {"--report=tap:/nowhere/at/all", "--run=success/documented", "--", "true"},
         "/nowhere/at/all cannot be written",
         3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        const char *const *argv = rows[i].argv;
        suite_run(&outcome, NULL, "caller", argv[0], argv[1], argv[2], argv[3], argv[4], NULL);
        if (outcome.status != rows[i].exit || !strstr(outcome.err, rows[i].words))
            fail_msg("%s: exit %d with \"%s\"", rows[i].why, outcome.status, outcome.err);
        program_outcome_clear(&outcome);
    }
}

/* Scripts of a shell that make no mistake of usage and cannot pass. */
static void caller_tells_bad_programs_apart(void **state)
{
    (void)state;
    static const struct {
        const char *why, *situation, *script, *words;
    } rows[] = {
        {"no call", "success/documented", "exit 0", "it made no call there"},
        {"another host", "success/documented", "curl -s http://127.0.0.1:1/; exit 0",
         "it made no call there"},
        {"a signal", "success/documented", "kill -SEGV $$", "ended by signal 11"},
        {"a hang", "success/documented", "while :; do :; done", "killed, still running"},
        {"a flood", "success/documented", "yes", "printed more than 64 MiB"},
        {"a stray", "success/documented", "sleep 1000 & exit 1",
         "1 process that outlived it was killed"},
        {"a thousand calls", "refusal/no-face",
         "curl -s -o /dev/null -X POST \"$AILAB_BASE_URL" ENDPOINT "?[1-1000]\"; echo no; exit 1",
         "1000 calls"},
        {"a refusal that is called a success", "success/documented",
         "curl -s -o /dev/null -X POST \"$AILAB_BASE_URL" ENDPOINT "\"; exit 0",
         "no call was answered with a success"},
        {"the key is shown", "safety/key-after-success",
         "curl -s -o /dev/null -X POST \"$AILAB_BASE_URL" ENDPOINT "\"; echo $AILAB_API_KEY",
         "the key is in the output"},
        {"the key in Base64", "safety/key-after-refusal",
         "curl -s -o /dev/null -X POST \"$AILAB_BASE_URL" ENDPOINT "\"; echo k:$AILAB_API_KEY | "
         "base64 -w 0",
         "the key is in the output"},
        {"the key in the body", "safety/key-after-success",
         "curl -s -o /dev/null -H \"ailabapi-api-key: $AILAB_API_KEY\" --form key=$AILAB_API_KEY "
         "\"$AILAB_BASE_URL" ENDPOINT "\"",
         "the key is in the body"},
        {"an exit code of its own", "refusal/no-face",
         "curl -s -o /dev/null -X POST \"$AILAB_BASE_URL" ENDPOINT "\"; exit 0",
         "exit code 0, which is success"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        const bool hangs = strstr(rows[i].words, "still running") != NULL;
        suite_run(&outcome, NULL, "caller", "--run", rows[i].situation,
                  hangs ? "--patience=3" : "--patience=60", "--", "sh", "-c", rows[i].script, NULL);
        if (outcome.status != 1 || !strstr(outcome.out, rows[i].words) ||
            !strstr(outcome.out, "ailab-conformance caller --run"))
            fail_msg("%s: exit %d with \"%s\"", rows[i].why, outcome.status, outcome.out);
        program_outcome_clear(&outcome);
    }
}

/* The key of a run is in no report; the user's own key neither, though the command has it. */
static void caller_hides_every_key(void **state)
{
    (void)state;
    static const char *const env[] = {"AILAB_API_KEY=the-users-own-key", NULL};
    static const char *const kinds[] = {"text", "tap", "junit", "json", "html"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, env, "caller", "--report", kinds[i], "--run=safety/key-*", "--", "sh",
                  "-c",
                  "echo >&2 begin; echo $AILAB_API_KEY; echo $AILAB_API_KEY | base64; echo "
                  "the-users-own-key; exit 1",
                  NULL);
        assert_int_equal(outcome.status, 1);
        assert_null(strstr(outcome.out, "the-users-own-key"));
        if (!strstr(outcome.out, "begin") || !strstr(outcome.out, "***"))
            fail_msg("%s: %s", kinds[i], outcome.out);
        program_outcome_clear(&outcome);
    }
}

static void caller_uses_success_code_and_key_variable(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "caller", "--run=success/documented", "--success-code=9",
              "--key-env=MY_KEY", "--", "sh", "-c",
              "curl -s -f -o /dev/null -H \"ailabapi-api-key: $MY_KEY\" -F service_choice={choice} "
              "-F image_target=@{picture} {url}" ENDPOINT " && exit 9",
              NULL);
    if (outcome.status != 0)
        fail_msg("%s%s", outcome.out, outcome.err);
    program_outcome_clear(&outcome);
}

/* A program that has the vendor's address built in. */
static void caller_leads_to_the_mock(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(
        &outcome, NULL, "caller", "--run=success/documented", "--", "sh", "-c",
        "curl -s -f -o /dev/null -H \"ailabapi-api-key: $AILAB_API_KEY\" -F "
        "service_choice={choice} -F image_target=@{picture} https://www.ailabapi.com" ENDPOINT,
        NULL);
    if (outcome.status != 0)
        fail_msg("%s%s", outcome.out, outcome.err);
    program_outcome_clear(&outcome);
}

/* What the command does not name is left out, with the reason. */
static void caller_leaves_out_what_it_cannot_judge(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "caller", "--report=tap", "--run=success/*", "--", "false", NULL);
    assert_int_equal(outcome.status, 1);
    assert_non_null(strstr(outcome.out, "success/whole-file # SKIP the command has no {output}"));
    assert_non_null(strstr(outcome.out, "success/choice-15 # SKIP the command has no {choice}"));
    program_outcome_clear(&outcome);
}

static void caller_leaves_nothing_behind(void **state)
{
    char scratch[PATH_SIZE + 16];
    struct program_outcome outcome;
    snprintf(scratch, sizeof scratch, "TMPDIR=%s", (const char *)*state);
    suite_run(&outcome, (const char *const[]){scratch, NULL}, "caller", "--run=success/*", "--",
              "sh", "-c",
              "mkdir -p $TMPDIR/a/b; echo x > $TMPDIR/a/b/c; chmod 500 $TMPDIR/a/b; echo x > "
              "{output}.part; exit 1",
              NULL);
    assert_int_equal(outcome.status, 1);
    assert_int_equal(folder_count(*state), 0);
    program_outcome_clear(&outcome);
}

/* Starts an exam in the folder whose programs sleep, and returns the number of a sleeper once it is
 * there; its program has told it in the file "pids". */
static pid_t start_sleepers(struct program *out, const char *folder)
{
    char scratch[PATH_SIZE + 16], mark[PATH_SIZE], mark_variable[PATH_SIZE + 16];
    snprintf(scratch, sizeof scratch, "TMPDIR=%s", folder);
    path_join(mark, folder, "pids");
    snprintf(mark_variable, sizeof mark_variable, "MARK=%s", mark);
    const char *const arguments[] = {"caller",
                                     "--jobs=2",
                                     "--run=success/*",
                                     "--",
                                     "sh",
                                     "-c",
                                     "sleep 1000 & echo $! > \"$MARK\"; wait",
                                     NULL};
    const char *const env[] = {scratch, mark_variable, NULL};
    const struct program_call call = {.program = AILAB_BIN_DIR "/ailab-conformance",
                                      .arguments = arguments,
                                      .environment = env,
                                      .inherits = true};
    struct stat about;
    assert_true(program_start(out, &call));
    while (stat(mark, &about) != 0 || about.st_size == 0)
        assert_int_equal(kill(out->pid, 0), 0);
    char *text = file_read(mark, NULL);
    const pid_t pid = (pid_t)strtol(text, NULL, 10);
    free(text);
    assert_true(pid > 1);
    return pid;
}

/* SIGTERM ends the exam, its programs and their children; the rest is told as not asked. */
static void caller_ends_when_it_is_interrupted(void **state)
{
    struct program program;
    struct program_outcome outcome;
    const pid_t sleeper = start_sleepers(&program, *state);
    assert_int_equal(kill(program.pid, SIGTERM), 0);
    program_finish(&outcome, &program);
    assert_int_equal(outcome.status, 3);
    assert_non_null(strstr(outcome.out, "The run was interrupted."));
    assert_true(kill(sleeper, 0) != 0 && errno == ESRCH);
    assert_int_equal(folder_count(*state), 1); /* the mark */
    program_outcome_clear(&outcome);
}

/* An exam that is killed itself leaves no process behind: its keepers see its end. */
static void caller_takes_its_programs_along(void **state)
{
    struct program program;
    struct program_outcome outcome;
    const pid_t sleeper = start_sleepers(&program, *state);
    const time_t deadline = time(NULL) + 60;
    assert_int_equal(kill(program.pid, SIGKILL), 0);
    program_finish(&outcome, &program);
    assert_int_equal(outcome.status, -SIGKILL);
    while (kill(sleeper, 0) == 0)
        assert_true(time(NULL) < deadline);
    program_outcome_clear(&outcome);
}

static void caller_lists_its_situations(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "caller", "--list", "--json", "--run=repeat/retry-after", NULL);
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.out, "\"clause\":\t\"caller_keeps_retry_after\""));
    assert_non_null(strstr(outcome.out, "\"Retry-After\":\"2\""));
    program_outcome_clear(&outcome);
}

/* Our own client passes. */
static void caller_takes_our_client(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "caller", "--patience=60", "--picture", IMAGES "/portrait-small.jpg",
              "--", AILAB_BIN_DIR "/ailab", "edit", "--expression", "{choice}", "--retries", "3",
              "--timeout", "5", "--output", "{output}", "{picture}", NULL);
    if (outcome.status != 0)
        fail_msg("%s%s", outcome.out, outcome.err);
    program_outcome_clear(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(caller_refuses_bad_usage),
        cmocka_unit_test(caller_tells_bad_programs_apart),
        cmocka_unit_test(caller_hides_every_key),
        cmocka_unit_test(caller_uses_success_code_and_key_variable),
        cmocka_unit_test(caller_leads_to_the_mock),
        cmocka_unit_test(caller_leaves_out_what_it_cannot_judge),
        cmocka_unit_test_setup_teardown(caller_leaves_nothing_behind, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(caller_ends_when_it_is_interrupted, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(caller_takes_its_programs_along, folder_make,
                                        folder_remove),
        cmocka_unit_test(caller_lists_its_situations),
        cmocka_unit_test(caller_takes_our_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
