/* The judgement on answers: every envelope, and every way to be wrong that we could think of. */
#include "answer.h"
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

/* Judges a body that comes in pieces. */
static struct ailab_result *judge(long status, const char *body, size_t size, size_t piece)
{
    struct ailab_result *result = ai_result_new();
    struct ai_answer answer = {.http_status = status};
    struct ai_envelope envelope = {0};
    assert_non_null(result);
    for (size_t at = 0; at < size; at += piece)
        assert_true(ai_envelope_add(&envelope, body + at, piece < size - at ? piece : size - at));
    const enum ailab_error error = ai_answer_judge(result, &answer, &envelope);
    assert_int_equal(error, result->error);
    ai_envelope_clear(&envelope);
    return result;
}

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

static void answer_hands_on_everything_the_service_said(void **state)
{
    struct ailab_result *result = judge(422, SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE"),
                                        strlen(SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE")), 5);
    (void)state;
    assert_string_equal(ailab_result_request_id(result), "R1");
    assert_string_equal(ailab_result_log_id(result), "12345678");
    assert_string_equal(ailab_result_code_text(result), "ERROR_NO_FACE_IN_FILE");
    assert_string_equal(ailab_result_code_message(result), "The meaning.");
    assert_string_equal(ailab_result_message(result), "the detail");
    assert_string_equal(ailab_result_error_text(result),
                        "the service refused (HTTP 422, ERROR_NO_FACE_IN_FILE): the detail");
    assert_int_equal(ailab_result_http_status(result), 422);
    ailab_result_free(result);
}

static void answer_hands_on_the_picture(void **state)
{
    size_t size = 0;
    struct ailab_result *result = judge(200, SAMPLE_SUCCESS, strlen(SAMPLE_SUCCESS), 11);
    (void)state;
    const void *image = ailab_result_image(result, &size);
    assert_int_equal(size, SAMPLE_PNG_SIZE);
    assert_memory_equal(image, SAMPLE_PNG, SAMPLE_PNG_SIZE);
    assert_int_equal(ailab_result_format(result), AILAB_FORMAT_PNG);
    assert_int_equal(ailab_result_width(result), 3);
    assert_int_equal(ailab_result_height(result), 2);
    assert_string_equal(ailab_result_request_id(result), "R1");
    assert_string_equal(ailab_result_error_text(result), "");
    ailab_result_free(result);
}

/* The contract leaves the words of a success open; they are no message for the caller. */
static void answer_of_a_success_has_no_message(void **state)
{
    static const char body[] = "{\"request_id\":\"R1\",\"log_id\":\"12345678\",\"error_code\":0,"
                               "\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":{"
                               "\"status_code\":200,\"code\":\"\",\"code_message\":\"Fine.\","
                               "\"message\":\"all went well\"}," IMAGE "}";
    struct ailab_result *result = judge(200, body, sizeof body - 1, 7);
    (void)state;
    assert_int_equal(result->error, AILAB_OK);
    assert_string_equal(ailab_result_code_message(result), "");
    assert_string_equal(ailab_result_message(result), "");
    ailab_result_free(result);
}

/* The sentence ends with the best words there are: the service's, or else the table's. */
static void answer_says_why_in_the_best_words_there_are(void **state)
{
#define REFUSED "the service refused (HTTP 422, ERROR_NO_FACE_IN_FILE)"
    static const struct {
        const char *body, *message, *text;
    } rows[] = {
        {"{\"error_detail\":{\"code\":\"ERROR_NO_FACE_IN_FILE\",\"code_message\":\"general\","
         "\"message\":\"exact\"}}",
         "exact", REFUSED ": exact"},
        {"{\"error_detail\":{\"code\":\"ERROR_NO_FACE_IN_FILE\",\"code_message\":\"general\"}}", "",
         REFUSED ": general"},
        {"{\"error_detail\":{\"code\":\"ERROR_OF_TOMORROW\"}}", "",
         "the service refused (HTTP 422, ERROR_OF_TOMORROW)"},
        {"{\"error_code\":422,\"error_msg\":\"from the old field\"}", "from the old field",
         "the service refused (HTTP 422, error_code 422, no error_detail.code): from the old "
         "field"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ailab_result *result = judge(422, rows[i].body, strlen(rows[i].body), 3);
        assert_string_equal(ailab_result_message(result), rows[i].message);
        assert_string_equal(ailab_result_error_text(result), rows[i].text);
        ailab_result_free(result);
    }
    static const char alone[] = "{\"error_detail\":{\"code\":\"ERROR_NO_FACE_IN_FILE\"}}";
    struct ailab_result *result = judge(422, alone, sizeof alone - 1, 3);
    assert_non_null(strstr(ailab_result_error_text(result),
                           ailab_code_description(AILAB_CODE_ERROR_NO_FACE_IN_FILE)));
    ailab_result_free(result);
#undef REFUSED
}

/* A shorter key would be found in every word. */
static void answer_hides_a_key_of_eight_characters(void **state)
{
    static const char body[] = "{\"error_code\":401,\"error_msg\":\"who is 12345678?\"}";
    (void)state;
    for (size_t length = 7; length <= 8; length++) {
        char key[9] = "12345678";
        struct ailab_result *result = judge(401, body, sizeof body - 1, sizeof body);
        key[length] = '\0';
        ai_result_redact(result, key);
        assert_string_equal(ailab_result_message(result),
                            length == 8 ? "who is ***?" : "who is 12345678?");
        assert_int_equal(strstr(ailab_result_error_text(result), "1234") == NULL, length == 8);
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

static void answer_cleans_the_texts_of_a_refusal(void **state)
{
    static const struct {
        const char *why;
        const char *message;
        const char *expected;
    } rows[] = {
        {"an escaped NUL does not end the text", "a\\u0000b", "a?b"},
        {"line breaks and escape sequences", "a\\nb\\u001b[2Jc", "a b?[2Jc"},
        {"a surrogate pair", "\\ud83d\\ude00!", "\xf0\x9f\x98\x80!"},
        {"half a pair", "\\ud83dx", "\xef\xbf\xbdx"},
        {"half a pair at the end", "x\\ud83d", "x\xef\xbf\xbd"},
        {"two first halves", "\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
        {"a second half alone", "\\ude00x", "\xef\xbf\xbdx"},
        {"half a pair, then an escape", "\\ud83d\\tx", "\xef\xbf\xbd x"},
        {"all escapes", "\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u4f60",
         "\"\\/??   \xc3\xa9\xe4\xbd\xa0"},
        {"bytes that are no UTF-8", "a\xff\xc3z", "a\xef\xbf\xbd\xef\xbf\xbdz"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[256];
        int size =
            snprintf(body, sizeof body, "{\"error_detail\":{\"code\":\"X\",\"message\":\"%s\"}}",
                     rows[i].message);
        for (size_t piece = 1; piece < 9; piece += 4) {
            struct ailab_result *result = judge(422, body, (size_t)size, piece);
            if (strcmp(ailab_result_message(result), rows[i].expected))
                fail_msg("%s: got \"%s\"", rows[i].why, ailab_result_message(result));
            ailab_result_free(result);
        }
    }
}

static void answer_bounds_the_texts_of_a_refusal(void **state)
{
    static char body[200000];
    (void)state;
    memset(body, 'x', sizeof body);
    static const char head[] = "{\"request_id\":\"";
    static const char middle[] = "\",\"error_detail\":{\"message\":\"";
    static const char tail[] = "\",\"code\":\"ERROR_BLURRY_FACE\"}}";
    memcpy(body, head, sizeof head - 1);
    memcpy(body + 100000, middle, sizeof middle - 1);
    memcpy(body + sizeof body - (sizeof tail - 1), tail, sizeof tail - 1);
    struct ailab_result *result = judge(422, body, sizeof body, 4096);
    assert_int_equal(ailab_result_code(result), AILAB_CODE_ERROR_BLURRY_FACE);
    assert_int_equal(strlen(ailab_result_request_id(result)), 127);
    assert_int_equal(strlen(ailab_result_message(result)), 511);
    assert_int_equal(strlen(ailab_result_error_text(result)), 511);
    ailab_result_free(result);
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

static void answer_tells_an_empty_picture_from_a_broken_one(void **state)
{
    static const struct {
        const char *body, *says;
    } rows[] = {{"{\"data\":{\"image\":\"\"}}", "data.image is empty"},
                {"{\"data\":{\"image\":\"AA==\"}}", "data.image (1 bytes) is not a whole picture"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const size_t size = strlen(rows[i].body);
        struct ailab_result *result = judge(200, rows[i].body, size, size);
        if (!strstr(result->error_text, rows[i].says))
            fail_msg("%s: \"%s\"", rows[i].body, result->error_text);
        ailab_result_free(result);
    }
}

/* The place in the answer as it came: a long picture before or behind it changes nothing. */
static void answer_says_where_it_stops_being_json(void **state)
{
    static const struct {
        const char *before, *behind;
    } rows[] = {
        {"{\"a\" 7, \"b\": \"", "\"}"}, /* 7 is the number that has no place there */
        {"{\"a\": [1 7], \"b\": \"", "\"}"},
        {"{\"b\": \"", "\" 7}"},
        {"{\"b\": \"", "\", \"c\" 7}"},
    };
    static const size_t lengths[] = {8, 1023, 1024, 5000};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            char picture[5001] = {0}, body[6000], expected[64];
            memset(picture, 'A', lengths[k]);
            snprintf(body, sizeof body, "%s%s%s", rows[i].before, picture, rows[i].behind);
            snprintf(expected, sizeof expected, "it stops being JSON near byte %zu",
                     (size_t)(strchr(body, '7') - body) + 1);
            struct ailab_result *result = judge(200, body, strlen(body), strlen(body));
            assert_int_equal(result->error, AILAB_BAD_ANSWER);
            if (!strstr(result->error_text, expected))
                fail_msg("row %zu, %zu bytes: \"%s\" and not %s", i, lengths[k], result->error_text,
                         expected);
            ailab_result_free(result);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_tells_an_empty_picture_from_a_broken_one),
        cmocka_unit_test(answer_says_where_it_stops_being_json),
        cmocka_unit_test(answer_judges_successes),
        cmocka_unit_test(answer_judges_refusals),
        cmocka_unit_test(answer_disbelieves_what_breaks_the_contract),
        cmocka_unit_test(answer_names_the_kind_that_it_found),
        cmocka_unit_test(answer_hands_on_everything_the_service_said),
        cmocka_unit_test(answer_hands_on_the_picture),
        cmocka_unit_test(answer_of_a_success_has_no_message),
        cmocka_unit_test(answer_says_why_in_the_best_words_there_are),
        cmocka_unit_test(answer_hides_a_key_of_eight_characters),
        cmocka_unit_test(answer_has_a_status_of_http),
        cmocka_unit_test(answer_cleans_the_texts_of_a_refusal),
        cmocka_unit_test(answer_bounds_the_texts_of_a_refusal),
        cmocka_unit_test(answer_refuses_an_encoding_that_was_not_asked_for),
        cmocka_unit_test(answer_is_never_wrong_about_any_prefix_of_a_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
