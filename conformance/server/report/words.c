/* See words.h. */
#include "report/words.h"
#include "drift/drift.h"
#include <assert.h>
#include <string.h>

static const struct wording words_of_servers = {
    .subject = "target",
    .subject_title = "Target",
    .cases = "cases",
    .plan = "cases",
    .heading = "Conformance: change facial expressions",
    .exchange = "exchange",
    .exchange_title = "The exchange",
    .passed = "The target is conformant.",
    .failed = "The target is not conformant.",
    .undecided = "The target could not be judged.",
};

const struct wording words_of_callers = {
    .subject = "caller",
    .subject_title = "Caller",
    .cases = "situations",
    .plan = "exam",
    .heading = "A caller of: change facial expressions",
    .exchange = "what happened",
    .exchange_title = "What happened",
    .passed = "The caller is ready.",
    .failed = "The caller is not ready.",
    .undecided = "The caller could not be judged.",
};

const struct wording *words_of(const struct summary *summary)
{
    return summary->wording ? summary->wording : &words_of_servers;
}

const char *words_verdict(const struct summary *summary)
{
    const struct wording *words = words_of(summary);
    struct summary written = *summary;
    written.lost = false;
    const int code = summary_exit(summary), judged = summary_exit(&written);
    return code == 0     ? words->passed
           : code == 1   ? words->failed
           : judged == 0 ? "No case failed, but a record or report could not be written."
                         : words->undecided;
}

void words_counts(struct buf *out, const struct counts *counts)
{
    buf_printf(out, "%zu passed, %zu failed, %zu not asked, %zu not judged",
               counts->of[VERDICT_PASS], counts->of[VERDICT_FAIL], counts->of[VERDICT_SKIP],
               counts->of[VERDICT_ERROR]);
}

/* Appends the counts that are not 0, each with its word. */
static void list_counts(struct buf *out, const size_t *of, const char *const *words, size_t count)
{
    bool more = false;
    for (size_t i = 0; i < count; i++) {
        if (of[i] == 0)
            continue;
        buf_printf(out, "%s%zu %s", more ? ", " : "", of[i], words[i]);
        more = true;
    }
}

void words_cases(struct buf *out, const struct counts *counts)
{
    static const char *const words[VERDICT_COUNT] = {"passed", "failed", "not asked", "not judged"};
    list_counts(out, counts->of, words, VERDICT_COUNT);
}

void words_clauses(struct buf *out, const size_t of[CLAUSE_VERDICT_COUNT])
{
    const char *words[CLAUSE_VERDICT_COUNT];
    size_t shown[CLAUSE_VERDICT_COUNT];
    for (int i = 0; i < CLAUSE_VERDICT_COUNT; i++) {
        words[i] = i == CLAUSE_UNJUDGED ? "not asked" : clause_verdict_name((enum clause_verdict)i);
        shown[i] = of[i];
    }
    shown[CLAUSE_UNJUDGED] += shown[CLAUSE_SKIPPED];
    shown[CLAUSE_SKIPPED] = 0;
    list_counts(out, shown, words, CLAUSE_VERDICT_COUNT);
}

void words_source(struct buf *out, const struct clause *clause)
{
    buf_printf(out, "%s, section %d of the API reference", clause_source(clause), clause->section);
}

void words_recorded(struct buf *out, const struct summary *summary)
{
    const struct baseline *baseline = &summary->drift->baseline;
    if (baseline->target)
        buf_printf(out, "%s, revision %s, %s", baseline->target, baseline->revision,
                   baseline->date);
}

void words_seen_now(struct buf *out, const struct summary *summary)
{
    buf_printf(out, "%s, revision %s", summary->target, summary->revision);
}

static void escaped(FILE *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; p && *p; p++) {
        if (*p == '&')
            fputs("&amp;", out);
        else if (*p == '<')
            fputs("&lt;", out);
        else if (*p == '>')
            fputs("&gt;", out);
        else if (*p == '"')
            fputs("&quot;", out);
        else if ((*p < ' ' && *p != '\n' && *p != '\t') || *p >= 0x7f)
            fputc('?', out); /* all our texts are ASCII; a server's were escaped before */
        else
            fputc(*p, out);
    }
}

void words_markup(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    while (*format) {
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, out);
        format += plain;
        if (strncmp(format, "%s", 2) == 0) {
            escaped(out, va_arg(args, const char *));
            format += 2;
        } else if (strncmp(format, "%d", 2) == 0) {
            fprintf(out, "%d", va_arg(args, int));
            format += 2;
        } else if (strncmp(format, "%zu", 3) == 0) {
            fprintf(out, "%zu", va_arg(args, size_t));
            format += 3;
        } else if (strncmp(format, "%.", 2) == 0) {
            fprintf(out, "%.*f", format[2] - '0', va_arg(args, double));
            format += 4;
        } else {
            assert(!*format);
        }
    }
    va_end(args);
}
