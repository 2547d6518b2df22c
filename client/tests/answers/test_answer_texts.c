/* What a result tells of an answer: ids, the picture, and the words for people, without secrets. */
#include "judge.h"
#include "samples.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

/* Wherever it was cut. */
static void answer_that_is_cut_off_says_where_it_ends(void **state)
{
    (void)state;
    for (size_t size = 1; size < strlen(SAMPLE_SUCCESS); size++) {
        char expected[96];
        snprintf(expected, sizeof expected, "it ends after byte %zu, in the middle of the JSON",
                 size);
        struct ailab_result *result = judge(200, SAMPLE_SUCCESS, size, size);
        assert_int_equal(result->error, AILAB_BAD_ANSWER);
        if (!strstr(ailab_result_error_text(result), expected))
            fail_msg("%zu bytes: %s", size, ailab_result_error_text(result));
        ailab_result_free(result);
    }
}

static void result_keeps_its_first_error(void **state)
{
    struct ailab_result *result = ai_result_new();
    (void)state;
    assert_non_null(result);
    assert_int_equal(ai_result_fail(result, AILAB_TIMEOUT, "after %d s", 3), AILAB_TIMEOUT);
    assert_int_equal(ai_result_fail(result, AILAB_BAD_ANSWER, "no JSON"), AILAB_TIMEOUT);
    assert_string_equal(ailab_result_error_text(result), "after 3 s");
    ailab_result_free(result);
}

/* The contract leaves the words of a success open; they are no message for the caller. */
static void answer_of_a_success_has_no_message(void **state)
{
    static const char body[] =
        "{\"request_id\":\"R1\",\"log_id\":\"12345678\",\"error_code\":0,"
        "\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":{"
        "\"status_code\":200,\"code\":\"\",\"code_message\":\"Fine.\","
        "\"message\":\"all went well\"},\"data\":{\"image\":\"" SAMPLE_PNG_BASE64 "\"}}";
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
        cmocka_unit_test(answer_hands_on_everything_the_service_said),
        cmocka_unit_test(answer_hands_on_the_picture),
        cmocka_unit_test(answer_of_a_success_has_no_message),
        cmocka_unit_test(answer_says_why_in_the_best_words_there_are),
        cmocka_unit_test(answer_hides_a_key_of_eight_characters),
        cmocka_unit_test(answer_cleans_the_texts_of_a_refusal),
        cmocka_unit_test(answer_bounds_the_texts_of_a_refusal),
        cmocka_unit_test(answer_tells_an_empty_picture_from_a_broken_one),
        cmocka_unit_test(answer_says_where_it_stops_being_json),
        cmocka_unit_test(answer_that_is_cut_off_says_where_it_ends),
        cmocka_unit_test(result_keeps_its_first_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
