/* Makes lines; line_writer.c brings them to stderr. */
#include "log.h"
#include "base/clock.h"
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The bytes of a line that snprintf() made, cut to what fits, its newline kept. */
static size_t line_size(char line[LINE_BYTES_MAX], int made)
{
    if (made < 0)
        return 0;
    if ((size_t)made < LINE_BYTES_MAX)
        return (size_t)made;
    line[LINE_BYTES_MAX - 2] = '\n';
    return LINE_BYTES_MAX - 1;
}

size_t log_dropped_text(char line[LINE_BYTES_MAX], uint64_t dropped)
{
    return line_size(line, snprintf(line, LINE_BYTES_MAX,
                                    "ailab-mock: %" PRIu64 " lines dropped: they were not read, or "
                                    "could not be written\n",
                                    dropped));
}

size_t log_dropped_json(char line[LINE_BYTES_MAX], uint64_t dropped)
{
    char time[CLOCK_TEXT_SIZE];
    clock_print(time, clock_wall_ms());
    return line_size(line, snprintf(line, LINE_BYTES_MAX,
                                    "{\"ts\":\"%s\",\"level\":\"warn\",\"msg\":\"%" PRIu64
                                    " lines dropped\",\"dropped\":%" PRIu64 "}\n",
                                    time, dropped, dropped));
}

void log_say(struct line_writer *writer, const char *format, ...)
{
    char text[LINE_BYTES_MAX], line[LINE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    line_writer_put(writer, line,
                    line_size(line, snprintf(line, sizeof line, "ailab-mock: %s\n", text)));
}

/* " oddities=wrong_crc,data_after_last_row", or nothing. */
static void print_oddities(char *out, size_t size, const struct ailab_mock_log_entry *entry)
{
    const size_t of_form = entry->form_oddity_count, all = of_form + entry->image_oddity_count;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < all && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? "," : " oddities=",
                                 i < of_form ? entry->form_oddities[i]
                                             : entry->image_oddities[i - of_form]);
}

/* Puts the hint behind a line where the message has it not, as with --strict. Returns the length.
 */
static int add_hint(char line[LINE_BYTES_MAX], int made, const struct ailab_mock_log_entry *entry)
{
    if (!*entry->hint || made < 1 || (size_t)made >= LINE_BYTES_MAX ||
        strstr(entry->message, entry->hint))
        return made;
    const size_t used = (size_t)made - 1; /* before the newline */
    return (int)used + snprintf(line + used, LINE_BYTES_MAX - used, " Hint: %s\n", entry->hint);
}

void log_text(void *writer, const struct ailab_mock_log_entry *entry)
{
    char time[CLOCK_TEXT_SIZE], oddities[LINE_BYTES_MAX / 4], line[LINE_BYTES_MAX];
    clock_print(time, entry->time_ms);
    print_oddities(oddities, sizeof oddities, entry);
    int made = snprintf(
        line, sizeof line, "%s %s %s %d %s in=%" PRIu64 " out=%" PRIu64 " %.1fms%s%s%s%s %s%s%s\n",
        time, *entry->method ? entry->method : "-", *entry->path ? entry->path : "-", entry->status,
        *entry->code ? entry->code : "-", entry->bytes_in, entry->bytes_out, entry->duration_ms,
        entry->proxied ? entry->tls ? " tls,proxied" : " proxied"
        : entry->tls   ? " tls"
                       : "",
        *entry->scenario ? " scenario=" : "", entry->scenario, oddities, entry->request_id,
        *entry->message ? " " : "", entry->message);
    line_writer_put(writer, line, line_size(line, add_hint(line, made, entry)));
}

static void add_oddities(cJSON *line, const char *of, const char *const *words, size_t count)
{
    if (count)
        cJSON_AddItemToObject(cJSON_AddObjectToObject(line, of), "oddities",
                              cJSON_CreateStringArray(words, (int)count));
}

void log_json(void *writer, const struct ailab_mock_log_entry *entry)
{
    char time[CLOCK_TEXT_SIZE];
    clock_print(time, entry->time_ms);
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "ts", time);
    cJSON_AddStringToObject(line, "level", entry->status >= 500 ? "error" : "info");
    cJSON_AddStringToObject(line, "msg", "request");
    cJSON_AddStringToObject(line, "method", entry->method);
    cJSON_AddStringToObject(line, "path", entry->path);
    cJSON_AddNumberToObject(line, "status", entry->status);
    cJSON_AddStringToObject(line, "code", entry->code);
    cJSON_AddStringToObject(line, "message", entry->message);
    cJSON_AddStringToObject(line, "hint", entry->hint);
    cJSON_AddStringToObject(line, "scenario", entry->scenario);
    add_oddities(line, "form", entry->form_oddities, entry->form_oddity_count);
    add_oddities(line, "image", entry->image_oddities, entry->image_oddity_count);
    cJSON_AddNumberToObject(line, "bytes_in", (double)entry->bytes_in);
    cJSON_AddNumberToObject(line, "bytes_out", (double)entry->bytes_out);
    cJSON_AddNumberToObject(line, "ms", entry->duration_ms);
    cJSON_AddStringToObject(line, "request_id", entry->request_id);
    cJSON_AddStringToObject(line, "remote", entry->remote);
    cJSON_AddBoolToObject(line, "tls", entry->tls);
    cJSON_AddBoolToObject(line, "proxied", entry->proxied);
    char *text = cJSON_PrintUnformatted(line);
    if (text) {
        size_t size = strlen(text);
        text[size] = '\n'; /* where the NUL was */
        line_writer_put(writer, text, size + 1);
    }
    cJSON_free(text);
    cJSON_Delete(line);
}
