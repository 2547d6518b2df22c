/* Which revision a target is taken for, and why; and whether it can be armed. */
#include "base/count_of.h"
#include "engine/detect_revision.h"
#include "engine/target.h"
#include "stand.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BECAUSE(status) "because half a JPEG is " status " FILE_DECODING_FAILURE"

/* The choices that are asked are those that the revisions of one status differ in. */
static void detect_finds_each_revision_of_the_mock(void **state)
{
    (void)state;
    static const struct {
        enum revision revision;
        const char *why;
    } rows[] = {
        {REVISION_1_0_0,
         BECAUSE("400") ", service_choice 0 is taken, service_choice 10 is refused"},
        {REVISION_1_0_1, BECAUSE("400") ", service_choice 0 is taken, service_choice 10 is taken"},
        {REVISION_2025_09, BECAUSE("400") ", service_choice 0 is refused"},
        {REVISION_2026_01, BECAUSE("422") " and error_code is present"},
        {REVISION_2026_05, BECAUSE("422") " and error_code is absent"},
    };
    assert_int_equal(COUNT_OF(rows), REVISION_COUNT);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char problem[TARGET_WHY_SIZE] = "";
        struct session session;
        struct target target;
        struct buf why = {0};
        enum revision found = REVISION_COUNT;
        assert_true(session_init(&session));
        session.revision = rows[i].revision;
        assert_int_equal(target_open(&target, &session, "mock", NULL, problem), TARGET_OK);
        assert_true(detect_revision(&found, &session, &why));
        if (found != rows[i].revision || strcmp(buf_str(&why), rows[i].why) != 0)
            fail_msg("%s was taken for %s %s", revision_name(rows[i].revision),
                     revision_name(found), buf_str(&why));
        assert_true(detect_arming(&session));
        buf_clear(&why);
        target_close(&target);
        session_clear(&session);
    }
}

#define ANSWER(status, code, more)                                                                 \
    "HTTP/1.1 " status " X\r\n\r\n{" more "\"error_detail\":{\"code\":\"" code                     \
    "\",\"message\":\"of key-of-a-good-account\"}}"
#define HALF "FILE_DECODING_FAILURE"

static void detect_judges_by_half_a_jpeg(void **state)
{
    (void)state;
    static const struct {
        const char *why, *answers[5]; /* one a request; the last for all further ones */
        int found;                    /* -1: none */
        const char *words;
    } rows[] = {
        {"closed",
         {""},
         -1,
         "half a JPEG was not answered: the connection was: closed without an answer"},
        {"another code",
         {ANSWER("400", "MISSING_PARAMETERS", "")},
         -1,
         "half a JPEG should be 400 or 422 FILE_DECODING_FAILURE, but was 400 MISSING_PARAMETERS "
         "(of <redacted>)"},
        {"no code",
         {"HTTP/1.1 400 X\r\n\r\n{}"},
         -1,
         "half a JPEG should be 400 or 422 FILE_DECODING_FAILURE, but was 400 without an object "
         "error_detail"},
        {"another status",
         {ANSWER("413", HALF, "")},
         -1,
         "half a JPEG should be 400 or 422 FILE_DECODING_FAILURE, but was 413 "
         "FILE_DECODING_FAILURE (of <redacted>)"},
        {"422, bare",
         {ANSWER("422", HALF, "")},
         REVISION_2026_05,
         BECAUSE("422") " and error_code is absent"},
        {"422, with a code",
         {ANSWER("422", HALF, "\"error_code\":1,")},
         REVISION_2026_01,
         BECAUSE("422") " and error_code is present"},
        {"422, with a status",
         {"HTTP/1.1 422 X\r\n\r\n{\"error_detail\":{\"code\":\"" HALF "\",\"status_code\":1}}"},
         REVISION_2026_01,
         BECAUSE("422") " and error_code is present"},
        {"later closed",
         {ANSWER("400", HALF, ""), ""},
         REVISION_2025_09,
         BECAUSE("400") ", service_choice 0 is refused"},
        {"later another code",
         {ANSWER("400", HALF, ""), ANSWER("400", "ERROR_INVALID_PARAMETER", "")},
         REVISION_2025_09,
         BECAUSE("400") ", service_choice 0 is refused"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct session session;
        struct buf why = {0};
        enum revision found = REVISION_COUNT;
        const char *const *answers = rows[i].answers;
        struct scripted *server = stand_serve(&answers);
        stand_open(&session, server->url);
        const bool known = detect_revision(&found, &session, &why);
        scripted_stop(server);
        if (known != (rows[i].found >= 0) || (known && (int)found != rows[i].found) ||
            strcmp(buf_str(&why), rows[i].words) != 0)
            fail_msg("%s: %s, %u requests, %s", rows[i].why, known ? revision_name(found) : "none",
                     server->requests, buf_str(&why));
        buf_clear(&why);
        session_clear(&session);
        scripted_free(server);
    }
}

static void detect_arming_asks_for_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *why, *answers[2];
        bool armed;
    } rows[] = {
        {"the error", {ANSWER("422", "ERROR_BLURRY_FACE", "")}, true},
        {"another", {ANSWER("422", "ERROR_BLURRY", "")}, false},
        {"none", {""}, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct session session;
        const char *const *answers = rows[i].answers;
        struct scripted *server = stand_serve(&answers);
        stand_open(&session, server->url);
        assert_int_equal(detect_arming(&session), rows[i].armed);
        scripted_stop(server);
        assert_non_null(strstr(server->heard, "mock!ERROR_BLURRY_FACE"));
        assert_int_equal(server->requests, 1);
        session_clear(&session);
        scripted_free(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detect_finds_each_revision_of_the_mock),
        cmocka_unit_test(detect_judges_by_half_a_jpeg),
        cmocka_unit_test(detect_arming_asks_for_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
