/* The report for people: a line per suite, every case that failed with all that is known about it,
 * the clauses that are not kept, the sum, the failed cases once more, the verdict. Verbose: every
 * clause and every reason. Colours and the progress line only when asked for. */
#include "drift/drift.h"
#include "report/report.h"
#include "report/words.h"
#include <string.h>

#define BOLD "1"
#define RED "31"
#define GREEN "32"
#define YELLOW "33"
#define DIM "2"

static void paint(const struct report *report, const char *colour, const char *text)
{
    if (report->colour)
        fprintf(report->out, "\033[%sm%s\033[0m", colour, text);
    else
        fputs(text, report->out);
}

static void clear_progress(const struct report *report)
{
    if (report->progress)
        fputs("\r\033[K", report->out);
}

static void begin(struct report *report, const struct summary *summary)
{
    fprintf(report->out, "ailab-conformance %s\n", summary->version);
    const struct wording *words = words_of(summary);
    fprintf(report->out, "%-8s  %s\n", words->subject, summary->target);
    fprintf(report->out, "revision  %s\n", summary->revision);
    if (summary->revision_why)
        fprintf(report->out, "          %s\n", summary->revision_why);
    fprintf(report->out, "level     %s\n", summary->level);
    fprintf(report->out, "%-8s  %zu%s%s", words->plan, summary->count,
            strcmp(words->plan, words->cases) == 0 ? "" : " ",
            strcmp(words->plan, words->cases) == 0 ? "" : words->cases);
    if (summary->other_revisions > 0)
        fprintf(report->out, " (%zu more belong to other revisions)", summary->other_revisions);
    fputs("\n", report->out);
    if (summary->credits_bound >= 0)
        fprintf(report->out, "credits   at most %ld\n", summary->credits_bound);
    fputs("\n", report->out);
}

/* Every line of text behind an indent. */
static void indented(const struct report *report, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        fprintf(report->out, "        %.*s\n", (int)len, text);
        text += len + (text[len] == '\n');
    }
}

static void show_failure(const struct report *report, const struct wording *words,
                         const struct result *result)
{
    const struct clause *clause = result->blamed;
    struct buf source = {0};
    fputs("  ", report->out);
    paint(report, RED, "FAIL");
    fprintf(report->out, "  %s: %s\n", result->slug, result->title);
    if (clause) {
        words_source(&source, clause);
        fprintf(report->out, "      clause    %s %s: %s\n                %s\n",
                level_name(clause->level), clause->id, clause->text, buf_str(&source));
        buf_clear(&source);
    }
    fprintf(report->out, "      expected  %s\n", result->expected ? result->expected : "");
    fprintf(report->out, "      actual    %s\n", result->actual ? result->actual : "");
    if (result->advice)
        fprintf(report->out, "      advice    %s\n", result->advice);
    if (result->exchange) {
        fprintf(report->out, "      %s\n", words->exchange);
        indented(report, result->exchange);
    }
    if (result->curl) {
        fputs("      repeat\n", report->out);
        indented(report, result->curl);
    }
}

/* Skips and errors of a suite, neighbours with the same reason together. */
static void show_reasons(const struct report *report, const struct summary *summary, size_t from,
                         size_t to)
{
    for (size_t i = from; i < to;) {
        const struct result *result = &summary->results[i];
        const char *reason = result->reason ? result->reason : "";
        size_t next = i + 1;
        while (next < to && summary->results[next].verdict == result->verdict &&
               summary->results[next].reason && strcmp(summary->results[next].reason, reason) == 0)
            next++;
        if (result->verdict == VERDICT_SKIP || result->verdict == VERDICT_ERROR) {
            bool skip = result->verdict == VERDICT_SKIP;
            fputs("  ", report->out);
            paint(report, skip ? YELLOW : RED, skip ? "skip" : "ERROR");
            fprintf(report->out, "  %s", result->slug);
            if (next - i > 1)
                fprintf(report->out, " and %zu more", next - i - 1);
            fprintf(report->out, ": %s\n", reason);
            i = next;
        } else {
            i++;
        }
    }
}

