/* Builds requests and takes answers apart. What is checked here is checked for every answer of
 * every test: a parsable head, one Content-Length that is exact, a body of the announced type. */
#include "core_requests.h"
#include "http/reply_send.h"
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <modp_b64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void core_text_add(struct core_text *text, struct slice bytes)
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

void core_text_print(struct core_text *text, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    assert_in_range(len, 0, sizeof line - 1);
    core_text_add(text, slice_make(line, (size_t)len));
}

void core_text_clear(struct core_text *text)
{
    free(text->ptr);
    *text = (struct core_text){0};
}

struct core_call core_call_right(struct slice image)
{
    struct core_call call = {
        .method = "POST",
        .path = CORE_PATH,
        .query = "",
        .version = "1.1",
        .image = image,
        .choice = slice_of("100"),
    };
    core_call_header(&call, "Host", "mock.test");
    core_call_header(&call, "ailabapi-api-key", CORE_KEY);
    core_call_header(&call, "Content-Type", CORE_FORM);
    return call;
}

void core_call_header(struct core_call *call, const char *name, const char *value)
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

static void add_part(struct core_text *body, const char *disposition, struct slice bytes)
{
    core_text_print(body, "--" CORE_BOUNDARY "\r\nContent-Disposition: form-data; %s\r\n\r\n",
                    disposition);
    core_text_add(body, bytes);
    core_text_print(body, "\r\n");
}

struct core_text core_call_body(const struct core_call *call)
{
    struct core_text body = {0};
    core_text_add(&body, slice_make(NULL, 0));
    if (call->body_replaced) {
        core_text_add(&body, call->body);
        return body;
    }
    for (int i = 0; call->choice.ptr && i < 1 + call->choice_twice; i++)
        add_part(&body, "name=\"service_choice\"", call->choice);
    for (int i = 0; call->image.ptr && i < 1 + call->image_twice; i++)
        add_part(&body, "name=\"image_target\"; filename=\"file\"", call->image);
    if (!call->not_closed)
        core_text_print(&body, "--" CORE_BOUNDARY "--\r\n");
    return body;
}

void core_call_head(struct request_head *out, const struct core_call *call, size_t body_len,
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

const struct image_judge *core_plain_judge(void)
{
    static const struct image_judge judge = {plain_decode, NULL};
    return &judge;
}

struct core_world core_world_in(enum revision_id revision)
{
    return (struct core_world){
        .revision = revision_info(revision),
        .account = {.known = true},
        .judge = core_plain_judge(),
    };
}

struct verdict core_judge(const struct core_call *call, const struct core_world *world)
{
    char length_text[24];
    struct verdict verdict;
    struct core_text body = core_call_body(call);
    struct request request = {.body = core_text_slice(&body), .body_end = call->end};
    struct rule_context context = {
        .revision = world->revision,
        .account = &world->account,
        .judge = world->judge,
        .max_body_bytes = CORE_BODY_MAX,
    };
    memcpy(context.off, world->off, sizeof context.off);
    core_call_head(&request.head, call, body.len, length_text);
    request_head_derive(&request.head);
    rules_judge(&verdict, STAGE_HEAD, &request, &context);
    if (verdict.rule == RULE_NONE)
        rules_judge(&verdict, STAGE_BODY, &request, &context);
    core_text_clear(&body);
    return verdict;
}

struct core_options core_options_in(enum revision_id revision)
{
    return (struct core_options){
        .revision = revision_info(revision),
        .max_body_bytes = CORE_BODY_MAX,
        .pictures = {.result = RESULT_ECHO, .cache_bytes = 1 << 20, .decodes_max = 1},
        .id_seed = 1,
    };
}

struct core *core_new_in(enum revision_id revision)
{
    const struct core_options options = core_options_in(revision);
    struct core *core = core_new(&options);
    assert_non_null(core);
    return core;
}

struct core_answer core_answer_to(const struct core_call *call, struct core *core)
{
    char length_text[24];
    struct exchange exchange = {0};
    struct core_text body = core_call_body(call);
    core_call_head(&exchange.request.head, call, body.len, length_text);
    bool reads = exchange_begin(&exchange, core, CORE_NOW) == EXCHANGE_READ_BODY;
    if (reads)
        exchange_body(&exchange, core_text_slice(&body), call->end);
    struct core_answer answer = core_answer_of(&exchange);
    answer.body_was_read = reads;
    exchange_end(&exchange);
    core_text_clear(&body);
    return answer;
}

static bool collect(void *context, struct slice bytes)
{
    core_text_add(context, bytes);
    return true;
}

static void check_length(const struct core_answer *answer, const struct exchange *exchange)
{
    struct slice length = core_answer_header(answer, "Content-Length");
    if (answer->status == 204) {
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

struct core_answer core_answer_of(const struct exchange *exchange)
{
    struct core_answer answer = {.rule = exchange->verdict.rule, .close = exchange->reply.close};
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

void core_answer_clear(struct core_answer *answer)
{
    cJSON_Delete(answer->json);
    core_text_clear(&answer->sent);
}

struct slice core_answer_header(const struct core_answer *answer, const char *name)
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

static const char *detail_text(const struct core_answer *answer, const char *name)
{
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(answer->json, "error_detail");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, name));
    return text ? text : "";
}

const char *core_answer_code(const struct core_answer *answer)
{
    return detail_text(answer, "code");
}

const char *core_answer_message(const struct core_answer *answer)
{
    return detail_text(answer, "message");
}

struct core_text core_answer_image(const struct core_answer *answer)
{
    struct core_text image = {0};
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
