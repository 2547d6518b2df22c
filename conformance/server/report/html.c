/* One page that stands alone: no script, no font, no picture from elsewhere. The sum first, then
 * the failures, then the matrix of clauses with their cases folded away. */
#include "base/count_of.h"
#include "base/embedded.h"
#include "drift/drift.h"
#include "report/report.h"
#include "report/words.h"
#include <string.h>

static const char *class_of(enum verdict verdict)
{
    return verdict == VERDICT_PASS ? "good" : verdict == VERDICT_SKIP ? "dim" : "bad";
}

static void fact(FILE *out, const char *name, const char *value)
{
    if (value)
        words_markup(out, "<dt>%s</dt><dd>%s</dd>\n", name, value);
}

/* The parts of the contract, in its order; a section without a title of its own goes to the last.
 */
static int part_of(const struct clause *clause)
{
    return clause->section < 1 || clause->section > 6 ? 0 : clause->section;
}

/* The clauses that concern the run: how many have each verdict. part -1: all parts. */
static void count_clauses(size_t of[CLAUSE_VERDICT_COUNT], const struct summary *summary, int part)
{
    memset(of, 0, CLAUSE_VERDICT_COUNT * sizeof *of);
    for (size_t i = 0; i < summary->clause_count; i++) {
        struct matrix_row row;
        summary_clause(&row, summary, &summary->clauses[i]);
        if ((part < 0 || part_of(&summary->clauses[i]) == part) && summary_concerns(summary, &row))
            of[row.verdict]++;
    }
}

/* The shares of the verdicts, and a legend with the same colours and the numbers. */
static void bar(FILE *out, const struct counts *counts)
{
    static const struct {
        const char *name, *word;
    } parts[VERDICT_COUNT] = {
        {"good", "passed"}, {"bad", "failed"}, {"dim", "not asked"}, {"soft", "not judged"}};
    fputs("<div class=\"bar\" aria-hidden=\"true\">", out);
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        if (counts->of[i] > 0)
            words_markup(out, "<i class=\"%s\" style=\"flex:%zu\"></i>", parts[i].name,
                         counts->of[i]);
    fputs("</div>\n<ul class=\"legend\">", out);
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        if (counts->of[i] > 0)
            words_markup(out, "<li><i class=\"%s\"></i>%zu %s</li>", parts[i].name, counts->of[i],
                         parts[i].word);
    fputs("</ul>\n", out);
}

static void head(FILE *out, const struct summary *summary, const struct counts *counts)
{
    int code = summary_exit(summary);
    size_t of[CLAUSE_VERDICT_COUNT];
    struct buf words = {0};
    const struct wording *names = words_of(summary);
    count_clauses(of, summary, -1);
    words_clauses(&words, of);
    words_markup(out,
                 "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<title>%s</title>\n<style>\n",
                 words_verdict(summary));
    fputs(embedded_style, out);
    words_markup(out,
                 "</style>\n</head>\n<body>\n<h1>%s</h1>\n"
                 "<p class=\"verdict %s\">%s%s%s%s</p>\n",
                 names->heading, code == 0 ? "good" : "bad", words_verdict(summary),
                 summary->unusable ? " " : "", summary->unusable,
                 summary->interrupted ? " " WORDS_INTERRUPTED : "");
    bar(out, counts);
    words_markup(out,
                 "<p class=\"soft\">%zu %s in %.2f s. Clauses: %s.</p>\n<dl class=\"facts\">\n",
                 counts->total, names->cases, summary->ms / 1e3, buf_str(&words));
    fact(out, names->subject_title, summary->target);
    fact(out, "Revision", summary->revision);
    fact(out, "Found out", summary->revision_why);
    fact(out, "Level", summary->level);
    fact(out, "Date", summary->date);
    fact(out, "Run on", summary->host);
    fact(out, "Suite", summary->version);
    fputs("</dl>\n", out);
    buf_clear(&words);
}

/* "MUST <code>error_key</code>, vendor's SDKs, section 4 of the API reference" */
static void source(FILE *out, const char *level, const struct clause *clause)
{
    struct buf words = {0};
    words_source(&words, clause);
    words_markup(out, "<p class=\"soft\">%s<code>%s</code>, %s</p>\n", level, clause->id,
                 buf_str(&words));
    buf_clear(&words);
}

static void folded(FILE *out, const char *title, const char *text)
{
    if (text)
        words_markup(out, "<details><summary>%s</summary><pre>%s</pre></details>\n", title, text);
}

