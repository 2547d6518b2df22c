/* The Prometheus text: right by the rules of the format, and bounded whatever is counted. */
#include "journal/metrics.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct metrics_gauges gauges = {
    .journal_entries = 3,
    .journal_bytes = 4096,
    .journal_forgotten = 17,
    .accounts = 2,
    .version = "1.2\"\\\n3",
    .revision = "2026-01",
};

static char *print(const struct metrics *metrics)
{
    char *text = metrics_print(metrics, &gauges);
    assert_non_null(text);
    return text;
}

static const char *skip_name(const char *line)
{
    size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_:0123456789");
    assert_true(len > 0 && (line[0] < '0' || line[0] > '9'));
    return line + len;
}

/* {name="value",…} with \\, \" and \n as the only escapes. */
static const char *skip_labels(const char *at)
{
    do {
        at = skip_name(at + 1);
        assert_memory_equal(at, "=\"", 2);
        for (at += 2; *at != '"'; at++) {
            assert_true(*at && *at != '\n');
            if (*at == '\\') {
                at++;
                assert_non_null(strchr("\\\"n", *at));
            }
        }
        at++;
    } while (*at == ',');
    assert_int_equal(*at, '}');
    return at + 1;
}

/* Every sample belongs to the family that was announced last; no family is announced twice. */
static void check_format(const char *text)
{
    char family[128] = "";
    char families[4096] = " ";
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        assert_non_null(strchr(line, '\n'));
        if (strncmp(line, "# HELP ", 7) == 0) {
            const char *end = skip_name(line + 7);
            snprintf(family, sizeof family, " %.*s ", (int)(end - line - 7), line + 7);
            assert_null(strstr(families, family));
            snprintf(families + strlen(families), sizeof families - strlen(families), "%s", family);
            continue;
        }
        size_t len = strlen(family) - 2;
        if (strncmp(line, "# TYPE ", 7) == 0) {
            assert_memory_equal(line + 7, family + 1, len);
            continue;
        }
        assert_memory_equal(line, family + 1, len);
        const char *at = skip_name(line);
        if (*at == '{')
            at = skip_labels(at);
        char *end;
        assert_int_equal(*at, ' ');
        strtod(at + 1, &end);
        assert_int_equal(*end, '\n');
    }
}

static void expect_line(const char *text, const char *line)
{
    char whole[256];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    if (!strstr(text, whole))
        print_error("missing: %s in\n%s\n", line, text);
    assert_non_null(strstr(text, whole));
}

static void metrics_prints_the_format_when_nothing_happened(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    char *text = print(&metrics);
    check_format(text);
    expect_line(text, "ailab_mock_journal_entries 3");
    expect_line(text, "ailab_mock_journal_forgotten_total 17");
    expect_line(text, "ailab_mock_journal_bytes 4096");
    expect_line(text, "ailab_mock_accounts 2");
    expect_line(text, "ailab_mock_request_duration_seconds_sum 0.000000");
    expect_line(text, "ailab_mock_build_info{version=\"1.2\\\"\\\\\\n3\",revision=\"2026-01\"} 1");
    free(text);
}

static void metrics_counts_by_status_and_code(void **state)
{
    (void)state;
    struct metrics metrics = {.in_flight = 4};
    metrics_count(&metrics, 200, "", 0.4, false);
    metrics_count(&metrics, 200, "", 700, false);
    metrics_count(&metrics, 422, "ERROR_NO_FACE_IN_FILE", 90000, true);
    char *text = print(&metrics);
    check_format(text);
    expect_line(text, "ailab_mock_requests_total{status=\"200\",code=\"\"} 2");
    expect_line(text, "ailab_mock_requests_total{status=\"422\",code=\"ERROR_NO_FACE_IN_FILE\"} 1");
    expect_line(text, "ailab_mock_unexpected_requests_total 1");
    expect_line(text, "ailab_mock_requests_in_flight 4");
    expect_line(text, "ailab_mock_request_duration_seconds_bucket{le=\"0.0005\"} 1");
    expect_line(text, "ailab_mock_request_duration_seconds_bucket{le=\"1\"} 2");
    expect_line(text, "ailab_mock_request_duration_seconds_bucket{le=\"+Inf\"} 3");
    expect_line(text, "ailab_mock_request_duration_seconds_count 3");
    expect_line(text, "ailab_mock_request_duration_seconds_sum 90.700400");
    free(text);
}

