/* See http_answer.h. Strict: each error of RFC 9112 is an error here, because a program that
 * judges servers must not be kinder than the clients it speaks for. */
#include "wire/http_answer.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum http_state broken(char why[HTTP_WHY_SIZE], const char *text)
{
    snprintf(why, HTTP_WHY_SIZE, "%s", text);
    return HTTP_BROKEN;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the head including its empty line, 0 while it has not come. */
static size_t head_length(const char *data, size_t len)
{
    const char *end = memmem(data, len, "\r\n\r\n", 4);
    return end ? (size_t)(end - data) + 4 : 0;
}

static bool status_line(const char *data, size_t len, int *minor, int *status)
{
    if (len < 13 || memcmp(data, "HTTP/1.", 7) != 0 || !is_digit(data[7]) || data[8] != ' ')
        return false;
    for (int i = 9; i < 12; i++)
        if (!is_digit(data[i]))
            return false;
    if (data[12] != ' ' && data[12] != '\r')
        return false;
    *minor = data[7] - '0';
    *status = (data[9] - '0') * 100 + (data[10] - '0') * 10 + (data[11] - '0');
    return *status >= 100;
}

bool http_has_final_head(const char *data, size_t len)
{
    for (;;) {
        size_t head = head_length(data, len);
        int minor = 0, status = 0;
        if (head == 0)
            return false;
        if (!status_line(data, head, &minor, &status) || status >= 200)
            return true;
        data += head;
        len -= head;
    }
}

static bool name_is_token(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || (unsigned char)name[i] >= 0x7f ||
            strchr("()<>@,;:\\\"/[]?={}", name[i]))
            return false;
    return len > 0;
}

/* Cuts out->head into headers, writing NULs into it. */
static enum http_state cut_headers(struct http_answer *out, char why[HTTP_WHY_SIZE])
{
    char *line = strstr(out->head, "\r\n") + 2;
    while (line[0] != '\r') {
        char *end = strstr(line, "\r\n");
        char *colon = memchr(line, ':', (size_t)(end - line));
        if (!colon || !name_is_token(line, (size_t)(colon - line)))
            return broken(why, "a header line is malformed");
        if (out->header_count == HTTP_HEADERS_MAX)
            return broken(why, "more than 64 headers");
        char *value = colon + 1, *value_end = end;
        while (*value == ' ' || *value == '\t')
            value++;
        while (value_end > value && (value_end[-1] == ' ' || value_end[-1] == '\t'))
            value_end--;
        *colon = '\0';
        *value_end = '\0';
        out->headers[out->header_count++] = (struct http_header){line, value};
        line = end + 2;
    }
    return HTTP_DONE;
}

const char *http_header(const struct http_answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++)
        if (strcasecmp(answer->headers[i].name, name) == 0)
            return answer->headers[i].value;
    return NULL;
}

static enum http_state take_head(struct http_answer *out, const char *data, size_t head,
                                 char why[HTTP_WHY_SIZE])
{
    if (!status_line(data, head, &out->minor, &out->status))
        return broken(why, "the answer does not begin with an HTTP/1 status line");
    if (memchr(data, '\0', head))
        return broken(why, "a NUL in the headers");
    out->head = malloc(head + 1);
    if (!out->head)
        return HTTP_NO_MEMORY;
    memcpy(out->head, data, head);
    out->head[head] = '\0';
    enum http_state state = cut_headers(out, why);
    *strstr(out->head, "\r\n") = '\0';
    out->status_line = out->head;
    return state;
}

static enum http_state put_body(struct http_answer *out, const char *data, size_t len)
{
    out->body = malloc(len + 1);
    if (!out->body)
        return HTTP_NO_MEMORY;
    if (len > 0)
        memcpy(out->body, data, len);
    out->body[len] = '\0';
    out->body_len = len;
    return HTTP_DONE;
}

/* One chunk-size line at *at. On success *at is behind it and *size set. */
static enum http_state chunk_size(const char *data, size_t len, size_t *at, size_t *size,
                                  char why[HTTP_WHY_SIZE])
{
    const char *end = memmem(data + *at, len - *at, "\r\n", 2);
    if (!end)
        return len - *at > 1024 ? broken(why, "a chunk-size line without an end") : HTTP_MORE;
    size_t value = 0, digits = 0;
    const char *p = data + *at;
    for (; p < end; p++, digits++) {
        static const char hex[] = "0123456789abcdef";
        const char *found = *p ? strchr(hex, *p | 0x20) : NULL;
        if (!found || (*p < '0') || digits >= 8)
            break;
        value = value * 16 + (size_t)(found - hex);
    }
    if (digits == 0 || (p < end && *p != ';' && *p != ' '))
        return broken(why, "a chunk size is not hexadecimal");
    *size = value;
    *at = (size_t)(end - data) + 2;
    return HTTP_DONE;
}

