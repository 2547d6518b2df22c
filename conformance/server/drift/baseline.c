/* See baseline.h. */
#include "drift/baseline.h"
#include "base/buf.h"
#include "cmdline/text.h"
#include "evidence/record.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024)

static bool is_record_name(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".json") == 0;
}

bool baseline_probe(const char *directory, char why[URL_WHY_SIZE])
{
    bool some = false;
    DIR *dir = opendir(directory);
    if (!dir) {
        snprintf(why, URL_WHY_SIZE, "%s holds no record: %s", TEXT_PATH(directory),
                 strerror(errno));
        return false;
    }
    for (const struct dirent *entry; !some && (entry = readdir(dir));)
        some = is_record_name(entry->d_name);
    closedir(dir);
    if (!some)
        snprintf(why, URL_WHY_SIZE, "%s holds no record: --record writes CASE.json",
                 TEXT_PATH(directory));
    return some;
}

/* NULL when there is no such file; *broken when there is one that is no record. */
static cJSON *load(const char *path, bool *broken)
{
    cJSON *root = NULL;
    struct buf text = {0};
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    char *room = buf_room(&text, FILE_BYTES_MAX);
    if (room)
        text.len = fread(room, 1, FILE_BYTES_MAX, file);
    fclose(file);
    if (room) {
        text.ptr[text.len] = '\0';
        root = cJSON_ParseWithLength(text.ptr, text.len);
    }
    buf_clear(&text);
    *broken = !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(root, "exchanges"));
    return root;
}

/* A fact that a record tells of its own run; "unknown" when it does not. */
static const char *fact(const cJSON *record, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, name));
    return text ? text : "unknown";
}

static void note_origin(struct baseline *baseline, const cJSON *record, enum revision revision)
{
    const char *of = fact(record, "revision");
    if (!baseline->target) {
        baseline->target = fact(record, "target");
        baseline->date = fact(record, "date");
        baseline->revision = of;
    }
    if (!baseline->other_revision && strcmp(of, revision_name(revision)) != 0)
        baseline->other_revision = of;
}

static bool read_case(struct baseline *baseline, const char *directory, const char *slug,
                      enum revision revision, char why[URL_WHY_SIZE])
{
    struct buf path = {0};
    bool broken = false;
    record_path(&path, directory, slug);
    cJSON *record = load(buf_str(&path), &broken);
    if (broken) {
        snprintf(why, URL_WHY_SIZE, "%s is no record", TEXT_PATH(buf_str(&path)));
        cJSON_Delete(record);
    } else if (record && cJSON_AddItemToObject(baseline->records, slug, record)) {
        note_origin(baseline, record, revision);
    }
    buf_clear(&path);
    return !broken;
}

bool baseline_read(struct baseline *out, const char *directory, const struct plan *plan,
                   enum revision revision, char why[URL_WHY_SIZE])
{
    *out = (struct baseline){.records = cJSON_CreateObject()};
    snprintf(why, URL_WHY_SIZE, "%s holds no record of a case of this run", TEXT_PATH(directory));
    for (size_t i = 0; i < plan->count; i++)
        if (!read_case(out, directory, plan->items[i].def->slug, revision, why))
            return false;
    return out->target != NULL;
}

void baseline_clear(struct baseline *baseline)
{
    cJSON_Delete(baseline->records);
    *baseline = (struct baseline){0};
}

const cJSON *baseline_find(const struct baseline *baseline, const char *slug)
{
    return cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(baseline->records, slug), "exchanges");
}
