/* A case without an answer: what is said of the target, and what is the suite's own. */
#include "answers.h"
#include "base/clock.h"
#include "cases/suites.h"
#include "engine/test.h"
#include "stand.h"
#include "testing/closed_port.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define BRIEF_MS 20 /* for an answer that never comes */

/* After the good call got no answer, no case asks for it again. */
static void case_notes_a_target_that_does_not_answer(void **state)
{
    static const struct {
        const char *why, *answer; /* NULL: none */
        bool economy;
        const char *slug;
        bool silent;
    } rows[] = {
        {"silent", NULL, false, "call/documented", true},
        {"closed", "", false, "call/documented", false},
        {"closed, and perhaps charged", "", true, "call/documented", true},
        {"garbled", "hello\r\n\r\n", false, "call/documented", false},
        {"garbled, and perhaps charged", "hello\r\n\r\n", true, "call/documented", true},
        {"refused", MISSING, true, "call/documented", false},
        {"a bad call", "", true, "envelope/no-data/errors", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const list[] = {rows[i].answer, NULL}, *const *answers = list;
        struct session session;
        struct result result;
        struct scripted *server = stand_serve(&answers);
        stand_open(&session, server->url);
        session.economy = rows[i].economy;
        test_run(&result, &session, catalogue_find(*state, rows[i].slug),
                 clock_ms() + (rows[i].answer ? STAND_PATIENCE_MS : BRIEF_MS));
        if ((session_silence(&session) != NULL) != rows[i].silent)
            fail_msg("%s: %s", rows[i].why, session_silence(&session));
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

static void case_says_which_silence_is_known(void **state)
{
    static const struct {
        const char *slug, *said;
    } rows[] = {
        {"call/documented", "error | the target does not answer: no word"},
        {"envelope/no-data/errors", "pass"}, /* asks for errors */
        {"fields/image-missing", "pass"},
    };
    const char *const list[] = {MISSING, NULL}, *const *answers = list;
    struct session session;
    struct scripted *server = stand_serve(&answers);
    stand_open(&session, server->url);
    session_note_silence(&session, "no word");
    session_note_silence(&session, "another");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char said[VERDICT_SIZE];
        struct result result;
        stand_run(&result, &session, *state, rows[i].slug);
        stand_said(said, &result);
        assert_string_equal(said, rows[i].said);
        result_clear(&result);
    }
    session_clear(&session);
    scripted_free(server);
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static bool poor; /* there is no memory for a picture */

void *__wrap_malloc(size_t size)
{
    return poor && size > 32768 ? NULL : __real_malloc(size);
}

/* A case whose picture could not be made asks nothing. */
static void case_without_its_picture_is_an_error(void **state)
{
    static const char *const slugs[] = {
        "account/limited",      "armed/error-blurry-face", "call/documented",
        "concurrency/errors",   "cors/preflight",          "credits/query",
        "credits/success",      "envelope/no-data/errors", "envelope/request-id-digits",
        "fields/image-missing", "framing/length-plus",     "key/none",
        "method/head",          "wire/connection-close",   "wire/expect-quick",
        "wire/keep-alive",      "wire/target-absolute",
    };
    const char *const list[] = {GOOD(""), NULL}, *const *answers = list;
    struct scripted *server = stand_serve(&answers);
    for (size_t i = 0; i < COUNT_OF(slugs); i++) {
        struct session session;
        struct result result;
        stand_open(&session, server->url);
        poor = true;
        stand_run(&result, &session, *state, slugs[i]);
        poor = false;
        if (result.verdict != VERDICT_ERROR || !strstr(result.reason, " could not be made"))
            fail_msg("%s: %s", slugs[i], verdict_name(result.verdict));
        result_clear(&result);
        session_clear(&session);
    }
    scripted_stop(server);
    assert_int_equal(server->requests, 0);
    scripted_free(server);
}

/* No target at all, a run that is over, no descriptors left. */
static void case_tells_the_target_from_the_suite(void **state)
{
    static const struct {
        const char *slug;
        bool cancelled, starved;
        bool shown; /* the request that it would send; none without the connection to send it on */
        const char *said;
    } rows[] = {
        {"fields/image-missing", false, false, true,
         "fail | error_missing | no connection: connect: Connection refused"},
        {"wire/keep-alive", false, false, false,
         "fail | wire_keep_alive | connect: Connection refused"},
        {"wire/connection-close", false, false, false,
         "fail | wire_keep_alive | connect: Connection refused"},
        {"framing/length-plus", false, false, false,
         "fail | framing_doubtful | connect: Connection refused"},
        {"method/head", false, false, false, "fail | error_method | connect: Connection refused"},
        {"envelope/request-id-digits", false, false, false,
         "fail | answer_request_id_version | connect: Connection refused"},
        {"envelope/image/success", false, false, true,
         "error | no connection: connect: Connection refused"},
        {"fields/image-missing", true, false, true, "skip | interrupted"},
        {"wire/keep-alive", true, false, false, "skip | interrupted"},
        {"fields/image-missing", false, true, true, "error | socket: Too many open files"},
        {"wire/keep-alive", false, true, false, "error | socket: Too many open files"},
    };
    const struct closed_port port = closed_port_take();
    const int cancel_fd = eventfd(1, EFD_CLOEXEC);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char said[VERDICT_SIZE];
        struct session session;
        struct result result;
        struct rlimit usual;
        stand_open(&session, port.url);
        session.endpoint.cancel_fd = rows[i].cancelled ? cancel_fd : -1;
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
        const struct rlimit now = {rows[i].starved ? 0 : usual.rlim_cur, usual.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
        stand_run(&result, &session, *state, rows[i].slug);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
        stand_said(said, &result);
        if (strcmp(said, rows[i].said) != 0)
            fail_msg("%s: %s", rows[i].slug, said);
        if ((result.curl != NULL) != rows[i].shown)
            fail_msg("%s: the request is %s", rows[i].slug, result.curl ? "shown" : "not shown");
        if ((session.unanswered != NULL) != (!rows[i].cancelled && !rows[i].starved))
            fail_msg("%s: %s", rows[i].slug, session.unanswered);
        result_clear(&result);
        session_clear(&session);
    }
    close(cancel_fd);
    closed_port_give_back(&port);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_notes_a_target_that_does_not_answer),
        cmocka_unit_test(case_says_which_silence_is_known),
        cmocka_unit_test(case_without_its_picture_is_an_error),
        cmocka_unit_test(case_tells_the_target_from_the_suite),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
