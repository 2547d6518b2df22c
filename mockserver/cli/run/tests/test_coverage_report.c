/* The report of a run: which name and format a file gets, and what stands in it. */
#include "base/count_of.h"
#include "coverage_report.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void coverage_format_follows_the_name(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"c.json", "json"}, {"c.JSON", "json"},     {"out/c.html", "html"}, {"c.htm", "html"},
        {"c.txt", "text"},  {"c", "text"},          {"c.json/c", "text"},   {".json", "text"},
        {"-", "text"},      {"c.json.bak", "text"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        print_message("%s\n", rows[i][0]);
        assert_string_equal(coverage_format(rows[i][0]), rows[i][1]);
    }
}

static void coverage_path_has_the_revision_before_the_end(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"c.json", "c-2026-05.json"},
        {"out/c.html", "out/c-2026-05.html"},
        {"c", "c-2026-05"},
        {"out.d/c", "out.d/c-2026-05"},
        {".hidden", ".hidden-2026-05"},
        {"a/.hidden", "a/.hidden-2026-05"},
        {"a.b.txt", "a.b-2026-05.txt"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *path = coverage_path(rows[i][0], "2026-05");
        assert_string_equal(path, rows[i][1]);
        free(path);
    }
    assert_null(coverage_path(NULL, "2026-05"));
}

static char said[20000];

static void keep(const char *line)
{
    snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", line);
}

static void coverage_is_asked_since_the_start(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"c.json", "{\"percent\":0,"},
                                          {"c.html", "<!doctype html>"},
                                          {"c.txt", "coverage: 0.0 % ("}};
    struct ailab_mock *mock = NULL;
    struct coverage_result result;
    assert_int_equal(ailab_mock_start(&mock, NULL, NULL), AILAB_MOCK_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(coverage_ask(&result, mock, rows[i][0]));
        assert_true(result.percent >= 0 && result.percent < 0.1);
        assert_memory_equal(result.file, rows[i][1], strlen(rows[i][1]));
        coverage_clear(&result);
    }
    assert_true(coverage_ask(&result, mock, NULL));
    assert_null(result.file);
    coverage_tell(&result, keep);
    assert_non_null(strstr(said, "since the start, of all keys\n"));
    assert_non_null(
        strstr(said, "\n  ERROR_BLURRY_FACE                          mock:ERROR_BLURRY"));
    assert_null(strstr(said, "\n\n"));
    coverage_clear(&result);
    ailab_mock_stop(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coverage_format_follows_the_name),
        cmocka_unit_test(coverage_path_has_the_revision_before_the_end),
        cmocka_unit_test(coverage_is_asked_since_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
