/* Answers written out here: the public fields decide about success before the business fields. */
#include "fixture.h"
#include <string.h>

/* A PNG of one pixel, and how many bytes it has. */
#define PIXEL                                                                                      \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg" \
    "gg=="
#define PIXEL_SIZE 70
#define IDS "\"request_id\":\"A\",\"log_id\":\"1\","
#define DETAIL(status, code)                                                                       \
    "\"error_detail\":{\"status_code\":" #status ",\"code\":\"" code                               \
    "\",\"code_message\":\"c\",\"message\":\"m\"}"
#define DATA(image) "\"data\":{\"image\":\"" image "\"}"

struct answer {
    const char *why;
    int status;
    const char *location, *body;
    enum ailab_error error;
    const char *code;
};

static void check(const struct answer *rows, size_t count)
{
    char text[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    fixture_open(&fixture, NULL);
    for (size_t i = 0; i < count; i++) {
        size_t size = 0;
        fixture_arm_body(&fixture, rows[i].status, rows[i].location, rows[i].body);
        enum ailab_error error = fixture_call(&fixture, rows[i].why);
        if (error != rows[i].error || ailab_result_attempts(fixture.result) != 1 ||
            ailab_result_http_status(fixture.result) != rows[i].status ||
            strcmp(ailab_result_code_text(fixture.result), rows[i].code) != 0)
            fail_msg("%s: %s", rows[i].why, fixture_describe(text, fixture.result));
        ailab_result_image(fixture.result, &size);
        if (error == AILAB_OK && (size != PIXEL_SIZE || ailab_result_width(fixture.result) != 1))
            fail_msg("%s: another picture than was sent", rows[i].why);
    }
    assert_int_equal(fixture_count(&fixture, NULL), count);
    fixture_close(&fixture);
}

static void client_flow_looks_at_the_public_fields_first(void **state)
{
    static const struct answer rows[] = {
        {"the documented success", 200, NULL,
         "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA(PIXEL) "}", AILAB_OK, ""},
        {"error_code 0, but a code beside the image", 200, NULL,
         "{" IDS "\"error_code\":0," DETAIL(200, "ERROR_NO_FACE_IN_FILE") "," DATA(PIXEL) "}",
         AILAB_REFUSED, "ERROR_NO_FACE_IN_FILE"},
        {"500 around a success", 500, NULL,
         "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA(PIXEL) "}", AILAB_BAD_ANSWER, ""},
        {"201 around a success", 201, NULL,
         "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA(PIXEL) "}", AILAB_BAD_ANSWER, ""},
        {"a redirect", 302, "/elsewhere", "{}", AILAB_BAD_ANSWER, ""},
        {"a success without data", 200, NULL, "{" IDS "\"error_code\":0," DETAIL(200, "") "}",
         AILAB_BAD_ANSWER, ""},
        {"a success whose image is empty", 200, NULL,
         "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA("") "}", AILAB_BAD_ANSWER, ""},
        {"a success whose image is text", 200, NULL,
         "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA("bm8gcGljdHVyZQ==") "}",
         AILAB_BAD_ANSWER, ""},
    };
    (void)state;
    check(rows, ROWS(rows));
}

static void client_error_in_200_is_told_from_a_success(void **state)
{
    static const struct answer rows[] = {
        {"an image and no error_code", 200, NULL, "{" IDS DATA(PIXEL) "}", AILAB_OK, ""},
        {"error_code and a code beside the image", 200, NULL,
         "{" IDS "\"error_code\":422," DETAIL(422, "ERROR_NO_FACE_IN_FILE") "," DATA(PIXEL) "}",
         AILAB_REFUSED, "ERROR_NO_FACE_IN_FILE"},
        {"error_code alone beside the image", 200, NULL,
         "{" IDS "\"error_code\":500," DATA(PIXEL) "}", AILAB_REFUSED, ""},
        {"error_code behind the image", 200, NULL, "{" DATA(PIXEL) ",\"error_code\":422}",
         AILAB_REFUSED, ""},
    };
    (void)state;
    check(rows, ROWS(rows));
}

CLIENT_SUITE("client_answers", cmocka_unit_test(client_flow_looks_at_the_public_fields_first),
             cmocka_unit_test(client_error_in_200_is_told_from_a_success))
