/* One page that stands alone: no script, no font, no picture from elsewhere. The sum first, then
 * what is wrong, then the matrix of clauses with their cases folded away. */
#include "compare.h"
#include "report.h"
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--bg:#fbfbfa;--fg:#1d2021;--soft:#6b7075;--line:#dfe1e3;"
    "--card:#fff;--good:#1a7f4b;--bad:#c22f2f;--dim:#a0722a}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#16181a;--fg:#e6e7e8;--soft:#9aa0a6;"
    "--line:#2e3236;--card:#1d2023;--good:#57c78d;--bad:#ff7b72;--dim:#d8a657}}\n"
    "body{margin:0 auto;max-width:62rem;padding:2.5rem 1.25rem 4rem;background:var(--bg);"
    "color:var(--fg);font:16px/1.55 system-ui,sans-serif}\n"
    "h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2.5rem 0 .75rem}\n"
    "a{color:inherit}code,pre{font:13px/1.5 ui-monospace,monospace}\n"
    "pre{overflow-x:auto;padding:.75rem 1rem;border:1px solid var(--line);border-radius:6px;"
    "background:var(--bg);margin:.5rem 0}\n"
    ".verdict{font-weight:600}.good{color:var(--good)}.bad{color:var(--bad)}.dim{color:var(--dim)}"
    ".soft{color:var(--soft)}\n"
    "dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}"
    "dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}\n"
    ".bar{display:flex;height:.6rem;border-radius:.3rem;overflow:hidden;background:var(--line);"
    "margin:1rem 0 .4rem}.bar i{display:block}.bar .good{background:var(--good)}"
    ".bar .bad{background:var(--bad)}.bar .dim{background:var(--dim)}\n"
    ".card{border:1px solid var(--line);border-radius:8px;background:var(--card);"
    "padding:1rem 1.25rem;margin:.75rem 0}.card.bad{border-left:4px solid var(--bad);color:inherit}"
    ".card h3{margin:0;font-size:1rem}\n"
    "details.row{border-top:1px solid var(--line);padding:.45rem 0}"
    "details.row:last-of-type{border-bottom:1px solid var(--line)}\n"
    "summary{cursor:pointer}details.row>summary{display:grid;grid-template-columns:4.5rem 6rem 1fr "
    "max-content;"
    "gap:.75rem;align-items:baseline;list-style:none}details.row>summary::-webkit-details-marker{"
    "display:none}"
    "summary:focus-visible{outline:2px solid var(--good);outline-offset:2px}\n"
    "ul.cases{margin:.5rem 0 .75rem;padding-left:1.2rem}.cases li{margin:.15rem 0}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;"
    "padding:.35rem .6rem;border-top:1px solid var(--line);vertical-align:top}\n"
    "@media(max-width:40rem){details.row>summary{grid-template-columns:1fr 1fr}}\n";

static void put(FILE *out, const char *before, const char *text, const char *after)
{
    fputs(before, out);
    report_xml(out, text ? text : "");
    fputs(after, out);
}

static const char *class_of(enum verdict verdict)
{
    return verdict == VERDICT_PASS ? "good" : verdict == VERDICT_SKIP ? "dim" : "bad";
}

static void fact(FILE *out, const char *name, const char *value)
{
    if (!value)
        return;
    put(out, "<dt>", name, "</dt>");
    put(out, "<dd>", value, "</dd>\n");
}

static void head(FILE *out, const struct summary *summary, const struct counts *counts)
{
    int code = summary_exit(summary);
    const char *verdict = code == 0   ? "The target is conformant."
                          : code == 1 ? "The target is not conformant."
                                      : "The target could not be judged.";
    put(out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        verdict, "</title>\n<style>\n");
    fputs(style, out);
    fputs("</style>\n</head>\n<body>\n<h1>Conformance: change facial expressions</h1>\n", out);
    fprintf(out, "<p class=\"verdict %s\">%s%s</p>\n", code == 0 ? "good" : "bad", verdict,
            summary->interrupted ? " The run was interrupted." : "");
    fputs("<div class=\"bar\" role=\"img\" aria-label=\"shares of verdicts\">", out);
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        if (counts->of[i] > 0)
            fprintf(out, "<i class=\"%s\" style=\"flex:%zu\"></i>", class_of((enum verdict)i),
                    counts->of[i]);
    fprintf(out,
            "</div>\n<p class=\"soft\">%zu cases: %zu passed, %zu failed, %zu skipped, %zu "
            "errors, in %.2f s.</p>\n<dl class=\"facts\">\n",
            counts->total, counts->of[VERDICT_PASS], counts->of[VERDICT_FAIL],
            counts->of[VERDICT_SKIP], counts->of[VERDICT_ERROR], summary->ms / 1e3);
    fact(out, "Target", summary->target);
    fact(out, "Revision", summary->revision);
    fact(out, "Found out", summary->revision_why);
    fact(out, "Level", summary->level);
    fact(out, "Date", summary->date);
    fact(out, "Run on", summary->host);
    fact(out, "Suite", summary->version);
    fputs("</dl>\n", out);
}

