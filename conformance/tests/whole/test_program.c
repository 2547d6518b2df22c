/* The program from outside: its exit codes and messages, targets that cannot pass, interruption. */
#include "base/buf.h"
#include "suite.h"
#include "testing/files.h"
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

static void assert_said(const char *why, const struct program_outcome *outcome, int code,
                        const char *words)
{
    if (outcome->status != code || !strstr(outcome->err, words))
        fail_msg("%s: exit %d with \"%s\"; expected exit %d with \"%s\"", why, outcome->status,
                 outcome->err, code, words);
}

static void program_refuses_bad_usage(void **state)
{
    (void)state;
    static const struct {
        const char *why, *argv[4], *words;
        int exit;
    } rows[] = {
        {"unknown flag", {"--frobnicate"}, "unknown option '--frobnicate'", 2},
        {"unknown flag with a value", {"--target=mock", "--x=1"}, "unknown option '--x'", 2},
        {"flag without its value", {"--target"}, "--target needs a value", 2},
        {"stray word", {"--target", "mock", "please"}, "one argument too many: 'please'", 2},
        {"no target", {"--jobs", "2"}, "--target is missing", 2},
        {"URL without a scheme", {"--target", "localhost:80"}, "does not begin with http://", 2},
        {"URL with a bad port", {"--target", "http://h:99999"}, "the port is not a number", 2},
        {"URL without a host", {"--target", "http://"}, "the host is missing", 2},
        {"URL with a query", {"--target", "http://h/?a=1"}, "a query or fragment", 2},
        {"URL with a user", {"--target", "http://me@h/"}, "a user name", 2},
        {"URL with a space", {"--target", "http://a b/"}, "must not occur in a URL", 2},
        {"unknown revision",
         {"--target=mock", "--revision=3"},
         "--revision '3': expected 1.0.0",
         2},
        {"unknown level", {"--target=mock", "--level=may"}, "--level 'may': expected must", 2},
        {"unknown report", {"--target=mock", "--report=pdf"}, "there is no report \"pdf\"", 2},
        {"report without a name", {"--target=mock", "--report=tap:"}, "file name is missing", 2},
        {"two reports on one stream",
         {"--target=mock", "--report=tap", "--report=json"},
         "two reports go to standard output",
         2},
        {"jobs of zero", {"--target=mock", "--jobs=0"}, "--jobs '0': expected", 2},
        {"jobs that are no number", {"--target=mock", "--jobs=many"}, "--jobs 'many': expected", 2},
        {"time-out below one", {"--target=mock", "--timeout=-5"}, "--timeout '-5': expected", 2},
        {"credits too many",
         {"--target=mock", "--max-credits=9999999"},
         "--max-credits '9999999'",
         2},
        {"unknown colour", {"--target=mock", "--color=blue"}, "--color 'blue': expected auto", 2},
        {"json without list", {"--target=mock", "--json"}, "--json belongs to --list", 2},
        {"must fail without skip", {"--target=mock", "--skip-must-fail"}, "needs a --skip", 2},
        {"no such known file", {"--target=mock", "--known=/nowhere/at/all"}, "/nowhere/at/all", 2},
        {"live without a key", {"--target", "https://www.ailabapi.com"}, "AILAB_API_KEY", 2},
        {"live with the root written out",
         {"--target", "https://www.ailabapi.com."},
         "AILAB_API_KEY",
         2},
        {"live in capitals, with its port",
         {"--target", "https://WWW.AILABAPI.COM.:443"},
         "AILAB_API_KEY",
         2},
        {"live in disguise", {"--target", "https://www.ailabapi%2ecom"}, "no host name has", 2},
        {"a glob that names nothing",
         {"--target=mock", "--run=no-such/*"},
         "no case is called \"no-such/*\"",
         2},
        {"an empty selection",
         {"--target=mock", "--run=call/*", "--skip=call/*"},
         "no case is selected",
         2},
        {"a list of nothing that exists",
         {"--list", "--run=no-such/*"},
         "no case is called \"no-such/*\"",
         2},
        {"an empty list",
         {"--list", "--run=choice/value-12", "--revision=1.0.0"},
         "no case is selected",
         2},
        {"unreachable target", {"--target", "http://127.0.0.1:1"}, "cannot be reached", 3},
        {"unknown host", {"--target", "http://no-such-host.invalid"}, "cannot be reached", 3},
        {"unwritable report",
         {"--target=mock", "--report", "tap:/nowhere/at/all"},
         "/nowhere/at/all cannot be written",
         3},
        {"unwritable records",
         {"--target=mock", "--record", "/nowhere/at/all"},
         "/nowhere/at/all",
         3},
        {"a body of no case", {"--body", "no/such"}, "there is no case \"no/such\"", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, rows[i].argv[0], rows[i].argv[1], rows[i].argv[2],
                  rows[i].argv[3], NULL);
        assert_said(rows[i].why, &outcome, rows[i].exit, rows[i].words);
        program_outcome_clear(&outcome);
    }
}

