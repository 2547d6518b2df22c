/* Servers that are nearly right: the one mistake is said once, and the right clause is
 * blamed. */
#include "base/embedded.h"
#include "suite.h"
#include "testing/scripted.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
#define DETAIL "\"error_detail\":{\"status_code\":%d,\"code\":\"%s\",\"code_message\":\"m\","
#define MESSAGE "\"message\":\"m\"}"

/* Enough of a picture for a reader of its first bytes. */
#define RESULT_JPEG "/9j/4AAQSkZJRg=="
#define RESULT_PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"

/* The verdict of a case in a JSON report, with the clause that it blames or what it says. */
static void verdict_of(char out[512], const char *json, const char *slug)
{
    cJSON *root = cJSON_Parse(json);
    const cJSON *test = NULL;
    out[0] = '\0';
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(root, "cases"))
    {
        static const char *const names[] = {"verdict", "broken_clause", "actual", "reason"};
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "id"));
        for (size_t i = 0; id && strcmp(id, slug) == 0 && i < 4; i++) {
            const cJSON *item = cJSON_GetObjectItemCaseSensitive(test, names[i]);
            if (cJSON_IsString(item))
                snprintf(out + strlen(out), 512 - strlen(out), "%s%s", out[0] ? " | " : "",
                         item->valuestring);
        }
    }
    cJSON_Delete(root);
}

/* The call succeeds, but not as documented: its own case fails and says so, and the cases that
 * build upon it do not. */
