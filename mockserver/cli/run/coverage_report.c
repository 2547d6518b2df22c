/* Asks the admin API in this process for the report since the start: a reset that a test makes
 * between its cases loses nothing. */
#include "coverage_report.h"
#include "base/slice.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *coverage_format(const char *path)
{
    static const struct {
        const char *end, *format;
    } formats[] = {{".json", "json"}, {".html", "html"}, {".htm", "html"}};
    const struct slice name = slice_of(path);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const struct slice end = slice_of(formats[i].end);
        if (name.len > end.len &&
            slice_equal_nocase(slice_make(name.ptr + name.len - end.len, end.len), end))
            return formats[i].format;
    }
    return "text";
}

char *coverage_path(const char *path, const char *revision)
{
    char *made = NULL;
    if (!path)
        return NULL;
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const bool has_end = dot && dot > (slash ? slash + 1 : path);
    const int head = (int)(has_end ? (size_t)(dot - path) : strlen(path));
    return asprintf(&made, "%.*s-%s%s", head, path, revision, path + head) < 0 ? NULL : made;
}

/* To be freed; NULL when memory ran out. */
static char *report_of(struct ailab_mock *mock, const char *format)
{
    char path[64], *report = NULL;
    int status = 0;
    snprintf(path, sizeof path, "/__admin/coverage?since=start&format=%s", format);
    if (ailab_mock_admin(mock, "GET", path, NULL, &status, &report) == AILAB_MOCK_OK &&
        status == 200)
        return report;
    free(report);
    return NULL;
}

static bool read_percent(double *out, struct ailab_mock *mock)
{
    char *report = report_of(mock, "json");
    cJSON *json = report ? cJSON_Parse(report) : NULL;
    const cJSON *percent = cJSON_GetObjectItemCaseSensitive(json, "percent");
    const bool read = cJSON_IsNumber(percent);
    *out = read ? percent->valuedouble : 0;
    cJSON_Delete(json);
    free(report);
    return read;
}

bool coverage_ask(struct coverage_result *out, struct ailab_mock *mock, const char *path)
{
    *out = (struct coverage_result){
        .text = report_of(mock, "text"),
        .file = path ? report_of(mock, coverage_format(path)) : NULL,
    };
    return read_percent(&out->percent, mock) && out->text && (!path || out->file);
}

void coverage_clear(struct coverage_result *result)
{
    free(result->text);
    free(result->file);
    result->text = result->file = NULL;
}

void coverage_tell(const struct coverage_result *result, void (*say)(const char *line))
{
    char line[256];
    for (const char *at = result->text ? result->text : ""; *at;) {
        const size_t len = strcspn(at, "\n");
        snprintf(line, sizeof line, "%.*s", (int)len, at);
        if (len)
            say(line);
        at += len + (at[len] == '\n');
    }
}