/* The reason of the skips of a suite at the end of its line; NULL without skips. */
static const char *skip_reason(const struct summary *summary, size_t from, size_t to, bool *others)
{
    const char *first = NULL;
    for (size_t i = from; i < to; i++) {
        const struct result *result = &summary->results[i];
        if (result->verdict != VERDICT_SKIP || !result->reason)
            continue;
        *others = *others || (first && strcmp(first, result->reason) != 0);
        first = first ? first : result->reason;
    }
    return first;
}

static void show_suite(struct report *report, const struct summary *summary, size_t to)
{
    struct counts counts = {0};
    struct buf words = {0};
    if (!report->suite)
        return;
    for (size_t i = report->from; i < to; i++)
        counts.of[summary->results[i].verdict]++;
    bool bad = counts.of[VERDICT_FAIL] + counts.of[VERDICT_ERROR] > 0;
    bool others = false, explained = bad || report->verbose;
    const char *reason = explained ? NULL : skip_reason(summary, report->from, to, &others);
    words_cases(&words, &counts);
    clear_progress(report);
    paint(report,
          bad                       ? RED
          : counts.of[VERDICT_PASS] ? GREEN
                                    : YELLOW,
          bad                       ? "not ok"
          : counts.of[VERDICT_PASS] ? "ok    "
                                    : "--    ");
    fprintf(report->out, "  %-28s%s%s%s%s\n", report->suite, buf_str(&words), reason ? ": " : "",
            reason ? reason : "", others ? "; and other reasons" : "");
    buf_clear(&words);
    for (size_t i = report->from; i < to; i++)
        if (summary->results[i].verdict == VERDICT_FAIL)
            show_failure(report, words_of(summary), &summary->results[i]);
    if (explained)
        show_reasons(report, summary, report->from, to);
    fflush(report->out);
}

static void on_result(struct report *report, const struct summary *summary, size_t index)
{
    const char *suite = summary->results[index].suite;
    if (report->suite && suite != report->suite && strcmp(suite, report->suite) != 0) {
        show_suite(report, summary, index);
        report->from = index;
    }
    report->suite = suite;
    if (report->progress) {
        fprintf(report->out, "\r\033[K[%zu/%zu] %s", index + 1, summary->count,
                summary->results[index].slug);
        fflush(report->out);
    }
}

static void show_clause(const struct report *report, const struct clause *clause,
                        const struct matrix_row *row)
{
    const char *name = clause_verdict_name(row->verdict);
    const int gap = (int)(10 - strlen(name));
    struct buf cases = {0};
    fprintf(report->out, "  %-6s  %-28s  ", level_name(clause->level), clause->id);
    paint(report,
          row->verdict == CLAUSE_KEPT     ? GREEN
          : row->verdict == CLAUSE_BROKEN ? RED
                                          : YELLOW,
          name);
    words_cases(&cases, &row->counts);
    if (row->counts.total > 0)
        fprintf(report->out, "%*s  %s", gap, "", buf_str(&cases));
    else if (row->verdict == CLAUSE_WAIVED)
        fprintf(report->out, "%*s  %s", gap, "", clause_waiver(clause));
    fputs("\n", report->out);
    buf_clear(&cases);
}

/* Verbose: all that concern the run; else those that something is wrong with. */
static void show_matrix(const struct report *report, const struct summary *summary)
{
    bool any = false;
    for (size_t i = 0; i < summary->clause_count; i++) {
        struct matrix_row row;
        const struct clause *clause = &summary->clauses[i];
        summary_clause(&row, summary, clause);
        bool wrong = row.verdict == CLAUSE_BROKEN || row.verdict == CLAUSE_UNDECIDED;
        if (!wrong && !(report->verbose && summary_concerns(summary, &row)))
            continue;
        if (!any)
            fputs(report->verbose ? "\nClauses\n" : "\nClauses that are not kept\n", report->out);
        any = true;
        show_clause(report, clause, &row);
    }
}

