/* Cases that look at the connection itself, against servers that keep it and close it in ways that
 * are written here. */
#include "answers.h"
#include "cases/suites.h"
#include "stand.h"
#include "testing/scripted_steps.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define STEPS_MAX 16

/* Answers that leave the connection open: each states the length of its body. */
#define OPEN_GOOD GOOD("Content-Length: 172\r\n")
#define OPEN_MISSING REFUSED("400", "MISSING_PARAMETERS", "Content-Length: 79\r\n")
#define OPEN_DOUBTFUL REFUSED("400", "ERROR_PARAMETERS", "Content-Length: 77\r\n")
#define LAST_GOOD GOOD("Connection: close\r\nContent-Length: 172\r\n")
#define ONE(answer) HEAD, BODY, SEND(answer)
/* Of an answer without a body, though it says how long that would be. */
#define HEAD_405 ANSWER("405", "Allow: POST\r\nContent-Length: 79\r\n", "")
#define HEAD_200 ANSWER("200", "Content-Length: 172\r\n", "")
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"
#define STAYS_OPEN CALL, HOLD

static const struct row {
    const char *why, *slug;
    struct scripted_step steps[STEPS_MAX];
    const char *said;
} rows[] = {
    {"four answers",
     "wire/keep-alive",
     {ACCEPT, ONE(OPEN_GOOD), ONE(OPEN_GOOD), ONE(OPEN_GOOD), ONE(LAST_GOOD), CLOSE},
     "pass"},
    {"the third is the last",
     "wire/keep-alive",
     {ACCEPT, ONE(OPEN_GOOD), ONE(OPEN_GOOD), ONE(LAST_GOOD), CLOSE},
     "fail | wire_keep_alive | answer 3 says that it ends the connection"},
    {"by turns",
     "wire/keep-alive-mixed",
     {ACCEPT, ONE(OPEN_MISSING), ONE(OPEN_GOOD), ONE(OPEN_MISSING), ONE(LAST_GOOD), CLOSE},
     "pass"},
    {"the same twice",
     "wire/keep-alive-mixed",
     {ACCEPT, ONE(OPEN_MISSING), ONE(OPEN_MISSING), CLOSE},
     "fail | wire_keep_alive | 400 MISSING_PARAMETERS (m)"},
    {"closed", "wire/connection-close", {ACCEPT, ONE(OPEN_GOOD), CLOSE}, "pass"},
    {"open",
     "wire/connection-close",
     {ACCEPT, ONE(OPEN_GOOD), STAYS_OPEN},
     "fail | wire_keep_alive | it stays open"},
    {"refused, and open",
     "wire/connection-close",
     {ACCEPT, ONE(OPEN_MISSING), HOLD},
     "fail | wire_keep_alive | 400 MISSING_PARAMETERS (m)"},
    {"closed", "framing/length-plus", {ACCEPT, HEAD, SEND(OPEN_DOUBTFUL), CLOSE}, "pass"},
    {"closed, after the client has",
     "framing/ends-early",
     {ACCEPT, HEAD, HOLD, SEND(OPEN_DOUBTFUL), CLOSE},
     "pass"},
    {"closed, after the client has",
     "framing/chunks-end-early",
     {ACCEPT, HEAD, HOLD, SEND(OPEN_DOUBTFUL), CLOSE},
     "pass"},
    {"open",
     "framing/length-plus",
     {ACCEPT, HEAD, SEND(OPEN_DOUBTFUL), STAYS_OPEN},
     "fail | framing_doubtful | it stays open"},
    {"HEAD, then a good call",
     "method/head",
     {ACCEPT, HEAD, SEND(HEAD_405), ONE(LAST_GOOD), CLOSE},
     "pass"},
    {"a body behind HEAD",
     "method/head",
     {ACCEPT, HEAD, SEND(HEAD_405 "<p>No.</p>\r\n\r\n"), HOLD},
     "fail | error_method | not an HTTP answer: the answer does not begin with an HTTP/1 status "
     "line"},
    {"HEAD, then a refusal",
     "method/head",
     {ACCEPT, HEAD, SEND(HEAD_405), ONE(OPEN_MISSING), CLOSE},
     "fail | error_method | 400 MISSING_PARAMETERS (m)"},
    {"HEAD of the free call, then a good one",
     "method/free-call-head",
     {ACCEPT, HEAD, SEND(HEAD_200), ONE(LAST_GOOD), CLOSE},
     "pass"},
    {"no 100 Continue", "wire/http-1-0-expect", {ACCEPT, HEAD, SEND(LAST_GOOD), CLOSE}, "pass"},
    {"100 Continue",
     "wire/http-1-0-expect",
     {ACCEPT, HEAD, SEND(CONTINUE), BODY, SEND(LAST_GOOD), CLOSE},
     "fail | http_syntax | 1 of them"},
    {"two of them",
     "wire/http-1-0-expect",
     {ACCEPT, HEAD, SEND(CONTINUE CONTINUE), BODY, SEND(LAST_GOOD), CLOSE},
     "fail | http_syntax | 2 of them"},
};

