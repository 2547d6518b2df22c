/* The judgement on answers: every envelope, and every way to be wrong that we could think of. */
#include "judge.h"
#include "same_result.h"
#include "samples.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGE "\"data\":{\"image\":\"" SAMPLE_PNG_BASE64 "\"}"

struct row {
    const char *why;
    long status;
    const char *body;
    enum ailab_error error;
    enum ailab_code code;
    bool retryable;
};

static void check_row(const struct row *row)
{
    size_t size = strlen(row->body);
    struct ailab_result *whole = judge(row->status, row->body, size, size ? size : 1);
    if (whole->error != row->error || whole->code != row->code ||
        whole->retryable != row->retryable || whole->http_status != row->status)
        fail_msg("%s: %s, code %s, retryable %d: \"%s\"", row->why, ailab_error_name(whole->error),
                 ailab_code_name(whole->code), whole->retryable, whole->error_text);
    if ((whole->error == AILAB_OK) != (*whole->error_text == '\0') ||
        (whole->error == AILAB_OK) != (whole->image != NULL))
        fail_msg("%s: a sentence with an error, a picture without one, and never both", row->why);
    static const size_t pieces[] = {1, 2, 3, 7, 64};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct ailab_result *cut = judge(row->status, row->body, size, pieces[i]);
        if (!same_result(whole, cut))
            fail_msg("%s: another outcome in pieces of %zu: \"%s\", \"%s\"", row->why, pieces[i],
                     whole->error_text, cut->error_text);
        ailab_result_free(cut);
    }
    ailab_result_free(whole);
}

