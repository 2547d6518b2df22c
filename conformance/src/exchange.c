/* See exchange.h. */
#include "exchange.h"
#include "clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTINUE_WAIT_MS 1000
#define SHOWN_BYTES_MAX 1500

const char *exchange_key_variable(const struct run *run, const char *key)
{
    return !key                      ? NULL
           : key == run->key         ? "AILAB_API_KEY"
           : key == run->locked_key  ? "AILAB_API_KEY_LOCKED"
           : key == run->empty_key   ? "AILAB_API_KEY_EMPTY"
           : key == run->limited_key ? "AILAB_API_KEY_LIMITED"
                                     : NULL;
}

static void redact_one(struct buf *text, const char *key)
{
    static const char mask[] = "<redacted>";
    size_t len = key ? strlen(key) : 0;
    if (len < 8 || text->failed || !text->ptr || !memmem(text->ptr, text->len, key, len))
        return; /* a shorter key would tear words apart; headers are masked where they are made */
    struct buf out = {0};
    const char *from = text->ptr, *end = text->ptr + text->len;
    for (const char *hit; (hit = memmem(from, (size_t)(end - from), key, len)); from = hit + len) {
        buf_add(&out, from, (size_t)(hit - from));
        buf_text(&out, mask);
    }
    buf_add(&out, from, (size_t)(end - from));
    buf_clear(text);
    *text = out;
}

void redact(struct buf *text, const struct run *run)
{
    redact_one(text, run->key);
    redact_one(text, run->locked_key);
    redact_one(text, run->empty_key);
    redact_one(text, run->limited_key);
}

/* Text with everything that is not printable ASCII or a line end as \xNN. */
static void show(struct buf *out, const char *text, size_t len)
{
    size_t shown = len < SHOWN_BYTES_MAX ? len : SHOWN_BYTES_MAX;
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\r' && i + 1 < len && text[i + 1] == '\n')
            continue;
        if (c == '\n' || (c >= ' ' && c < 0x7f))
            buf_add(out, &text[i], 1);
        else
            buf_printf(out, "\\x%02x", c);
    }
    if (shown < len)
        buf_printf(out, "... (%zu bytes in all)", len);
}

static bool is_text(const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)data[i] >= 0x7f ||
            ((unsigned char)data[i] < ' ' && !strchr("\t\r\n", data[i])))
            return false;
    return len < 200;
}

/* The head, line by line behind "> ", with the value of the true key masked. */
static void show_head(struct buf *out, const struct request *request, const char *head, size_t len,
                      const struct run *run)
{
    struct buf plain = {0};
    buf_add(&plain, head, len);
    for (char *line = plain.ptr; line && *line;) {
        char *end = strchr(line, '\n');
        size_t size = end ? (size_t)(end - line) : strlen(line);
        const char *colon = memchr(line, ':', size);
        bool secret = colon && exchange_key_variable(run, request->key) &&
                      (size_t)(colon - line) == strlen(request->key_name) &&
                      memcmp(line, request->key_name, (size_t)(colon - line)) == 0;
        buf_text(out, "> ");
        if (secret)
            buf_printf(out, "%s: <redacted>", request->key_name);
        else
            show(out, line, size > 0 && line[size - 1] == '\r' ? size - 1 : size);
        buf_text(out, "\n");
        line += size + (end ? 1 : 0);
    }
    buf_clear(&plain);
}

static void show_body(struct buf *out, const struct request *request)
{
    if (request->raw_body) {
        buf_text(out, "> ");
        show(out, request->raw_body, request->raw_body_len);
        buf_text(out, "\n");
        return;
    }
    for (size_t i = 0; i < request->part_count; i++) {
        const struct part *part = &request->parts[i];
        buf_printf(out, "> [part %s", part->name);
        if (part->file_name)
            buf_printf(out, ", file name %s", part->file_name);
        if (part->type)
            buf_printf(out, ", %s", part->type);
        if (part->raw_head) {
            buf_text(out, ", with the headers ");
            show(out, part->raw_head, strcspn(part->raw_head, "\r\n"));
        }
        if (is_text(part->body, part->body_len)) {
            buf_text(out, ": \"");
            show(out, part->body, part->body_len);
            buf_text(out, "\"]\n");
        } else {
            buf_printf(out, ": %zu bytes]\n", part->body_len);
        }
    }
}