/* One case that went wrong, folded unless it is the first of its clause. */
static void failure(FILE *out, const struct wording *words, const struct result *result, bool open)
{
    words_markup(out,
                 "<details class=\"case\" id=\"%s\"%s><summary><code>%s</code> %s: "
                 "<span class=\"bad\">%s</span></summary>\n"
                 "<dl class=\"facts\"><dt>Expected</dt><dd>%s</dd>\n"
                 "<dt>Actual</dt><dd class=\"bad\">%s</dd>\n",
                 result->slug, open ? " open" : "", result->slug, result->title, result->actual,
                 result->expected, result->actual);
    fact(out, "Advice", result->advice);
    fputs("</dl>\n", out);
    folded(out, words->exchange_title, result->exchange);
    folded(out, "Repeat it", result->curl);
    fputs("</details>\n", out);
}

static bool blames(const struct result *result, const struct clause *clause)
{
    return result->verdict == VERDICT_FAIL && result->blamed == clause;
}

/* A card for the clause with each failure that blames it; NULL: those that blame no clause. */
static void failures_of(FILE *out, const struct summary *summary, const struct clause *clause)
{
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < summary->count; i++)
        count += blames(&summary->results[i], clause);
    if (count == 0)
        return;
    words_markup(out,
                 "<section class=\"card bad\">\n<h3><span>%s</span>"
                 "<span class=\"soft count\">%zu case%s</span></h3>\n",
                 clause ? clause->text : "No clause in particular", count, count == 1 ? "" : "s");
    if (clause) {
        struct buf level = {0};
        buf_printf(&level, "%s ", level_name(clause->level));
        source(out, buf_str(&level), clause);
        buf_clear(&level);
    }
    for (size_t i = 0; i < summary->count; i++)
        if (blames(&summary->results[i], clause))
            failure(out, words_of(summary), &summary->results[i], shown++ == 0);
    fputs("</section>\n", out);
}

static void failures(FILE *out, const struct summary *summary, const struct counts *counts)
{
    if (counts->of[VERDICT_FAIL] == 0)
        return;
    fputs("<h2>What is wrong</h2>\n", out);
    for (size_t i = 0; i < summary->clause_count; i++)
        failures_of(out, summary, &summary->clauses[i]);
    failures_of(out, summary, NULL);
}

static bool same_reason(const struct result *a, const struct result *b)
{
    return a->verdict == b->verdict &&
           strcmp(a->reason ? a->reason : "", b->reason ? b->reason : "") == 0;
}

/* Cases of the verdict, those with the same reason in one line. */
static void reasons(FILE *out, const struct summary *summary, enum verdict verdict,
                    const char *title)
{
    bool any = false;
    for (size_t i = 0; i < summary->count; i++) {
        const struct result *result = &summary->results[i];
        size_t first = 0, count = 0;
        while (!same_reason(&summary->results[first], result))
            first++;
        if (result->verdict != verdict || first < i)
            continue;
        if (!any)
            words_markup(out, "<h2>%s</h2>\n", title);
        any = true;
        for (size_t k = i; k < summary->count; k++)
            count += same_reason(&summary->results[k], result);
        words_markup(out, "<p><code>%s</code>", result->slug);
        if (count > 1)
            words_markup(out, " and %zu more", count - 1);
        words_markup(out, ": <span class=\"soft\">%s</span></p>\n", result->reason);
    }
}

static void clause_row(FILE *out, const struct summary *summary, const struct clause *clause)
{
    struct matrix_row row;
    struct buf cases = {0};
    summary_clause(&row, summary, clause);
    if (!summary_concerns(summary, &row))
        return;
    words_cases(&cases, &row.counts);
    const char *colour = row.verdict == CLAUSE_KEPT     ? "good"
                         : row.verdict == CLAUSE_BROKEN ? "bad"
                                                        : "dim";
    words_markup(out,
                 "<details class=\"row\" id=\"clause-%s\"%s><summary>"
                 "<span class=\"soft\">%s</span><span class=\"verdict %s\">%s</span>"
                 "<span>%s</span><span class=\"soft count\">%s</span></summary>\n",
                 clause->id, row.verdict == CLAUSE_BROKEN ? " open" : "", level_name(clause->level),
                 colour, clause_verdict_name(row.verdict), clause->text, buf_str(&cases));
    buf_clear(&cases);
    source(out, "", clause);
    if (row.verdict == CLAUSE_WAIVED)
        words_markup(out, "<p>Waived: %s.</p>\n", clause_waiver(clause));
    fputs("<ul class=\"cases\">\n", out);
    for (size_t i = 0; i < summary->count; i++) {
        const struct result *result = &summary->results[i];
        if (!result_cites(result, clause))
            continue;
        words_markup(out, "<li><span class=\"verdict %s\">%s</span> <code>%s</code> %s",
                     class_of(result->verdict), verdict_name(result->verdict), result->slug,
                     result->title);
        if (result->reason)
            words_markup(out, " <span class=\"soft\">(%s)</span>", result->reason);
        fputs("</li>\n", out);
    }
    fputs("</ul></details>\n", out);
}

