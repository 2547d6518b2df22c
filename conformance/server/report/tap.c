/* TAP version 13, which every reader knows: a line per case as it comes, a YAML block under each
 * case that did not pass. */
#include "drift/drift.h"
#include "report/report.h"
#include "report/words.h"

/* A description ends before a #, and a backslash escapes. */
static void description(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            fputc('\\', out);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
    }
}

/* A YAML scalar in double quotes. */
static void quoted(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p == '\n')
            fputs("\\n", out);
        else if (*p < ' ' || *p >= 0x7f)
            fprintf(out, "\\x%02x", *p);
        else
            fputc(*p, out);
    }
    fputc('"', out);
}

static void pair(FILE *out, const char *name, const char *value)
{
    if (!value)
        return;
    fprintf(out, "  %s: ", name);
    quoted(out, value);
    fputc('\n', out);
}

static void begin(struct report *report, const struct summary *summary)
{
    fprintf(report->out, "TAP version 13\n1..%zu\n", summary->count + (summary->drift != NULL));
    fprintf(report->out, "# ailab-conformance %s, %s %s, revision %s, level %s\n", summary->version,
            words_of(summary)->subject, summary->target, summary->revision, summary->level);
}

static void on_result(struct report *report, const struct summary *summary, size_t index)
{
    const struct result *result = &summary->results[index];
    FILE *out = report->out;
    bool bad = result->verdict == VERDICT_FAIL || result->verdict == VERDICT_ERROR;
    fprintf(out, "%s %zu - ", bad ? "not ok" : "ok", index + 1);
    description(out, result->slug);
    if (result->verdict == VERDICT_SKIP) {
        fputs(" # SKIP ", out);
        description(out, result->reason ? result->reason : "");
    }
    fputc('\n', out);
    if (bad) {
        const struct clause *clause = result->blamed;
        fputs("  ---\n", out);
        pair(out, "message", result->verdict == VERDICT_FAIL ? result->actual : result->reason);
        pair(out, "severity", verdict_name(result->verdict));
        pair(out, "clause", clause ? clause->id : NULL);
        pair(out, "sentence", clause ? clause->text : NULL);
        pair(out, "source", clause ? clause_source(clause) : NULL);
        pair(out, "expected", result->expected);
        pair(out, "advice", result->advice);
        pair(out, "exchange", result->exchange);
        pair(out, "repeat", result->curl);
        fputs("  ...\n", out);
    }
    fflush(out);
}

/* The comparison is the last test, so that a reader of this report alone sees that it failed. */
static void on_drift(FILE *out, const struct summary *summary)
{
    struct buf sum = {0}, rows = {0};
    enum verdict verdict = drift_verdict(summary->drift);
    bool bad = verdict != VERDICT_PASS;
    fprintf(out, "%s %zu - " DRIFT_SLUG "\n", bad ? "not ok" : "ok", summary->count + 1);
    drift_sum(&sum, summary->drift, summary->revision);
    drift_list(&rows, summary->drift);
    if (bad) {
        fputs("  ---\n", out);
        pair(out, "message", buf_str(&sum));
        pair(out, "severity", verdict_name(verdict));
        pair(out, "differences", rows.len ? buf_str(&rows) : NULL);
        fputs("  ...\n", out);
    } else {
        fprintf(out, "# %s\n", buf_str(&sum));
    }
    buf_clear(&sum);
    buf_clear(&rows);
}

static void end(struct report *report, const struct summary *summary)
{
    struct counts counts;
    struct buf words = {0};
    if (summary->drift)
        on_drift(report->out, summary);
    summary_count(&counts, summary);
    words_counts(&words, &counts);
    fprintf(report->out, "# %s%s\n", buf_str(&words), summary->interrupted ? ", interrupted" : "");
    buf_clear(&words);
    if (summary->unusable)
        fprintf(report->out, "Bail out!  %s\n", summary->unusable);
    fflush(report->out);
}

const struct report_writer report_tap = {begin, on_result, end};
