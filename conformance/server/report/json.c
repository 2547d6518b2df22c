/* The whole run as one JSON document: facts, counts, cases, clauses, drift. */
#include "drift/drift.h"
#include "report/report.h"
#include "report/words.h"
#include <cjson/cJSON.h>
#include <stdlib.h>

static void text(cJSON *object, const char *name, const char *value)
{
    if (value)
        cJSON_AddStringToObject(object, name, value);
}

static cJSON *counts_of(const struct counts *counts)
{
    cJSON *object = cJSON_CreateObject();
    static const char *const names[VERDICT_COUNT] = {"passed", "failed", "skipped", "errors"};
    cJSON_AddNumberToObject(object, "cases", (double)counts->total);
    for (size_t i = 0; i < VERDICT_COUNT; i++)
        cJSON_AddNumberToObject(object, names[i], (double)counts->of[i]);
    return object;
}

static cJSON *case_of(const struct result *result)
{
    cJSON *object = cJSON_CreateObject();
    text(object, "id", result->slug);
    text(object, "suite", result->suite);
    text(object, "title", result->title);
    cJSON *list = cJSON_AddArrayToObject(object, "clauses");
    for (size_t i = 0; i < RESULT_CLAUSES_MAX && result->clauses[i]; i++)
        if (!cJSON_AddItemToArray(list, cJSON_CreateString(result->clauses[i]->id)))
            break;
    text(object, "verdict", verdict_name(result->verdict));
    text(object, "broken_clause", result->blamed ? result->blamed->id : NULL);
    text(object, "expected", result->expected);
    text(object, "actual", result->actual);
    text(object, "advice", result->advice);
    text(object, result->verdict == VERDICT_PASS ? "note" : "reason", result->reason);
    if (result->verdict == VERDICT_FAIL) {
        text(object, "exchange", result->exchange);
        text(object, "repeat", result->curl);
    }
    cJSON_AddNumberToObject(object, "credits", result->credits);
    cJSON_AddNumberToObject(object, "ms", (double)(long)(result->ms * 10 + 0.5) / 10);
    return object;
}

static cJSON *matrix_row_of(const struct summary *summary, const struct clause *clause)
{
    struct matrix_row row;
    cJSON *object = cJSON_CreateObject();
    summary_clause(&row, summary, clause);
    text(object, "id", clause->id);
    text(object, "level", level_name(clause->level));
    text(object, "source", clause_source(clause));
    text(object, "text", clause->text);
    text(object, "verdict", clause_verdict_name(row.verdict));
    text(object, "waiver", clause_waiver(clause));
    cJSON *list = cJSON_AddArrayToObject(object, "cases");
    for (size_t i = 0; i < summary->count; i++)
        if (result_cites(&summary->results[i], clause) &&
            !cJSON_AddItemToArray(list, cJSON_CreateString(summary->results[i].slug)))
            break;
    return object;
}

static void add_baseline(cJSON *root, const struct drift *drift, const char *revision)
{
    struct buf warning = {0};
    const struct baseline *baseline = &drift->baseline;
    cJSON *object = cJSON_AddObjectToObject(root, "compared_with");
    text(object, "target", baseline->target);
    text(object, "revision", baseline->revision);
    text(object, "date", baseline->date);
    cJSON_AddNumberToObject(object, "cases", (double)drift->compared);
    cJSON_AddNumberToObject(object, "without_record", (double)drift->missing);
    drift_warn(&warning, drift, revision);
    text(object, "warning", warning.len ? buf_str(&warning) : NULL);
    buf_clear(&warning);
}

static void add_drift(cJSON *root, const struct drift *drift, const char *revision)
{
    add_baseline(root, drift, revision);
    cJSON *list = cJSON_AddArrayToObject(root, "drift");
    for (size_t i = 0; i < drift->count; i++) {
        const struct drift_row *row = &drift->rows[i];
        cJSON *object = cJSON_CreateObject();
        text(object, "severity", severity_name(row->severity));
        text(object, "case", row->slug);
        text(object, "path", row->path);
        text(object, "documented", row->documented);
        text(object, "recorded", row->recorded);
        text(object, "seen", row->seen);
        if (!cJSON_AddItemToArray(list, object))
            cJSON_Delete(object);
    }
}

static void end(struct report *report, const struct summary *summary)
{
    struct counts counts;
    cJSON *root = cJSON_CreateObject();
    summary_count(&counts, summary);
    text(root, "program", "ailab-conformance");
    text(root, "version", summary->version);
    text(root, words_of(summary)->subject, summary->target);
    text(root, "revision", summary->revision);
    text(root, "revision_why", summary->revision_why);
    text(root, "level", summary->level);
    text(root, "date", summary->date);
    text(root, "host", summary->host);
    cJSON_AddNumberToObject(root, "exit", summary_exit(summary));
    cJSON_AddBoolToObject(root, "interrupted", summary->interrupted);
    text(root, "unusable", summary->unusable);
    cJSON_AddNumberToObject(root, "credits", (double)summary->credits);
    cJSON_AddNumberToObject(root, "ms", (double)(long)(summary->ms + 0.5));
    cJSON_AddItemToObject(root, "counts", counts_of(&counts));
    cJSON *list = cJSON_AddArrayToObject(root, "cases");
    for (size_t i = 0; i < summary->count; i++)
        if (!cJSON_AddItemToArray(list, case_of(&summary->results[i])))
            break;
    list = cJSON_AddArrayToObject(root, "clauses");
    for (size_t i = 0; i < summary->clause_count; i++)
        if (!cJSON_AddItemToArray(list, matrix_row_of(summary, &summary->clauses[i])))
            break;
    if (summary->drift)
        add_drift(root, summary->drift, summary->revision);
    char *printed = cJSON_Print(root);
    fprintf(report->out, "%s\n", printed ? printed : "{}");
    fflush(report->out);
    free(printed);
    cJSON_Delete(root);
}

const struct report_writer report_json = {NULL, NULL, end};
