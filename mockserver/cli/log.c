/* Writes each line with one call, so that lines of different threads do not mix. */
#include "log.h"
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static void timestamp(char *out, size_t size, int64_t time_ms)
{
    char seconds[32];
    struct tm tm;
    time_t time = (time_t)(time_ms / 1000);
    gmtime_r(&time, &tm);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out, size, "%s.%03dZ", seconds, (int)(time_ms % 1000));
}

void log_text(void *unused, const struct ailab_mock_log_entry *entry)
{
    char time[40];
    (void)unused;
    timestamp(time, sizeof time, entry->time_ms);
    fprintf(stderr, "%s %s %s %d %s in=%" PRIu64 " out=%" PRIu64 " %.1fms %s%s%s\n", time,
            *entry->method ? entry->method : "-", *entry->path ? entry->path : "-", entry->status,
            *entry->code ? entry->code : "-", entry->bytes_in, entry->bytes_out, entry->duration_ms,
            entry->request_id, *entry->message ? " " : "", entry->message);
}

void log_json(void *unused, const struct ailab_mock_log_entry *entry)
{
    char time[40];
    (void)unused;
    timestamp(time, sizeof time, entry->time_ms);
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "ts", time);
    cJSON_AddStringToObject(line, "level", entry->status >= 500 ? "error" : "info");
    cJSON_AddStringToObject(line, "msg", "request");
    cJSON_AddStringToObject(line, "method", entry->method);
    cJSON_AddStringToObject(line, "path", entry->path);
    cJSON_AddNumberToObject(line, "status", entry->status);
    cJSON_AddStringToObject(line, "code", entry->code);
    cJSON_AddStringToObject(line, "message", entry->message);
    cJSON_AddStringToObject(line, "scenario", entry->scenario);
    cJSON_AddNumberToObject(line, "bytes_in", (double)entry->bytes_in);
    cJSON_AddNumberToObject(line, "bytes_out", (double)entry->bytes_out);
    cJSON_AddNumberToObject(line, "ms", entry->duration_ms);
    cJSON_AddStringToObject(line, "request_id", entry->request_id);
    cJSON_AddStringToObject(line, "remote", entry->remote);
    char *text = cJSON_PrintUnformatted(line);
    if (text)
        fprintf(stderr, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(line);
}
