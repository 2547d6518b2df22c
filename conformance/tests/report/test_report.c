/* Every report of one fixed run over a small contract of its own, byte for byte: a new clause or
 * case changes nothing here. After an intended change: run this program with --write, and look at
 * the difference before it is committed. JUnit and TAP are also read by parsers that others wrote.
 */
#include "drift/drift.h"
#include "report/report.h"
#include "suite.h"
#include "testing/files.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define GOLDEN AILAB_SOURCE_DIR "/conformance/tests/report/golden/report."

/* A contract with one clause for each verdict of the matrix. */
static const struct clause contract[] = {
    {"call_succeeds", LEVEL_MUST, 'D', 1, "", "The documented call succeeds."},
    {"missing_refused", LEVEL_MUST, 'D', 4, "", "A missing part is 400 <MISSING_PARAMETERS>."},
    {"credits_query", LEVEL_SHOULD, 'S', 5, "", "A free call tells the credits."},
    {"error_table", LEVEL_SHOULD, 'O', 4, "", "Each code has the status of the table."},
    {"later", LEVEL_INFO, 'P', 6, "", "No case of this run asks this."},
};

/* One of each verdict, with characters that each format must escape. The texts are never freed. */
static struct result results[] = {
    {.slug = "call/documented",
     .suite = "The documented call",
     .title = "the documented call with a portrait succeeds",
     .clauses = {&contract[0]},
     .verdict = VERDICT_PASS,
     .ms = 12.34,
     .credits = 12},
    {.slug = "fields/image-empty",
     .suite = "The fields",
     .title = "an image_target of 0 bytes",
     .clauses = {&contract[0]},
     .verdict = VERDICT_PASS,
     .reason = (char[]){"accepted: 400 UNSUPPORTED_PARAMETER_VALUES (seen live on siblings)"},
     .ms = 1},
    {.slug = "fields/choice-missing",
     .suite = "The fields",
     .title = "no service_choice",
     .clauses = {&contract[1], &contract[0]},
     .verdict = VERDICT_FAIL,
     .blamed = &contract[1],
     .expected = (char[]){"400 MISSING_PARAMETERS"},
     .actual = (char[]){"500 <&\"'#\\ ]]> \\x01 without an object error_detail"},
     .advice = "Give the target <another> key.",
     .exchange =
         (char[]){"> POST /api HTTP/1.1\n> ailabapi-api-key: <redacted>\n< HTTP/1.1 500 No\n"},
     .curl = (char[]){"curl -sS -i -H \"ailabapi-api-key: $AILAB_API_KEY\" 'http://h/'"},
     .ms = 3.5},
    {.slug = "armed/error-user-locked",
     .suite = "Every code of the table",
     .title = "The user is locked.",
     .clauses = {&contract[3]},
     .verdict = VERDICT_SKIP,
     .reason = (char[]){"the target cannot be armed (see --arm)"}},
    {.slug = "armed/exceeding-limits",
     .suite = "Every code of the table",
     .title = "Exceeds limit.",
     .clauses = {&contract[3]},
     .verdict = VERDICT_SKIP,
     .reason = (char[]){"the target cannot be armed (see --arm)"}},
    {.slug = "credits/query",
     .suite = "Credits",
     .title = "the free call answers",
     .clauses = {&contract[2]},
     .verdict = VERDICT_ERROR,
     .reason = (char[]){"the good call fails: 503 # not today"}},
};

static struct drift_row drift_rows[] = {
    {(char[]){"fields/image-empty"}, (char[]){"error_detail.code"}, SEVERITY_CRITICAL,
     (char[]){"400 PARAMETERS_CANNOT_EMPTY"}, (char[]){"\"UNSUPPORTED_PARAMETER_VALUES\""},
     (char[]){"\"PARAMETERS_CANNOT_EMPTY\""}},
    {(char[]){"call/documented"}, (char[]){"data.image.format"}, SEVERITY_INFO, (char[]){"nothing"},
     (char[]){"\"PNG\""}, (char[]){"\"JPEG\""}},
    {(char[]){"call/documented"}, (char[]){"error_code"}, SEVERITY_WARNING, (char[]){"an integer"},
     (char[]){"0"}, (char[]){"200"}},
    {(char[]){"fields/choice-missing"}, (char[]){"error_code"}, SEVERITY_CRITICAL,
     (char[]){"an integer"}, (char[]){"a number"}, (char[]){"absent"}},
    {(char[]){"fields/choice-missing"}, (char[]){"error_code"}, SEVERITY_WARNING,
     (char[]){"an integer"}, (char[]){"0"}, (char[]){"400"}},
    {(char[]){"fields/choice-missing"}, (char[]){"data.image.format"}, SEVERITY_INFO,
     (char[]){"nothing"}, (char[]){"\"PNG\""}, (char[]){"\"JPEG\""}},
};

