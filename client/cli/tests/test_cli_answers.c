/* `ailab edit` against servers that refuse, talk nonsense, stall or vanish: exit status, message
 * and JSON of every outcome. labels: threads (the server is one) */
#include "cli_stage.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    if (!text)
        fail_msg("no string %s", name);
    return text;
}

static double number_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item))
        fail_msg("no number %s", name);
    return item->valuedouble;
}

static cJSON *run_json(const struct cli_stage *stage, const char *const *words, int status)
{
    struct program_outcome outcome;
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, status);
    assert_ptr_equal(strchr(outcome.out, '\n'), outcome.out + outcome.out_size - 1);
    cJSON *object = cJSON_Parse(outcome.out);
    assert_true(cJSON_IsObject(object));
    program_outcome_clear(&outcome);
    return object;
}

static void cli_answers_tells_every_failure_apart(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", NULL};
    struct cli_stage *stage = *state;
    struct {
        const char *why;
        struct scripted_reply reply;
        int status;
        const char *said[4];
    } rows[] = {
        {"no face",
         cli_reply_error(422, "ERROR_NO_FACE_IN_FILE", "pic not has face"),
         1,
         {"refused: ERROR_NO_FACE_IN_FILE: What the code means. - pic not has face (HTTP 422, ",
          "request_id 0A1B2C3D-0000-4000-8000-00000000BEEF)"}},
        {"wrong key",
         cli_reply_error(401, "ERROR_USER_NOT_EXISTS", "no such user"),
         1,
         {"HTTP 401", "no such user"}},
        {"meaning said twice",
         cli_reply_error(400, "MISSING_PARAMETERS", "What the code means. - image_target"),
         1,
         {"refused: MISSING_PARAMETERS: What the code means. - image_target (HTTP 400, "}},
        {"a rate limit",
         cli_reply_error(429, "EXCEEDING_LIMITS", "slow down"),
         1,
         {"slow down", ", may work later)"}},
        {"terminal codes in a message",
         cli_reply_error(422, "ERROR_NO_FACE_IN_FILE", "\\u001b[2Jgone"),
         1,
         {"[2Jgone"}},
        {"HTML of a gateway",
         cli_reply_http(502, "text/html", "<html>bad gateway</html>", 24),
         4,
         {"ailab: "}},
        {"success without a picture",
         cli_reply_http(200, "application/json", "{}", 2),
         4,
         {"ailab: "}},
        {"a picture that is none", cli_reply_success("GIF89a", 6), 4, {"ailab: "}},
        {"an answer that is no HTTP", {strdup("garbage\r\n\r\n"), 11}, 4, {"ailab: "}},
        {"a connection that breaks", {strdup(""), 0}, 3, {"ailab: "}},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct program_outcome outcome;
        print_message("%s\n", rows[i].why);
        cli_stage_answer(stage, rows[i].reply);
        const struct program_call call = cli_stage_call(stage, words);
        program_run(&outcome, &call);
        cli_assert_status(&outcome, rows[i].status);
        assert_string_equal(outcome.out, "");
        for (size_t j = 0; j < 4 && rows[i].said[j]; j++) {
            if (!strstr(outcome.err, rows[i].said[j]))
                fail_msg("%s: '%s' is missing in: %s", rows[i].why, rows[i].said[j], outcome.err);
        }
        assert_null(strchr(outcome.err, '\033'));
        assert_ptr_equal(strchr(outcome.err, '\n'), outcome.err + outcome.err_size - 1);
        assert_int_equal(folder_count(stage->directory), 0);
        program_outcome_clear(&outcome);
    }
}

static void cli_answers_says_when_no_server_listens(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    cli_stage_answer(stage, cli_reply_error(500, "X", "never asked"));
    scripted_free(stage->server); /* the port was ours a moment ago */
    stage->server = NULL;
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 3);
    assert_memory_equal(outcome.err, "ailab: ", 7);
    program_outcome_clear(&outcome);
}

static void cli_answers_gives_up_at_the_time_out(void **state)
{
    static const char *const words[] = {"edit", "-esad",     PORTRAIT, "--timeout",
                                        "0.2",  "-oout.png", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    cli_stage_answer(stage, (struct scripted_reply){NULL, 0});
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 3);
    assert_int_equal(folder_count(stage->directory), 0);
    program_outcome_clear(&outcome);
}

static void cli_answers_ends_with_the_signal_s_status(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", NULL};
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct cli_stage *stage = *state;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct program process;
        struct program_outcome outcome;
        cli_stage_answer(stage, (struct scripted_reply){NULL, 0});
        const struct program_call call = cli_stage_call(stage, words);
        assert_true(program_start(&process, &call));
        bool asked = scripted_wait(stage->server, 1);
        kill(process.pid, signals[i]);
        program_finish(&outcome, &process);
        assert_true(asked);
        cli_assert_status(&outcome, 128 + signals[i]);
        assert_int_equal(folder_count(stage->directory), 0);
        program_outcome_clear(&outcome);
    }
}

