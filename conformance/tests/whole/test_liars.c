/* Servers that are nearly right: the one mistake is said once, and the right clause is
 * blamed. */
#include "reports.h"
#include "suite.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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
        cmocka_unit_test(liar_is_repeated_with_the_request_that_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
