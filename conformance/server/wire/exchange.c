/* See exchange.h. */
#include "wire/exchange.h"
#include "base/clock.h"
#include "evidence/redact.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTINUE_WAIT_MS 1000
#define SHOWN_BYTES_MAX 1500
#define IMAGE_SHORT_BYTES 80
#define IMAGE_SHOWN_BYTES 24

bool session_has_key(const struct session *session, const char *key)
{
    return key && (key == session->key || key == session->locked_key || key == session->empty_key ||
                   key == session->limited_key);
}

static void show(struct buf *out, const struct session *session, const char *text, size_t len)
{
    redact_add(out, session, text, len, SHOWN_BYTES_MAX, REDACT_LINES);
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
                      const struct session *session)
{
    struct buf plain = {0};
    buf_add(&plain, head, len);
    for (char *line = plain.ptr; line && *line;) {
        char *end = strchr(line, '\n');
        size_t size = end ? (size_t)(end - line) : strlen(line);
        const char *colon = memchr(line, ':', size);
        bool secret = colon && session_has_key(session, request->key) &&
                      (size_t)(colon - line) == strlen(request->key_name) &&
                      memcmp(line, request->key_name, (size_t)(colon - line)) == 0;
        buf_text(out, "> ");
        if (secret)
            buf_printf(out, "%s: <redacted>", request->key_name);
        else
            show(out, session, line, size > 0 && line[size - 1] == '\r' ? size - 1 : size);
        buf_text(out, "\n");
        line += size + (end ? 1 : 0);
    }
    buf_clear(&plain);
}

static void show_body(struct buf *out, const struct request *request, const struct session *session)
{
    if (request->raw_body) {
        buf_text(out, "> ");
        show(out, session, request->raw_body, request->raw_body_len);
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
            show(out, session, part->raw_head, strcspn(part->raw_head, "\r\n"));
        }
        if (is_text(part->body, part->body_len)) {
            buf_text(out, ": \"");
            show(out, session, part->body, part->body_len);
            buf_text(out, "\"]\n");
        } else {
            buf_printf(out, ": %zu bytes]\n", part->body_len);
        }
    }
}

/* Where the characters of the picture begin in the body, whatever space its name has around it. */
static size_t image_at(const struct http_answer *http)
{
    static const char name[] = "\"image\"";
    const char *end = http->body + http->body_len, *at = http->body;
    while ((at = memmem(at, (size_t)(end - at), name, sizeof name - 1))) {
        at += sizeof name - 1;
        const char *colon = at + strspn(at, " \t\r\n");
        const char *value = colon + 1 + (*colon == ':' ? strspn(colon + 1, " \t\r\n") : 0);
        if (*colon == ':' && *value == '"')
            return (size_t)(value + 1 - http->body);
    }
    return http->body_len;
}

/* The body with the picture cut short: nobody reads Base64. */
static void show_answer_body(struct buf *out, const struct answer *answer,
                             const struct session *session)
{
    const struct http_answer *http = &answer->http;
    bool folds = answer->image && strlen(answer->image) >= IMAGE_SHORT_BYTES;
    size_t head = folds ? image_at(http) : http->body_len;
    size_t image_len = strcspn(http->body + head, "\"");
    show(out, session, http->body, head);
    if (head == http->body_len)
        return;
    redact_add(out, session, http->body + head, image_len, IMAGE_SHOWN_BYTES, REDACT_LINE);
    show(out, session, http->body + head + image_len, http->body_len - head - image_len);
}

static void show_answer(struct buf *out, const struct exchange *exchange,
                        const struct session *session)
{
    const struct answer *answer = &exchange->answer;
    if (exchange->result != WIRE_OK) {
        buf_printf(out, "< (%s)\n", exchange->why);
        return;
    }
    if (answer->http.interim > 0)
        buf_printf(out, "< (%u interim answers)\n", answer->http.interim);
    buf_text(out, "< ");
    show(out, session, answer->http.status_line, strlen(answer->http.status_line));
    buf_text(out, "\n");
    for (size_t i = 0; i < answer->http.header_count; i++) {
        const struct http_header *header = &answer->http.headers[i];
        buf_text(out, "< ");
        show(out, session, header->name, strlen(header->name));
        buf_text(out, ": ");
        show(out, session, header->value, strlen(header->value));
        buf_text(out, "\n");
    }
    buf_text(out, "<\n< ");
    show_answer_body(out, answer, session);
    buf_text(out, "\n");
}

void exchange_clear(struct exchange *exchange)
{
    answer_clear(&exchange->answer);
    buf_clear(&exchange->text);
    buf_clear(&exchange->request_json);
}

