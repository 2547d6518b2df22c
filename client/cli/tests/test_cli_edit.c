/* `ailab edit` against a server: where pictures come from and go to, and what is said meanwhile.
 * labels: threads (the server is one) */
#include "cli_stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_picture(const struct cli_stage *stage, const char *name)
{
    char path[PATH_SIZE];
    size_t size = 0;
    path_join(path, stage->directory, name);
    char *data = file_read(path, &size);
    assert_int_equal(size, stage->picture_size);
    assert_memory_equal(data, stage->picture, size);
    free(data);
}

static void copy_portrait(const struct cli_stage *stage, const char *name)
{
    char path[PATH_SIZE];
    size_t size = 0;
    char *data = file_read(PORTRAIT, &size);
    path_join(path, stage->directory, name);
    file_write(path, data, size);
    free(data);
}

static void cli_edit_saves_the_picture_where_it_was_asked_to(void **state)
{
    static const char *const words[] = {"edit", "-ebig-grin", PORTRAIT, "-oout.png", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_string_equal(outcome.out, "out.png\n");
    assert_string_equal(outcome.err, "");
    assert_picture(stage, "out.png");
    assert_int_equal(folder_count(stage->directory), 1);
    assert_true(scripted_saw(stage->server, KEY));
    assert_true(scripted_saw(stage->server, "\r\n\r\n12\r\n"));
    assert_true(scripted_saw(stage->server, "filename=\"portrait.jpg\""));
    program_outcome_clear(&outcome);
}

static void cli_edit_names_the_picture_after_its_input_and_its_format(void **state)
{
    static const char *const words[] = {"edit", "-e", "Big Grin", "me.jpg", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    copy_portrait(stage, "me.jpg");
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_string_equal(outcome.out, "me.big-grin.png\n");
    assert_picture(stage, "me.big-grin.png");
    program_outcome_clear(&outcome);
    program_run(&outcome, &call); /* again: it is in the way, and nothing is spent */
    cli_assert_status(&outcome, 2);
    assert_int_equal(scripted_requests(stage->server), 1);
    program_outcome_clear(&outcome);
}

static void pipe_through(struct cli_stage *stage, bool non_blocking)
{
    static const char *const words[] = {"edit", "-esad", "-", NULL};
    struct program_outcome outcome;
    size_t size = 0;
    char *input = file_read(PORTRAIT, &size);
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    struct program_call call = cli_stage_call(stage, words);
    call.non_blocking = non_blocking;
    call.input = input;
    call.input_size = size;
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_int_equal(outcome.out_size, stage->picture_size);
    assert_memory_equal(outcome.out, stage->picture, stage->picture_size);
    assert_string_equal(outcome.err, "");
    program_outcome_clear(&outcome);
    free(input);
}

static void cli_edit_pipes_a_picture_through(void **state)
{
    pipe_through(*state, false);
}

static void cli_edit_waits_for_pipes_that_do_not_block(void **state)
{
    pipe_through(*state, true);
}

static void cli_edit_warns_of_an_extension_that_lies(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.jpg", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_non_null(strstr(outcome.err, "warning: 'out.jpg'"));
    assert_non_null(strstr(outcome.err, "png"));
    assert_picture(stage, "out.jpg");
    program_outcome_clear(&outcome);
}

static void cli_edit_replaces_a_file_only_when_forced_and_successful(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", "--force", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    char path[PATH_SIZE];
    size_t size = 0;
    path_join(path, stage->directory, "out.png");
    file_write(path, "old", 3);
    cli_stage_answer(stage, cli_reply_error(422, "ERROR_NO_FACE_IN_FILE", "pic not has face"));
    struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 1);
    char *old = file_read(path, &size);
    assert_string_equal(old, "old");
    free(old);
    program_outcome_clear(&outcome);
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_picture(stage, "out.png");
    assert_int_equal(folder_count(stage->directory), 1);
    program_outcome_clear(&outcome);
}

static void cli_edit_takes_the_key_from_a_file_and_warns_if_all_can_read_it(void **state)
{
    static const char *const words[] = {"edit",      "-esad", PORTRAIT, "--api-key-file=key",
                                        "-oout.png", "-f",    NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    char path[PATH_SIZE];
    path_join(path, stage->directory, "key");
    file_write(path, "key-of-the-file\n", 16);
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_true(scripted_saw(stage->server, "key-of-the-file"));
    assert_false(scripted_saw(stage->server, KEY));
    assert_non_null(strstr(outcome.err, "every user of this machine can read 'key'"));
    program_outcome_clear(&outcome);
}

static void cli_edit_tells_what_it_does_but_never_the_key(void **state)
{
    static const char *const words[] = {"edit", "-v", "-esad", PORTRAIT, "-oout.png", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    const struct program_call call = cli_stage_call(stage, words);
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0); /* looks for the key */
    assert_non_null(strstr(outcome.err, "key from AILAB_API_KEY"));
    assert_non_null(strstr(outcome.err, "HTTP 200"));
    assert_non_null(strstr(outcome.err, stage->server->url));
    program_outcome_clear(&outcome);
}

static void cli_edit_draws_progress_on_a_terminal_only_and_wipes_it(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-oout.png", "-f", NULL};
    static const char *const quiet[] = {"edit", "-qesad", PORTRAIT, "-oout.png", "-f", NULL};
    struct cli_stage *stage = *state;
    struct program_outcome outcome;
    if (!program_has_terminals())
        skip();
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    struct program_call call = cli_stage_call(stage, words);
    call.terminal = true;
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_non_null(strstr(outcome.out, "\rreceiving ["));
    assert_non_null(strstr(outcome.out, "\r\033[Kout.png\r\n"));
    program_outcome_clear(&outcome);
    call.arguments = quiet;
    program_run(&outcome, &call);
    cli_assert_status(&outcome, 0);
    assert_string_equal(outcome.out, "");
    program_outcome_clear(&outcome);
}

/* A proxy gets the whole address in the request line. */
static void cli_edit_goes_through_the_proxy_that_is_named(void **state)
{
    static const struct {
        const char *option, *variable; /* one of them names the proxy */
        bool through;
    } rows[] = {{"--proxy=", NULL, true}, {NULL, "AILAB_PROXY", true}, {NULL, "http_proxy", false}};
    struct cli_stage *stage = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char option[128], variable[128], path[PATH_SIZE];
        const char *words[] = {"edit", "-esad", "-fqo", "out.png", PORTRAIT, option, NULL};
        struct program_outcome outcome;
        cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
        snprintf(option, sizeof(option), "%s%s", rows[i].option ? rows[i].option : "--quiet",
                 rows[i].option ? stage->server->url : "");
        snprintf(variable, sizeof(variable), "%s=%s", rows[i].variable ? rows[i].variable : "TERM",
                 rows[i].variable ? stage->server->url : "dumb");
        struct program_call call = cli_stage_call(stage, words);
        const char *environment[] = {"AILAB_API_KEY=" KEY, variable,
                                     "AILAB_BASE_URL=http://service.invalid:8", NULL};
        call.environment = environment;
        print_message("%s %s\n", option, variable);
        program_run(&outcome, &call);
        cli_assert_status(&outcome, rows[i].through ? 0 : 3);
        program_outcome_clear(&outcome);
        assert_int_equal(scripted_requests(stage->server), rows[i].through);
        if (rows[i].through)
            assert_true(scripted_saw(stage->server, "POST http://service.invalid:8/"));
        path_join(path, stage->directory, "out.png");
        assert_int_equal(file_exists(path), rows[i].through);
        unlink(path);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, cli_stage_make, cli_stage_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cli_edit_saves_the_picture_where_it_was_asked_to),
        TEST(cli_edit_names_the_picture_after_its_input_and_its_format),
        TEST(cli_edit_pipes_a_picture_through),
        TEST(cli_edit_waits_for_pipes_that_do_not_block),
        TEST(cli_edit_warns_of_an_extension_that_lies),
        TEST(cli_edit_replaces_a_file_only_when_forced_and_successful),
        TEST(cli_edit_takes_the_key_from_a_file_and_warns_if_all_can_read_it),
        TEST(cli_edit_tells_what_it_does_but_never_the_key),
        TEST(cli_edit_goes_through_the_proxy_that_is_named),
        TEST(cli_edit_draws_progress_on_a_terminal_only_and_wipes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