static void show_drift_origin(const struct report *report, const struct summary *summary)
{
    struct buf recorded = {0}, seen = {0}, warning = {0};
    words_recorded(&recorded, summary);
    words_seen_now(&seen, summary);
    drift_warn(&warning, summary->drift, summary->revision);
    if (recorded.len)
        fprintf(report->out, "  recorded    %s\n", buf_str(&recorded));
    fprintf(report->out, "  seen now    %s\n", buf_str(&seen));
    if (warning.len) {
        fputs("  ", report->out);
        paint(report, YELLOW, "warning");
        fprintf(report->out, "     %s\n", buf_str(&warning));
    }
    buf_clear(&recorded);
    buf_clear(&seen);
    buf_clear(&warning);
}

static void show_drift(const struct report *report, const struct summary *summary)
{
    const struct drift *drift = summary->drift;
    fprintf(report->out, "\nDrift: %zu cases compared, %zu without a record\n", drift->compared,
            drift->missing);
    show_drift_origin(report, summary);
    for (size_t i = 0; i < drift->group_count; i++) {
        struct buf line = {0};
        const enum severity severity = drift->groups[i].severity;
        drift_describe(&line, drift, &drift->groups[i]);
        fputs("  ", report->out);
        paint(report, severity == SEVERITY_CRITICAL ? RED : YELLOW, severity_name(severity));
        fprintf(report->out, "  %s\n", buf_str(&line));
        buf_clear(&line);
    }
    for (size_t i = 0; report->verbose && i < drift->count; i++) {
        const struct drift_row *row = &drift->rows[i];
        fputs("  ", report->out);
        paint(report, row->severity == SEVERITY_CRITICAL ? RED : YELLOW,
              severity_name(row->severity));
        fprintf(report->out,
                "  %s  %s\n      documented  %s\n      recorded    %s\n"
                "      seen now    %s\n",
                row->slug, row->path, row->documented, row->recorded, row->seen);
    }
}

static void show_credits(const struct report *report, const struct summary *summary)
{
    fprintf(report->out, "%ld credits spent", summary->credits);
    if (summary->credits_unsure > 0)
        fprintf(report->out, ", if the calls without an answer cost %ld", summary->credits_unsure);
    if (summary->credits > summary->credits_bound)
        fputs(": more than planned, because calls were charged that must be refused", report->out);
    fputs("\n", report->out);
}

/* Those that went wrong, once more in a line each: a reader looks at the end first. */
static void show_failed(const struct report *report, const struct summary *summary,
                        const struct counts *counts)
{
    if (counts->of[VERDICT_FAIL] == 0)
        return;
    fputs("\nFailed\n", report->out);
    for (size_t i = 0; i < summary->count; i++)
        if (summary->results[i].verdict == VERDICT_FAIL)
            fprintf(report->out, "  %s: %s\n", summary->results[i].slug, summary->results[i].title);
}

static void end(struct report *report, const struct summary *summary)
{
    struct counts counts;
    struct buf words = {0};
    show_suite(report, summary, summary->count);
    show_matrix(report, summary);
    if (summary->drift)
        show_drift(report, summary);
    summary_count(&counts, summary);
    show_failed(report, summary, &counts);
    int code = summary_exit(summary);
    words_counts(&words, &counts);
    fprintf(report->out, "\n%zu %s: %s; %.2f s\n", counts.total, words_of(summary)->cases,
            buf_str(&words), summary->ms / 1e3);
    buf_clear(&words);
    if (summary->credits_bound >= 0)
        show_credits(report, summary);
    if (summary->interrupted) {
        paint(report, RED, WORDS_INTERRUPTED);
        fputs("\n", report->out);
    }
    if (summary->unusable)
        fprintf(report->out, "%s\n", summary->unusable);
    paint(report, code == 0 ? GREEN : RED, words_verdict(summary));
    fputs("\n", report->out);
    fflush(report->out);
}

const struct report_writer report_text = {begin, on_result, end};
