/* Many calls at once, against servers that give pictures and refusals away: what is taken for an
 * answer to another's question, and what is not. labels: threads */
#include "answers.h"
#include "cases/suites.h"
#include "stand.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define ALONE 4     /* pictures that are asked for while no other call runs */
#define TOGETHER 72 /* calls of 12 callers, half of which succeed */
#define HALF_BYTES                                                                                 \
    60000 /* more than the request with half a picture has, less than a whole one                  \
           */

/* Two files of each shape, which differ in a shade. */
#define ONE_PIXEL "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNg"
#define PNG_1 ONE_PIXEL "BAAAAwAC5n2nZwAAAABJRU5ErkJggg=="
#define PNG_2 ONE_PIXEL "AgAABAADQmxiaQAAAABJRU5ErkJggg=="
#define PNG_3 ONE_PIXEL "BgAABQAERlvf6wAAAABJRU5ErkJggg=="
#define TWO_WIDE "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR42mNg"
#define WIDE_1 TWO_WIDE "ZAQAAAYAA6wSiEYAAAAASUVORK5CYII="
#define WIDE_2 TWO_WIDE "YgIAAAkABfukvGkAAAAASUVORK5CYII="
#define TWO_HIGH "iVBORw0KGgoAAAANSUhEUgAAAAEAAAACCAAAAAC86un7AAAADElEQVR42mNg"
#define HIGH_1 TWO_HIGH "ZGAEAAAIAAMwJT9dAAAAAElFTkSuQmCC"
#define HIGH_2 TWO_HIGH "YmACAAAMAAXOedguAAAAAElFTkSuQmCC"
#define JPEG(shade)                                                                                \
    "/9j/2wBDAAM" shade "AgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwS" \
    "ExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
#define JPEG_1 JPEG("C")
#define JPEG_2 JPEG("E")
#define NO_PICTURE "/9j/AAAA" /* it only begins as one */
#define REFUSED_WITH_IMAGE                                                                         \
    ANSWER("400", "",                                                                              \
           "{" DETAIL("ERROR_INVALID_PARAMETER", "t") ",\"data\":{\"image\":\"" PNG_3 "\"}}")

static const struct row {
    const char *why;
    struct pair {
        const char *of_jpeg, *of_png;
    } alone, together; /* the pictures that uploads of both formats are given */
    bool mixed_up;
} rows[] = {
    {"each its own", {PNG_1, WIDE_1}, {PNG_1, WIDE_1}, false},
    {"one for all", {PNG_1, PNG_1}, {PNG_1, PNG_1}, false},
    {"swapped", {PNG_1, PNG_2}, {PNG_2, PNG_1}, true},
    {"the JPEG's for both", {PNG_1, PNG_2}, {PNG_1, PNG_1}, true},
    {"the PNG's for both", {PNG_1, PNG_2}, {PNG_2, PNG_2}, true},
    {"new files", {PNG_1, WIDE_1}, {PNG_2, WIDE_2}, false},
    {"new files, swapped: the width", {PNG_1, WIDE_1}, {WIDE_2, PNG_2}, true},
    {"new files, swapped: the height", {PNG_1, HIGH_1}, {HIGH_2, PNG_2}, true},
    {"new files, swapped: the format", {PNG_1, JPEG_1}, {JPEG_2, PNG_2}, true},
    {"new files of one shape", {PNG_1, PNG_2}, {PNG_3, PNG_3}, false},
    {"new files of another shape", {PNG_1, WIDE_1}, {HIGH_1, HIGH_1}, false},
    {"no pictures", {PNG_1, WIDE_1}, {NO_PICTURE, NO_PICTURE}, false},
};

/* A server whose answer follows from the upload, and from how many pictures it has given. */
struct studio {
    const struct row *row;
    unsigned pictures, of_png;
    char answer[1024];
};

static bool has(const char *request, size_t size, const char *text)
{
    return memmem(request, size, text, strlen(text)) != NULL;
}

static const char *develop(void *context, const char *request, size_t size)
{
    struct studio *studio = context;
    const struct pair *now =
        studio->pictures < ALONE ? &studio->row->alone : &studio->row->together;
    if (has(request, size, "\r\n\r\n17\r\n"))
        return REFUSED_WITH_IMAGE; /* another clause forbids that */
    if (size < HALF_BYTES)
        return REFUSED("422", "FILE_DECODING_FAILURE", "");
    const bool png = has(request, size, "portrait.png");
    studio->pictures++;
    studio->of_png += png;
    snprintf(studio->answer, sizeof studio->answer, GOOD_IMAGE("%s"),
             png ? now->of_png : now->of_jpeg);
    return studio->answer;
}

