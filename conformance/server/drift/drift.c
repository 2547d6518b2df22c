/* See drift.h. Wording that is meant for people and ids that differ by nature are no drift. */
#include "drift/drift.h"
#include "base/count_of.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {"critical", "warning", "info"};
    return names[severity];
}

void drift_clear(struct drift *drift)
{
    for (size_t i = 0; i < drift->count; i++) {
        free(drift->rows[i].slug);
        free(drift->rows[i].path);
        free(drift->rows[i].documented);
        free(drift->rows[i].recorded);
        free(drift->rows[i].seen);
    }
    free(drift->rows);
    free(drift->groups);
    baseline_clear(&drift->baseline);
    *drift = (struct drift){0};
}

static size_t critical(const struct drift *drift)
{
    size_t count = 0;
    for (size_t i = 0; i < drift->count; i++)
        count += drift->rows[i].severity == SEVERITY_CRITICAL;
    return count;
}

enum verdict drift_verdict(const struct drift *drift)
{
    return critical(drift) > 0                     ? VERDICT_FAIL
           : drift->failed || drift->compared == 0 ? VERDICT_ERROR
                                                   : VERDICT_PASS;
}

void drift_sum(struct buf *out, const struct drift *drift, const char *revision)
{
    buf_printf(out, "%zu differences in %zu cases with a record, %zu of them critical",
               drift->count, drift->compared, critical(drift));
    if (drift->failed)
        buf_text(out, "; memory ran out, so there may be more");
    if (drift->baseline.other_revision) {
        buf_text(out, "; ");
        drift_warn(out, drift, revision);
    }
}

void drift_warn(struct buf *out, const struct drift *drift, const char *revision)
{
    const char *other = drift->baseline.other_revision;
    if (other)
        buf_printf(out,
                   "the records are of revision %s and this run is of %s, so what the revisions "
                   "differ in counts as drift; --revision %s compares like with like",
                   other, revision, other);
}

static struct drift_group *group_of(struct drift *drift, const char *path)
{
    for (size_t i = 0; i < drift->group_count; i++)
        if (strcmp(drift->rows[drift->groups[i].first].path, path) == 0)
            return &drift->groups[i];
    return NULL;
}

static bool same_values(const struct drift_row *a, const struct drift_row *b)
{
    return strcmp(a->documented, b->documented) == 0 && strcmp(a->recorded, b->recorded) == 0 &&
           strcmp(a->seen, b->seen) == 0;
}

/* The order of the groups is the same in every run. */
static int compare_groups(const void *one, const void *other)
{
    const struct drift_group *a = one, *b = other;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    if (a->cases != b->cases)
        return a->cases > b->cases ? -1 : 1;
    return a->first < b->first ? -1 : 1;
}

/* The rows of a case stand together, so a case counts where its first row of a path is. */
static bool is_first_of_case(const struct drift *drift, size_t index)
{
    const struct drift_row *row = &drift->rows[index];
    for (size_t i = index; i > 0 && strcmp(drift->rows[i - 1].slug, row->slug) == 0; i--)
        if (strcmp(drift->rows[i - 1].path, row->path) == 0)
            return false;
    return true;
}

void drift_group(struct drift *drift)
{
    drift->group_count = 0;
    drift->groups = calloc(drift->count + 1, sizeof *drift->groups);
    if (!drift->groups) {
        drift->failed = true;
        return;
    }
    for (size_t i = 0; i < drift->count; i++) {
        const struct drift_row *row = &drift->rows[i];
        struct drift_group *group = group_of(drift, row->path);
        if (!group) {
            group = &drift->groups[drift->group_count++];
            *group = (struct drift_group){.first = i, .severity = row->severity, .alike = true};
        }
        if (row->severity < group->severity) {
            group->severity = row->severity;
            group->first = i;
        }
        group->cases += is_first_of_case(drift, i);
        group->alike = group->alike && same_values(row, &drift->rows[group->first]);
    }
    qsort(drift->groups, drift->group_count, sizeof *drift->groups, compare_groups);
}

