/* See transcript.h. */
#include "evidence/transcript.h"
#include "evidence/redact.h"
#include <string.h>

#define SHOWN_BYTES_MAX 1500
#define IMAGE_SHORT_BYTES 80
#define IMAGE_SHOWN_BYTES 24

static void show(struct buf *out, const struct secrets *secrets, const char *text, size_t len)
{
    redact_add(out, secrets, text, len, SHOWN_BYTES_MAX, REDACT_LINES);
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
                      const struct secrets *secrets)
{
    struct buf plain = {0};
    buf_add(&plain, head, len);
    for (char *line = plain.ptr; line && *line;) {
        char *end = strchr(line, '\n');
        size_t size = end ? (size_t)(end - line) : strlen(line);
        const char *colon = memchr(line, ':', size);
        bool secret = colon && secrets_account(secrets, request->key) != ACCOUNT_COUNT &&
                      (size_t)(colon - line) == strlen(request->key_name) &&
                      memcmp(line, request->key_name, (size_t)(colon - line)) == 0;
        buf_text(out, "> ");
        if (secret)
            buf_printf(out, "%s: <redacted>", request->key_name);
        else
            show(out, secrets, line, size > 0 && line[size - 1] == '\r' ? size - 1 : size);
        buf_text(out, "\n");
        line += size + (end ? 1 : 0);
    }
    buf_clear(&plain);
}

static void show_body(struct buf *out, const struct request *request, const struct secrets *secrets)
{
    if (request->raw_body) {
        buf_text(out, "> ");
        show(out, secrets, request->raw_body, request->raw_body_len);
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
            show(out, secrets, part->raw_head, strcspn(part->raw_head, "\r\n"));
        }
        if (is_text(part->body, part->body_len)) {
            buf_text(out, ": \"");
            show(out, secrets, part->body, part->body_len);
            buf_text(out, "\"]\n");
        } else {
            buf_printf(out, ": %zu bytes]\n", part->body_len);
        }
    }
}

void transcript_request(struct buf *out, const struct request *request, const struct buf *head,
                        const struct secrets *secrets)
{
    show_head(out, request, head->ptr, head->len, secrets);
    show_body(out, request, secrets);
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

/* The body with the picture cut short: its Base64 tells a reader nothing. */
static void show_answer_body(struct buf *out, const struct answer *answer,
                             const struct secrets *secrets)
{
    const struct http_answer *http = &answer->http;
    bool folds = answer->image && strlen(answer->image) >= IMAGE_SHORT_BYTES;
    size_t head = folds ? image_at(http) : http->body_len;
    size_t image_len = strcspn(http->body + head, "\"");
    show(out, secrets, http->body, head);
    if (head == http->body_len)
        return;
    redact_add(out, secrets, http->body + head, image_len, IMAGE_SHOWN_BYTES, REDACT_LINE);
    show(out, secrets, http->body + head + image_len, http->body_len - head - image_len);
}

void transcript_answer(struct buf *out, const struct exchange *exchange,
                       const struct secrets *secrets)
{
    const struct answer *answer = &exchange->answer;
    if (exchange->result != WIRE_OK) {
        buf_printf(out, "< (%s)\n", exchange->why);
        return;
    }
    if (answer->http.interim > 0)
        buf_printf(out, "< (%u interim answers)\n", answer->http.interim);
    buf_text(out, "< ");
    show(out, secrets, answer->http.status_line, strlen(answer->http.status_line));
    buf_text(out, "\n");
    for (size_t i = 0; i < answer->http.header_count; i++) {
        const struct http_header *header = &answer->http.headers[i];
        buf_text(out, "< ");
        show(out, secrets, header->name, strlen(header->name));
        buf_text(out, ": ");
        show(out, secrets, header->value, strlen(header->value));
        buf_text(out, "\n");
    }
    buf_text(out, "<\n< ");
    show_answer_body(out, answer, secrets);
    buf_text(out, "\n");
}

void exchange_clear(struct exchange *exchange)
{
    answer_clear(&exchange->answer);
    buf_clear(&exchange->text);
}
