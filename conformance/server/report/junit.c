/* JUnit XML as Jenkins, GitLab and GitHub read it: testsuites > testsuite > testcase with failure,
 * error or skipped. Written at the end, because the counts stand before the cases. */
#include "drift/drift.h"
#include "report/report.h"
#include "report/words.h"
#include <string.h>

static void attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    words_xml(out, value);
    fputc('"', out);
}

static void count_into(struct counts *counts, double *ms, const struct result *result)
{
    counts->of[result->verdict]++;
    counts->total++;
    *ms += result->ms;
}

static void totals(FILE *out, const struct counts *counts, double ms)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
            counts->total, counts->of[VERDICT_FAIL], counts->of[VERDICT_ERROR],
            counts->of[VERDICT_SKIP], ms / 1e3);
}

static void failure(FILE *out, const struct result *result)
{
    const struct clause *clause = result->blamed;
    fputs("\n      <failure", out);
    attribute(out, "message", result->actual);
    attribute(out, "type", clause ? clause->id : "");
    fputs(">", out);
    if (clause) {
        fprintf(out, "clause: %s %s: ", level_name(clause->level), clause->id);
        words_xml(out, clause->text);
        fprintf(out, " (%s)\n", clause_source(clause));
    }
    fputs("expected: ", out);
    words_xml(out, result->expected);
    fputs("\nactual: ", out);
    words_xml(out, result->actual);
    fputs("\n", out);
    if (result->exchange)
        words_xml(out, result->exchange);
    if (result->curl) {
        fputs("repeat: ", out);
        words_xml(out, result->curl);
    }
    fputs("</failure>\n    ", out);
}

static void test_case(FILE *out, const struct result *result)
{
    fputs("    <testcase", out);
    attribute(out, "classname", result->suite);
    attribute(out, "name", result->slug);
    fprintf(out, " time=\"%.3f\"", result->ms / 1e3);
    if (result->verdict == VERDICT_PASS) {
        fputs("/>\n", out);
        return;
    }
    fputs(">", out);
    if (result->verdict == VERDICT_FAIL) {
        failure(out, result);
    } else {
        bool skip = result->verdict == VERDICT_SKIP;
        fprintf(out, "\n      <%s", skip ? "skipped" : "error");
        attribute(out, "message", result->reason);
        if (!skip)
            attribute(out, "type", "error");
        fputs("/>\n    ", out);
    }
    fputs("</testcase>\n", out);
}

static void suite(FILE *out, const struct summary *summary, size_t from, size_t to)
{
    struct counts counts = {0};
    double ms = 0;
    for (size_t i = from; i < to; i++)
        count_into(&counts, &ms, &summary->results[i]);
    fputs("  <testsuite", out);
    attribute(out, "name", summary->results[from].suite);
    totals(out, &counts, ms);
    fprintf(out, " timestamp=\"%.19s\"", summary->date);
    attribute(out, "hostname", summary->host);
    fputs(">\n", out);
    for (size_t i = from; i < to; i++)
        test_case(out, &summary->results[i]);
    fputs("  </testsuite>\n", out);
}

/* The comparison as a suite of one case: who reads nothing but this has to see that it failed. */
static void drift(FILE *out, const struct summary *summary)
{
    struct buf sum = {0}, rows = {0};
    struct counts counts = {.total = 1};
    enum verdict verdict = drift_verdict(summary->drift);
    counts.of[verdict]++;
    drift_sum(&sum, summary->drift, summary->revision);
    drift_list(&rows, summary->drift);
    fputs("  <testsuite name=\"" DRIFT_SUITE "\"", out);
    totals(out, &counts, 0);
    fprintf(out, " timestamp=\"%.19s\"", summary->date);
    attribute(out, "hostname", summary->host);
    fputs(">\n    <testcase classname=\"" DRIFT_SUITE "\" name=\"" DRIFT_SLUG "\" time=\"0.000\"",
          out);
    if (verdict == VERDICT_PASS) {
        fputs("/>\n", out);
    } else {
        const char *element = verdict == VERDICT_FAIL ? "failure" : "error";
        fprintf(out, ">\n      <%s", element);
        attribute(out, "message", buf_str(&sum));
        attribute(out, "type", "drift");
        fputs(">", out);
        words_xml(out, buf_str(&rows));
        fprintf(out, "</%s>\n    </testcase>\n", element);
    }
    fputs("  </testsuite>\n", out);
    buf_clear(&sum);
    buf_clear(&rows);
}

static void end(struct report *report, const struct summary *summary)
{
    struct counts counts;
    FILE *out = report->out;
    summary_count(&counts, summary);
    if (summary->drift) {
        counts.total++;
        counts.of[drift_verdict(summary->drift)]++;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
    attribute(out, "name", "ailab-conformance");
    totals(out, &counts, summary->ms);
    fputs(">\n", out);
    for (size_t from = 0; from < summary->count;) {
        size_t to = from + 1;
        while (to < summary->count &&
               strcmp(summary->results[to].suite, summary->results[from].suite) == 0)
            to++;
        suite(out, summary, from, to);
        from = to;
    }
    if (summary->drift)
        drift(out, summary);
    fputs("</testsuites>\n", out);
    fflush(out);
}

const struct report_writer report_junit = {NULL, NULL, end};
