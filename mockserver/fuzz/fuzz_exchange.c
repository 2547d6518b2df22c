/* Fuzzes whole exchanges: the input is a request as it goes over the wire, head lines, an empty
 * line and the body. Aborts when an answer is not what every answer must be: a parsable head with
 * the exact Content-Length, the envelope of the revision, an error_code that is the status. Which
 * revision, and which rules are off, is taken from the input's length, so that a corpus file stays
 * a readable request. A scenario may break all that: of its answers only the sending is looked at.
 */
#include "base/count_of.h"
#include "exchange/exchange.h"
#include "exchange/exchange_page.h"
#include "http/reply_send.h"
#include "mutate.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#define SENT_MAX ((size_t)4 * 1024 * 1024)

struct taken {
    char *bytes;
    size_t len;
};

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static bool take(void *context, struct slice bytes)
{
    struct taken *taken = context;
    expect(bytes.len > 0);
    if (taken->len + bytes.len >= SENT_MAX) /* the client has enough of it */
        return false;
    char *grown = realloc(taken->bytes, taken->len + bytes.len + 1);
    expect(grown != NULL);
    memcpy(grown + taken->len, bytes.ptr, bytes.len);
    taken->bytes = grown;
    taken->len += bytes.len;
    grown[taken->len] = '\0';
    return true;
}

/* Cuts a line off *rest, without its line end. */
static struct slice take_line(struct slice *rest)
{
    const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    size_t used = end ? len + 1 : len;
    struct slice line = slice_make(rest->ptr, len && rest->ptr[len - 1] == '\r' ? len - 1 : len);
    *rest = slice_make(rest->ptr + used, rest->len - used);
    return line;
}

/* Cuts at the first such character, which goes. */
static struct slice take_word(struct slice *rest, char stop)
{
    const char *end = rest->len ? memchr(rest->ptr, stop, rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->ptr) : rest->len;
    struct slice word = slice_make(rest->ptr, len);
    *rest = slice_make(rest->ptr + len + (end != NULL), rest->len - len - (end != NULL));
    return word;
}

static void read_head(struct request_head *head, struct slice *rest)
{
    struct slice line = take_line(rest);
    head->method = take_word(&line, ' ');
    struct slice target = take_word(&line, ' ');
    head->path = take_word(&target, '?');
    head->query = target;
    head->version = line.len > 5 ? slice_make(line.ptr + 5, line.len - 5) : line;
    while ((line = take_line(rest)).len) {
        if (head->header_count == REQUEST_HEADERS_MAX) {
            head->headers_incomplete = true;
            continue;
        }
        struct slice name = take_word(&line, ':');
        head->headers[head->header_count++] = (struct header_field){name, line};
    }
}

static struct mock *mock_for(size_t size)
{
    struct mock_options options = {
        .revision = revision_info((enum revision_id)(size % REVISION_COUNT)),
        .max_body_bytes = (uint64_t)6 * 1024 * 1024,
        .pictures = {.result = size / REVISION_COUNT % 2 ? RESULT_ECHO : RESULT_ANNOTATE,
                     .decodes_max = 1},
        .id_seed = size,
        .state.settings.journal_bodies = true,
    };
    /* An eighth of the inputs meet a mock with one rule switched off. */
    if (size % 8 == 7)
        options.rules_off[1 + size / 8 % (RULE_COUNT - 1)] = true;
    struct mock *mock = mock_new(&options);
    expect(mock != NULL);
    return mock;
}

static bool has_text(const cJSON *object, const char *name)
{
    return cJSON_IsString(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool is_number(const cJSON *object, const char *name, int wanted)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) && item->valueint == wanted;
}

static void expect_envelope(struct slice body, int status, const struct revision *revision)
{
    cJSON *root = cJSON_ParseWithLength(body.ptr, body.len);
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(root, "error_detail");
    bool success = status == 200;
    expect(cJSON_IsObject(root) && cJSON_IsObject(detail));
    expect(has_text(root, "request_id") && has_text(root, "log_id"));
    expect(has_text(detail, "code") && has_text(detail, "code_message"));
    expect(has_text(detail, "message"));
    const char *code = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, "code"));
    const char *message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, "message"));
    expect((code[0] == '\0') == success && (message[0] == '\0') == success);
    expect(success || error_find(slice_of(code)) != ERROR_NONE);
    if (revision->envelope == ENVELOPE_C) {
        expect(!cJSON_GetObjectItemCaseSensitive(root, "error_code"));
    } else {
        expect(is_number(root, "error_code", success ? 0 : status));
        expect(is_number(detail, "status_code", status));
        expect(has_text(root, "error_code_str") && has_text(root, "error_msg"));
    }
    expect((cJSON_GetObjectItemCaseSensitive(root, "data") != NULL) == success);
    cJSON_Delete(root);
}