static void program_shows_help_and_version(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--help", NULL);
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.out, "--skip-must-fail"));
    program_outcome_clear(&outcome);
    suite_run(&outcome, NULL, "--version", NULL);
    assert_int_equal(outcome.status, 0);
    assert_string_equal(outcome.out, "ailab-conformance " AILAB_VERSION_STRING "\n");
    program_outcome_clear(&outcome);
}

static void program_lists_the_frozen_cases(void **state)
{
    (void)state;
    struct program_outcome outcome;
    struct buf listed = {0};
    char *frozen = file_read(AILAB_SOURCE_DIR "/conformance/cases.list", NULL);
    suite_run(&outcome, NULL, "--list", "--level", "info", NULL);
    for (const char *line = outcome.out; *line;) {
        buf_add(&listed, line, strcspn(line, " "));
        buf_text(&listed, "\n");
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    assert_string_equal(buf_str(&listed), frozen);
    free(frozen);
    buf_clear(&listed);
    program_outcome_clear(&outcome);
}

/* A list shows what a run with the same options would take. */
static void program_lists_what_it_would_run(void **state)
{
    (void)state;
    static const struct {
        const char *why, *argv[4], *in, *out;
    } rows[] = {
        {"an old revision", {"--revision", "1.0.0"}, "choice/value-0 ", "choice/value-12 "},
        {"a later one", {"--revision", "2026-05"}, "choice/value-12 ", "choice/value-0 "},
        {"all revisions", {"--revision", "auto"}, "choice/value-0 ", NULL},
        {"a group of cases", {"--run", "key/*"}, "key/none ", "fields/image-missing "},
        {"without some", {"--skip", "key/*"}, "fields/image-missing ", "key/none "},
        {"without some, but tried", {"--skip", "key/*", "--skip-must-fail"}, "key/none ", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, "--list", "--level", "info", rows[i].argv[0], rows[i].argv[1],
                  rows[i].argv[2], rows[i].argv[3], NULL);
        assert_said(rows[i].why, &outcome, 0, "");
        if (!strstr(outcome.out, rows[i].in))
            fail_msg("%s: %s is not listed", rows[i].why, rows[i].in);
        if (rows[i].out && strstr(outcome.out, rows[i].out))
            fail_msg("%s: %s is listed", rows[i].why, rows[i].out);
        program_outcome_clear(&outcome);
    }
}

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

/* Two names of one file too: the second report would be written over the first. */
static void program_refuses_two_reports_in_one_file(void **state)
{
    (void)state;
    char *directory = folder_new(), one[PATH_SIZE], other[PATH_SIZE], link[PATH_SIZE];
    const char *reports[4] = {one, other, link, NULL};
    snprintf(one, sizeof one, "tap:%s/a.report", directory);
    snprintf(other, sizeof other, "json:%s/./a.report", directory);
    snprintf(link, sizeof link, "html:%s/link", directory);
    assert_int_equal(symlink("a.report", link + strlen("html:")), 0);
    for (size_t i = 0; i < 3; i++) {
        struct program_outcome outcome;
        if (i == 1)
            file_write(one + strlen("tap:"), "mine", 4);
        suite_run(&outcome, NULL, "--target", "mock", "--run", "call/*", "--report", one,
                  "--report", reports[i], NULL);
        assert_said(reports[i], &outcome, 2, "two reports go to ");
        program_outcome_clear(&outcome);
    }
    char *kept = file_read(one + strlen("tap:"), NULL);
    assert_string_equal(kept, "mine");
    free(kept);
    folder_free(directory);
}

/* The last line on standard output does not say that all is well. */
static void program_says_why_a_report_or_record_is_lost(void **state)
{
    (void)state;
    char *directory = folder_new(), link[PATH_SIZE];
    const struct {
        const char *option, *value, *said;
    } rows[] = {
        {"--report", "json:/dev/full", "/dev/full could not be written: No space left"},
        {"--report", "html:/dev/full", "/dev/full could not be written: No space left"},
        {"--report", "tap:/dev/full", "/dev/full could not be written: No space left"},
        {"--record", directory, "call.documented.json could not be written: No space left"},
    };
    path_join(link, directory, "call.documented.json");
    assert_int_equal(symlink("/dev/full", link), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, "--target", "mock", "--run", "call/*", "--report", "text",
                  rows[i].option, rows[i].value, NULL);
        assert_said(rows[i].value, &outcome, 3, rows[i].said);
        assert_null(strstr(outcome.out, "is conformant"));
        assert_non_null(strstr(outcome.out, "\nNo case failed, but a record or report could not"));
        program_outcome_clear(&outcome);
    }
    folder_free(directory);
    static const char *const printing[][5] = {
        {"--list"}, {"--help"}, {"--body", "call/documented"}, {"--target=mock", "--run=call/*"}};
    for (size_t i = 0; i < sizeof printing / sizeof printing[0]; i++) {
        struct program_outcome outcome;
        const struct program_call call = {.program = AILAB_BIN_DIR "/ailab-conformance",
                                          .arguments = printing[i],
                                          .output_file = "/dev/full"};
        program_run(&outcome, &call);
        assert_said(printing[i][0], &outcome, 3, "No space left");
        program_outcome_clear(&outcome);
    }
}

