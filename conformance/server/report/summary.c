/* See summary.h. */
#include "report/summary.h"
#include "drift/drift.h"

static void add(struct counts *counts, const struct result *result)
{
    counts->of[result->verdict]++;
    counts->total++;
}

void summary_count(struct counts *out, const struct summary *summary)
{
    *out = (struct counts){0};
    for (size_t i = 0; i < summary->count; i++)
        add(out, &summary->results[i]);
}

/* A failure that blames another clause says nothing about this one. */
static bool blames(const struct result *result, const struct clause *clause)
{
    return result->verdict == VERDICT_FAIL && result->blamed == clause;
}

void summary_clause(struct matrix_row *out, const struct summary *summary,
                    const struct clause *clause)
{
    bool broken = false;
    *out = (struct matrix_row){0};
    for (size_t i = 0; i < summary->count; i++) {
        const struct result *result = &summary->results[i];
        if (!result_cites(result, clause) && !blames(result, clause))
            continue;
        add(&out->counts, result);
        broken = broken || blames(result, clause);
    }
    if (broken)
        out->verdict = CLAUSE_BROKEN;
    else if (out->counts.of[VERDICT_PASS] > 0)
        out->verdict = CLAUSE_KEPT;
    else if (out->counts.of[VERDICT_ERROR] + out->counts.of[VERDICT_FAIL] > 0)
        out->verdict = CLAUSE_UNDECIDED;
    else if (out->counts.of[VERDICT_SKIP] > 0)
        out->verdict = CLAUSE_SKIPPED;
    else
        out->verdict = clause_waiver(clause) ? CLAUSE_WAIVED : CLAUSE_UNJUDGED;
}

bool summary_concerns(const struct summary *summary, const struct matrix_row *row)
{
    return !summary->selected || row->counts.total > 0;
}

const char *clause_verdict_name(enum clause_verdict verdict)
{
    static const char *const names[CLAUSE_VERDICT_COUNT] = {"kept",    "broken", "undecided",
                                                            "skipped", "waived", "not judged"};
    return names[verdict];
}

int summary_exit(const struct summary *summary)
{
    struct counts counts;
    if (summary->unusable)
        return 3;
    summary_count(&counts, summary);
    enum verdict drift = summary->drift ? drift_verdict(summary->drift) : VERDICT_PASS;
    if (counts.of[VERDICT_FAIL] > 0 || drift == VERDICT_FAIL)
        return 1;
    if (counts.of[VERDICT_ERROR] > 0 || drift == VERDICT_ERROR || summary->interrupted ||
        counts.of[VERDICT_PASS] == 0 || summary->lost)
        return 3;
    return 0;
}