/* Walks the chunks from data; with out set copies them. *used is set behind the last one. */
static enum http_state walk_chunks(char *out, size_t *body_len, size_t *used, const char *data,
                                   size_t len, char why[HTTP_WHY_SIZE])
{
    size_t at = 0;
    *body_len = 0;
    for (;;) {
        size_t size = 0;
        enum http_state state = chunk_size(data, len, &at, &size, why);
        if (state != HTTP_DONE)
            return state;
        if (size == 0)
            break;
        if (len - at < size + 2)
            return HTTP_MORE;
        if (memcmp(data + at + size, "\r\n", 2) != 0)
            return broken(why, "a chunk is longer than its size line says");
        if (out)
            memcpy(out + *body_len, data + at, size);
        *body_len += size;
        at += size + 2;
    }
    for (;;) { /* trailers, up to an empty line */
        const char *end = memmem(data + at, len - at, "\r\n", 2);
        if (!end)
            return HTTP_MORE;
        bool empty = end == data + at;
        at = (size_t)(end - data) + 2;
        if (empty)
            break;
    }
    *used = at;
    return HTTP_DONE;
}

static enum http_state read_chunked(struct http_answer *out, size_t *used, const char *data,
                                    size_t len, char why[HTTP_WHY_SIZE])
{
    size_t body_len = 0;
    enum http_state state = walk_chunks(NULL, &body_len, used, data, len, why);
    if (state != HTTP_DONE)
        return state;
    out->body = malloc(body_len + 1);
    if (!out->body)
        return HTTP_NO_MEMORY;
    state = walk_chunks(out->body, &out->body_len, used, data, len, why);
    out->body[out->body_len] = '\0';
    return state;
}

static enum http_state content_length(const struct http_answer *answer, size_t *length,
                                      bool *present, char why[HTTP_WHY_SIZE])
{
    *present = false;
    for (size_t i = 0; i < answer->header_count; i++) {
        if (strcasecmp(answer->headers[i].name, "Content-Length") != 0)
            continue;
        const char *text = answer->headers[i].value;
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || digits > 15 || text[digits] != '\0')
            return broken(why, "Content-Length is not a number");
        size_t value = (size_t)strtoull(text, NULL, 10);
        if (*present && value != *length)
            return broken(why, "two Content-Length headers disagree");
        *length = value;
        *present = true;
    }
    return HTTP_DONE;
}

static bool keeps(const struct http_answer *answer)
{
    const char *connection = http_header(answer, "Connection");
    if (connection && strcasestr(connection, "close"))
        return false;
    if (connection && strcasestr(connection, "keep-alive"))
        return true;
    return answer->minor >= 1;
}

static enum http_state read_body(struct http_answer *out, size_t *used, const char *data,
                                 size_t len, bool ended, bool head_request, char why[HTTP_WHY_SIZE])
{
    size_t length = 0;
    bool has_length = false;
    const char *coding = http_header(out, "Transfer-Encoding");
    enum http_state state = content_length(out, &length, &has_length, why);
    if (state != HTTP_DONE)
        return state;
    *used = 0;
    if (head_request || out->status == 204 || out->status == 304)
        return put_body(out, data, 0);
    if (coding && has_length)
        return broken(why, "both Transfer-Encoding and Content-Length");
    if (coding) {
        if (strcasecmp(coding, "chunked") != 0)
            return broken(why, "a Transfer-Encoding other than chunked");
        state = read_chunked(out, used, data, len, why);
        return state == HTTP_MORE && ended ? broken(why, "the body ends before its last chunk")
                                           : state;
    }
    if (has_length) {
        if (len < length) {
            snprintf(why, HTTP_WHY_SIZE, "the body ends after %zu of %zu bytes", len, length);
            return ended ? HTTP_BROKEN : HTTP_MORE;
        }
        *used = length;
        return put_body(out, data, length);
    }
    if (!ended)
        return HTTP_MORE;
    *used = len;
    out->keep = false;
    return put_body(out, data, len);
}

void http_answer_clear(struct http_answer *answer)
{
    free(answer->head); /* NOLINT(clang-analyzer-unix.Malloc): set to NULL below */
    free(answer->body); /* NOLINT(clang-analyzer-unix.Malloc): the same */
    *answer = (struct http_answer){0};
}

enum http_state http_read(struct http_answer *out, size_t *used, const char *data, size_t len,
                          bool ended, bool head_request, char why[HTTP_WHY_SIZE])
{
    size_t at = 0;
    unsigned interim = 0;
    for (;;) {
        *out = (struct http_answer){.interim = interim};
        size_t head = head_length(data + at, len - at);
        if (head == 0 && len - at > HTTP_HEAD_BYTES_MAX)
            return broken(why, "the head is larger than 64 KiB");
        if (head == 0)
            return ended ? broken(why, "the head of the answer is cut off") : HTTP_MORE;
        enum http_state state = take_head(out, data + at, head, why);
        at += head;
        if (state == HTTP_DONE && out->status < 200 && out->status != 101) {
            interim++;
            http_answer_clear(out);
            continue;
        }
        if (state == HTTP_DONE) {
            out->keep = keeps(out);
            state = read_body(out, used, data + at, len - at, ended, head_request, why);
        }
        if (state != HTTP_DONE)
            http_answer_clear(out);
        *used += at;
        return state;
    }
}