static enum wire_result send_all(struct exchange *out, struct connection *connection,
                                 const struct request *request, const struct buf *head,
                                 const struct buf *frame, double deadline_ms)
{
    enum wire_result result =
        connection_send(connection, head->ptr, head->len, deadline_ms, out->why);
    if (result == WIRE_OK && request->expect)
        connection_wait(connection, CONTINUE_WAIT_MS);
    if (result == WIRE_OK)
        result = connection_send(connection, buf_str(frame), frame->len, deadline_ms, out->why);
    if (result == WIRE_OK && request->finish)
        connection_finish(connection);
    return result;
}

/* Whether this is the exchange that is to be printed instead of sent. */
static bool printed(struct exchange *out, struct session *session, const struct buf *head,
                    const struct buf *body, const struct buf *frame)
{
    if (!session->dry || session->dry_step == 0)
        return session->dry != NULL;
    if (--session->dry_step > 0)
        return false;
    if (session->dry_wire)
        fwrite(head->ptr, 1, head->len, session->dry);
    const struct buf *tail = session->dry_wire ? frame : body;
    fwrite(buf_str(tail), 1, tail->len, session->dry);
    out->result = WIRE_CANCELLED;
    snprintf(out->why, sizeof out->why, "printed");
    return true;
}

/* Whether a target could charge for it: the one call that is known to be free asks for credits. */
static bool may_cost(const struct request *request)
{
    return strcmp(request->path, REQUEST_CREDITS) != 0;
}

static bool admitted(struct exchange *out, struct session *session, const struct request *request)
{
    if (!may_cost(request) || budget_admit(&session->budget))
        return true;
    out->result = WIRE_HELD;
    snprintf(out->why, sizeof out->why,
             "the bound of %ld credits does not hold the %d that it could cost",
             session->budget.bound, CALL_CREDITS);
    return false;
}

/* A picture that is handed out is a success wherever it was asked for. */
static void settle(struct exchange *out, struct session *session, const struct request *request,
                   bool sent)
{
    const struct answer *answer = &out->answer;
    bool success = out->result == WIRE_OK && answer_is_success(answer) &&
                   (answer->image || (answer->from_editor && strcmp(request->method, "POST") == 0));
    enum charge charge = success                          ? CHARGE_MADE
                         : sent && out->result != WIRE_OK ? CHARGE_UNSURE
                                                          : CHARGE_NONE;
    if (may_cost(request))
        out->credits = budget_settle(&session->budget, charge, &out->unplanned);
}

void exchange_over(struct exchange *out, struct session *session, struct connection *connection,
                   const struct request *request, double deadline_ms)
{
    struct connection *own = NULL;
    struct buf body = {0}, head = {0}, frame = {0};
    struct http_answer http = {0};
    double start = clock_ms();
    *out = (struct exchange){.result = WIRE_SYSTEM, .why = "out of memory"};
    request_body(&body, request);
    request_head(&head, request, session->url.prefix, body.len);
    request_frame(&frame, request, &body);
    if (body.failed || head.failed || frame.failed || printed(out, session, &head, &body, &frame))
        goto out;
    if (!admitted(out, session, request))
        goto out;
    show_head(&out->text, request, head.ptr, head.len, session);
    show_body(&out->text, request, session);
    out->result = WIRE_OK;
    if (!connection) {
        const struct wire_options options = {&session->url, session->ca_file, session->cancel_fd};
        out->result = connection_open(&own, &options, deadline_ms, out->why);
        connection = own;
    }
    bool sent = out->result == WIRE_OK;
    if (out->result == WIRE_OK)
        out->result = send_all(out, connection, request, &head, &frame, deadline_ms);
    if (out->result == WIRE_OK)
        out->result = connection_receive(&http, connection, strcmp(request->method, "HEAD") == 0,
                                         deadline_ms, out->why);
    connection_close(own);
    out->ms = clock_ms() - start;
    if (out->result == WIRE_OK) {
        answer_parse(&out->answer, &http);
        out->answer.ms = out->ms;
        out->answer.from_editor = strcmp(request->path, REQUEST_EDITOR) == 0;
    }
    settle(out, session, request, sent);
    show_answer(&out->text, out, session);
out:
    buf_clear(&body);
    buf_clear(&head);
    buf_clear(&frame);
}

void exchange_once(struct exchange *out, struct session *session, const struct request *request,
                   double deadline_ms)
{
    exchange_over(out, session, NULL, request, deadline_ms);
}