static void cli_answers_ignores_a_hang_up_that_its_parent_ignored(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", NULL};
    struct cli_stage *stage = *state;
    struct program process;
    struct program_outcome outcome;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    cli_stage_answer(stage, (struct scripted_reply){NULL, 0});
    struct program_call call = cli_stage_call(stage, words);
    call.inherited_signal = SIGHUP;
    sigaction(SIGHUP, &ignore, &before);
    bool started = program_start(&process, &call);
    sigaction(SIGHUP, &before, NULL);
    assert_true(started);
    bool asked = scripted_wait(stage->server, 1);
    kill(process.pid, SIGHUP);
    kill(process.pid, SIGTERM);
    program_finish(&outcome, &process);
    assert_true(asked);
    cli_assert_status(&outcome, 128 + SIGTERM);
    program_outcome_clear(&outcome);
}

static void cli_answers_describes_a_success_as_json(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", "--json", NULL};
    struct cli_stage *stage = *state;
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    cJSON *object = run_json(stage, words, 0);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "ok")));
    assert_string_equal(text_of(object, "outcome"), "ok");
    assert_string_equal(text_of(object, "output"), "out.png");
    assert_string_equal(text_of(object, "format"), "png");
    assert_string_equal(text_of(object, "request_id"), "0A1B2C3D-0000-4000-8000-00000000CAFE");
    assert_string_equal(text_of(object, "log_id"), "12345678");
    assert_string_equal(text_of(object, "code"), "");
    assert_string_equal(text_of(object, "error"), "");
    assert_true(number_of(object, "http_status") == 200.0);
    assert_true(number_of(object, "attempts") == 1.0);
    assert_true(number_of(object, "width") == 451.0);
    assert_true(number_of(object, "output_bytes") == (double)stage->picture_size);
    cJSON_Delete(object);
}

static void cli_answers_describes_a_refusal_as_json(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", "--json", NULL};
    struct cli_stage *stage = *state;
    cli_stage_answer(stage, cli_reply_error(429, "EXCEEDING_LIMITS", "slow\\u001b down"));
    cJSON *object = run_json(stage, words, 1);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(object, "ok")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(object, "output")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(object, "format")));
    assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "retryable")));
    assert_string_equal(text_of(object, "outcome"), "refused");
    assert_string_equal(text_of(object, "code"), "EXCEEDING_LIMITS");
    assert_string_equal(text_of(object, "code_message"), "What the code means.");
    assert_non_null(strstr(text_of(object, "message"), "down"));
    assert_non_null(strstr(text_of(object, "error"), "EXCEEDING_LIMITS"));
    assert_true(number_of(object, "http_status") == 429.0);
    cJSON_Delete(object);
}

static void cli_answers_sends_nothing_that_a_preflight_refuses(void **state)
{
    static const char *const words[] = {
        "edit", "-esad", IMAGES "/README.md", "--json", "--preflight", "-oout.png", NULL};
    static const char *const sent[] = {"edit", "-e99", IMAGES "/README.md", "-oout.png", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    cli_stage_answer(stage, cli_reply_error(415, "UNSUPPORTED_FILE_TYPES", "so says the server"));
    cJSON *object = run_json(stage, words, 1);
    assert_string_equal(text_of(object, "outcome"), "preflight");
    assert_string_equal(text_of(object, "code"), "UNSUPPORTED_FILE_TYPES");
    assert_true(number_of(object, "attempts") == 0.0);
    assert_int_equal(scripted_requests(stage->server), 0);
    cJSON_Delete(object);
    const struct program_call call = cli_stage_call(stage, sent);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 1);
    assert_non_null(strstr(outcome.err, "so says the server"));
    assert_int_equal(scripted_requests(stage->server), 1);
    assert_true(scripted_saw(stage->server, "\r\n\r\n99\r\n"));
    program_outcome_clear(&outcome);
}

static void cli_answers_retries_as_often_as_it_was_told_to(void **state)
{
    static const char *const words[] = {"edit",      "-esad",  PORTRAIT, "--retries=1",
                                        "-oout.png", "--json", NULL};
    struct cli_stage *stage = *state;
    cli_stage_answer(stage, cli_reply_error(503, "SYSTEM_BUSY", "later"));
    cJSON *object = run_json(stage, words, 1);
    assert_true(number_of(object, "attempts") == 2.0);
    assert_int_equal(scripted_requests(stage->server), 2);
    cJSON_Delete(object);
}

/* The picture is saved and paid for, but the script's JSON does not arrive. */
static void cli_edit_reports_a_full_disk_under_its_json(void **state)
{
    static const char *const words[] = {"edit", "-esad", "--json", "-oout.png", PORTRAIT, NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    char path[PATH_SIZE];
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    struct program_call call = cli_stage_call(stage, words);
    call.output_file = "/dev/full";
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 2);
    assert_non_null(strstr(outcome.err, "cannot write standard output"));
    program_outcome_clear(&outcome);
    path_join(path, stage->directory, "out.png");
    assert_true(file_exists(path));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, cli_stage_make, cli_stage_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cli_answers_tells_every_failure_apart),
        TEST(cli_answers_says_when_no_server_listens),
        TEST(cli_answers_gives_up_at_the_time_out),
        TEST(cli_answers_ends_with_the_signal_s_status),
        TEST(cli_answers_ignores_a_hang_up_that_its_parent_ignored),
        TEST(cli_answers_describes_a_success_as_json),
        TEST(cli_answers_describes_a_refusal_as_json),
        TEST(cli_answers_sends_nothing_that_a_preflight_refuses),
        TEST(cli_edit_reports_a_full_disk_under_its_json),
        TEST(cli_answers_retries_as_often_as_it_was_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
