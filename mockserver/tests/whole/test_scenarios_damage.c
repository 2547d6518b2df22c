/* Damage in HTTP, in the JSON and in the Base64, as it arrives over a socket: what is announced
 * against what comes, and what a careful reader can still make of it. Decoders are independent of
 * the mock's: zlib for gzip, a table of the tests' own for Base64. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static void ask_for(struct scenarios_answer *out, struct ailab_mock *mock, const char *step)
{
    scenarios_arm(mock, SCENARIOS_KEY, "[{%s}]", step);
    scenarios_ask(out, ailab_mock_port(mock), &(struct scenarios_call){0});
    if (!out->status)
        fail_msg("%s: no answer", step);
}

static size_t usual_length(struct ailab_mock *mock)
{
    struct scenarios_answer answer;
    scenarios_ask(&answer, ailab_mock_port(mock), &(struct scenarios_call){0});
    assert_true(scenarios_is(&answer, 200, ""));
    size_t length = answer.body.len;
    scenarios_clear(&answer);
    return length;
}

static const char *image_text(const cJSON *root)
{
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(root, "data");
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "image"));
}

/* HTTP */

static void damage_shows_in_the_length_as_asked(void **state)
{
    static const struct {
        const char *fault;
        long more;
    } rows[] = {
        {"\"length-too-long\"", 10},
        {"{\"name\": \"length-too-long\", \"amount\": 1}", 1},
        {"{\"name\": \"length-too-long\", \"amount\": 1000000}", 1000000},
        {"\"length-too-short\"", -10},
        {"{\"name\": \"length-too-short\", \"amount\": 1}", -1},
    };
    long length = (long)usual_length(*state);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char step[128];
        struct scenarios_answer answer;
        snprintf(step, sizeof step, "\"fault\": %s", rows[i].fault);
        ask_for(&answer, *state, step);
        if (scenarios_length(&answer) != length + rows[i].more ||
            answer.body.len != (size_t)length || answer.end != SCENARIOS_CLOSED)
            fail_msg("%s: announced %lld, sent %zu of %ld, end %d", rows[i].fault,
                     scenarios_length(&answer), answer.body.len, length, (int)answer.end);
        assert_true(scenarios_is(&answer, 200, "")); /* all of it is there */
        scenarios_clear(&answer);
    }
}

/* One right chunk, then a size that is none. */
static void damage_breaks_the_second_chunk(void **state)
{
    static const char no_size[] = "\r\nthis-is-no-size\r\n";
    char *end;
    struct scenarios_answer answer;
    size_t length = usual_length(*state);
    ask_for(&answer, *state, "\"fault\": \"broken-chunk\"");
    assert_int_equal(scenarios_length(&answer), -1);
    assert_true(scenarios_header_is(&answer, "Transfer-Encoding", "chunked"));
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    unsigned long chunk = strtoul(answer.body.ptr, &end, 16);
    assert_int_equal(chunk, length / 2);
    assert_memory_equal(end, "\r\n{\"request_id\":\"", 17);
    assert_true(answer.body.len > (size_t)(end - answer.body.ptr) + chunk + sizeof no_size);
    assert_memory_equal(end + 2 + chunk, no_size, sizeof no_size - 1);
    scenarios_clear(&answer);
}

static void damage_replaces_the_status_line_by_garbage(void **state)
{
    struct scenarios_answer answer;
    scenarios_arm(*state, SCENARIOS_KEY, "[{\"fault\": \"garbage-status\"}]");
    scenarios_ask(&answer, ailab_mock_port(*state), &(struct scenarios_call){0});
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    assert_int_equal(answer.status, 0);
    assert_true(answer.size > 8);
    assert_true(strncmp(answer.bytes, "HTTP/", 5) != 0);
    scenarios_clear(&answer);
}

