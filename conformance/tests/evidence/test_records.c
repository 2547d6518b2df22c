/* --record and --compare: mistakes are refused before the first request, records are kept, and
 * drift shows in every report. */
#include "mock.h"
#include "testing/scripted.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char *directory, records[PATH_SIZE], file[PATH_SIZE];
};

static int make(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    *state = place;
    if (!place || !(place->directory = folder_new()))
        return -1;
    path_join(place->records, place->directory, "records");
    path_join(place->file, place->directory, "file");
    FILE *file = fopen(place->file, "we");
    return file && fputs("no record\n", file) >= 0 && fclose(file) == 0 ? 0 : -1;
}

static int clear(void **state)
{
    struct place *place = *state;
    folder_free(place->directory);
    free(place);
    return 0;
}

/* One suite of the mock in process, at a revision, into the directory of records. */
static void record(const struct place *place, const char *revision)
{
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--target", "mock", "--revision", revision, "--run", "fields/*",
              "--record", place->records, NULL);
    assert_exit("the recorded run", &outcome, 0);
    program_outcome_clear(&outcome);
}

static void compare(struct program_outcome *out, const struct place *place, const char *revision,
                    const char *report)
{
    suite_run(out, NULL, "--target", "mock", "--revision", revision, "--run", "fields/*",
              "--compare", place->records, "--report", report, NULL);
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" is not in\n%s", words, text);
}

static void records_are_refused_before_the_first_request(void **state)
{
    const struct place *place = *state;
    const struct {
        const char *why, *option, *value, *words;
    } rows[] = {
        {"records into a file", "--record", place->file, "Not a directory"},
        {"records below a file", "--record", "/nowhere/at/all", "/nowhere/at/all"},
        {"a comparison with nothing", "--compare", "/nowhere/at/all", "holds no record"},
        {"a comparison with a file", "--compare", place->file, "holds no record"},
        {"a comparison with other files", "--compare", place->directory, "holds no record"},
    };
    struct scripted *silent = scripted_start_silent();
    assert_non_null(silent);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        struct pollfd fd = {silent->listener, POLLIN, 0};
        suite_run(&outcome, NULL, "--target", silent->url, "--revision", "auto", "--timeout",
                  "1000", rows[i].option, rows[i].value, NULL);
        assert_exit(rows[i].why, &outcome, 3);
        assert_says(outcome.err, rows[i].words);
        if (poll(&fd, 1, 0) > 0)
            fail_msg("%s: the target was asked first", rows[i].why);
        program_outcome_clear(&outcome);
    }
    scripted_free(silent);
}

static void records_may_replace_those_that_they_are_compared_with(void **state)
{
    const struct place *place = *state;
    struct program_outcome outcome;
    char path[PATH_SIZE + 32];
    record(place, "2026-05");
    suite_run(&outcome, NULL, "--target", "mock", "--revision", "2026-01", "--run", "fields/*",
              "--record", place->records, "--compare", place->records, NULL);
    assert_exit("drift", &outcome, 1);
    assert_says(outcome.out, "critical  error_code in 6 cases, such as fields/image-missing: ");
    snprintf(path, sizeof path, "%s/fields.image-missing.json", place->records);
    char *text = file_read(path, NULL);
    assert_says(text, "\"revision\":\t\"2026-01\"");
    free(text);
    program_outcome_clear(&outcome);
}

static void drift_fails_in_every_report(void **state)
{
    const struct place *place = *state;
    static const struct {
        const char *report, *words[3];
    } rows[] = {
        {"text",
         {"recorded    http://127.0.0.1:", "revision 2026-05", "warning     the records are of"}},
        {"junit",
         {"failures=\"1\"", "name=\"drift/records\" time=\"0.000\">\n      <failure",
          "the records are of revision 2026-05 and this run is of 2026-01"}},
        {"tap", {"\nnot ok 7 - drift/records\n", "1..7\n", "revision 2026-05"}},
        {"json", {"\"compared_with\"", "\"warning\"", "\"seen\":\t\"a number\""}},
        {"html", {"<th>Recorded</th><th>Seen now</th>", "Warning: ", "revision 2026-05"}},
    };
    record(place, "2026-05");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        compare(&outcome, place, "2026-01", rows[i].report);
        assert_exit(rows[i].report, &outcome, 1);
        for (size_t k = 0; k < 3; k++)
            assert_says(outcome.out, rows[i].words[k]);
        assert_says(outcome.err, "--revision 2026-05 compares like with like");
        program_outcome_clear(&outcome);
    }
}

static void drift_that_is_none_passes_in_every_report(void **state)
{
    const struct place *place = *state;
    static const struct {
        const char *report, *words;
    } rows[] = {
        {"junit", "name=\"drift/records\" time=\"0.000\"/>"},
        {"tap", "\nok 7 - drift/records\n"},
        {"json", "\"drift\":\t[]"},
    };
    record(place, "2026-01");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        compare(&outcome, place, "2026-01", rows[i].report);
        assert_exit(rows[i].report, &outcome, 0);
        assert_says(outcome.out, rows[i].words);
        assert_null(strstr(outcome.err, "warning"));
        program_outcome_clear(&outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_are_refused_before_the_first_request, make, clear),
        cmocka_unit_test_setup_teardown(records_may_replace_those_that_they_are_compared_with, make,
                                        clear),
        cmocka_unit_test_setup_teardown(drift_fails_in_every_report, make, clear),
        cmocka_unit_test_setup_teardown(drift_that_is_none_passes_in_every_report, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