static void answer_judges_successes(void **state)
{
    static const struct row rows[] = {
        {"envelope A", 200, SAMPLE_SUCCESS, AILAB_OK, AILAB_CODE_NONE, false},
        {"envelope C", 200,
         "{\"request_id\":\"R\",\"log_id\":\"1\",\"error_detail\":{\"code\":\"\",\"code_message\":"
         "\"\",\"message\":\"\"}," IMAGE "}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"nothing but the picture", 200, "{" IMAGE "}", AILAB_OK, AILAB_CODE_NONE, false},
        {"another order of the fields", 200, "{" IMAGE "," SAMPLE_DETAIL_OK ",\"error_code\":0}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"fields of tomorrow", 200,
         "{\"usage\":{\"credits\":[12,{\"data\":{\"image\":1}}]},\"v\":1.5e3,\"x\":null,"
         "\"y\":true," IMAGE "}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"fields of tomorrow inside data", 200,
         "{\"data\":{\"width\":3,\"image\":\"" SAMPLE_PNG_BASE64 "\",\"image_url\":\"\"}}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"a known name one level deeper is another field", 200,
         "{\"data\":{\"meta\":{\"image\":5},\"image\":\"" SAMPLE_PNG_BASE64 "\"}}", AILAB_OK,
         AILAB_CODE_NONE, false},
        {"names in other cases are other fields", 200, "{\"Data\":1,\"ERROR_CODE\":422," IMAGE "}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"an unknown field twice does not matter", 200, "{\"a\":1,\"a\":2," IMAGE "}", AILAB_OK,
         AILAB_CODE_NONE, false},
        {"a very long name", 200,
         "{\"data_data_data_data_data_data_data_data_data_data\":1," IMAGE "}", AILAB_OK,
         AILAB_CODE_NONE, false},
        {"white space everywhere", 200,
         " \t\r\n{ \"data\" :\n{ \"image\" : \"" SAMPLE_PNG_BASE64 "\" } }\r\n\n", AILAB_OK,
         AILAB_CODE_NONE, false},
        {"slashes escaped as PHP does", 200,
         "{\"data\":{\"image\":"
         "\"\\/9j\\/4AAQSkZJRgABAQAAAQABAAD\\/wAALCAAEAAUBAREA\\/9oACAEBAAA\\/ACr\\/ACr\\/0Cr\\/"
         "2Q==\"}}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"letters escaped for no reason", 200,
         "{\"d\\u0061ta\":{\"im\\u0061ge\":\"\\u0069VBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAA"
         "D0lEQVR42mMQhAEGJRgAAA8FAcxVcwFeAAAAAElFTkSuQmCC\"}}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"minus zero is zero", 200, "{\"error_code\":-0," IMAGE "}", AILAB_OK, AILAB_CODE_NONE,
         false},
        {"ids of other types", 200, "{\"request_id\":7,\"log_id\":null," IMAGE "}", AILAB_OK,
         AILAB_CODE_NONE, false},
        {"texts of other types", 200,
         "{\"error_msg\":null,\"error_code_str\":0,\"error_detail\":{\"code\":\"\",\"message\":"
         "null,"
         "\"code_message\":[]}," IMAGE "}",
         AILAB_OK, AILAB_CODE_NONE, false},
        {"error_code_str of a success says nothing", 200,
         "{\"error_code\":0,\"error_code_str\":\"SUCCESS\"," IMAGE "}", AILAB_OK, AILAB_CODE_NONE,
         false},
        {"status_code 0", 200, "{\"error_detail\":{\"status_code\":0,\"code\":\"\"}," IMAGE "}",
         AILAB_OK, AILAB_CODE_NONE, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

static void answer_judges_refusals(void **state)
{
    static const struct row rows[] = {
        {"envelope B", 422, SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE"), AILAB_REFUSED,
         AILAB_CODE_ERROR_NO_FACE_IN_FILE, false},
        {"envelope A", 422,
         "{\"error_code\":422,\"error_code_str\":\"FILE_CONTENT_NON_COMPLIANCE\",\"error_msg\":"
         "\"x\",\"error_detail\":{\"code\":\"ERROR_NO_FACE_IN_FILE\"}}",
         AILAB_REFUSED, AILAB_CODE_ERROR_NO_FACE_IN_FILE, false},
        {"envelope C", 422,
         "{\"request_id\":\"R\",\"error_detail\":{\"code\":\"ERROR_NO_FACE_IN_FILE\"}}",
         AILAB_REFUSED, AILAB_CODE_ERROR_NO_FACE_IN_FILE, false},
        {"a code of tomorrow", 422, SAMPLE_ERROR(422, "ERROR_OF_TOMORROW"), AILAB_REFUSED,
         AILAB_CODE_UNKNOWN, false},
        {"an error inside 200", 200, SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE"), AILAB_REFUSED,
         AILAB_CODE_ERROR_NO_FACE_IN_FILE, false},
        {"an error inside 200, only as a number", 200, "{\"error_code\":422," IMAGE "}",
         AILAB_REFUSED, AILAB_CODE_NONE, false},
        {"an error inside 200, only as a code", 200,
         "{\"error_detail\":{\"code\":\"ERROR_NO_FACE_IN_FILE\"}," IMAGE "}", AILAB_REFUSED,
         AILAB_CODE_ERROR_NO_FACE_IN_FILE, false},
        {"an error inside 200 that may pass", 200, SAMPLE_ERROR(429, "EXCEEDING_LIMITS"),
         AILAB_REFUSED, AILAB_CODE_EXCEEDING_LIMITS, true},
        {"a server error inside 200", 200, SAMPLE_ERROR(502, "AI_SERVICE_ERROR"), AILAB_REFUSED,
         AILAB_CODE_AI_SERVICE_ERROR, true},
        {"error_code null, but a code", 200,
         "{\"error_code\":null,\"error_detail\":{\"code\":\"ERROR_USER_LOCKED\"}}", AILAB_REFUSED,
         AILAB_CODE_ERROR_USER_LOCKED, false},
        {"error_code a text, but a code", 403,
         "{\"error_code\":\"403\",\"error_detail\":{\"code\":\"ERROR_USER_LOCKED\"}}",
         AILAB_REFUSED, AILAB_CODE_ERROR_USER_LOCKED, false},
        {"error_code disagrees with the status", 422, SAMPLE_ERROR(400, "ERROR_PARAMETERS"),
         AILAB_REFUSED, AILAB_CODE_ERROR_PARAMETERS, false},
        {"an error with a picture stays an error", 422,
         "{\"error_code\":422,\"error_detail\":{\"code\":\"ERROR_BLURRY_FACE\"}," IMAGE "}",
         AILAB_REFUSED, AILAB_CODE_ERROR_BLURRY_FACE, false},
        {"an error with a broken picture stays an error", 422,
         "{\"error_code\":422,\"data\":{\"image\":\"%%%\"}}", AILAB_REFUSED, AILAB_CODE_NONE,
         false},
        {"an error with data null", 422, "{\"error_code\":422,\"data\":null}", AILAB_REFUSED,
         AILAB_CODE_NONE, false},
        {"only error_code", 400, "{\"error_code\":400}", AILAB_REFUSED, AILAB_CODE_NONE, false},
        {"a negative error_code", 400, "{\"error_code\":-1}", AILAB_REFUSED, AILAB_CODE_NONE,
         false},
        {"only error_code_str", 400, "{\"error_code_str\":\"ERROR_PARAMETERS\"}", AILAB_REFUSED,
         AILAB_CODE_ERROR_PARAMETERS, false},
        {"error_code_str beside a number in a 200", 200,
         "{\"error_code\":400,\"error_code_str\":\"ERROR_PARAMETERS\"}", AILAB_REFUSED,
         AILAB_CODE_ERROR_PARAMETERS, false},
        {"error_detail null", 401, "{\"error_code\":401,\"error_detail\":null}", AILAB_REFUSED,
         AILAB_CODE_NONE, false},
        {"no key", 401, SAMPLE_ERROR(401, "ERROR_USER_NOT_EXISTS"), AILAB_REFUSED,
         AILAB_CODE_ERROR_USER_NOT_EXISTS, false},
        {"no credits", 429, SAMPLE_ERROR(429, "ERROR_NOT_ENOUGH_CREDITS"), AILAB_REFUSED,
         AILAB_CODE_ERROR_NOT_ENOUGH_CREDITS, false},
        {"too many requests", 429, SAMPLE_ERROR(429, "EXCEEDING_LIMITS"), AILAB_REFUSED,
         AILAB_CODE_EXCEEDING_LIMITS, true},
        {"too many requests, as it was in 2025", 422, SAMPLE_ERROR(422, "EXCEEDING_LIMITS"),
         AILAB_REFUSED, AILAB_CODE_EXCEEDING_LIMITS, true},
        {"a limit that waiting does not lift", 429,
         SAMPLE_ERROR(429, "ERROR_DATABASE_LIMIT_EXCEEDED"), AILAB_REFUSED,
         AILAB_CODE_ERROR_DATABASE_LIMIT_EXCEEDED, false},
        {"429 with a code of tomorrow", 429, SAMPLE_ERROR(429, "SLOW_DOWN"), AILAB_REFUSED,
         AILAB_CODE_UNKNOWN, true},
        {"a server error", 500, SAMPLE_ERROR(500, "UNKNOWN_ERROR"), AILAB_REFUSED,
         AILAB_CODE_UNKNOWN_ERROR, true},
        {"a gateway's error in the envelope", 502, SAMPLE_ERROR(502, "ERROR_GATEWAY"),
         AILAB_REFUSED, AILAB_CODE_ERROR_GATEWAY, true},
        {"busy", 503, SAMPLE_ERROR(503, "AI_SERVICE_FLOW_RESTRICTION"), AILAB_REFUSED,
         AILAB_CODE_AI_SERVICE_FLOW_RESTRICTION, true},
        {"501 does not pass", 501, SAMPLE_ERROR(501, "ERROR_IMAGE_STORAGE_NOT_SUPPORTED"),
         AILAB_REFUSED, AILAB_CODE_ERROR_IMAGE_STORAGE_NOT_SUPPORTED, false},
        {"too large", 413, SAMPLE_ERROR(413, "FILE_SIZE_EXCEEDS_LIMIT"), AILAB_REFUSED,
         AILAB_CODE_FILE_SIZE_EXCEEDS_LIMIT, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

#define BAD(why, status, body)                                                                     \
    {                                                                                              \
        why, status, body, AILAB_BAD_ANSWER, AILAB_CODE_NONE, false                                \
    }
#define PASSES(why, status, body)                                                                  \
    {                                                                                              \
        why, status, body, AILAB_BAD_ANSWER, AILAB_CODE_NONE, true                                 \
    }

static void answer_disbelieves_what_breaks_the_contract(void **state)
{
    static const struct row rows[] = {
        BAD("an empty body", 200, ""),
        BAD("white space", 200, " \n"),
        BAD("a page", 200, "<!DOCTYPE html><title>ok</title>"),
        BAD("JSON, but a list", 200, "[" SAMPLE_SUCCESS "]"),
        BAD("JSON, but a text", 200, "\"ok\""),
        BAD("JSON, but a number", 200, "0"),
        BAD("JSON, but null", 200, "null"),
        BAD("an empty object", 200, "{}"),
        BAD("cut off after the key", 200, "{\"data\":"),
        BAD("cut off in the picture", 200, "{\"data\":{\"image\":\"iVBORw0KGgoAAAAN"),
        BAD("cut off before the last brace", 200, "{" IMAGE),
        BAD("something after the end", 200, "{" IMAGE "}x"),
        BAD("two objects", 200, "{" IMAGE "}{" IMAGE "}"),
        BAD("a byte order mark", 200, "\xef\xbb\xbf{" IMAGE "}"),
        BAD("a comma too many", 200, "{" IMAGE ",}"),
        BAD("a comma too few", 200, "{\"a\":1 " IMAGE "}"),
        BAD("no colon", 200, "{\"a\" 1," IMAGE "}"),
        BAD("a key without quotes", 200, "{data:{}}"),
        BAD("single quotes", 200, "{'data':{}}"),
        BAD("the wrong bracket", 200, "{\"a\":[1}," IMAGE "}"),
        BAD("a comment", 200, "{/*x*/" IMAGE "}"),
        BAD("a leading zero", 200, "{\"a\":01," IMAGE "}"),
        BAD("a plus sign", 200, "{\"a\":+1," IMAGE "}"),
        BAD("a point without digits", 200, "{\"a\":1.," IMAGE "}"),
        BAD("an exponent without digits", 200, "{\"a\":1e," IMAGE "}"),
        BAD("a minus alone", 200, "{\"a\":-," IMAGE "}"),
        BAD("NaN", 200, "{\"a\":NaN," IMAGE "}"),
        BAD("True", 200, "{\"a\":True," IMAGE "}"),
        BAD("half a word", 200, "{\"a\":tru," IMAGE "}"),
        BAD("an unknown escape", 200, "{\"a\":\"\\x\"," IMAGE "}"),
        BAD("half an escape", 200, "{\"a\":\"\\u12\"," IMAGE "}"),
        BAD("a line break in a string", 200, "{\"a\":\"\n\"," IMAGE "}"),
        BAD("nested too deeply", 200,
            "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
            "," IMAGE "}"),
        BAD("two data", 200, "{" IMAGE "," IMAGE "}"),
        BAD("two pictures", 200, "{\"data\":{\"image\":\"" SAMPLE_PNG_BASE64 "\",\"image\":\"\"}}"),
        BAD("two pictures, one written differently", 200,
            "{\"data\":{\"image\":\"" SAMPLE_PNG_BASE64 "\",\"im\\u0061ge\":\"\"}}"),
        BAD("two verdicts", 200, "{\"error_code\":0,\"error_code\":0," IMAGE "}"),
        BAD("two verdicts in detail", 422,
            "{\"error_detail\":{\"code\":\"ERROR_BLURRY_FACE\",\"code\":\"\"}}"),
        BAD("error_code null", 200, "{\"error_code\":null," IMAGE "}"),
        BAD("error_code a text", 200, "{\"error_code\":\"0\"," IMAGE "}"),
        BAD("error_code false", 200, "{\"error_code\":false," IMAGE "}"),
        BAD("error_code 0.0", 200, "{\"error_code\":0.0," IMAGE "}"),
        BAD("error_code 0e0", 200, "{\"error_code\":0e0," IMAGE "}"),
        BAD("error_code beyond any integer", 200,
            "{\"error_code\":99999999999999999999999," IMAGE "}"),
        BAD("error_code longer than any number", 200,
            "{\"error_code\":-00000000000000000000000000000000000000000000," IMAGE "}"),
        BAD("error_code a list", 200, "{\"error_code\":[0]," IMAGE "}"),
        BAD("error_detail null", 200, "{\"error_detail\":null," IMAGE "}"),
        BAD("error_detail a text", 200, "{\"error_detail\":\"\"," IMAGE "}"),
        BAD("error_detail a list", 200, "{\"error_detail\":[]," IMAGE "}"),
        BAD("error_detail.code null", 200, "{\"error_detail\":{\"code\":null}," IMAGE "}"),
        BAD("error_detail.code a number", 200, "{\"error_detail\":{\"code\":0}," IMAGE "}"),
        BAD("error_detail.status_code a text", 200,
            "{\"error_detail\":{\"status_code\":\"200\"}," IMAGE "}"),
        BAD("error_detail.status_code contradicts", 200,
            "{\"error_code\":0,\"error_detail\":{\"status_code\":422,\"code\":\"\"}," IMAGE "}"),
        BAD("no data", 200, "{\"error_code\":0," SAMPLE_DETAIL_OK "}"),
        BAD("data null", 200, "{\"error_code\":0,\"data\":null}"),
        BAD("data a text", 200, "{\"data\":\"" SAMPLE_PNG_BASE64 "\"}"),
        BAD("data a list", 200, "{\"data\":[{\"image\":\"" SAMPLE_PNG_BASE64 "\"}]}"),
        BAD("data without a picture", 200, "{\"data\":{}}"),
        BAD("a picture that is null", 200, "{\"data\":{\"image\":null}}"),
        BAD("a picture that is a number", 200, "{\"data\":{\"image\":1}}"),
        BAD("a list of pictures", 200, "{\"data\":{\"image\":[\"" SAMPLE_PNG_BASE64 "\"]}}"),
        BAD("an empty picture", 200, "{\"data\":{\"image\":\"\"}}"),
        BAD("a picture in the wrong place", 200,
            "{\"image\":\"" SAMPLE_PNG_BASE64 "\",\"data\":{}}"),
        BAD("a picture under a name in capitals", 200,
            "{\"data\":{\"Image\":\"" SAMPLE_PNG_BASE64 "\"}}"),
        BAD("a picture behind a link", 200, "{\"data\":{\"image\":\"https://example.com/a.png\"}}"),
        BAD("a data URL", 200,
            "{\"data\":{\"image\":\"data:image/png;base64," SAMPLE_PNG_BASE64 "\"}}"),
        BAD("Base64 with a line break", 200,
            "{\"data\":{\"image\":\"iVBORw0KGgo\\nAAAANSUhEUgAAAAMAAAACCAIAAAASFvFN\"}}"),
        BAD("Base64 for URLs", 200, "{\"data\":{\"image\":\"_9j_4AAQ\"}}"),
        BAD("Base64 without its padding", 200, "{\"data\":{\"image\":\"iVBORw0KGg\"}}"),
        BAD("Base64 with unused bits", 200, "{\"data\":{\"image\":\"iVBORw0KGh==\"}}"),
        BAD("Base64 of a text", 200, "{\"data\":{\"image\":\"aGVsbG8gd29ybGQh\"}}"),
        BAD("Base64 of a GIF", 200, "{\"data\":{\"image\":\"R0lGODlhAQABAAAAACw=\"}}"),
        BAD("Base64 of half a PNG", 200,
            "{\"data\":{\"image\":\"iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFN\"}}"),
        BAD("201 is no success", 201, SAMPLE_SUCCESS),
        BAD("204", 204, ""),
        BAD("206 is no success", 206, SAMPLE_SUCCESS),
        BAD("a redirect", 302, SAMPLE_SUCCESS),
        BAD("a redirect with an envelope", 307, SAMPLE_ERROR(307, "ERROR_GATEWAY")),
        BAD("a status of another planet", 999, SAMPLE_SUCCESS),
        BAD("no status", 0, SAMPLE_SUCCESS),
        BAD("a success with 422", 422, SAMPLE_SUCCESS),
        BAD("an empty 400", 400, ""),
        BAD("an error of another program", 404, "{\"message\":\"no Route matched\"}"),
        BAD("an error without anything", 422, "{\"request_id\":\"R\",\"error_detail\":{}}"),
        BAD("a code that is a number", 422, "{\"error_detail\":{\"code\":422}}"),
        BAD("an error cut off", 422, "{\"error_code\":422,\"error_de"),
        PASSES("an empty 502", 502, ""),
        PASSES("a gateway's page", 502, "<html><h1>502 Bad Gateway</h1></html>"),
        PASSES("a gateway's 504", 504, "<html></html>"),
        PASSES("a 503 in plain text", 503, "Service Unavailable"),
        PASSES("a 500 with foreign JSON", 500, "{\"message\":\"oops\"}"),
        PASSES("a proxy's 524", 524, "error code: 524"),
        PASSES("the last status of servers", 599, ""),
        BAD("and the next", 600, ""),
        BAD("the last status of clients", 499, ""),
        PASSES("a gateway's rate limit", 429, "<html>429</html>"),
        PASSES("a 408", 408, ""),
        PASSES("a success with 500", 500, SAMPLE_SUCCESS),
        BAD("a 501 page", 501, "<html></html>"),
        BAD("a 505 page", 505, ""),
    };
    (void)state;
    assert_true(sizeof rows / sizeof *rows >= 60);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

static void answer_names_the_kind_that_it_found(void **state)
{
    static const struct {
        const char *value, *kind;
    } rows[] = {
        {"null", "null"},
        {"true", "a boolean"},
        {"false", "a boolean"},
        {"7", "a number"},
        {"\"x\"", "a string"},
        {"[]", "an array"},
        {"0.5", "a number that is not a plain integer"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[64], expected[96];
        snprintf(body, sizeof body, "{\"data\":%s}", rows[i].value);
        snprintf(expected, sizeof expected, "data is %s, ", rows[i].kind);
        struct ailab_result *result = judge(200, body, strlen(body), strlen(body));
        if (!strstr(result->error_text, expected))
            fail_msg("%s: \"%s\" instead of \"%s\"", rows[i].value, result->error_text, expected);
        ailab_result_free(result);
    }
}

/* HTTP has statuses from 200 to 599 for a last answer; the client understands no other. */
static void answer_has_a_status_of_http(void **state)
{
    static const struct {
        long status;
        enum ailab_error error;
    } rows[] = {
        {199, AILAB_BAD_ANSWER}, {200, AILAB_REFUSED},    {299, AILAB_REFUSED},
        {300, AILAB_BAD_ANSWER}, {399, AILAB_BAD_ANSWER}, {400, AILAB_REFUSED},
        {599, AILAB_REFUSED},    {600, AILAB_BAD_ANSWER},
    };
    static const char body[] = SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ailab_result *result = judge(rows[i].status, body, sizeof body - 1, sizeof body);
        if (ailab_result_error(result) != rows[i].error)
            fail_msg("%ld: %s", rows[i].status, ailab_result_error_text(result));
        ailab_result_free(result);
    }
}

static void answer_refuses_an_encoding_that_was_not_asked_for(void **state)
{
    struct ai_answer answer = {.http_status = 200, .encoded = true};
    struct ai_envelope envelope = {0};
    struct ailab_result *result = ai_result_new();
    (void)state;
    assert_true(ai_envelope_add(&envelope, SAMPLE_SUCCESS, strlen(SAMPLE_SUCCESS)));
    assert_int_equal(ai_answer_judge(result, &answer, &envelope), AILAB_BAD_ANSWER);
    assert_null(ailab_result_image(result, NULL));
    ai_envelope_clear(&envelope);
    ailab_result_free(result);
}

static void answer_is_never_wrong_about_any_prefix_of_a_success(void **state)
{
    (void)state;
    for (size_t size = 0; size < strlen(SAMPLE_SUCCESS); size++) {
        struct ailab_result *result = judge(200, SAMPLE_SUCCESS, size, 16);
        assert_int_equal(result->error, AILAB_BAD_ANSWER);
        ailab_result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_judges_successes),
        cmocka_unit_test(answer_judges_refusals),
        cmocka_unit_test(answer_disbelieves_what_breaks_the_contract),
        cmocka_unit_test(answer_names_the_kind_that_it_found),
        cmocka_unit_test(answer_has_a_status_of_http),
        cmocka_unit_test(answer_refuses_an_encoding_that_was_not_asked_for),
        cmocka_unit_test(answer_is_never_wrong_about_any_prefix_of_a_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