static struct drift drift = {
    .rows = drift_rows,
    .count = sizeof drift_rows / sizeof drift_rows[0],
    .compared = 5,
    .missing = 1,
    .baseline = {.target = "https://live.example",
                 .revision = "2026-05",
                 .date = "2026-01-01T12:00:00Z",
                 .other_revision = "2026-05"},
};

static const struct summary summary = {
    .version = "1.2.3", /* invented, as all of this run: a release changes no report */
    .target = "http://standin.example:8080",
    .revision = "2026-01",
    .revision_why = "because half a JPEG is 422 FILE_DECODING_FAILURE and error_code is present",
    .level = "SHOULD",
    .date = "2026-01-08T12:00:00Z",
    .host = "builder",
    .other_revisions = 3,
    .credits_bound = 12,
    .credits = 12,
    .clauses = contract,
    .clause_count = sizeof contract / sizeof contract[0],
    .results = results,
    .count = sizeof results / sizeof results[0],
    .interrupted = true,
    .ms = 1234.5,
    .drift = &drift,
};

static char *written(const char *format, bool colour, bool verbose)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    struct report report = {
        .format = report_format_find(format), .out = out, .colour = colour, .verbose = verbose};
    assert_non_null(report.format);
    report_begin(&report, &summary);
    for (size_t i = 0; i < summary.count; i++)
        report_result(&report, &summary, i);
    report_end(&report, &summary);
    fclose(out);
    return text;
}

/* Each format, and text once more in colour, and once with everything. */
static size_t goldens(void)
{
    size_t count = 0;
    report_formats(&count);
    return count + 2;
}

/* The golden file's text as it is written now; its path goes into path. */
static char *golden_now(char path[PATH_SIZE], size_t index)
{
    size_t count = 0;
    const struct report_format *formats = report_formats(&count);
    bool colour = index == count, verbose = index > count;
    const char *name = index < count ? formats[index].name : "text";
    snprintf(path, PATH_SIZE, GOLDEN "%s", colour ? "ansi" : verbose ? "verbose" : name);
    return written(name, colour, verbose);
}

static void report_matches_its_golden_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < goldens(); i++) {
        char path[PATH_SIZE];
        char *text = golden_now(path, i);
        char *golden = file_read(path, NULL);
        if (strcmp(text, golden) != 0)
            fail_msg("%s differs from what is written now:\n%s", path, text);
        free(golden);
        free(text);
    }
}

static void report_format_says_what_it_is_for(void **state)
{
    (void)state;
    size_t count = 0;
    const struct report_format *formats = report_formats(&count);
    for (size_t i = 0; i < count; i++)
        assert_true(formats[i].help[0] != '\0');
}

static int write_golden_files(void)
{
    for (size_t i = 0; i < goldens(); i++) {
        char path[PATH_SIZE];
        char *text = golden_now(path, i);
        FILE *file = fopen(path, "we");
        if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
            perror(path);
            return 1;
        }
        free(text);
    }
    return 0;
}

static bool is_there(const char *command)
{
    struct program_outcome outcome;
    const char *argv[] = {"sh", "-c", command, NULL};
    command_run(&outcome, argv, NULL);
    bool there = outcome.status == 0;
    program_outcome_clear(&outcome);
    return there;
}

static void reads_as(const char *const *argv, const char *expected)
{
    struct program_outcome outcome;
    command_run(&outcome, argv, NULL);
    if (outcome.status != 0 || strcmp(outcome.out, expected) != 0)
        fail_msg("exit %d, read \"%s\" %s; expected \"%s\"", outcome.status, outcome.out,
                 outcome.err, expected);
    program_outcome_clear(&outcome);
}

/* TAP::Parser comes with Perl. */
static void report_tap_is_read_by_perl(void **state)
{
    (void)state;
    static const char script[] =
        "use TAP::Parser; local $/; my $t = <STDIN>;"
        "my $p = TAP::Parser->new({tap => $t}); my ($y, $s) = (0, 0);"
        "while (my $r = $p->next) { $y++ if $r->is_yaml; $s++ if $r->is_test && $r->has_skip }"
        "printf '%d planned %d run %d passed %d failed %d skipped %d yaml %d errors',"
        "$p->tests_planned, $p->tests_run, scalar $p->passed, scalar $p->failed, $s, $y,"
        "scalar $p->parse_errors;";
    const char *argv[] = {"sh", "-c", "perl -e \"$0\" < \"$1\"", script, GOLDEN "tap", NULL};
    if (!is_there("perl -MTAP::Parser -e 1"))
        skip();
    reads_as(argv, "7 planned 7 run 4 passed 3 failed 2 skipped 3 yaml 0 errors");
}

