/* Every code of the vendor's table through the client, by two cues, in the envelope and with the
 * statuses of two revisions that share neither. */
#include "ailab_mock.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct code {
    enum ailab_code code;
    const char *name;
    long status_2025_09, status_2026_01;
    const char *description;
};

static const struct code codes[] = {
#define AILAB_ERROR(number, name, status_2025_09, status_2026_01, endpoint, seen, description)     \
    {AILAB_CODE_##name, #name, status_2025_09, status_2026_01, description},
#include "contract/errors.def"
};

/* What may come right by waiting: rate limits; what went wrong at the service (5xx) or took too
 * long. Typed by name, so that neither a status nor a wrong rule decides. */
static const char *const transient_2025_09[] = {
    "EXCEEDING_LIMITS",       "AI_SERVICE_ERROR",   "AI_SERVICE_INTERNAL_ERROR",
    "FILE_SERVICE_ERROR",     "ERROR_GATEWAY",      "AI_SERVICE_FLOW_RESTRICTION",
    "SERVICE_INTERNAL_ERROR", "AI_SERVICE_TIMEOUT", "UNKNOWN_ERROR",
};
static const char *const transient_2026_01[] = {
    "EXCEEDING_LIMITS",
    "AI_SERVICE_ERROR",
    "AI_SERVICE_INTERNAL_ERROR",
    "FILE_SERVICE_ERROR",
    "ERROR_GATEWAY",
    "AI_SERVICE_FLOW_RESTRICTION",
    "SERVICE_INTERNAL_ERROR",
    "AI_SERVICE_TIMEOUT",
    "UNKNOWN_ERROR",
    "ERROR_RESPONSE_BODY_TOO_LARGE",
    "PROCESSING_FAILURE",
    "AI_SERVICE_NOT_FOUND",
    "AI_SERVICE_UNAUTHORIZED",
    "ERROR_DATA_TRANSFER_FAILED",
    "ERROR_FACE_BLENDING_FAILED",
    "ERROR_FACE_IMAGE_ADDITION_FAILED",
    "ERROR_FILE_DOWNLOAD_FAILED",
    "ERROR_FILE_UPLOAD_FAILED",
    "ERROR_GET_FACE_IMAGE_FAILED",
    "ERROR_CLEANING_USER_GROUP_DATA",
    "ERROR_INSUFFICIENT_RESOURCES",
    "ERROR_RESOURCE_IN_TRANSIT",
    "ERROR_RESOURCE_UNAVAILABLE",
    "ERROR_FILE_DOWNLOAD_TIMEOUT",
};

static bool is_in(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void check_code(const struct ailab_result *result, const struct code *row, long status,
                       bool retryable)
{
    char text[STAGE_PROBLEM_SIZE];
    if (ailab_result_error(result) != AILAB_REFUSED || ailab_result_http_status(result) != status ||
        ailab_result_code(result) != row->code ||
        strcmp(ailab_result_code_text(result), row->name) != 0 ||
        strcmp(ailab_result_code_message(result), row->description) != 0 ||
        ailab_result_retryable(result) != retryable || ailab_result_attempts(result) != 1)
        fail_msg("%s, expected %ld and %sretryable: %s", row->name, status, retryable ? "" : "not ",
                 stage_describe(text, result));
    if (!*ailab_result_message(result) || strlen(ailab_result_request_id(result)) != 36 ||
        strlen(ailab_result_log_id(result)) != 8)
        fail_msg("%s: message '%s', request_id '%s', log_id '%s'", row->name,
                 ailab_result_message(result), ailab_result_request_id(result),
                 ailab_result_log_id(result));
}

static void codes_arrive_from_the_queue_as_the_table_of_2025_says(void **state)
{
    struct stage stage;
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.revision = "1.0.0"});
    for (size_t i = 0; i < ROWS(codes); i++) {
        stage_arm(&stage, "[{\"error\":\"%s\"}]", codes[i].name);
        stage_call_with(&stage, codes[i].name, 3, NULL);
        check_code(stage.result, &codes[i], codes[i].status_2025_09,
                   is_in(transient_2025_09, ROWS(transient_2025_09), codes[i].name));
    }
    assert_int_equal(stage_count(&stage, NULL), 126);
    stage_close(&stage);
}

static void codes_arrive_by_key_as_the_table_of_2026_says(void **state)
{
    char key[128];
    struct stage stage;
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.revision = "2026-05"});
    for (size_t i = 0; i < ROWS(codes); i++) {
        snprintf(key, sizeof key, "mock:%s@" STAGE_KEY, codes[i].name);
        stage_client(&stage, (struct ailab_options){.api_key = key});
        stage_call(&stage, codes[i].name);
        check_code(stage.result, &codes[i], codes[i].status_2026_01,
                   is_in(transient_2026_01, ROWS(transient_2026_01), codes[i].name));
    }
    assert_int_equal(stage_count(&stage, NULL), 126);
    stage_close(&stage);
}

/* An error in a 200 has no status of its own to judge by. */
static void codes_in_a_200_are_as_transient_as_elsewhere(void **state)
{
    char text[STAGE_PROBLEM_SIZE];
    struct stage stage;
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.revision = "2026-05"});
    for (size_t i = 0; i < ROWS(codes); i++) {
        stage_arm(&stage, "[{\"error\":\"%s\",\"deviation\":\"error-in-200\"}]", codes[i].name);
        stage_call(&stage, codes[i].name);
        bool retryable = is_in(transient_2026_01, ROWS(transient_2026_01), codes[i].name);
        if (ailab_result_error(stage.result) != AILAB_REFUSED ||
            ailab_result_http_status(stage.result) != 200 ||
            ailab_result_code(stage.result) != codes[i].code ||
            ailab_result_retryable(stage.result) != retryable)
            fail_msg("%s: %s", codes[i].name, stage_describe(text, stage.result));
    }
    stage_close(&stage);
}

/* Names that codes lend each other must not be mistaken: the look-up is by the whole name. */
static void codes_are_found_by_their_whole_name(void **state)
{
    (void)state;
    assert_int_equal(ROWS(codes), 126);
    for (size_t i = 0; i < ROWS(codes); i++) {
        char name[128];
        assert_int_equal(ailab_code_find(codes[i].name), codes[i].code);
        assert_string_equal(ailab_code_description(codes[i].code), codes[i].description);
        snprintf(name, sizeof name, "%s_", codes[i].name);
        assert_int_equal(ailab_code_find(name), AILAB_CODE_UNKNOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_arrive_from_the_queue_as_the_table_of_2025_says),
        cmocka_unit_test(codes_arrive_by_key_as_the_table_of_2026_says),
        cmocka_unit_test(codes_in_a_200_are_as_transient_as_elsewhere),
        cmocka_unit_test(codes_are_found_by_their_whole_name),
    };
    return cmocka_run_group_tests_name("mock_codes", tests, NULL, NULL);
}
