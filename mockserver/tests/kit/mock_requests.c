/* Builds requests and takes answers apart. What is checked here is checked for every answer of
 * every test: a parsable head, one Content-Length that is exact, a body of the announced type. */
#include "mock_requests.h"
#include "http/reply_send.h"
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <modp_b64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void mock_text_add(struct mock_text *text, struct slice bytes)
{
    if (text->len + bytes.len + 1 > text->size) {
        text->size = (text->len + bytes.len + 1) * 2;
        text->ptr = realloc(text->ptr, text->size);
        assert_non_null(text->ptr);
    }
    if (bytes.len)
        memcpy(text->ptr + text->len, bytes.ptr, bytes.len);
    text->len += bytes.len;
    text->ptr[text->len] = '\0';
}

void mock_text_print(struct mock_text *text, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    assert_in_range(len, 0, sizeof line - 1);
    mock_text_add(text, slice_make(line, (size_t)len));
}

void mock_text_clear(struct mock_text *text)
{
    free(text->ptr);
    *text = (struct mock_text){0};
}

struct mock_call mock_call_right(struct slice image)
{
    struct mock_call call = {
        .method = "POST",
        .path = MOCK_PATH,
        .query = "",
        .version = "1.1",
        .image = image,
        .choice = slice_of("100"),
    };
    mock_call_header(&call, "Host", "mock.test");
    mock_call_header(&call, "ailabapi-api-key", MOCK_KEY);
    mock_call_header(&call, "Content-Type", MOCK_FORM);
    return call;
}

void mock_call_header(struct mock_call *call, const char *name, const char *value)
{
    if (value) {
        assert_true(call->header_count < REQUEST_HEADERS_MAX);
        call->headers[call->header_count++] =
            (struct header_field){slice_of(name), slice_of(value)};
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < call->header_count; i++)
        if (!slice_equal_nocase(call->headers[i].name, slice_of(name)))
            call->headers[kept++] = call->headers[i];
    call->header_count = kept;
}

static void add_part(struct mock_text *body, const char *disposition, struct slice bytes)
{
    mock_text_print(body, "--" MOCK_BOUNDARY "\r\nContent-Disposition: form-data; %s\r\n\r\n",
                    disposition);
    mock_text_add(body, bytes);
    mock_text_print(body, "\r\n");
}

struct mock_text mock_call_body(const struct mock_call *call)
{
    struct mock_text body = {0};
    mock_text_add(&body, slice_make(NULL, 0));
    if (call->body_replaced) {
        mock_text_add(&body, call->body);
        return body;
    }
    for (int i = 0; call->choice.ptr && i < 1 + call->choice_twice; i++)
        add_part(&body, "name=\"service_choice\"", call->choice);
    for (int i = 0; call->image.ptr && i < 1 + call->image_twice; i++)
        add_part(&body, "name=\"image_target\"; filename=\"file\"", call->image);
    if (!call->not_closed)
        mock_text_print(&body, "--" MOCK_BOUNDARY "--\r\n");
    return body;
}

void mock_call_head(struct request_head *out, const struct mock_call *call, size_t body_len,
                    char length_text[24])
{
    bool stated = false;
    *out = (struct request_head){
        .method = slice_of(call->method),
        .path = slice_of(call->path),
        .query = slice_of(call->query),
        .version = slice_of(call->version),
        .headers_incomplete = call->headers_incomplete,
    };
    for (size_t i = 0; i < call->header_count; i++) {
        out->headers[out->header_count++] = call->headers[i];
        stated |= slice_equal_nocase(call->headers[i].name, slice_of("Content-Length"));
    }
    if (call->chunked)
        out->headers[out->header_count++] =
            (struct header_field){slice_of("Transfer-Encoding"), slice_of("chunked")};
    else if (!stated && !call->not_announced) {
        snprintf(length_text, 24, "%zu", body_len);
        out->headers[out->header_count++] =
            (struct header_field){slice_of("Content-Length"), slice_of(length_text)};
    }
}

static bool plain_decode(void *context, struct image_facts *facts, struct slice bytes)
{
    (void)context;
    return image_decode(facts, bytes);
}

const struct image_judge *mock_plain_judge(void)
{
    static const struct image_judge judge = {plain_decode, NULL};
    return &judge;
}

struct mock_world mock_world_in(enum revision_id revision)
{
    return (struct mock_world){
        .revision = revision_info(revision),
        .account = {.known = true},
        .judge = mock_plain_judge(),
    };
}

struct verdict mock_judge(const struct mock_call *call, const struct mock_world *world)
{
    char length_text[24];
    struct verdict verdict;
    struct mock_text body = mock_call_body(call);
    struct request request = {.body = mock_text_slice(&body), .body_end = call->end};
    struct rule_context context = {
        .revision = world->revision,
        .account = &world->account,
        .judge = world->judge,
        .max_body_bytes = MOCK_BODY_MAX,
    };
    memcpy(context.off, world->off, sizeof context.off);
    mock_call_head(&request.head, call, body.len, length_text);
    request_head_derive(&request.head);
    rules_judge(&verdict, STAGE_HEAD, &request, &context);
    if (verdict.rule == RULE_NONE)
        rules_judge(&verdict, STAGE_BODY, &request, &context);
    mock_text_clear(&body);
    return verdict;
}

