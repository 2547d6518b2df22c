/* The program from outside: its exit codes and messages, and its lists. */
#include "base/buf.h"
#include "mock.h"
#include "testing/closed_port.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void program_refuses_bad_usage(void **state)
{
    (void)state;
    const struct closed_port port = closed_port_take();
    const struct {
        const char *why, *argv[4], *words;
        int exit;
    } rows[] = {
        {"unknown flag", {"--frobnicate"}, "unknown option '--frobnicate'", 2},
        {"unknown flag with a value", {"--target=mock", "--x=1"}, "unknown option '--x'", 2},
        {"flag without its value", {"--target"}, "--target needs a value", 2},
        {"stray word", {"--target", "mock", "please"}, "one argument too many: 'please'", 2},
        {"no target", {"--jobs", "2"}, "--target is missing", 2},
        {"URL without a scheme", {"--target", "localhost:80"}, "does not begin with http://", 2},
        {"URL with a bad port", {"--target", "http://h:99999"}, "the port is not a number", 2},
        {"URL without a host", {"--target", "http://"}, "the host is missing", 2},
        {"URL with a query", {"--target", "http://h/?a=1"}, "a query or fragment", 2},
        {"URL with a user", {"--target", "http://me@h/"}, "a user name", 2},
        {"URL with a space", {"--target", "http://a b/"}, "must not occur in a URL", 2},
        {"unknown revision",
         {"--target=mock", "--revision=3"},
         "--revision '3': expected 1.0.0",
         2},
        {"unknown level", {"--target=mock", "--level=may"}, "--level 'may': expected must", 2},
        {"unknown report", {"--target=mock", "--report=pdf"}, "there is no report \"pdf\"", 2},
        {"report without a name", {"--target=mock", "--report=tap:"}, "file name is missing", 2},
        {"two reports on one stream",
         {"--target=mock", "--report=tap", "--report=json"},
         "two reports go to standard output",
         2},
        {"jobs of zero", {"--target=mock", "--jobs=0"}, "--jobs '0': expected", 2},
        {"jobs that are no number", {"--target=mock", "--jobs=many"}, "--jobs 'many': expected", 2},
        {"time-out below one", {"--target=mock", "--timeout=-5"}, "--timeout '-5': expected", 2},
        {"credits too many",
         {"--target=mock", "--max-credits=9999999"},
         "--max-credits '9999999'",
         2},
        {"unknown colour", {"--target=mock", "--color=blue"}, "--color 'blue': expected auto", 2},
        {"json without list", {"--target=mock", "--json"}, "--json belongs to --list", 2},
        {"must fail without skip", {"--target=mock", "--skip-must-fail"}, "needs a --skip", 2},
        {"no such known file", {"--target=mock", "--known=/nowhere/at/all"}, "/nowhere/at/all", 2},
        {"live without a key", {"--target", "https://www.ailabapi.com"}, "AILAB_API_KEY", 2},
        {"live with the root written out",
         {"--target", "https://www.ailabapi.com."},
         "AILAB_API_KEY",
         2},
        {"live in capitals, with its port",
         {"--target", "https://WWW.AILABAPI.COM.:443"},
         "AILAB_API_KEY",
         2},
        {"live in disguise", {"--target", "https://www.ailabapi%2ecom"}, "no host name has", 2},
        {"a glob that names nothing",
         {"--target=mock", "--run=no-such/*"},
         "no case is called \"no-such/*\"",
         2},
        {"an empty selection",
         {"--target=mock", "--run=call/*", "--skip=call/*"},
         "no case is selected",
         2},
        {"a list of nothing that exists",
         {"--list", "--run=no-such/*"},
         "no case is called \"no-such/*\"",
         2},
        {"an empty list",
         {"--list", "--run=choice/value-12", "--revision=1.0.0"},
         "no case is selected",
         2},
        {"unreachable target", {"--target", port.url}, "cannot be reached", 3},
        {"unknown host", {"--target", "http://no-such-host.invalid"}, "cannot be reached", 3},
        {"unwritable report",
         {"--target=mock", "--report", "tap:/nowhere/at/all"},
         "/nowhere/at/all cannot be written",
         3},
        {"unwritable records",
         {"--target=mock", "--record", "/nowhere/at/all"},
         "/nowhere/at/all",
         3},
        {"a body of no case", {"--body", "no/such"}, "there is no case \"no/such\"", 2},
        {"a request of a case that makes none",
         {"--wire", "every-answer/json"},
         "the case made no such request",
         3},
        {"a request behind the last", {"--body", "call/documented#9"}, "no such request", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, rows[i].argv[0], rows[i].argv[1], rows[i].argv[2],
                  rows[i].argv[3], NULL);
        assert_said(rows[i].why, &outcome, rows[i].exit, rows[i].words);
        program_outcome_clear(&outcome);
    }
    closed_port_give_back(&port);
}