void drift_describe(struct buf *out, const struct drift *drift, const struct drift_group *group)
{
    const struct drift_row *row = &drift->rows[group->first];
    if (group->cases > 1)
        buf_printf(out, "%s in %zu cases, such as %s", row->path, group->cases, row->slug);
    else
        buf_printf(out, "%s in %s", row->path, row->slug);
    buf_printf(out, ": documented %s, recorded %s, seen now %s%s", row->documented, row->recorded,
               row->seen, group->alike ? "" : "; other values elsewhere");
}

void drift_list(struct buf *out, const struct drift *drift)
{
    for (size_t i = 0; i < drift->group_count; i++) {
        buf_printf(out, "%s  ", severity_name(drift->groups[i].severity));
        drift_describe(out, drift, &drift->groups[i]);
        buf_text(out, "\n");
    }
}

/* The place that a comparison is at. */
struct place {
    struct drift *drift;
    const struct case_def *def;
    enum revision revision;
};

static void add(const struct place *place, const char *path, enum severity severity,
                const char *documented, const char *recorded, const char *seen)
{
    struct drift *drift = place->drift;
    if (drift->count == drift->cap) {
        size_t cap = drift->cap ? drift->cap * 2 : 16;
        struct drift_row *rows = realloc(drift->rows, cap * sizeof *rows);
        if (!rows) {
            drift->failed = true;
            return;
        }
        drift->rows = rows;
        drift->cap = cap;
    }
    drift->rows[drift->count++] =
        (struct drift_row){strdup(place->def->slug), strdup(path),     severity,
                           strdup(documented),       strdup(recorded), strdup(seen)};
}

/* The fields of the envelope: their documentation, whether envelope C has them, and how much
 * another value matters. Request ids and the like differ by nature. */
static const struct field {
    const char *path, *documented;
    bool in_c;
    enum severity value;
} fields[] = {
    {"request_id", "a string", true, SEVERITY_NONE},
    {"log_id", "a string", true, SEVERITY_NONE},
    {"error_code", "an integer", false, SEVERITY_CRITICAL},
    {"error_code_str", "a string", false, SEVERITY_WARNING},
    {"error_msg", "a string", false, SEVERITY_NONE},
    {"error_detail", "an object", true, SEVERITY_NONE},
    {"error_detail.status_code", "an integer", false, SEVERITY_CRITICAL},
    {"error_detail.code", "a string", true, SEVERITY_CRITICAL},
    {"error_detail.code_message", "a string", true, SEVERITY_WARNING},
    {"error_detail.message", "a string", true, SEVERITY_INFO},
    {"data", "an object, on success", true, SEVERITY_NONE},
    {"data.image", "a string in Base64", true, SEVERITY_NONE},
    {"data.image.format", NULL, true, SEVERITY_INFO},
    {"data.image.width", NULL, true, SEVERITY_INFO},
    {"data.image.height", NULL, true, SEVERITY_INFO},
};

/* NULL when the envelope has no such field. */
static const struct field *field_at(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    return NULL;
}

/* The documentation of the field in the revision; NULL when the revision has no such field. */
static const char *documented_field(const char *path, enum revision revision)
{
    const struct field *field = field_at(path);
    bool has = field && (field->in_c || !revision_has(revision, ENVELOPE_C));
    return has ? field->documented : NULL;
}

/* Appends the value of a leaf as text. */
static void value_of(struct buf *out, const cJSON *item)
{
    if (cJSON_IsString(item))
        buf_printf(out, "\"%s\"", item->valuestring);
    else if (cJSON_IsNumber(item))
        buf_printf(out, "%.15g", item->valuedouble);
    else
        buf_text(out, answer_type(item));
}

/* True, with both values, when they differ. */
static bool differ(struct buf *was, struct buf *is, const cJSON *recorded, const cJSON *seen)
{
    value_of(was, recorded);
    value_of(is, seen);
    return strcmp(buf_str(was), buf_str(is)) != 0;
}

