/* See request.h. */
#include "wire/request.h"
#include <stdio.h>
#include <string.h>

#define BOUNDARY "------------------------5f0c1d3a9b7e2846"

void request_good(struct request *out, const char *host, const char *key, const char *choice,
                  struct picture_bytes picture)
{
    *out = (struct request){
        .method = "POST",
        .path = REQUEST_EDITOR,
        .version = "HTTP/1.1",
        .host = host,
        .key_name = "ailabapi-api-key",
        .key = key,
        .boundary = BOUNDARY,
        .line_end = "\r\n",
        .parts = {{.name = "service_choice", .body = choice, .body_len = strlen(choice)},
                  {.name = "image_target",
                   .file_name = "portrait.jpg",
                   .type = "image/jpeg",
                   .body = picture.data,
                   .body_len = picture.size}},
        .part_count = 2,
    };
}

void request_add_header(struct request *request, const char *name, const char *value)
{
    if (request->extra_count < REQUEST_HEADERS_MAX)
        request->extra[request->extra_count++] = (struct request_header){name, value};
}

struct part *request_part(struct request *request, const char *name)
{
    for (size_t i = 0; i < request->part_count; i++)
        if (strcmp(request->parts[i].name, name) == 0)
            return &request->parts[i];
    return NULL;
}

void request_drop_part(struct request *request, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < request->part_count; i++)
        if (strcmp(request->parts[i].name, name) != 0)
            request->parts[kept++] = request->parts[i];
    request->part_count = kept;
}

void request_add_part(struct request *request, const struct part *part)
{
    if (request->part_count < REQUEST_PARTS_MAX)
        request->parts[request->part_count++] = *part;
}

void request_raw_body(struct request *request, const char *type, const char *text)
{
    request->content_type = type;
    request->raw_body = text;
    request->raw_body_len = strlen(text);
}

void request_no_body(struct request *request)
{
    request->part_count = 0;
    request->framing = FRAMING_NONE;
}

static void part_head(struct buf *out, const struct part *part)
{
    if (part->raw_head) {
        buf_text(out, part->raw_head);
        return;
    }
    buf_printf(out, "Content-Disposition: form-data; name=\"%s\"", part->name);
    if (part->file_name)
        buf_printf(out, "; filename=\"%s\"", part->file_name);
    buf_text(out, "\r\n");
    if (part->type)
        buf_printf(out, "Content-Type: %s\r\n", part->type);
}

void request_body(struct buf *out, const struct request *request)
{
    size_t from = out->len;
    if (request->raw_body) {
        buf_add(out, request->raw_body, request->raw_body_len);
    } else if (request->part_count > 0) {
        const char *padding = request->padding ? request->padding : "";
        buf_text(out, request->preamble ? request->preamble : "");
        for (size_t i = 0; i < request->part_count; i++) {
            const struct part *part = &request->parts[i];
            buf_printf(out, "--%s%s\r\n", request->boundary, padding);
            part_head(out, part);
            buf_text(out, "\r\n");
            buf_add(out, part->body, part->body_len);
            buf_text(out, "\r\n");
        }
        if (!request->unclosed)
            buf_printf(out, "--%s--%s\r\n", request->boundary, padding);
        buf_text(out, request->epilogue ? request->epilogue : "");
    }
    size_t made = out->len - from;
    if (!out->failed)
        out->len -= request->cut < made ? request->cut : made;
}

static void framing_headers(struct buf *out, const struct request *request, size_t body_len)
{
    const char *end = request->line_end;
    if (request->framing == FRAMING_CHUNKED)
        buf_printf(out, "Transfer-Encoding: %s%s", request->coding ? request->coding : "chunked",
                   end);
    else if (request->framing == FRAMING_LENGTH && request->length_text)
        buf_printf(out, "Content-Length: %s%s", request->length_text, end);
    else if (request->framing == FRAMING_LENGTH)
        buf_printf(out, "Content-Length: %zu%s", body_len, end);
    if (request->expect)
        buf_printf(out, "Expect: 100-continue%s", end);
    if (request->close)
        buf_printf(out, "Connection: close%s", end);
}

void request_head(struct buf *out, const struct request *request, const char *prefix,
                  size_t body_len)
{
    const char *end = request->line_end;
    buf_printf(out, "%s ", request->method);
    if (request->scheme)
        buf_printf(out, "%s://%s", request->scheme, request->host);
    buf_printf(out, "%s%s %s%s", prefix, request->path, request->version, end);
    if (request->host)
        buf_printf(out, "Host: %s%s", request->host, end);
    buf_printf(out, "Accept: */*%s", end);
    if (request->key)
        buf_printf(out, "%s: %s%s", request->key_name, request->key, end);
    if (!request->content_type && request->part_count > 0)
        buf_printf(out, "Content-Type: multipart/form-data; boundary=%s%s", request->boundary, end);
    else if (request->content_type && request->content_type[0])
        buf_printf(out, "Content-Type: %s%s", request->content_type, end);
    for (size_t i = 0; i < request->extra_count; i++)
        buf_printf(out, "%s: %s%s", request->extra[i].name, request->extra[i].value, end);
    buf_text(out, request->raw_headers ? request->raw_headers : "");
    framing_headers(out, request, body_len);
    buf_text(out, end);
}

void request_frame(struct buf *out, const struct request *request, const struct buf *body)
{
    if (request->framing != FRAMING_CHUNKED) {
        buf_add(out, buf_str(body), body->len);
        return;
    }
    size_t step = request->chunk_bytes ? request->chunk_bytes : 8192;
    for (size_t at = 0; at < body->len; at += step) {
        size_t size = body->len - at < step ? body->len - at : step;
        buf_printf(out, "%zx\r\n", size);
        buf_add(out, body->ptr + at, size);
        buf_text(out, "\r\n");
    }
    buf_text(out, "0\r\n\r\n");
}