/* No line of the head but the documented ones: nothing of the client's became one. */
static void expect_head(struct slice head)
{
    static const char *const known[] = {
        "Date",
        "Server",
        "Content-Type",
        "Content-Length",
        "Connection",
        "Allow",
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Max-Age",
        "Access-Control-Expose-Headers",
        "ETag", /* this and what follows: of the console */
        "Cache-Control",
        "Vary",
        "Content-Security-Policy",
        "Content-Encoding",
        "X-Content-Type-Options",
        "X-Accel-Buffering",
        "Referrer-Policy",
    };
    struct slice rest = head;
    take_line(&rest);
    while (rest.len) {
        bool found = false;
        struct slice line = take_line(&rest), name = take_word(&line, ':');
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found |= slice_equal(name, slice_of(known[i]));
        expect(found);
        for (size_t i = 0; i < line.len; i++)
            expect((unsigned char)line.ptr[i] >= 0x20 && (unsigned char)line.ptr[i] < 0x7f);
    }
}

static void expect_answer(const struct exchange *exchange, const struct taken *taken)
{
    int status = 0;
    const char *end = strstr(taken->bytes, "\r\n\r\n");
    expect(end && sscanf(taken->bytes, "HTTP/1.1 %d ", &status) == 1);
    struct slice head = slice_make(taken->bytes, (size_t)(end + 2 - taken->bytes));
    struct slice body = slice_make(end + 4, taken->len - head.len - 2);
    expect(status == exchange->reply.status && reply_size(&exchange->reply) == taken->len);
    expect_head(head);
    const char *length = strstr(taken->bytes, "\r\nContent-Length: ");
    if (status == 204) {
        expect(!length && body.len == 0);
        return;
    }
    if (exchange->reply.stream.next) /* it has no end that could be measured */
        return;
    if (status == 304) {
        expect(!length && body.len == 0);
        return;
    }
    expect(length && length < end);
    if (exchange->request.head.is_head)
        expect(body.len == 0);
    else {
        expect(strtoull(length + 18, NULL, 10) == body.len);
        if (!exchange->is_admin && !exchange_wants_page(&exchange->request.head))
            expect_envelope(body, status, exchange->context.revision);
    }
    expect(!exchange->request.head.doubt || exchange->reply.close);
}

/* How a body ended that is not whole, or whose chunks this target does not see: by its length. */
static enum body_end end_of(const struct request_head *head, size_t size)
{
    static const enum body_end chunked[] = {BODY_COMPLETE,  BODY_COMPLETE,  BODY_CUT,
                                            BODY_TIMED_OUT, BODY_BAD_CHUNK, BODY_TOO_LARGE};
    if (head->framing == BODY_LENGTH && head->content_length > size)
        return size % 2 ? BODY_TIMED_OUT : BODY_CUT;
    return head->framing == BODY_CHUNKED ? chunked[size % COUNT_OF(chunked)] : BODY_COMPLETE;
}

/* As the transport reads a body: one that an upload fault ends is thrown away. */
static void read_body(struct exchange *exchange, struct slice rest)
{
    const enum fault_id fault = exchange->upload_fault.fault;
    if (fault == FAULT_reset_upload || fault == FAULT_close_upload || fault == FAULT_stall_upload)
        exchange_body(exchange, slice_make(NULL, 0), BODY_DROPPED);
    else
        exchange_body(exchange, rest, end_of(&exchange->request.head, rest.len));
}

/* Mostly a request whose lines or form were edited. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    const size_t made =
        mutates_with_knowledge(seed) ? mutate_request(data, size, max_size, seed) : 0;
    return made ? made : mutate_plain(data, size, max_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t sent = 0;
    struct taken taken = {0};
    struct exchange exchange = {0};
    struct slice rest = slice_make(data, size);
    const struct sink sink = {.write = take, .context = &taken};
    struct mock *mock = mock_for(size);
    read_head(&exchange.request.head, &rest);
    if (exchange_begin(&exchange, mock,
                       (struct exchange_time){(int64_t)size * 1000, (int64_t)size * 1000}) ==
        EXCHANGE_READ_BODY)
        read_body(&exchange, rest);
    const bool whole = send_reply(&sent, &exchange.reply, &sink, NULL);
    expect(sent == taken.len);
    if (!exchange.choice.scenario[0]) {
        expect(whole);
        expect_answer(&exchange, &taken);
    }
    exchange_finish(&exchange, &(struct exchange_figures){rest.len, taken.len, 1});
    free(taken.bytes);
    exchange_end(&exchange);
    mock_free(mock);
    return 0;
}