struct mock_options mock_options_in(enum revision_id revision)
{
    return (struct mock_options){
        .revision = revision_info(revision),
        .max_body_bytes = MOCK_BODY_MAX,
        .pictures = {.result = RESULT_ECHO, .cache_bytes = 1 << 20, .decodes_max = 1},
        .id_seed = 1,
    };
}

struct mock *mock_new_in(enum revision_id revision)
{
    const struct mock_options options = mock_options_in(revision);
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    return mock;
}

struct mock_answer mock_answer_to(const struct mock_call *call, struct mock *mock)
{
    char length_text[24];
    struct exchange exchange = {0};
    struct mock_text body = mock_call_body(call);
    mock_call_head(&exchange.request.head, call, body.len, length_text);
    bool reads = exchange_begin(&exchange, mock, MOCK_NOW) == EXCHANGE_READ_BODY;
    if (reads)
        exchange_body(&exchange, mock_text_slice(&body), call->end);
    struct mock_answer answer = mock_answer_of(&exchange);
    answer.body_was_read = reads;
    exchange_end(&exchange);
    mock_text_clear(&body);
    return answer;
}

static bool collect(void *context, struct slice bytes)
{
    mock_text_add(context, bytes);
    return true;
}

static void check_length(const struct mock_answer *answer, const struct exchange *exchange)
{
    struct slice length = mock_answer_header(answer, "Content-Length");
    if (answer->status == 204 || answer->status == 304) {
        assert_null(length.ptr);
        assert_int_equal(answer->body.len, 0);
        return;
    }
    if (!length.ptr)
        fail_msg("no Content-Length in %.300s", answer->sent.ptr);
    else if (!exchange->request.head.is_head)
        assert_int_equal(strtoull(length.ptr, NULL, 10), answer->body.len);
    else
        assert_int_equal(answer->body.len, 0);
}

struct mock_answer mock_answer_of(const struct exchange *exchange)
{
    struct mock_answer answer = {.rule = exchange->verdict.rule, .close = exchange->reply.close};
    const struct sink sink = {.write = collect, .context = &answer.sent};
    uint64_t sent = 0;
    assert_true(send_reply(&sent, &exchange->reply, &sink, NULL));
    assert_int_equal(sent, answer.sent.len);
    assert_int_equal(sent, reply_size(&exchange->reply));
    const char *end = strstr(answer.sent.ptr, "\r\n\r\n");
    assert_non_null(end);
    answer.head = slice_make(answer.sent.ptr, (size_t)(end + 2 - answer.sent.ptr));
    answer.body = slice_make(end + 4, answer.sent.len - answer.head.len - 2);
    assert_int_equal(sscanf(answer.sent.ptr, "HTTP/1.1 %d ", &answer.status), 1);
    assert_int_equal(answer.status, exchange->reply.status);
    check_length(&answer, exchange);
    if (answer.body.len)
        answer.json = cJSON_ParseWithLength(answer.body.ptr, answer.body.len);
    return answer;
}

char *mock_reply_head(const struct reply *reply)
{
    assert_true(reply->step_count > 0);
    assert_int_equal(reply->steps[0].kind, REPLY_SEND);
    const struct slice bytes = reply->steps[0].bytes;
    char *text = calloc(1, bytes.len + 1);
    assert_non_null(text);
    return memcpy(text, bytes.ptr, bytes.len);
}

void mock_answer_clear(struct mock_answer *answer)
{
    cJSON_Delete(answer->json);
    mock_text_clear(&answer->sent);
}

struct slice mock_answer_header(const struct mock_answer *answer, const char *name)
{
    struct slice value = {NULL, 0};
    size_t name_len = strlen(name);
    const char *end = answer->head.ptr + answer->head.len;
    for (const char *line = answer->head.ptr; line < end;) {
        const char *stop = strstr(line, "\r\n");
        size_t len = (size_t)(stop - line);
        if (len > name_len && line[name_len] == ':' &&
            slice_equal_nocase(slice_make(line, name_len), slice_of(name))) {
            if (value.ptr)
                fail_msg("%s twice in %.*s", name, (int)answer->head.len, answer->head.ptr);
            value = slice_make(line + name_len + 2, len - name_len - 2);
        }
        line = stop + 2;
    }
    return value;
}

static const char *detail_text(const struct mock_answer *answer, const char *name)
{
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(answer->json, "error_detail");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, name));
    return text ? text : "";
}

const char *mock_answer_code(const struct mock_answer *answer)
{
    return detail_text(answer, "code");
}

const char *mock_answer_message(const struct mock_answer *answer)
{
    return detail_text(answer, "message");
}

struct mock_text mock_answer_image(const struct mock_answer *answer)
{
    struct mock_text image = {0};
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(answer->json, "data");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "image"));
    if (!text)
        fail_msg("no data.image in %.300s", answer->body.ptr);
    size_t len = text ? strlen(text) : 0;
    image.ptr = malloc(modp_b64_decode_len(len) + 1);
    assert_non_null(image.ptr);
    size_t decoded = modp_b64_decode(image.ptr, text, len);
    assert_int_not_equal(decoded, (size_t)-1);
    image.len = decoded;
    return image;
}