/* What is damaged but framed rightly leaves the connection open; each row says what is left. */
static void damage_of_type_and_body_keeps_the_connection(void **state)
{
    static const struct {
        const char *step, *type, *begins;
        int status;
        bool is_json;
    } rows[] = {
        {"\"fault\": \"wrong-content-type\"", "text/html; charset=utf-8", "{\"request_id\":", 200,
         true},
        {"\"fault\": \"html-body\"", "text/html; charset=utf-8", "<!doctype html>", 200, false},
        {"\"error\": \"AI_SERVICE_INTERNAL_ERROR\", \"fault\": \"html-body\"",
         "text/html; charset=utf-8", "<!doctype html>", 502, false},
        {"\"fault\": \"empty-body\"", "application/json", "", 200, false},
        {"\"error\": \"ERROR_BLURRY_FACE\", \"fault\": \"empty-body\"", "application/json", "", 422,
         false},
        {"\"fault\": \"json-garbage\"", "application/json", "This is not JSON", 200, false},
        {"\"fault\": \"json-array\"", "application/json", "[{\"request_id\":", 200, true},
        {"\"fault\": \"json-duplicate-key\"", "application/json", "{\"error_detail\":", 200, true},
        {"\"fault\": \"json-truncated\"", "application/json", "{\"request_id\":", 200, false},
        {"\"fault\": \"gzip-undeclared\"", "application/json", "\x1f\x8b", 200, false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct scenarios_answer answer;
        ask_for(&answer, *state, rows[i].step);
        size_t begins = strlen(rows[i].begins);
        if (answer.status != rows[i].status || answer.end != SCENARIOS_KEPT ||
            !scenarios_header_is(&answer, "Content-Type", rows[i].type) ||
            scenarios_header(&answer, "Content-Encoding").ptr ||
            scenarios_length(&answer) != (long long)answer.body.len || answer.body.len < begins ||
            memcmp(answer.body.ptr, rows[i].begins, begins) != 0 ||
            (begins == 0 && answer.body.len) || (answer.json != NULL) != rows[i].is_json)
            fail_msg("%s: end %d, %.600s", rows[i].step, (int)answer.end, answer.bytes);
        scenarios_clear(&answer);
    }
}

static void damage_gzips_the_right_json_without_saying_so(void **state)
{
    struct scenarios_answer answer;
    unsigned char *plain = calloc(1, 200000);
    z_stream stream = {0};
    size_t length = usual_length(*state);
    ask_for(&answer, *state, "\"fault\": \"gzip-undeclared\"");
    assert_non_null(plain);
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = (z_const Bytef *)(uintptr_t)answer.body.ptr;
    stream.avail_in = (uInt)answer.body.len;
    stream.next_out = plain;
    stream.avail_out = 199999;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    assert_int_equal(stream.total_out, length);
    inflateEnd(&stream);
    cJSON *root = cJSON_Parse((const char *)plain);
    assert_non_null(image_text(root));
    cJSON_Delete(root);
    free(plain);
    scenarios_clear(&answer);
}

/* JSON */

static size_t occurrences(struct slice text, const char *wanted)
{
    size_t count = 0, len = strlen(wanted);
    for (size_t i = 0; i + len <= text.len; i++)
        count += memcmp(text.ptr + i, wanted, len) == 0;
    return count;
}

static void damage_truncates_the_document_in_its_middle(void **state)
{
    struct scenarios_answer answer;
    size_t length = usual_length(*state);
    ask_for(&answer, *state, "\"fault\": \"json-truncated\"");
    assert_int_equal(answer.body.len, length / 2);
    scenarios_clear(&answer);
}

static void damage_wraps_repeats_and_spoils_the_document(void **state)
{
    struct scenarios_answer answer;
    ask_for(&answer, *state, "\"fault\": \"json-array\"");
    assert_true(cJSON_IsArray(answer.json));
    assert_int_equal(cJSON_GetArraySize(answer.json), 1);
    assert_non_null(image_text(cJSON_GetArrayItem(answer.json, 0)));
    scenarios_clear(&answer);

    ask_for(&answer, *state, "\"error\": \"ERROR_BLURRY_FACE\", \"fault\": \"json-duplicate-key\"");
    assert_int_equal(answer.status, 422);
    assert_int_equal(occurrences(answer.body, "\"error_detail\":"), 2);
    assert_int_equal(occurrences(answer.body, "\"code\":\"ERROR_BLURRY_FACE\""), 1);
    assert_int_equal(occurrences(answer.body, "\"code\":"), 2);
    scenarios_clear(&answer);

    ask_for(&answer, *state, "\"fault\": \"json-invalid-utf8\"");
    assert_int_equal(occurrences(answer.body, "\"log_id\":\"\xff\xfe\xc0\x80"), 1);
    assert_int_equal(scenarios_length(&answer), answer.body.len);
    scenarios_clear(&answer);
}

static void damage_makes_the_document_as_huge_as_asked(void **state)
{
    static const struct {
        const char *fault;
        size_t size;
    } rows[] = {
        {"{\"name\": \"json-huge\", \"amount\": 1000000}", 1000000},
        {"\"json-huge\"", 52428800},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char step[96];
        struct scenarios_answer answer;
        snprintf(step, sizeof step, "\"fault\": %s", rows[i].fault);
        ask_for(&answer, *state, step);
        assert_int_equal(scenarios_length(&answer), rows[i].size);
        assert_int_equal(answer.body.len, rows[i].size);
        assert_true(scenarios_is(&answer, 200, "")); /* it is right JSON, and an answer */
        assert_non_null(image_text(answer.json));
        scenarios_clear(&answer);
    }
}

/* Base64 */

/* A decoder that takes exactly RFC 4648 section 4; -1 for anything else. */
static long decode(unsigned char *out, size_t size, const char *text)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(text), padding = 0, used = 0;
    unsigned long bits = 0;
    if (len % 4 || len / 4 * 3 > size)
        return -1;
    while (padding < 2 && len > padding && text[len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < len; i++) {
        const char *found = i < len - padding ? strchr(alphabet, text[i]) : alphabet;
        if (!found)
            return -1;
        bits = (bits << 6 | (unsigned long)(found - alphabet)) & 0xffffff;
        for (int k = 2; i % 4 == 3 && k >= 0; k--)
            out[used++] = (unsigned char)(bits >> 8 * k);
    }
    return (long)(used - padding);
}

static char *image_of(struct ailab_mock *mock, const char *fault)
{
    char step[96];
    struct scenarios_answer answer;
    snprintf(step, sizeof step, fault ? "\"fault\": \"%s\"" : "\"answer\": \"success\"", fault);
    ask_for(&answer, mock, step);
    assert_true(scenarios_is(&answer, 200, ""));
    char *text = strdup(image_text(answer.json));
    assert_non_null(text);
    scenarios_clear(&answer);
    return text;
}

static void check_base64(struct ailab_mock *mock, const char *fault, const char *expected)
{
    unsigned char bytes[65536];
    char *text = image_of(mock, fault);
    if (strcmp(text, expected) != 0)
        fail_msg("%s: %.120s … %zu characters", fault, text, strlen(text));
    if (decode(bytes, sizeof bytes, text) >= 0)
        fail_msg("%s: is right Base64", fault);
    free(text);
}

static void damage_of_base64_is_exactly_the_named_one(void **state)
{
    char expected[65536];
    size_t used = 0;
    char *right = image_of(*state, NULL);
    size_t len = strlen(right);
    assert_true(len > 1000 && len < 32000);

    snprintf(expected, sizeof expected, "data:image/jpeg;base64,%s", right);
    check_base64(*state, "base64-data-prefix", expected);

    for (size_t at = 0; at < len; at += 76)
        used += (size_t)snprintf(expected + used, sizeof expected - used, "%.76s\r\n", right + at);
    check_base64(*state, "base64-line-breaks", expected);

    snprintf(expected, sizeof expected, "%s", right);
    for (char *c = expected; *c; c++)
        *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);
    check_base64(*state, "base64-url-alphabet", expected);

    if (right[len - 1] == '=')
        snprintf(expected, sizeof expected, "%.*s", (int)len - 1, right);
    else
        snprintf(expected, sizeof expected, "%s=", right);
    check_base64(*state, "base64-bad-padding", expected);
    free(right);
}