static void program_shows_help_and_version(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--help", NULL);
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.out, "--skip-must-fail"));
    program_outcome_clear(&outcome);
    suite_run(&outcome, NULL, "--version", NULL);
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.out, "ailab-conformance " AILAB_VERSION_STRING "\n");
    program_outcome_clear(&outcome);
}

static void program_lists_the_frozen_cases(void **state)
{
    (void)state;
    struct program_outcome outcome;
    struct buf listed = {0};
    char *frozen = file_read(AILAB_SOURCE_DIR "/conformance/cases.list", NULL);
    suite_run(&outcome, NULL, "--list", "--level", "info", NULL);
    for (const char *line = outcome.out; *line;) {
        buf_add(&listed, line, strcspn(line, " "));
        buf_text(&listed, "\n");
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    assert_string_equal(buf_str(&listed), frozen);
    free(frozen);
    buf_clear(&listed);
    program_outcome_clear(&outcome);
}

/* A list shows what a run with the same options would take. */
static void program_lists_what_it_would_run(void **state)
{
    (void)state;
    static const struct {
        const char *why, *argv[4], *in, *out;
    } rows[] = {
        {"an old revision", {"--revision", "1.0.0"}, "choice/value-0 ", "choice/value-12 "},
        {"a later one", {"--revision", "2026-05"}, "choice/value-12 ", "choice/value-0 "},
        {"all revisions", {"--revision", "auto"}, "choice/value-0 ", NULL},
        {"a group of cases", {"--run", "key/*"}, "key/none ", "fields/image-missing "},
        {"without some", {"--skip", "key/*"}, "fields/image-missing ", "key/none "},
        {"without some, but tried", {"--skip", "key/*", "--skip-must-fail"}, "key/none ", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, "--list", "--level", "info", rows[i].argv[0], rows[i].argv[1],
                  rows[i].argv[2], rows[i].argv[3], NULL);
        assert_said(rows[i].why, &outcome, 0, "");
        if (!strstr(outcome.out, rows[i].in))
            fail_msg("%s: %s is not listed", rows[i].why, rows[i].in);
        if (rows[i].out && strstr(outcome.out, rows[i].out))
            fail_msg("%s: %s is listed", rows[i].why, rows[i].out);
        program_outcome_clear(&outcome);
    }
}

static void program_repeats_no_password_of_a_refused_url(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://me:s3cret@h/", "ftp://me:s3cret@h/", "me:s3cret@h",
                                       "https://me:s3cret@h:99999/?a=1"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, "--target", urls[i], NULL);
        assert_said(urls[i], &outcome, 2, "\"...\" is no target: ");
        assert_null(strstr(outcome.err, "s3cret"));
        program_outcome_clear(&outcome);
    }
}

static void program_prints_the_body_of_a_case(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--body", "choice/outside-17", NULL);
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.out, "name=\"service_choice\"\r\n\r\n17\r\n"));
    assert_true(outcome.out_size > 80000);
    program_outcome_clear(&outcome);
    suite_run(&outcome, NULL, "--wire", "framing/length-plus", NULL);
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.out, "Content-Length: +5\r\n"));
    program_outcome_clear(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_refuses_bad_usage),
        cmocka_unit_test(program_shows_help_and_version),
        cmocka_unit_test(program_lists_the_frozen_cases),
        cmocka_unit_test(program_lists_what_it_would_run),
        cmocka_unit_test(program_repeats_no_password_of_a_refused_url),
        cmocka_unit_test(program_prints_the_body_of_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