static void matrix(FILE *out, const struct summary *summary)
{
    static const char *const titles[] = {"Other clauses",
                                         "The call",
                                         "The answer",
                                         "Revisions",
                                         "Errors",
                                         "Credits, accounts, limits, browsers",
                                         "How callers differ on the wire"};
    fputs(summary->selected ? "<h2>The clauses of the cases that were chosen</h2>\n"
                            : "<h2>Every clause of the contract</h2>\n",
          out);
    for (size_t p = 1; p <= COUNT_OF(titles); p++) {
        const int part = (int)(p % COUNT_OF(titles)); /* those without a section come last */
        size_t of[CLAUSE_VERDICT_COUNT];
        struct buf words = {0};
        count_clauses(of, summary, part);
        words_clauses(&words, of);
        if (words.len > 0)
            words_markup(out, "<h3><span>%s</span><span class=\"soft count\">%s</span></h3>\n",
                         titles[part], buf_str(&words));
        for (size_t i = 0; i < summary->clause_count; i++)
            if (part_of(&summary->clauses[i]) == part)
                clause_row(out, summary, &summary->clauses[i]);
        buf_clear(&words);
    }
}

static void drift_origin(FILE *out, const struct summary *summary)
{
    struct buf recorded = {0}, seen = {0}, warning = {0};
    words_recorded(&recorded, summary);
    words_seen_now(&seen, summary);
    drift_warn(&warning, summary->drift, summary->revision);
    fputs("<dl class=\"facts\">\n", out);
    fact(out, "Recorded", recorded.len ? buf_str(&recorded) : NULL);
    fact(out, "Seen now", buf_str(&seen));
    fputs("</dl>\n", out);
    if (warning.len)
        words_markup(out, "<p class=\"dim\">Warning: %s.</p>\n", buf_str(&warning));
    buf_clear(&recorded);
    buf_clear(&seen);
    buf_clear(&warning);
}

/* The values are those of the first case; the others unfold. */
static void drift_row(FILE *out, const struct drift *drift, const struct drift_group *group)
{
    const struct drift_row *row = &drift->rows[group->first];
    words_markup(out,
                 "<tr><td class=\"%s\">%s</td><td><code>%s</code></td>"
                 "<td><details><summary>%zu</summary>",
                 group->severity == SEVERITY_CRITICAL ? "bad" : "dim",
                 severity_name(group->severity), row->path, group->cases);
    for (size_t i = 0; i < drift->count; i++)
        if (strcmp(drift->rows[i].path, row->path) == 0)
            words_markup(out, "<p><code>%s</code>: %s, now %s</p>", drift->rows[i].slug,
                         drift->rows[i].recorded, drift->rows[i].seen);
    words_markup(out, "</details></td><td>%s</td><td>%s</td><td>%s%s</td></tr>\n", row->documented,
                 row->recorded, row->seen, group->alike ? "" : "; other values elsewhere");
}

static void drift_table(FILE *out, const struct summary *summary)
{
    const struct drift *drift = summary->drift;
    words_markup(
        out, "<h2>Drift</h2>\n<p class=\"soft\">%zu cases compared, %zu without a record.</p>\n",
        drift->compared, drift->missing);
    drift_origin(out, summary);
    if (drift->group_count == 0)
        return;
    fputs("<table "
          "class=\"drift\"><tr><th>Severity</th><th>Field</th><th>Cases</th><th>Documented</th>"
          "<th>Recorded</th><th>Seen now</th></tr>\n",
          out);
    for (size_t i = 0; i < drift->group_count; i++)
        drift_row(out, drift, &drift->groups[i]);
    fputs("</table>\n", out);
}

static void end(struct report *report, const struct summary *summary)
{
    struct counts counts;
    FILE *out = report->out;
    summary_count(&counts, summary);
    head(out, summary, &counts);
    failures(out, summary, &counts);
    reasons(out, summary, VERDICT_ERROR, "What could not be judged");
    if (summary->drift)
        drift_table(out, summary);
    matrix(out, summary);
    reasons(out, summary, VERDICT_SKIP, "What was left out");
    fputs("<p class=\"soft\">Unofficial: not made, endorsed or supported by AILabTools.</p>\n"
          "</body>\n</html>\n",
          out);
    fflush(out);
}

const struct report_writer report_html = {NULL, NULL, end};
