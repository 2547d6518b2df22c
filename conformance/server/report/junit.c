/* JUnit XML as Jenkins, GitLab and GitHub read it: testsuites > testsuite > testcase with failure,
 * error or skipped. Written at the end, because the counts stand before the cases. */
#include "drift/drift.h"
#include "report/report.h"
#include "report/words.h"
#include <string.h>

static void count_into(struct counts *counts, double *ms, const struct result *result)
{
    counts->of[result->verdict]++;
    counts->total++;
    *ms += result->ms;
}

static void totals(FILE *out, const struct counts *counts, double ms)
{
    words_markup(out,
                 " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
                 counts->total, counts->of[VERDICT_FAIL], counts->of[VERDICT_ERROR],
                 counts->of[VERDICT_SKIP], ms / 1e3);
}

static void begin_suite(FILE *out, const struct summary *summary, const char *name,
                        const struct counts *counts, double ms)
{
    words_markup(out, "  <testsuite name=\"%s\"", name);
    totals(out, counts, ms);
    fprintf(out, " timestamp=\"%.19s\"", summary->date);
    words_markup(out, " hostname=\"%s\">\n", summary->host);
}

static void failure(FILE *out, const struct result *result)
{
    const struct clause *clause = result->blamed;
    words_markup(out, "\n      <failure message=\"%s\" type=\"%s\">", result->actual,
                 clause ? clause->id : "");
    if (clause)
        words_markup(out, "clause: %s %s: %s (%s)\n", level_name(clause->level), clause->id,
                     clause->text, clause_source(clause));
    words_markup(out, "expected: %s\nactual: %s\n", result->expected, result->actual);
    if (result->advice)
        words_markup(out, "advice: %s\n", result->advice);
    words_markup(out, "%s%s%s</failure>\n    ", result->exchange, result->curl ? "repeat: " : "",
                 result->curl);
}

static void test_case(FILE *out, const struct result *result)
{
    words_markup(out, "    <testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"", result->suite,
                 result->slug, result->ms / 1e3);
    if (result->verdict == VERDICT_PASS) {
        fputs("/>\n", out);
        return;
    }
    fputs(">", out);
    if (result->verdict == VERDICT_FAIL)
        failure(out, result);
    else if (result->verdict == VERDICT_SKIP)
        words_markup(out, "\n      <skipped message=\"%s\"/>\n    ", result->reason);
    else
        words_markup(out, "\n      <error message=\"%s\" type=\"error\"/>\n    ", result->reason);
    fputs("</testcase>\n", out);
}

static void suite(FILE *out, const struct summary *summary, size_t from, size_t to)
{
    struct counts counts = {0};
    double ms = 0;
    for (size_t i = from; i < to; i++)
        count_into(&counts, &ms, &summary->results[i]);
    begin_suite(out, summary, summary->results[from].suite, &counts, ms);
    for (size_t i = from; i < to; i++)
        test_case(out, &summary->results[i]);
    fputs("  </testsuite>\n", out);
}

/* The comparison as a suite of one case, so that a reader of this report alone sees that it failed.
 */
static void drift(FILE *out, const struct summary *summary)
{
    struct buf sum = {0}, rows = {0};
    struct counts counts = {.total = 1};
    enum verdict verdict = drift_verdict(summary->drift);
    counts.of[verdict]++;
    drift_sum(&sum, summary->drift, summary->revision);
    drift_list(&rows, summary->drift);
    begin_suite(out, summary, DRIFT_SUITE, &counts, 0);
    fputs("    <testcase classname=\"" DRIFT_SUITE "\" name=\"" DRIFT_SLUG "\" time=\"0.000\"",
          out);
    if (verdict == VERDICT_PASS) {
        fputs("/>\n", out);
    } else {
        const char *element = verdict == VERDICT_FAIL ? "failure" : "error";
        words_markup(out, ">\n      <%s message=\"%s\" type=\"drift\">%s</%s>\n    </testcase>\n",
                     element, buf_str(&sum), buf_str(&rows), element);
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
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ailab-conformance\"",
          out);
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