static void metrics_sums_durations_to_the_microsecond(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    metrics_count(&metrics, 200, "", 1234567891.25, false);
    char *text = print(&metrics);
    expect_line(text, "ailab_mock_request_duration_seconds_sum 1234567.891250");
    free(text);
}

/* A clock that was set back makes no duration. */
static void metrics_counts_no_time_that_ran_backwards(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    metrics_count(&metrics, 200, "", -5, false);
    metrics_count(&metrics, 200, "", 0, false);
    char *text = print(&metrics);
    expect_line(text, "ailab_mock_request_duration_seconds_sum 0.000000");
    expect_line(text, "ailab_mock_request_duration_seconds_bucket{le=\"0.0005\"} 2");
    free(text);
}

/* le of a bucket is "less or equal". */
static void metrics_counts_a_duration_on_a_bound_below_it(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    metrics_count(&metrics, 200, "", 0.5, false);
    metrics_count(&metrics, 200, "", 60000, false);
    metrics_count(&metrics, 200, "", 60001, false);
    char *text = print(&metrics);
    expect_line(text, "ailab_mock_request_duration_seconds_bucket{le=\"0.0005\"} 1");
    expect_line(text, "ailab_mock_request_duration_seconds_bucket{le=\"60\"} 2");
    expect_line(text, "ailab_mock_request_duration_seconds_bucket{le=\"+Inf\"} 3");
    free(text);
}

static void metrics_counts_connections_with_a_tls_fault(void **state)
{
    (void)state;
    struct metrics metrics = {.tls_faults = {[TLS_FAULT_stall] = 2}};
    char *text = print(&metrics);
    check_format(text);
    expect_line(text, "ailab_mock_tls_faults_total{fault=\"tls-stall\"} 2");
    expect_line(text, "ailab_mock_tls_faults_total{fault=\"tls-expired\"} 0");
    free(text);
}

/* What stands behind the end of a code makes it no other one. */
static void metrics_counts_equal_codes_together(void **state)
{
    static const char codes[][8] = {"\0one", "\0two", "A\0one", "A\0two", "", "A"};
    struct metrics metrics = {0};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        metrics_count(&metrics, 400, codes[i], 1, false);
    assert_int_equal(metrics.series_count, 2);
    assert_int_equal(metrics.series[0].count, 3);
    assert_int_equal(metrics.series[1].count, 3);
}

static void metrics_stays_bounded_over_many_codes(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    char code[200];
    for (int i = 0; i < 5000; i++) {
        snprintf(code, sizeof code, "CODE_\"%d", i);
        metrics_count(&metrics, 400 + i % 7, code, 1, false);
    }
    assert_int_equal(metrics.series_count, METRICS_SERIES_MAX);
    assert_int_equal(metrics.other, 5000 - METRICS_SERIES_MAX);
    char *text = print(&metrics);
    check_format(text);
    expect_line(text, "ailab_mock_requests_total{status=\"other\",code=\"other\"} 4744");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_prints_the_format_when_nothing_happened),
        cmocka_unit_test(metrics_counts_by_status_and_code),
        cmocka_unit_test(metrics_sums_durations_to_the_microsecond),
        cmocka_unit_test(metrics_counts_no_time_that_ran_backwards),
        cmocka_unit_test(metrics_counts_a_duration_on_a_bound_below_it),
        cmocka_unit_test(metrics_counts_connections_with_a_tls_fault),
        cmocka_unit_test(metrics_counts_equal_codes_together),
        cmocka_unit_test(metrics_stays_bounded_over_many_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
