/* What the program says of a run: how much, in which colours, and when a report is lost. */
#include "mock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Two names of one file too: the second report would be written over the first. */
static void program_refuses_two_reports_in_one_file(void **state)
{
    (void)state;
    char *directory = folder_new(), one[PATH_SIZE], other[PATH_SIZE], link[PATH_SIZE];
    const char *reports[4] = {one, other, link, NULL};
    snprintf(one, sizeof one, "tap:%s/a.report", directory);
    snprintf(other, sizeof other, "json:%s/./a.report", directory);
    snprintf(link, sizeof link, "html:%s/link", directory);
    assert_int_equal(symlink("a.report", link + strlen("html:")), 0);
    for (size_t i = 0; i < 3; i++) {
        struct program_outcome outcome;
        if (i == 1)
            file_write(one + strlen("tap:"), "mine", 4);
        suite_run(&outcome, NULL, "--target", "mock", "--run", "call/*", "--report", one,
                  "--report", reports[i], NULL);
        assert_said(reports[i], &outcome, 2, "two reports go to ");
        program_outcome_clear(&outcome);
    }
    char *kept = file_read(one + strlen("tap:"), NULL);
    assert_string_equal(kept, "mine");
    free(kept);
    folder_free(directory);
}

/* The last line on standard output does not say that all is well. */
static void program_says_why_a_report_or_record_is_lost(void **state)
{
    (void)state;
    char *directory = folder_new(), link[PATH_SIZE];
    const struct {
        const char *option, *value, *said;
    } rows[] = {
        {"--report", "json:/dev/full", "/dev/full could not be written: No space left"},
        {"--report", "html:/dev/full", "/dev/full could not be written: No space left"},
        {"--report", "tap:/dev/full", "/dev/full could not be written: No space left"},
        {"--record", directory, "call.documented.json could not be written: No space left"},
    };
    path_join(link, directory, "call.documented.json");
    assert_int_equal(symlink("/dev/full", link), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, "--target", "mock", "--run", "call/*", "--report", "text",
                  rows[i].option, rows[i].value, NULL);
        assert_said(rows[i].value, &outcome, 3, rows[i].said);
        assert_null(strstr(outcome.out, "is conformant"));
        assert_non_null(strstr(outcome.out, "\nNo case failed, but a record or report could not"));
        program_outcome_clear(&outcome);
    }
    folder_free(directory);
    static const char *const printing[][5] = {
        {"--list"}, {"--help"}, {"--body", "call/documented"}, {"--target=mock", "--run=call/*"}};
    for (size_t i = 0; i < sizeof printing / sizeof printing[0]; i++) {
        struct program_outcome outcome;
        const struct program_call call = {.program = AILAB_BIN_DIR "/ailab-conformance",
                                          .arguments = printing[i],
                                          .output_file = "/dev/full"};
        program_run(&outcome, &call);
        assert_said(printing[i][0], &outcome, 3, "No space left");
        program_outcome_clear(&outcome);
    }
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        lines++;
    return lines;
}

/* A line a suite and the verdict; --verbose adds the clauses of the cases that were chosen. */
static void program_says_little_of_a_success(void **state)
{
    (void)state;
    struct program_outcome brief, verbose;
    suite_run(&brief, NULL, "--target", "mock", "--run", "call/*", "--run", "key/*", NULL);
    assert_said("brief", &brief, 0, "");
    assert_int_equal(count_lines(brief.out), 6 + 2 + 3); /* head, suites, sum */
    assert_null(strstr(brief.out, "Clauses"));
    suite_run(&verbose, NULL, "--target", "mock", "--run", "call/*", "--run", "key/*", "-v", NULL);
    assert_said("verbose", &verbose, 0, "");
    assert_non_null(strstr(verbose.out, "\nClauses\n"));
    assert_non_null(strstr(verbose.out, "key_name_any_case "));
    assert_null(strstr(verbose.out, "image_jpeg"));
    assert_null(strstr(verbose.out, "not judged\n"));
    program_outcome_clear(&brief);
    program_outcome_clear(&verbose);
}

/* What failed is listed right before the sum and the verdict. */
static void program_lists_failed_cases_before_the_verdict(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--target", "mock", "--run", "call/*", "--skip", "key/none",
              "--skip-must-fail", "--run", "key/none", NULL);
    assert_said("failed", &outcome, 1, "");
    assert_non_null(strstr(outcome.out, "\nFailed\n  key/none: no key header\n\n2 cases: "));
    program_outcome_clear(&outcome);
}

/* On a terminal; --color always wins over the environment. */
static void program_colours_only_where_it_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *why, *environment[2], *colour;
        bool colours, erases;
    } rows[] = {
        {"a terminal", {"TERM=xterm"}, "auto", true, true},
        {"NO_COLOR", {"TERM=xterm", "NO_COLOR=1"}, "auto", false, true},
        {"an empty NO_COLOR", {"TERM=xterm", "NO_COLOR="}, "auto", true, true},
        {"a dumb terminal", {"TERM=dumb"}, "auto", false, false},
        {"always", {"TERM=dumb", "NO_COLOR=1"}, "always", true, false},
        {"never", {"TERM=xterm"}, "never", false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        const char *words[] = {"--target", "mock", "--run=call/*", "--color", rows[i].colour, NULL};
        const char *environment[] = {rows[i].environment[0], rows[i].environment[1], NULL};
        const struct program_call call = {.program = AILAB_BIN_DIR "/ailab-conformance",
                                          .arguments = words,
                                          .environment = environment,
                                          .terminal = true};
        program_run(&outcome, &call);
        const char *all = outcome.out_size ? outcome.out : outcome.err;
        if (outcome.status != 0 || (strstr(all, "\033[32m") != NULL) != rows[i].colours ||
            (strstr(all, "\033[K") != NULL) != rows[i].erases)
            fail_msg("%s: status %d, %s", rows[i].why, outcome.status, all);
        program_outcome_clear(&outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_refuses_two_reports_in_one_file),
        cmocka_unit_test(program_says_why_a_report_or_record_is_lost),
        cmocka_unit_test(program_says_little_of_a_success),
        cmocka_unit_test(program_lists_failed_cases_before_the_verdict),
        cmocka_unit_test(program_colours_only_where_it_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