/* Ends all waits of the run once the case has its answer: the connection stayed open until then. */
static void interrupt(void *context)
{
    struct session *session = context;
    bool answered = false;
    for (int i = 0; i < SCRIPTED_DEADLINE_MS && !answered; i++) {
        pthread_mutex_lock(&session->lock);
        answered = session->answered;
        pthread_mutex_unlock(&session->lock);
        poll(NULL, 0, 1);
    }
    eventfd_write(session->endpoint.cancel_fd, 1);
}

static void connections_are_judged_by_their_end(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char said[VERDICT_SIZE], why[URL_WHY_SIZE];
        struct session session;
        struct result result;
        stand_open(&session, "http://127.0.0.1:1");
        session.endpoint.cancel_fd = eventfd(0, EFD_CLOEXEC);
        struct scripted *server = scripted_start_steps(rows[i].steps, interrupt, &session);
        assert_non_null(server);
        assert_true(url_parse(&session.endpoint.url, server->url, why));
        stand_run(&result, &session, *state, rows[i].slug);
        stand_said(said, &result);
        scripted_stop(server);
        if (strcmp(said, rows[i].said) != 0 || server->problem[0])
            fail_msg("%s, %s: \"%s\" %s", rows[i].slug, rows[i].why, said, server->problem);
        close(session.endpoint.cancel_fd);
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

static atomic_int now_ms; /* of the clock that the suite reads */

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = 1000 + now_ms / 1000,
                             .tv_nsec = (long)(now_ms % 1000) * 1000000};
    return 0;
}

static void let_time_pass(void *context)
{
    now_ms += *(const int *)context;
}

/* A client waits a second for 100 Continue, and the body is not sent before. */
static void connections_are_judged_by_their_time(void **state)
{
    static const struct scripted_step silent[] = {ACCEPT, HEAD, CALL, SEND(LAST_GOOD), CLOSE, END},
                                      continuing[] = {
                                          ACCEPT, HEAD, SEND("HTTP/1.1 100 Continue\r\n\r\n"),
                                          BODY,   CALL, SEND(LAST_GOOD),
                                          CLOSE,  END};
    static const struct {
        const char *why;
        const struct scripted_step *steps;
        int ms; /* until the answer */
        const char *said;
    } timed[] = {
        {"an answer within a second", silent, 999, "pass"},
        {"none", silent, 1000, "fail | wire_expect_continue | neither came; the call took 1000 ms"},
        {"none for longer", silent, 1500,
         "fail | wire_expect_continue | neither came; the call took 1500 ms"},
        {"100 Continue, and a slow answer", continuing, 1500, "pass"},
    };
    for (size_t i = 0; i < COUNT_OF(timed); i++) {
        char said[VERDICT_SIZE];
        struct session session;
        struct result result;
        int ms = timed[i].ms;
        struct scripted *server = scripted_start_steps(timed[i].steps, let_time_pass, &ms);
        assert_non_null(server);
        now_ms = 0;
        stand_open(&session, server->url);
        stand_run(&result, &session, *state, "wire/expect-quick");
        stand_said(said, &result);
        scripted_stop(server);
        if (strcmp(said, timed[i].said) != 0)
            fail_msg("%s: \"%s\" %s", timed[i].why, said, server->problem);
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

/* The proxy would be asked for a tunnel. */
static void connections_that_could_disturb_spare_the_live_service(void **state)
{
    char said[VERDICT_SIZE], why[URL_WHY_SIZE];
    struct session session;
    struct result result;
    struct scripted *proxy = scripted_start_alike(NULL);
    assert_non_null(proxy);
    stand_open(&session, "https://www.ailabapi.com");
    assert_true(url_parse(&session.endpoint.proxy, proxy->url, why));
    stand_run(&result, &session, *state, "framing/length-plus");
    stand_said(said, &result);
    scripted_stop(proxy);
    assert_string_equal(said, "skip | it could disturb other users of the live service");
    assert_int_equal(proxy->connections, 0);
    result_clear(&result);
    session_clear(&session);
    scripted_free(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_are_judged_by_their_end),
        cmocka_unit_test(connections_are_judged_by_their_time),
        cmocka_unit_test(connections_that_could_disturb_spare_the_live_service),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