static void together_is_mixed_up_when_another_is_given_the_picture(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct studio studio = {.row = &rows[i]};
        struct session session;
        struct result result;
        struct scripted *server = scripted_start_choosing(develop, &studio);
        assert_non_null(server);
        stand_open(&session, server->url);
        stand_run(&result, &session, *state, "concurrency/mixed");
        scripted_stop(server);
        if ((result.verdict == VERDICT_FAIL) != rows[i].mixed_up)
            fail_msg("%s: %s, %s", rows[i].why, verdict_name(result.verdict), result.actual);
        if (rows[i].mixed_up) {
            assert_string_equal(result.expected, "the picture that this upload is given alone");
            assert_string_equal(
                result.actual, "the picture that another upload is given, with 12 callers at once");
        } else {
            assert_int_equal(server->requests, ALONE + TOGETHER);
            assert_int_equal(studio.of_png, studio.pictures / 2);
            assert_int_equal(result.credits, CALL_CREDITS * (ALONE + TOGETHER / 2));
        }
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

/* A server that gives some pictures and then says one thing, and may interrupt the run before. */
struct stubborn {
    const char *answer;
    unsigned pictures;
    bool interrupts;
    int cancel_fd;
};

static const char *insist(void *context, const char *request, size_t size)
{
    struct stubborn *stubborn = context;
    (void)request, (void)size;
    if (stubborn->interrupts)
        eventfd_write(stubborn->cancel_fd, 1);
    return stubborn->pictures > 0 && stubborn->pictures-- > 0 ? GOOD("") : stubborn->answer;
}

static void together_shows_the_question_that_went_wrong(void **state)
{
    static const struct {
        const char *why, *slug;
        unsigned pictures;
        const char *answer, *said, *expected, *step;
        bool interrupts;
    } wrong[] = {
        {"the answer to another", "concurrency/errors", 0, MISSING,
         "fail | wire_concurrency | 400 MISSING_PARAMETERS (m), with 12 callers at once",
         "400 ERROR_INVALID_PARAMETER, or 400 UNSUPPORTED_PARAMETER_VALUES",
         " concurrency/errors#2 | ", false},
        {"none", "concurrency/errors", 0, "",
         "fail | wire_concurrency | the connection was: closed without an answer, with 12 callers "
         "at once",
         "400 MISSING_PARAMETERS", " concurrency/errors | ", false},
        {"alone, the third question", "concurrency/mixed", 2, MISSING,
         "fail | wire_concurrency | 400 MISSING_PARAMETERS (m)", "200 with data.image",
         " concurrency/mixed#3 | ", false},
        {"alone, the first once more", "concurrency/mixed", 1, MISSING,
         "fail | wire_concurrency | 400 MISSING_PARAMETERS (m)", "200 with data.image",
         " concurrency/mixed | ", false},
        {"interrupted", "concurrency/errors", 0, MISSING, "skip | interrupted", NULL,
         " concurrency/errors | ", true},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char said[VERDICT_SIZE];
        struct session session;
        struct result result;
        struct stubborn stubborn = {wrong[i].answer, wrong[i].pictures, wrong[i].interrupts,
                                    eventfd(0, EFD_CLOEXEC)};
        struct scripted *server = scripted_start_choosing(insist, &stubborn);
        assert_non_null(server);
        stand_open(&session, server->url);
        session.endpoint.cancel_fd = stubborn.cancel_fd;
        stand_run(&result, &session, *state, wrong[i].slug);
        stand_said(said, &result);
        if (strcmp(said, wrong[i].said) != 0)
            fail_msg("%s: \"%s\"", wrong[i].why, said);
        if (wrong[i].expected && strcmp(result.expected, wrong[i].expected) != 0)
            fail_msg("%s: expected \"%s\"", wrong[i].why, result.expected);
        if (!result.curl || !strstr(result.curl, wrong[i].step))
            fail_msg("%s: %s", wrong[i].why, result.curl);
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
        close(stubborn.cancel_fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(together_is_mixed_up_when_another_is_given_the_picture),
        cmocka_unit_test(together_shows_the_question_that_went_wrong),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