static void liar_about_the_picture_fails_the_control(void **state)
{
    (void)state;
#define SUCCESS(image)                                                                             \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"               \
    "{\"request_id\":\"A\",\"log_id\":\"12345678\",\"error_code\":0,\"error_code_str\":\"\","      \
    "\"error_msg\":\"\",\"error_detail\":{\"status_code\":200,\"code\":\"\","                      \
    "\"code_message\":\"\",\"message\":\"\"},\"data\":{" image "}}"
    static const struct {
        const char *why, *answer, *call, *field;
    } rows[] = {
        {"a data: prefix", SUCCESS("\"image\":\"data:image/jpeg;base64,/9j/4AAQ\""),
         "fail | answer_base64_plain | 200 and no error, but data.image is no picture: it begins "
         "with a data: prefix",
         "error | the good call fails: 200 and no error, but data.image is no picture: it begins "
         "with a data: prefix"},
        {"a GIF", SUCCESS("\"image\":\"R0lGODlhAQABAAAAACw=\""),
         "fail | answer_data_image | 200 and no error, but data.image is no picture: its bytes are "
         "neither JPEG nor PNG",
         "error | the good call fails: 200 and no error, but data.image is no picture: its bytes "
         "are neither JPEG nor PNG"},
        {"no picture", SUCCESS(""),
         "fail | answer_data_image | 200 and no error, but data.image is missing or no string",
         "error | the good call fails: 200 and no error, but data.image is missing or no string"},
        {"something else",
         "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
         "{\"hello\":\"world\"}",
         "fail | answer_detail | 200 without an object error_detail",
         "error | the good call fails: 200 without an object error_detail"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char said[512];
        struct scripted *canned;
        struct program_outcome outcome;
        assert_non_null(canned = scripted_start_alike(rows[i].answer));
        suite_run(&outcome, NULL, "--target", canned->url, "--report", "json", "--run", "call/*",
                  "--run", "fields/*", NULL);
        scripted_free(canned);
        assert_int_equal(outcome.status, 1);
        verdict_of(said, outcome.out, "call/documented");
        if (strcmp(said, rows[i].call) != 0)
            fail_msg("%s: the call is \"%s\"", rows[i].why, said);
        verdict_of(said, outcome.out, "fields/image-missing");
        if (strcmp(said, rows[i].field) != 0)
            fail_msg("%s: the field is \"%s\"", rows[i].why, said);
        program_outcome_clear(&outcome);
    }
}

enum habit { OWN, PREVIOUS, FIXED, SWAPPED_LATER };

/* A server with a memory for one picture. */
struct studio {
    enum habit habit;
    const char *last;
    unsigned calls;
    char answer[1024];
};

static const char *develop(void *context, const char *request, size_t len)
{
    struct studio *studio = context;
    const char *own = memmem(request, len, "\x89PNG", 4) ? RESULT_PNG : RESULT_JPEG;
    const char *other = own[0] == 'i' ? RESULT_JPEG : RESULT_PNG;
    /* cppcheck-suppress comparePointers */
    size_t whole = (size_t)(embedded_jpeg_end - embedded_jpeg);
    bool half = own[0] != 'i' && len < whole;
    bool outside = memmem(request, len, "\r\n\r\n17\r\n", 8) != NULL;
    if (half || outside) {
        int status = half ? 422 : 400;
        snprintf(studio->answer, sizeof studio->answer, HEAD "{" DETAIL MESSAGE "}", status, status,
                 half ? "FILE_DECODING_FAILURE" : "ERROR_INVALID_PARAMETER");
        return studio->answer;
    }
    const char *image = studio->habit == FIXED                                ? RESULT_JPEG
                        : studio->habit == PREVIOUS && studio->last           ? studio->last
                        : studio->habit == SWAPPED_LATER && studio->calls > 9 ? other
                                                                              : own;
    studio->last = own;
    studio->calls++;
    snprintf(studio->answer, sizeof studio->answer,
             HEAD "{" DETAIL MESSAGE ",\"data\":{\"image\":\"%s\"}}", 200, 200, "", image);
    return studio->answer;
}

static void liar_who_mixes_answers_up_is_noticed(void **state)
{
    (void)state;
    static const struct {
        const char *why, *said;
        enum habit habit;
        int exit;
    } rows[] = {
        {"each has its own picture", "pass", OWN, 0},
        {"all have the same picture", "pass", FIXED, 0},
        {"each has that of the caller before",
         "fail | wire_concurrency | the picture that another upload is given, with 12 callers at "
         "once",
         PREVIOUS, 1},
        {"one has another's",
         "fail | wire_concurrency | the picture that another upload is given, with 12 callers at "
         "once",
         SWAPPED_LATER, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char said[512];
        struct scripted *canned;
        struct program_outcome outcome;
        struct studio studio = {.habit = rows[i].habit};
        assert_non_null(canned = scripted_start_choosing(develop, &studio));
        suite_run(&outcome, NULL, "--target", canned->url, "--report", "json", "--timeout", "30000",
                  "--run", "concurrency/mixed", NULL);
        scripted_free(canned);
        verdict_of(said, outcome.out, "concurrency/mixed");
        if (strcmp(said, rows[i].said) != 0 || outcome.status != rows[i].exit)
            fail_msg("%s: exit %d, \"%s\"", rows[i].why, outcome.status, said);
        program_outcome_clear(&outcome);
    }
}

/* The line that repeats a failure prints the request that failed. */
static void liar_is_repeated_with_the_request_that_failed(void **state)
{
    (void)state;
    static const struct {
        const char *step, *has;
    } rows[] = {
        {"concurrency/errors", "name=\"service_choice\"\r\n\r\n12"},
        {"concurrency/errors#2", "name=\"service_choice\"\r\n\r\n17"},
        {"concurrency/errors#4", "GIF8"},
        {"concurrency/mixed#3", "\x89PNG"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, "--body", rows[i].step, NULL);
        assert_int_equal(outcome.status, 0);
        if (!memmem(outcome.out, outcome.out_size, rows[i].has, strlen(rows[i].has)))
            fail_msg("%s prints another request", rows[i].step);
        program_outcome_clear(&outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(liar_about_the_picture_fails_the_control),
        cmocka_unit_test(liar_who_mixes_answers_up_is_noticed),
        cmocka_unit_test(liar_is_repeated_with_the_request_that_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