static void damage_of_the_image_is_right_base64(void **state)
{
    unsigned char whole[65536], half[65536];
    char *right = image_of(*state, NULL), *text = image_of(*state, "base64-half-image");
    long size = decode(whole, sizeof whole, right), half_size = decode(half, sizeof half, text);
    assert_true(size > 1000);
    assert_int_equal(half_size, size / 2);
    assert_memory_equal(half, whole, (size_t)half_size);
    free(right);
    free(text);
    text = image_of(*state, "base64-no-image");
    size = decode(whole, sizeof whole, text);
    assert_true(size > 16);
    assert_true(memcmp(whole, "\xff\xd8", 2) != 0 && memcmp(whole, "\x89PNG", 4) != 0);
    free(text);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(damage_shows_in_the_length_as_asked),
        TEST(damage_breaks_the_second_chunk),
        TEST(damage_replaces_the_status_line_by_garbage),
        TEST(damage_of_type_and_body_keeps_the_connection),
        TEST(damage_gzips_the_right_json_without_saying_so),
        TEST(damage_truncates_the_document_in_its_middle),
        TEST(damage_wraps_repeats_and_spoils_the_document),
        TEST(damage_makes_the_document_as_huge_as_asked),
        TEST(damage_of_base64_is_exactly_the_named_one),
        TEST(damage_of_the_image_is_right_base64),
    };
    return cmocka_run_group_tests_name("scenarios_damage", tests, scenarios_setup,
                                       scenarios_teardown);
}
