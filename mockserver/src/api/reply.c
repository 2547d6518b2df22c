/* Puts the HTTP head before an envelope and lines up the steps. Content-Length is known before the
 * image is encoded: four characters for every three bytes begun. */
#include "api/reply.h"
#include <stdlib.h>
#include <time.h>

#define HEAD_SIZE 8192 /* extra headers included */

/* How many characters Base64 makes of so many bytes. */
static uint64_t base64_size(size_t bytes)
{
    return ((uint64_t)bytes + 2) / 3 * 4;
}

const char *reply_reason(int status)
{
    switch (status) {
#define MOCK_REASON(number, phrase)                                                                \
    case number:                                                                                   \
        return phrase;
#include "api/reasons.def"
    default:
        return "Unknown";
    }
}

bool reply_may_have_body(int status)
{
    return status != 204 && status != 205 && status != 304;
}

/* A head under construction; what does not fit is left out, and used says how much there would be.
 * Without printf(), which was a tenth of what 20 KB took outside the kernel. */
struct head_text {
    char *text;
    size_t size, used;
};

static void put(struct head_text *head, const char *text)
{
    size_t len = strlen(text);
    if (head->used + len <= head->size)
        memcpy(head->text + head->used, text, len);
    head->used += len;
}

static bool is_overridden(const struct reply_head *head, const char *name)
{
    for (size_t i = 0; i < head->extra_count; i++)
        if (slice_equal_nocase(slice_of(head->extra[i].name), slice_of(name)))
            return true;
    return false;
}

static void put_line(struct head_text *out, const char *name, const char *value)
{
    put(out, name);
    put(out, ": ");
    put(out, value);
    put(out, "\r\n");
}

static void put_header(struct head_text *out, const struct reply_head *head, const char *name,
                       const char *value)
{
    if (value && !is_overridden(head, name))
        put_line(out, name, value);
}

#define NUMBER_SIZE 21 /* of 64 bits, and NUL */

/* Returns where in out the digits begin. */
static const char *print_number(char out[NUMBER_SIZE], uint64_t number)
{
    char *at = out + NUMBER_SIZE - 1;
    *at = '\0';
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    return at;
}

static void put_two_digits(char *out, int number)
{
    out[0] = (char)('0' + number / 10);
    out[1] = (char)('0' + number % 10);
}

/* RFC 9110, section 5.6.7. Not by strftime(), which would speak the language of the program that
 * this may be a part of. */
static void put_date(struct head_text *out, const struct reply_head *head)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char date[] = "Ddd, 00 Mmm 0000 00:00:00 GMT";
    struct tm tm;
    time_t now = (time_t)(head->now_ms / 1000);
    gmtime_r(&now, &tm);
    memcpy(date, days + 3 * tm.tm_wday, 3);
    put_two_digits(date + 5, tm.tm_mday);
    memcpy(date + 8, months + 3 * tm.tm_mon, 3);
    put_two_digits(date + 12, (tm.tm_year + 1900) / 100);
    put_two_digits(date + 14, (tm.tm_year + 1900) % 100);
    put_two_digits(date + 17, tm.tm_hour);
    put_two_digits(date + 20, tm.tm_min);
    put_two_digits(date + 23, tm.tm_sec);
    put_header(out, head, "Date", date);
}

static void put_body_framing(struct head_text *out, const struct reply_head *head,
                             uint64_t body_size)
{
    char number[NUMBER_SIZE];
    if (head->status == 204 || head->status == 304 || head->until_close)
        return;
    if (!reply_may_have_body(head->status))
        body_size = 0;
    if (head->chunked) {
        put_header(out, head, "Transfer-Encoding", "chunked");
        return;
    }
    int64_t length = (int64_t)body_size + head->length_offset;
    put_header(out, head, "Content-Length",
               print_number(number, length > 0 ? (uint64_t)length : 0));
}

static void put_status_line(struct head_text *out, int status)
{
    char number[NUMBER_SIZE];
    put(out, "HTTP/1.1 ");
    put(out, print_number(number, (uint64_t)status));
    put(out, " ");
    put(out, reply_reason(status));
    put(out, "\r\n");
}

/* A browser looks at the answer itself for what a page may read of it, so an answer without these
 * headers has nothing to say about them. */
static bool has_headers_for_pages(const struct reply_head *head)
{
    return head->retry_after_s || head->scenario || is_overridden(head, "Retry-After") ||
           is_overridden(head, "X-Mock-Scenario");
}

