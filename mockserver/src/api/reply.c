/* Puts the HTTP head before an envelope and lines up the steps. Content-Length is known before the
 * image is encoded: four characters for every three bytes begun. */
#include "api/reply.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HEAD_SIZE 2048

static uint64_t base64_size(size_t bytes)
{
    return ((uint64_t)bytes + 2) / 3 * 4;
}

const char *reply_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {100, "Continue"},
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

/* A head under construction; once something does not fit, it stays overflowed. */
struct head_text {
    char *text;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct head_text *head, const char *format,
                                                      ...)
{
    va_list args;
    if (head->used >= head->size)
        return;
    va_start(args, format);
    head->used += (size_t)vsnprintf(head->text + head->used, head->size - head->used, format, args);
    va_end(args);
}

static void put_date(struct head_text *out, int64_t now_ms)
{
    char date[64];
    struct tm tm;
    time_t now = (time_t)(now_ms / 1000);
    gmtime_r(&now, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    put(out, "Date: %s\r\n", date);
}

static bool print_head(struct head_text *out, const struct reply_head *head, uint64_t body_size)
{
    put(out, "HTTP/1.1 %d %s\r\n", head->status, reply_reason(head->status));
    put_date(out, head->now_ms);
    put(out, "Server: ailab-mock/%s\r\n", AILAB_VERSION_STRING);
    if (head->content_type)
        put(out, "Content-Type: %s\r\n", head->content_type);
    if (head->status != 204)
        put(out, "Content-Length: %" PRIu64 "\r\n", body_size);
    put(out, "Connection: %s\r\n", head->keep_alive ? "keep-alive" : "close");
    if (head->allow)
        put(out, "Allow: %s\r\n", head->allow);
    if (head->retry_after_s)
        put(out, "Retry-After: %u\r\n", head->retry_after_s);
    put(out, "Access-Control-Allow-Origin: *\r\n");
    if (head->allow_methods)
        put(out,
            "Access-Control-Allow-Methods: %s\r\nAccess-Control-Allow-Headers: %s\r\n"
            "Access-Control-Max-Age: 86400\r\n",
            head->allow_methods, head->allow_headers);
    put(out, "\r\n");
    return out->used < out->size;
}

static void add_step(struct reply *reply, enum reply_step_kind kind, struct slice bytes)
{
    if (bytes.len)
        reply->steps[reply->step_count++] = (struct reply_step){kind, bytes};
}

static bool start_reply(struct reply *out, const struct reply_head *head, uint64_t body_size,
                        struct slice json)
{
    *out = (struct reply){.status = head->status, .close = !head->keep_alive};
    out->text = malloc(HEAD_SIZE + json.len);
    if (!out->text)
        return false;
    struct head_text text = {out->text, HEAD_SIZE, 0};
    if (!print_head(&text, head, body_size))
        return false;
    if (json.len)
        memcpy(out->text + text.used, json.ptr, json.len);
    add_step(out, REPLY_SEND, slice_make(out->text, text.used + json.len));
    return true;
}

bool reply_empty(struct reply *out, const struct reply_head *head)
{
    return start_reply(out, head, 0, (struct slice){NULL, 0});
}

bool reply_json(struct reply *out, const struct reply_head *head, struct slice json,
                struct slice image)
{
    struct slice before, after;
    bool marked = envelope_split(json, &before, &after);
    uint64_t size = marked ? before.len + base64_size(image.len) + after.len : json.len;
    if (head->is_head)
        return start_reply(out, head, size, (struct slice){NULL, 0});
    if (!start_reply(out, head, size, json) || !marked)
        return out->text != NULL && out->step_count > 0;

    /* Everything before the mark goes out with the head; the image and the rest follow. */
    struct slice *first = &out->steps[0].bytes;
    size_t head_len = first->len - json.len;
    const char *tail = first->ptr + head_len + (size_t)(after.ptr - json.ptr);
    first->len = head_len + before.len;
    add_step(out, REPLY_BASE64, image);
    add_step(out, REPLY_SEND, slice_make(tail, after.len));
    return true;
}

void reply_clear(struct reply *reply)
{
    free(reply->text);
    *reply = (struct reply){0};
}

uint64_t reply_size(const struct reply *reply)
{
    uint64_t size = 0;
    for (size_t i = 0; i < reply->step_count; i++)
        size += reply->steps[i].kind == REPLY_BASE64 ? base64_size(reply->steps[i].bytes.len)
                                                     : reply->steps[i].bytes.len;
    return size;
}