/* The body with the picture cut short: nobody reads Base64. */
static void show_answer_body(struct buf *out, const struct answer *answer)
{
    const struct http_answer *http = &answer->http;
    const char *image = memmem(http->body, http->body_len, "\"image\":\"", 9);
    size_t head = image ? (size_t)(image - http->body) + 9 : http->body_len;
    if (!image || !answer->image || strlen(answer->image) < 80) {
        show(out, http->body, http->body_len);
        return;
    }
    size_t image_len = strcspn(http->body + head, "\"");
    show(out, http->body, head);
    show(out, http->body + head, 24);
    buf_printf(out, "... (%zu characters)", image_len);
    show(out, http->body + head + image_len, http->body_len - head - image_len);
}

static void show_answer(struct buf *out, const struct exchange *exchange)
{
    const struct answer *answer = &exchange->answer;
    if (exchange->result != WIRE_OK) {
        buf_printf(out, "< (%s)\n", exchange->why);
        return;
    }
    if (answer->http.interim > 0)
        buf_printf(out, "< (%u interim answers)\n", answer->http.interim);
    buf_text(out, "< ");
    show(out, answer->http.raw_head, strlen(answer->http.raw_head));
    buf_text(out, "\n");
    for (size_t i = 0; i < answer->http.header_count; i++) {
        buf_printf(out, "< %s: ", answer->http.headers[i].name);
        show(out, answer->http.headers[i].value, strlen(answer->http.headers[i].value));
        buf_text(out, "\n");
    }
    buf_text(out, "<\n< ");
    show_answer_body(out, answer);
    buf_text(out, "\n");
}

void exchange_clear(struct exchange *exchange)
{
    answer_clear(&exchange->answer);
    buf_clear(&exchange->text);
    buf_clear(&exchange->request_json);
}

static enum wire_result send_all(struct exchange *out, struct wire *wire,
                                 const struct request *request, const struct buf *head,
                                 const struct buf *frame, double deadline_ms)
{
    enum wire_result result = wire_send(wire, head->ptr, head->len, deadline_ms, out->why);
    if (result == WIRE_OK && request->expect)
        wire_wait(wire, CONTINUE_WAIT_MS);
    if (result == WIRE_OK)
        result = wire_send(wire, buf_str(frame), frame->len, deadline_ms, out->why);
    if (result == WIRE_OK && request->finish)
        wire_finish(wire);
    return result;
}

/* Whether this is the exchange that is to be printed instead of sent. */
static bool printed(struct exchange *out, struct run *run, const struct buf *head,
                    const struct buf *body, const struct buf *frame)
{
    if (!run->dry || run->dry_step == 0)
        return run->dry != NULL;
    if (--run->dry_step > 0)
        return false;
    if (run->dry_wire)
        fwrite(head->ptr, 1, head->len, run->dry);
    const struct buf *tail = run->dry_wire ? frame : body;
    fwrite(buf_str(tail), 1, tail->len, run->dry);
    out->result = WIRE_CANCELLED;
    snprintf(out->why, sizeof out->why, "printed");
    return true;
}