static void compare_values(const struct place *place, const char *path, const cJSON *recorded,
                           const cJSON *seen)
{
    const struct field *field = field_at(path);
    struct buf documented = {0}, was = {0}, is = {0};
    const char *type = documented_field(path, place->revision);
    if (!field || field->value == SEVERITY_NONE || !differ(&was, &is, recorded, seen))
        goto out;
    if (strcmp(path, "error_detail.code") == 0 && !place->def->run)
        expect_describe(&documented, place->def->expect, place->revision);
    else
        buf_text(&documented, type ? type : "nothing");
    add(place, path, field->value, buf_str(&documented), buf_str(&was), buf_str(&is));
out:
    buf_clear(&documented);
    buf_clear(&was);
    buf_clear(&is);
}

static void compare_items(const struct place *place, const char *path, const cJSON *recorded,
                          const cJSON *seen);

static void compare_member(const struct place *place, const char *path, const char *name,
                           const cJSON *recorded, const cJSON *seen)
{
    struct buf inner = {0};
    buf_printf(&inner, "%s%s%s", path, path[0] ? "." : "", name);
    compare_items(place, buf_str(&inner), recorded, seen);
    buf_clear(&inner);
}

static void compare_objects(const struct place *place, const char *path, const cJSON *recorded,
                            const cJSON *seen)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, recorded)
    {
        compare_member(place, path, item->string, item,
                       cJSON_GetObjectItemCaseSensitive(seen, item->string));
    }
    cJSON_ArrayForEach(item, seen)
    {
        if (!cJSON_GetObjectItemCaseSensitive(recorded, item->string))
            compare_member(place, path, item->string, NULL, item);
    }
}

static void compare_items(const struct place *place, const char *path, const cJSON *recorded,
                          const cJSON *seen)
{
    const char *documented = documented_field(path, place->revision);
    if (strcmp(answer_type(recorded), answer_type(seen)) != 0) {
        bool only_live = recorded && !seen;
        add(place, path, only_live && !documented ? SEVERITY_WARNING : SEVERITY_CRITICAL,
            documented ? documented : "nothing", answer_type(recorded), answer_type(seen));
    } else if (cJSON_IsObject(recorded)) {
        compare_objects(place, path, recorded, seen);
    } else {
        compare_values(place, path, recorded, seen);
    }
}

static void compare_status(const struct place *place, const cJSON *recorded, const cJSON *seen)
{
    struct buf documented = {0}, was = {0}, is = {0};
    if (!differ(&was, &is, cJSON_GetObjectItemCaseSensitive(recorded, "status"),
                cJSON_GetObjectItemCaseSensitive(seen, "status")))
        goto out;
    if (place->def->run)
        buf_printf(&documented, "see clause %s", clause_of(place->def->clauses[0])->id);
    else
        expect_describe(&documented, place->def->expect, place->revision);
    add(place, "HTTP status", SEVERITY_CRITICAL, buf_str(&documented), buf_str(&was), buf_str(&is));
out:
    buf_clear(&documented);
    buf_clear(&was);
    buf_clear(&is);
}

static void compare_exchange(const struct place *place, const cJSON *recorded, const cJSON *seen)
{
    const cJSON *was = cJSON_GetObjectItemCaseSensitive(recorded, "answer");
    const cJSON *is = cJSON_GetObjectItemCaseSensitive(seen, "answer");
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(was, "body");
    const cJSON *body_now = cJSON_GetObjectItemCaseSensitive(is, "body");
    compare_status(place, was, is);
    if (!body != !body_now)
        add(place, "the body", SEVERITY_CRITICAL, "a JSON object", body ? "JSON" : "no JSON",
            body_now ? "JSON" : "no JSON");
    else if (body)
        compare_objects(place, "", body, body_now);
}

void drift_make(struct drift *out, const struct record *now, const struct plan *plan,
                enum revision revision)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct place place = {out, plan->items[i].def, revision};
        const cJSON *was = baseline_find(&out->baseline, place.def->slug);
        const cJSON *is = record_find(now, place.def->slug);
        for (int k = 0; k < cJSON_GetArraySize(was) && k < cJSON_GetArraySize(is); k++)
            compare_exchange(&place, cJSON_GetArrayItem(was, k), cJSON_GetArrayItem(is, k));
        if (was && is)
            out->compared++;
        else
            out->missing++;
    }
    drift_group(out);
}
