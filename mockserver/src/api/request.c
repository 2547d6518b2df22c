/* Reads a request's head and finds the documented fields in its body. Framing is judged with
 * suspicion: what two readers could understand differently is reported as doubtful, because the
 * rest of such a request could be taken for a second one that the client did not send. */
#include "api/request.h"
#include "base/count_of.h"
#include "base/decimal.h"
#include <ctype.h>
#include <stdio.h>

static struct slice trim(struct slice text)
{
    while (text.len && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text.ptr++, text.len--;
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

struct slice header_value(const struct header_field *field)
{
    const struct slice value = trim(field->value);
    return value.ptr ? value : slice_of("");
}

struct slice request_header(const struct request_head *head, const char *name)
{
    struct slice wanted = slice_of(name);
    for (size_t i = 0; i < head->header_count; i++)
        if (slice_equal_nocase(head->headers[i].name, wanted))
            return header_value(&head->headers[i]);
    return (struct slice){NULL, 0};
}

static size_t count_headers(const struct request_head *head, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < head->header_count; i++)
        count += slice_equal_nocase(head->headers[i].name, slice_of(name));
    return count;
}

static bool name_is_token(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (!isalnum(c) && !memchr("!#$%&'*+-.^_`|~", c, 15))
            return false;
    }
    return name.len > 0;
}

static bool names_are_tokens(const struct request_head *head)
{
    for (size_t i = 0; i < head->header_count; i++)
        if (!name_is_token(head->headers[i].name))
            return false;
    return true;
}

static bool lists_option(struct slice value, const char *option)
{
    struct slice wanted = slice_of(option);
    while (value.len) {
        const char *comma = memchr(value.ptr, ',', value.len);
        size_t len = comma ? (size_t)(comma - value.ptr) : value.len;
        if (slice_equal_nocase(trim(slice_make(value.ptr, len)), wanted))
            return true;
        size_t used = comma ? len + 1 : len;
        value = slice_make(value.ptr + used, value.len - used);
    }
    return false;
}

/* Connection may be spread over several lines (RFC 9110 section 5.3). */
static bool wishes(const struct request_head *head, const char *option)
{
    for (size_t i = 0; i < head->header_count; i++)
        if (slice_equal_nocase(head->headers[i].name, slice_of("Connection")) &&
            lists_option(head->headers[i].value, option))
            return true;
    return false;
}

/* NULL when the framing is clear. */
static const char *judge_framing(struct request_head *head)
{
    size_t lengths = count_headers(head, "Content-Length");
    size_t codings = count_headers(head, "Transfer-Encoding");
    head->framing = BODY_NONE;
    if (head->headers_incomplete && head->incomplete_why)
        return head->incomplete_why;
    if (head->headers_incomplete)
        return head->header_count == REQUEST_HEADERS_MAX
                   ? "there are more than " TEXT_OF(REQUEST_HEADERS_MAX) " headers"
                   : "the head has a line that is not 'name: value', or ends a line without CR";
    if (!names_are_tokens(head))
        return "a header name holds a character that is not allowed there";
    if (lengths && codings)
        return "both Content-Length and Transfer-Encoding are given";
    if (lengths > 1)
        return "Content-Length is given more than once";
    if (codings > 1)
        return "Transfer-Encoding is given more than once";
    if (codings) {
        if (!slice_equal_nocase(request_header(head, "Transfer-Encoding"), slice_of("chunked")))
            return "Transfer-Encoding is not chunked";
        if (slice_equal(head->version, slice_of("1.0")))
            return "Transfer-Encoding is not part of HTTP/1.0";
        head->framing = BODY_CHUNKED;
    } else if (lengths) {
        /* 1*DIGIT that fits (RFC 9110 section 8.6): no sign, no list, no exponent. */
        if (!decimal_read(&head->content_length, request_header(head, "Content-Length"), 18))
            return "Content-Length is not a plain decimal number";
        head->framing = head->content_length ? BODY_LENGTH : BODY_NONE;
    }
    if (count_headers(head, "Host") > 1)
        return "Host is given more than once";
    if (slice_equal(head->version, slice_of("1.1")) && !request_header(head, "Host").ptr)
        return "Host is missing, which HTTP/1.1 requires";
    return NULL;
}

void request_head_derive(struct request_head *head)
{
    head->doubt = judge_framing(head);
    head->endpoint = endpoint_find(head->path);
    head->key = request_header(head, REQUEST_KEY_HEADER);
    head->is_head = slice_equal(head->method, slice_of("HEAD"));
    bool http_1_1 = slice_equal(head->version, slice_of("1.1"));
    head->keep_alive = !wishes(head, "close") && (http_1_1 || wishes(head, "keep-alive"));
    head->expects_continue =
        http_1_1 && slice_equal_nocase(request_header(head, "Expect"), slice_of("100-continue"));
}

static void find_field(struct request *request, const struct multipart_part **out, const char *name)
{
    *out = NULL;
    for (size_t i = 0; i < request->parts.kept; i++) {
        if (!slice_equal(request->parts.parts[i].name, slice_of(name)))
            continue;
        if (*out)
            request->repeated = name;
        else
            *out = &request->parts.parts[i];
    }
}

/* The one place that reads service_choice. */
static int read_choice(struct slice text)
{
    uint64_t number;
    if (!decimal_is_whole(text) || (text.len > 1 && text.ptr[0] == '0'))
        return CHOICE_UNREADABLE;
    return decimal_read(&number, text, 9) && number <= CHOICE_MAX ? (int)number : CHOICE_LARGE;
}

void request_parse_body(struct request *request)
{
    static const char *const fields[] = {"image_target", "service_choice", NULL};
    struct slice boundary;
    request->parsed =
        multipart_boundary(&boundary, request_header(&request->head, "Content-Type"),
                           request->parse_why) &&
        multipart_parse(&request->parts, request->body, boundary, fields, request->parse_why);
    if (!request->parsed)
        return;
    request->repeated = NULL;
    find_field(request, &request->image, fields[0]);
    find_field(request, &request->choice, fields[1]);
    if (request->choice)
        request->choice_number = read_choice(request->choice->body);
}

const char *printable(char *out, size_t size, struct slice text)
{
    size_t used = 0;
    for (size_t i = 0; i < text.len && used + 1 < size; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        out[used++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
    }
    if (text.len > used && used >= 3)
        memcpy(out + used - 3, "...", 3);
    out[used] = '\0';
    return out;
}