void exchange_over(struct exchange *out, struct run *run, struct wire *wire,
                   const struct request *request, double deadline_ms)
{
    struct buf body = {0}, head = {0}, frame = {0};
    struct http_answer http = {0};
    double start = clock_ms();
    *out = (struct exchange){.result = WIRE_SYSTEM, .why = "out of memory"};
    request_body(&body, request);
    request_head(&head, request, run->url.prefix, body.len);
    request_frame(&frame, request, &body);
    if (body.failed || head.failed || frame.failed || printed(out, run, &head, &body, &frame))
        goto out;
    show_head(&out->text, request, head.ptr, head.len, run);
    show_body(&out->text, request);
    if (!wire) {
        const struct wire_options options = {&run->url, run->ca_file, run->cancel_fd};
        struct wire *own = NULL;
        out->result = wire_open(&own, &options, deadline_ms, out->why);
        if (out->result == WIRE_OK)
            out->result = send_all(out, own, request, &head, &frame, deadline_ms);
        if (out->result == WIRE_OK)
            out->result = wire_receive(&http, own, strcmp(request->method, "HEAD") == 0,
                                       deadline_ms, out->why);
        wire_close(own);
    } else {
        out->result = send_all(out, wire, request, &head, &frame, deadline_ms);
        if (out->result == WIRE_OK)
            out->result = wire_receive(&http, wire, strcmp(request->method, "HEAD") == 0,
                                       deadline_ms, out->why);
    }
    out->ms = clock_ms() - start;
    if (out->result == WIRE_OK) {
        answer_parse(&out->answer, &http);
        out->answer.ms = out->ms;
        out->answer.from_editor = strcmp(request->path, REQUEST_EDITOR) == 0;
    }
    show_answer(&out->text, out);
    redact(&out->text, run);
out:
    buf_clear(&body);
    buf_clear(&head);
    buf_clear(&frame);
}

void exchange_once(struct exchange *out, struct run *run, const struct request *request,
                   double deadline_ms)
{
    exchange_over(out, run, NULL, request, deadline_ms);
}

/* In single quotes for a POSIX shell. */
static void quote(struct buf *out, const char *text)
{
    buf_text(out, "'");
    for (; *text; text++) {
        if (*text == '\'')
            buf_text(out, "'\\''");
        else
            buf_add(out, text, 1);
    }
    buf_text(out, "'");
}

static void curl_header(struct buf *out, const char *name, const char *value)
{
    struct buf line = {0};
    buf_printf(&line, value[0] ? "%s: %s" : "%s;", name, value);
    buf_text(out, " -H ");
    quote(out, buf_str(&line));
    buf_clear(&line);
}

static void curl_key(struct buf *out, const struct run *run, const struct request *request)
{
    if (!request->key)
        return;
    const char *variable = exchange_key_variable(run, request->key);
    if (variable)
        buf_printf(out, " -H \"%s: $%s\"", request->key_name, variable);
    else
        curl_header(out, request->key_name, request->key);
}

void exchange_curl(struct buf *out, const struct run *run, const struct request *request,
                   const char *slug, unsigned step, bool raw_framing)
{
    char from[128] = "";
    snprintf(from, sizeof from, step > 1 ? "%.100s#%u" : "%.100s", slug, step);
    if (raw_framing) {
        buf_printf(out, "ailab-conformance --target %s --wire %s | nc %s %s", run->url.base, from,
                   run->url.host, run->url.port);
        return;
    }
    bool body = request->raw_body || request->part_count > 0;
    if (body)
        buf_printf(out, "ailab-conformance --target %s --body %s | ", run->url.base, from);
    buf_text(out, "curl -sS -i");
    if (strcmp(request->method, "HEAD") == 0)
        buf_text(out, " -I");
    else
        buf_printf(out, " -X %s", request->method);
    if (strcmp(request->version, "HTTP/1.0") == 0)
        buf_text(out, " --http1.0");
    curl_key(out, run, request);
    if (!request->content_type && request->part_count > 0) {
        buf_printf(out, " -H 'Content-Type: multipart/form-data; boundary=%s'", request->boundary);
    } else if (request->content_type || body) {
        const char *type = request->content_type ? request->content_type : "";
        buf_text(out, " -H ");
        struct buf line = {0};
        buf_printf(&line, type[0] ? "Content-Type: %s" : "Content-Type:", type);
        quote(out, buf_str(&line));
        buf_clear(&line);
    }
    for (size_t i = 0; i < request->extra_count; i++)
        curl_header(out, request->extra[i].name, request->extra[i].value);
    if (request->framing == FRAMING_CHUNKED)
        buf_text(out, " -H 'Transfer-Encoding: chunked'");
    if (request->expect)
        buf_text(out, " -H 'Expect: 100-continue'");
    if (body)
        buf_text(out, " --data-binary @-");
    buf_text(out, " ");
    struct buf url = {0};
    buf_printf(&url, "%s%s", run->url.base, request->path);
    quote(out, buf_str(&url));
    buf_clear(&url);
}
