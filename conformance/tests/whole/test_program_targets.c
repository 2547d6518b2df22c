/* Targets that cannot pass, that say nothing, or that die; and a run that is interrupted. */
#include "mock.h"
#include "testing/scripted.h"
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* No answer that is the same for every request can pass. */
static void program_fails_servers_that_say_one_thing(void **state)
{
    (void)state;
#define CANNED(status, body)                                                                       \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" body
#define IMAGE "\"data\":{\"image\":\"/9j/4AAQSkZJRg==\"}"
    static const struct {
        const char *why, *answer;
        int exit;         /* 3: it gives no HTTP answer that could be judged */
        const char *said; /* on standard error */
    } rows[] = {
        {"it closes every connection", NULL, 3, "gave no HTTP answer to any request: closed"},
        {"it says nothing but {}", CANNED("200 OK", "{}"), 1, ""},
        {"it always succeeds",
         CANNED("200 OK", "{\"request_id\":\"A\",\"log_id\":\"12345678\",\"error_code\":0,"
                          "\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":"
                          "{\"status_code\":200,\"code\":\"\",\"code_message\":\"\","
                          "\"message\":\"\"}," IMAGE "}"),
         1, ""},
        {"it always refuses",
         CANNED("400 Bad Request",
                "{\"request_id\":\"A\",\"log_id\":\"12345678\",\"error_code\":400,"
                "\"error_detail\":{\"status_code\":400,\"code\":\"MISSING_PARAMETERS\","
                "\"code_message\":\"Missing parameters.\",\"message\":\"m\"}}"),
         1, ""},
        {"it speaks no HTTP", "hello\r\n\r\n", 3, "request: not an HTTP answer"},
        {"it sends half an answer", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", 3,
         "request: not an HTTP answer"},
        {"it is a web page", CANNED("200 OK", "<html><body>It works!</body></html>"), 1, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scripted *canned;
        struct program_outcome outcome;
        assert_non_null(canned = scripted_start_alike(rows[i].answer));
        suite_run(&outcome, NULL, "--target", canned->url, "--timeout", "2000", "--skip",
                  "concurrency/*", "--skip", "choice/*", "--skip", "wire/*", "--skip", "image/*",
                  NULL);
        if (outcome.status != rows[i].exit)
            fail_msg("%s, and the exit code is %d:\n%s", rows[i].why, outcome.status, outcome.out);
        assert_said(rows[i].why, &outcome, rows[i].exit, rows[i].said);
        program_outcome_clear(&outcome);
        scripted_free(canned);
    }
}

/* One broken control is one finding, not forty. */
static void program_says_once_that_the_good_call_fails(void **state)
{
    (void)state;
    struct scripted *canned;
    struct program_outcome outcome;
    assert_non_null(canned = scripted_start_alike(NULL));
    suite_run(&outcome, NULL, "--target", canned->url, "--run", "fields/*", NULL);
    assert_int_equal(outcome.status, 3);
    assert_non_null(strstr(outcome.out, "the good call fails"));
    assert_null(strstr(outcome.out, "FAIL"));
    program_outcome_clear(&outcome);
    scripted_free(canned);
}

static void interrupt(const char *why, const char *scheme, const char *revision, int looks)
{
    char path[PATH_SIZE], report[PATH_SIZE + 8], target[80];
    char *directory = folder_new();
    struct scripted *silent = scripted_start_silent();
    struct program program;
    struct program_outcome outcome;
    assert_non_null(directory);
    assert_non_null(silent);
    path_join(path, directory, "report.json");
    snprintf(report, sizeof report, "json:%s", path);
    snprintf(target, sizeof target, "%s%s", scheme, silent->url + strlen("http"));
    const char *const words[] = {"--target", target,       "--timeout", "30000", "--report",
                                 report,     "--revision", revision,    "--run", "call/*",
                                 "--run",    "fields/*",   NULL};
    const struct program_call call = {
        .program = AILAB_BIN_DIR "/ailab-conformance", .arguments = words, .inherits = true};
    assert_true(program_start(&program, &call));
    /* A connection in the queue shows that the run has begun and waits. */
    int fd = -1;
    for (int i = 0; i <= looks; i++) {
        if (fd >= 0)
            close(fd); /* it only checks that the port answers */
        fd = accept4(silent->listener, NULL, NULL, SOCK_CLOEXEC);
        assert_true(fd >= 0);
    }
    assert_int_equal(kill(program.pid, SIGINT), 0);
    program_finish(&outcome, &program);
    if (outcome.status != 3)
        fail_msg("%s: the program ended with status %d", why, outcome.status);
    program_outcome_clear(&outcome);
    char *text = file_read(path, NULL);
    assert_non_null(strstr(text, "\"interrupted\":\ttrue"));
    assert_non_null(strstr(text, "fields/image-missing"));
    free(text);
    close(fd);
    scripted_free(silent);
    folder_free(directory);
}

/* A server that accepts and never answers: the run ends by SIGINT, and the report is whole. */
static void program_writes_reports_when_interrupted(void **state)
{
    (void)state;
    static const struct {
        const char *why, *scheme, *revision;
        int looks; /* connections before the one that is interrupted */
    } rows[] = {
        {"in a case", "http", "2026-01", 1},
        {"while the revision is looked for", "http", "auto", 1},
        {"while a tunnel is opened", "https", "2026-01", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        interrupt(rows[i].why, rows[i].scheme, rows[i].revision, rows[i].looks);
}

/* A run waits for a silent server once, not once for each suite. */
static void program_asks_a_silent_target_once(void **state)
{
    (void)state;
    static const struct {
        const char *why, *globs[2], *credits;
        int exit;
        size_t calls;
    } rows[] = {
        {"two suites with a control", {"fields/*", "choice/*"}, "1000000", 3, 1},
        {"the control is a case too", {"call/*", "[fk]*"}, "1000000", 3, 1},
        {"with little to spend", {"call/*", "[fk]*"}, "12", 3, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scripted *silent = scripted_start_silent();
        struct program_outcome outcome;
        size_t connections = 0;
        assert_non_null(silent);
        suite_run(&outcome, NULL, "--target", silent->url, "--timeout", "300", "--max-credits",
                  rows[i].credits, "--run", rows[i].globs[0], "--run", rows[i].globs[1], NULL);
        for (struct pollfd fd = {silent->listener, POLLIN, 0}; poll(&fd, 1, 0) > 0; connections++)
            close(accept4(silent->listener, NULL, NULL, SOCK_CLOEXEC));
        scripted_free(silent);
        if (connections != 1 + rows[i].calls) /* the first only checks that the port answers */
            fail_msg("%s: %zu connections\n%s", rows[i].why, connections, outcome.out);
        assert_said(rows[i].why, &outcome, rows[i].exit, "the target does not answer");
        assert_non_null(strstr(outcome.out, "the target does not answer"));
        program_outcome_clear(&outcome);
    }
}

/* A server in a process of its own: it answers so many connections, and is gone. */
static pid_t serve_and_die(char url[64], int connections)
{
    static const char answer[] = CANNED("500 Dying", "{}");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char bytes[4096];
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    snprintf(url, 64, "http://127.0.0.1:%u", ntohs(address.sin_port));
    pid_t child = fork();
    assert_true(child >= 0);
    for (; child == 0 && connections > 0; connections--) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (connections == 1)
            shutdown(listener, SHUT_RDWR); /* before the caller can ask again */
        if (recv(fd, bytes, sizeof bytes, 0) > 0)
            (void)send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        while (recv(fd, bytes, sizeof bytes, 0) > 0)
            ;
        close(fd);
    }
    close(listener);
    if (child == 0)
        _exit(0);
    return child;
}

static void program_says_that_the_target_died(void **state)
{
    (void)state;
    char url[64];
    struct program_outcome outcome;
    pid_t child = serve_and_die(url, 2); /* it checks that the port answers, and asks once */
    suite_run(&outcome, NULL, "--target", url, "--run", "call/*", "--run", "fields/*", "--jobs",
              "1", NULL);
    waitpid(child, NULL, 0);
    assert_said("dying", &outcome, 3, "the target does not answer: no connection: ");
    assert_non_null(strstr(outcome.out, "The target could not be judged.\n"));
    program_outcome_clear(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_fails_servers_that_say_one_thing),
        cmocka_unit_test(program_says_once_that_the_good_call_fails),
        cmocka_unit_test(program_writes_reports_when_interrupted),
        cmocka_unit_test(program_asks_a_silent_target_once),
        cmocka_unit_test(program_says_that_the_target_died),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