static void program_repeats_no_password_of_a_refused_url(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://me:s3cret@h/", "ftp://me:s3cret@h/", "me:s3cret@h",
                                       "https://me:s3cret@h:99999/?a=1"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct program_outcome outcome;
        suite_run(&outcome, NULL, "--target", urls[i], NULL);
        assert_said(urls[i], &outcome, 2, "\"...\" is no target: ");
        assert_null(strstr(outcome.err, "s3cret"));
        program_outcome_clear(&outcome);
    }
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        lines++;
    return lines;
}

/* A line a suite and the verdict; --verbose adds the clauses of the cases that were chosen. */
static void program_says_little_of_a_success(void **state)
{
    (void)state;
    struct program_outcome brief, verbose;
    suite_run(&brief, NULL, "--target", "mock", "--run", "call/*", "--run", "key/*", NULL);
    assert_said("brief", &brief, 0, "");
    assert_int_equal(count_lines(brief.out), 6 + 2 + 3); /* head, suites, sum */
    assert_null(strstr(brief.out, "Clauses"));
    suite_run(&verbose, NULL, "--target", "mock", "--run", "call/*", "--run", "key/*", "-v", NULL);
    assert_said("verbose", &verbose, 0, "");
    assert_non_null(strstr(verbose.out, "\nClauses\n"));
    assert_non_null(strstr(verbose.out, "key_name_any_case "));
    assert_null(strstr(verbose.out, "image_jpeg"));
    assert_null(strstr(verbose.out, "not judged\n"));
    program_outcome_clear(&brief);
    program_outcome_clear(&verbose);
}

/* What failed is listed right before the sum and the verdict. */
static void program_lists_failed_cases_before_the_verdict(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--target", "mock", "--run", "call/*", "--skip", "key/none",
              "--skip-must-fail", "--run", "key/none", NULL);
    assert_said("failed", &outcome, 1, "");
    assert_non_null(strstr(outcome.out, "\nFailed\n  key/none: no key header\n\n2 cases: "));
    program_outcome_clear(&outcome);
}

/* On a terminal; --color always wins over the environment. */
static void program_colours_only_where_it_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *why, *environment[2], *colour;
        bool colours, erases;
    } rows[] = {
        {"a terminal", {"TERM=xterm"}, "auto", true, true},
        {"NO_COLOR", {"TERM=xterm", "NO_COLOR=1"}, "auto", false, true},
        {"an empty NO_COLOR", {"TERM=xterm", "NO_COLOR="}, "auto", true, true},
        {"a dumb terminal", {"TERM=dumb"}, "auto", false, false},
        {"always", {"TERM=dumb", "NO_COLOR=1"}, "always", true, false},
        {"never", {"TERM=xterm"}, "never", false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        const char *words[] = {"--target", "mock", "--run=call/*", "--color", rows[i].colour, NULL};
        const char *environment[] = {rows[i].environment[0], rows[i].environment[1], NULL};
        const struct program_call call = {.program = AILAB_BIN_DIR "/ailab-conformance",
                                          .arguments = words,
                                          .environment = environment,
                                          .terminal = true};
        program_run(&outcome, &call);
        const char *all = outcome.out_size ? outcome.out : outcome.err;
        if (outcome.status != 0 || (strstr(all, "\033[32m") != NULL) != rows[i].colours ||
            (strstr(all, "\033[K") != NULL) != rows[i].erases)
            fail_msg("%s: status %d, %s", rows[i].why, outcome.status, all);
        program_outcome_clear(&outcome);
    }
}

static void program_prints_the_body_of_a_case(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--body", "choice/outside-17", NULL);
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.out, "name=\"service_choice\"\r\n\r\n17\r\n"));
    assert_true(outcome.out_size > 80000);
    program_outcome_clear(&outcome);
    suite_run(&outcome, NULL, "--wire", "framing/length-plus", NULL);
    assert_int_equal(outcome.status, 0);
    assert_non_null(strstr(outcome.out, "Content-Length: +5\r\n"));
    program_outcome_clear(&outcome);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_refuses_bad_usage),
        cmocka_unit_test(program_shows_help_and_version),
        cmocka_unit_test(program_lists_the_frozen_cases),
        cmocka_unit_test(program_lists_what_it_would_run),
        cmocka_unit_test(program_fails_servers_that_say_one_thing),
        cmocka_unit_test(program_says_once_that_the_good_call_fails),
        cmocka_unit_test(program_writes_reports_when_interrupted),
        cmocka_unit_test(program_asks_a_silent_target_once),
        cmocka_unit_test(program_says_that_the_target_died),
        cmocka_unit_test(program_refuses_two_reports_in_one_file),
        cmocka_unit_test(program_says_why_a_report_or_record_is_lost),
        cmocka_unit_test(program_repeats_no_password_of_a_refused_url),
        cmocka_unit_test(program_says_little_of_a_success),
        cmocka_unit_test(program_lists_failed_cases_before_the_verdict),
        cmocka_unit_test(program_colours_only_where_it_is_wanted),
        cmocka_unit_test(program_prints_the_body_of_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