/* It adds up the verdicts, and has nothing to say about the syntax. */
static void report_tap_is_taken_by_prove(void **state)
{
    (void)state;
    const char *argv[] = {"prove", GOLDEN "tap", NULL};
    struct program_outcome outcome;
    if (!is_there("prove --version"))
        skip();
    command_run(&outcome, argv, NULL);
    assert_int_equal(outcome.status, 1);
    assert_non_null(strstr(outcome.out, "Failed tests:  3, 6-7"));
    assert_null(strstr(outcome.out, "Parse errors"));
    assert_string_equal(outcome.err, "");
    program_outcome_clear(&outcome);
}

/* junitparser is Debian's python3-junitparser. */
static void report_junit_is_read_by_junitparser(void **state)
{
    (void)state;
    static const char script[] =
        "import sys\nfrom junitparser import JUnitXml, Failure\n"
        "x = JUnitXml.fromfile(sys.argv[1])\n"
        "f = [r for s in x for c in s for r in (c.result or []) if isinstance(r, Failure)]\n"
        "print(x.tests, x.failures, x.errors, x.skipped, len(list(x)),\n"
        "      sum(len(list(s)) for s in x), f[0].type, end='')\n";
    const char *argv[] = {"/usr/bin/python3", "-c", script, GOLDEN "junit", NULL};
    if (!is_there("/usr/bin/python3 -c 'import junitparser'"))
        skip();
    reads_as(argv, "7 2 1 2 5 7 missing_refused");
}

static void report_junit_keeps_the_schema(void **state)
{
    (void)state;
    const char *argv[] = {"xmllint",      "--noout",
                          "--schema",     AILAB_SOURCE_DIR "/conformance/tests/report/junit.xsd",
                          GOLDEN "junit", NULL};
    struct program_outcome outcome;
    if (!is_there("xmllint --version"))
        skip();
    command_run(&outcome, argv, NULL);
    if (outcome.status != 0)
        fail_msg("%s", outcome.err);
    program_outcome_clear(&outcome);
}

static void report_html_stands_alone(void **state)
{
    (void)state;
    char *html = file_read(GOLDEN "html", NULL);
    static const char *const foreign[] = {"<script", "<link", "src=", "@import", "url("};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (strstr(html, foreign[i]))
            fail_msg("the page holds %s", foreign[i]);
    free(html);
}

/* "#5c6166" or "#fff" as the relative luminance of WCAG 2. */
static double luminance(const char *colour)
{
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    const size_t digits = strspn(colour + 1, "0123456789abcdef") / 3;
    double sum = 0;
    assert_true(digits == 1 || digits == 2);
    for (size_t i = 0; i < 3; i++) {
        char hex[3] = {colour[1 + i * digits], colour[i * digits + digits], '\0'};
        double part = (double)strtol(hex, NULL, 16) / 255;
        sum += weights[i] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/* Of a variable in a scheme of the page. */
static double luminance_of(const char *scheme, const char *name)
{
    char wanted[16];
    snprintf(wanted, sizeof wanted, "--%s:", name);
    const char *at = strstr(scheme, wanted);
    assert_non_null(at);
    return luminance(at + strlen(wanted));
}

static void report_html_can_be_read_in_both_schemes(void **state)
{
    (void)state;
    static const char *const texts[] = {"fg", "soft", "good", "bad", "dim"};
    static const char *const grounds[] = {"bg", "card"};
    char *html = file_read(GOLDEN "html", NULL);
    const char *schemes[] = {strstr(html, ":root{"), strstr(html, "scheme:dark){:root{")};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            for (size_t k = 0; k < 2; k++) {
                assert_non_null(schemes[s]);
                double a = luminance_of(schemes[s], texts[i]);
                double b = luminance_of(schemes[s], grounds[k]);
                double contrast = a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
                if (contrast < 4.5)
                    fail_msg("scheme %zu: %s on %s has a contrast of %.2f", s, texts[i], grounds[k],
                             contrast);
            }
    free(html);
}

int main(int argc, char **argv)
{
    drift_group(&drift);
    if (argc == 2 && strcmp(argv[1], "--write") == 0)
        return write_golden_files();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_matches_its_golden_file),
        cmocka_unit_test(report_format_says_what_it_is_for),
        cmocka_unit_test(report_tap_is_read_by_perl),
        cmocka_unit_test(report_tap_is_taken_by_prove),
        cmocka_unit_test(report_junit_is_read_by_junitparser),
        cmocka_unit_test(report_junit_keeps_the_schema),
        cmocka_unit_test(report_html_stands_alone),
        cmocka_unit_test(report_html_can_be_read_in_both_schemes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