static bool print_head(struct head_text *out, const struct reply_head *head, uint64_t body_size)
{
    char number[NUMBER_SIZE];
    put_status_line(out, head->status);
    put_date(out, head);
    put_header(out, head, "Server", "ailab-mock/" AILAB_VERSION_STRING);
    put_header(out, head, "Content-Type", head->content_type);
    put_body_framing(out, head, body_size);
    put_header(out, head, "Connection", head->keep_alive ? "keep-alive" : "close");
    put_header(out, head, "Allow", head->allow);
    if (head->retry_after_s)
        put_header(out, head, "Retry-After", print_number(number, head->retry_after_s));
    put_header(out, head, "X-Mock-Scenario", head->scenario);
    put_header(out, head, "Access-Control-Allow-Origin", head->same_origin ? NULL : "*");
    if (!head->same_origin && has_headers_for_pages(head))
        put_header(out, head, "Access-Control-Expose-Headers", "Retry-After, X-Mock-Scenario");
    if (head->allow_methods) {
        put_header(out, head, "Access-Control-Allow-Methods", head->allow_methods);
        put_header(out, head, "Access-Control-Allow-Headers", head->allow_headers);
        put_header(out, head, "Access-Control-Max-Age", "86400");
    }
    for (size_t i = 0; i < head->extra_count; i++)
        put_line(out, head->extra[i].name, head->extra[i].value);
    put(out, "\r\n");
    return out->used <= out->size;
}

bool reply_own(struct reply *reply, void *block)
{
    if (!block || reply->buffer_count == REPLY_BUFFERS_MAX) {
        free(block);
        return false;
    }
    reply->buffers[reply->buffer_count++] = block;
    return true;
}

bool reply_add(struct reply *reply, enum reply_step_kind kind, struct slice bytes, uint64_t amount)
{
    if ((kind == REPLY_SEND || kind == REPLY_BASE64) && !bytes.len)
        return true;
    if (reply->step_count == REPLY_STEPS_MAX)
        return false;
    reply->steps[reply->step_count++] = (struct reply_step){kind, bytes, amount};
    return true;
}

/* Head and json in one block, so that a small answer leaves in one write. */
static bool start_with(struct reply *out, const struct reply_head *head, uint64_t body_size,
                       struct slice json, struct slice *head_out)
{
    char text[HEAD_SIZE];
    struct head_text printed = {text, sizeof text, 0};
    *out = (struct reply){.status = head->status, .close = !head->keep_alive};
    if (!print_head(&printed, head, body_size))
        return false;
    char *block = malloc(printed.used + json.len);
    if (!reply_own(out, block))
        return false;
    memcpy(block, text, printed.used);
    if (json.len)
        memcpy(block + printed.used, json.ptr, json.len);
    *head_out = slice_make(block, printed.used);
    return true;
}

bool reply_start(struct reply *out, const struct reply_head *head, uint64_t body_size,
                 struct slice *head_out)
{
    return start_with(out, head, body_size, (struct slice){NULL, 0}, head_out);
}

bool reply_bytes(struct reply *out, const struct reply_head *head, struct slice body)
{
    struct slice text;
    return reply_start(out, head, body.len, &text) && reply_add(out, REPLY_SEND, text, 0) &&
           (head->is_head || reply_add(out, REPLY_SEND, body, 0));
}

bool reply_follow(struct reply *out, const struct reply_head *head,
                  const struct reply_stream *stream)
{
    struct slice text;
    struct reply_head ending = *head;
    ending.until_close = true;
    ending.keep_alive = false;
    const bool done = reply_start(out, &ending, 0, &text) && reply_add(out, REPLY_SEND, text, 0) &&
                      (head->is_head || reply_add(out, REPLY_STREAM, (struct slice){NULL, 0}, 0));
    out->stream = *stream;
    return done;
}

bool reply_empty(struct reply *out, const struct reply_head *head)
{
    return reply_bytes(out, head, (struct slice){NULL, 0});
}

bool reply_json(struct reply *out, const struct reply_head *head, struct slice json,
                struct slice image)
{
    struct slice before = json, after = {NULL, 0}, text;
    bool marked = envelope_split(json, &before, &after);
    uint64_t size = before.len + after.len + (marked ? base64_size(image.len) : 0);
    if (!start_with(out, head, size, json, &text))
        return false;
    if (head->is_head)
        return reply_add(out, REPLY_SEND, text, 0);
    /* The slices of json, moved to where json was copied: behind the head. */
    const char *copy = text.ptr + text.len;
    struct slice first = slice_make(text.ptr, text.len + before.len);
    struct slice last = slice_make(copy + (json.len - after.len), after.len);
    return reply_add(out, REPLY_SEND, first, 0) &&
           (!marked || reply_add(out, REPLY_BASE64, image, 0)) &&
           reply_add(out, REPLY_SEND, last, 0);
}

void reply_clear(struct reply *reply)
{
    for (size_t i = 0; i < reply->buffer_count; i++)
        free(reply->buffers[i]);
    if (reply->stream.free)
        reply->stream.free(reply->stream.context);
    *reply = (struct reply){0};
}

uint64_t reply_size(const struct reply *reply)
{
    uint64_t size = 0;
    for (size_t i = 0; i < reply->step_count; i++) {
        const struct reply_step *step = &reply->steps[i];
        if (step->kind == REPLY_RESET || step->kind == REPLY_CLOSE)
            break;
        if (step->kind == REPLY_SEND)
            size += step->bytes.len;
        else if (step->kind == REPLY_BASE64)
            size += base64_size(step->bytes.len);
        else if (step->kind == REPLY_FILL)
            size += step->amount;
    }
    return size;
}