static void failure(FILE *out, const struct result *result)
{
    const struct clause *clause = clause_find(result->blamed, strlen(result->blamed));
    put(out, "<section class=\"card bad\" id=\"", result->slug, "\">\n");
    put(out, "<h3><code>", result->slug, "</code> ");
    put(out, "", result->title, "</h3>\n");
    if (clause) {
        put(out, "<p>", clause->text, "<br><span class=\"soft\">");
        fprintf(out, "%s <code>%s</code>, %s, section %d of the API reference</span></p>\n",
                level_name(clause->level), clause->id, clause_source(clause), clause->section);
    }
    put(out, "<dl class=\"facts\"><dt>Expected</dt><dd>", result->expected, "</dd>\n");
    put(out, "<dt>Actual</dt><dd class=\"bad\">", result->actual, "</dd></dl>\n");
    if (result->exchange)
        put(out, "<details><summary>The exchange</summary><pre>", result->exchange,
            "</pre></details>\n");
    if (result->curl)
        put(out, "<p class=\"soft\">Repeat it:</p><pre>", result->curl, "</pre>\n");
    fputs("</section>\n", out);
}

static void list_of(FILE *out, const struct summary *summary, enum verdict verdict,
                    const char *title)
{
    bool any = false;
    for (size_t i = 0; i < summary->count; i++) {
        const struct result *result = &summary->results[i];
        if (result->verdict != verdict)
            continue;
        if (!any)
            put(out, "<h2>", title, "</h2>\n");
        any = true;
        if (verdict == VERDICT_FAIL) {
            failure(out, result);
            continue;
        }
        put(out, "<p><code>", result->slug, "</code> ");
        put(out, "<span class=\"soft\">", result->reason, "</span></p>\n");
    }
}

static void clause_row(FILE *out, const struct summary *summary, const struct clause *clause)
{
    struct matrix_row row;
    summary_clause(&row, summary, clause);
    const char *colour = row.verdict == CLAUSE_KEPT     ? "good"
                         : row.verdict == CLAUSE_BROKEN ? "bad"
                                                        : "dim";
    fprintf(out,
            "<details class=\"row\" id=\"clause-%s\"%s><summary><span class=\"soft\">%s</span>",
            clause->id, row.verdict == CLAUSE_BROKEN ? " open" : "", level_name(clause->level));
    fprintf(out, "<span class=\"verdict %s\">%s</span>", colour, clause_verdict_name(row.verdict));
    put(out, "<span>", clause->text, "</span>");
    fprintf(out, "<span class=\"soft\">%zu/%zu</span></summary>\n", row.counts.of[VERDICT_PASS],
            row.counts.total);
    fprintf(out, "<p class=\"soft\"><code>%s</code>, %s, section %d of the API reference</p>\n",
            clause->id, clause_source(clause), clause->section);
    if (row.verdict == CLAUSE_WAIVED)
        put(out, "<p>Waived: ", clause_waiver(clause), ".</p>\n");
    fputs("<ul class=\"cases\">\n", out);
    for (size_t i = 0; i < summary->count; i++) {
        const struct result *result = &summary->results[i];
        if (!clause_listed(result->clauses, clause))
            continue;
        fprintf(out, "<li><span class=\"verdict %s\">%s</span> ", class_of(result->verdict),
                verdict_name(result->verdict));
        put(out, "<code>", result->slug, "</code> ");
        put(out, "", result->title, "");
        if (result->reason)
            put(out, " <span class=\"soft\">(", result->reason, ")</span>");
        fputs("</li>\n", out);
    }
    fputs("</ul></details>\n", out);
}

static void drift_table(FILE *out, const struct drift *drift)
{
    fprintf(out,
            "<h2>Drift</h2>\n<p class=\"soft\">%zu cases compared, %zu without a record.</p>\n",
            drift->compared, drift->missing);
    if (drift->count == 0)
        return;
    fputs("<table><tr><th>Severity</th><th>Case</th><th>Field</th><th>Documented</th><th>Live</th>"
          "<th>Mock</th></tr>\n",
          out);
    for (size_t i = 0; i < drift->count; i++) {
        const struct drift_row *row = &drift->rows[i];
        fprintf(out, "<tr><td class=\"%s\">%s</td>",
                row->severity == SEVERITY_CRITICAL ? "bad" : "dim", severity_name(row->severity));
        put(out, "<td><code>", row->slug, "</code></td>");
        put(out, "<td><code>", row->path, "</code></td>");
        put(out, "<td>", row->documented, "</td>");
        put(out, "<td>", row->recorded, "</td>");
        put(out, "<td>", row->seen, "</td></tr>\n");
    }
    fputs("</table>\n", out);
}

static void end(struct report *report, const struct summary *summary)
{
    struct counts counts;
    size_t count = 0;
    FILE *out = report->out;
    const struct clause *all = clauses(&count);
    summary_count(&counts, summary);
    head(out, summary, &counts);
    list_of(out, summary, VERDICT_FAIL, "What is wrong");
    list_of(out, summary, VERDICT_ERROR, "What could not be judged");
    if (summary->drift)
        drift_table(out, summary->drift);
    fputs("<h2>Every clause of the contract</h2>\n", out);
    for (size_t i = 0; i < count; i++)
        clause_row(out, summary, &all[i]);
    fputs("<p class=\"soft\">Unofficial: not made, endorsed or supported by AILabTools.</p>\n"
          "</body>\n</html>\n",
          out);
    fflush(out);
}

const struct report_kind report_html = {"html", NULL, NULL, end};
