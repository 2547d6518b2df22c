/* Many calls at once, against a server that mixes answers up: what is noticed, how many calls are
 * made, what they cost, and the evidence. */
#include "base/embedded.h"
#include "judge/expect.h"
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

#define HEAD "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
#define DETAIL "\"error_detail\":{\"status_code\":%d,\"code\":\"%s\",\"code_message\":\"m\","
#define MESSAGE "\"message\":\"m\"}"

/* Enough of a picture for a reader of its first bytes. */
#define RESULT_JPEG "/9j/4AAQSkZJRg=="
#define RESULT_PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"

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

static void concurrency_notices_answers_that_are_mixed_up(void **state)
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

/* 12 callers ask 6 times each; before them each of two pictures is asked for twice alone, and once
 * the good call of the run. Half of the callers' questions succeed. */
static void concurrency_makes_and_books_every_call(void **state)
{
    (void)state;
    enum { CALLS = 12 * 6, ALONE = 2 * 2, CONTROL = 1 };
    struct studio studio = {.habit = OWN};
    struct program_outcome outcome;
    struct scripted *canned = scripted_start_choosing(develop, &studio);
    assert_non_null(canned);
    suite_run(&outcome, NULL, "--target", canned->url, "--report", "json", "--timeout", "30000",
              "--run", "concurrency/mixed", NULL);
    scripted_stop(canned);
    cJSON *report = report_read(outcome.out);
    const cJSON *test = report_case(report, "concurrency/mixed");
    assert_string_equal(report_field(test, "verdict"), "pass");
    assert_int_equal(canned->requests, CALLS + ALONE + CONTROL);
    assert_int_equal(studio.calls, CALLS / 2 + ALONE + CONTROL);
    assert_int_equal(report_number(test, "credits"), CALL_CREDITS * (CALLS / 2 + ALONE));
    assert_int_equal(report_number(report, "credits"),
                     CALL_CREDITS * (CALLS / 2 + ALONE + CONTROL));
    cJSON_Delete(report);
    program_outcome_clear(&outcome);
    scripted_free(canned);
}

/* The request and the answer of the caller that was given another's picture. */
static void concurrency_shows_the_exchange_that_went_wrong(void **state)
{
    (void)state;
    struct studio studio = {.habit = SWAPPED_LATER};
    struct program_outcome outcome;
    struct scripted *canned = scripted_start_choosing(develop, &studio);
    assert_non_null(canned);
    suite_run(&outcome, NULL, "--target", canned->url, "--report", "json", "--timeout", "30000",
              "--run", "concurrency/mixed", NULL);
    scripted_free(canned);
    cJSON *report = report_read(outcome.out);
    const cJSON *test = report_case(report, "concurrency/mixed");
    const char *exchange = report_field(test, "exchange"), *repeat = report_field(test, "repeat");
    const bool png = strstr(exchange, "file name portrait.png") != NULL;
    assert_string_equal(report_field(test, "verdict"), "fail");
    assert_non_null(strstr(exchange, "> POST "));
    if (!strstr(exchange, png ? RESULT_JPEG : RESULT_PNG)) /* the other's */
        fail_msg("no picture of another upload in: %s", exchange);
    assert_non_null(strstr(repeat, png ? "concurrency/mixed#3" : "concurrency/mixed"));
    cJSON_Delete(report);
    program_outcome_clear(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(concurrency_notices_answers_that_are_mixed_up),
        cmocka_unit_test(concurrency_makes_and_books_every_call),
        cmocka_unit_test(concurrency_shows_the_exchange_that_went_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
