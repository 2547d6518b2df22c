/* The test kit itself: what a scripted server sends, hears and counts, and how a program's end is
 * told. labels: threads (the server is one) */
#include "testing/closed_port.h"
#include "testing/files.h"
#include "testing/program.h"
#include "testing/scripted_steps.h"
#include "testing/slowness.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define ASK "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"

static int call_server(const struct scripted *scripted, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)strtoul(strrchr(scripted->url, ':') + 1, NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    return fd;
}

/* Reads to the end; the text is valid until the next call. */
static const char *read_all(int fd)
{
    static char text[256];
    size_t size = 0;
    for (ssize_t got; (got = read(fd, text + size, sizeof text - 1 - size)) > 0;)
        size += (size_t)got;
    text[size] = '\0';
    close(fd);
    return text;
}

static void kit_server_walks_through_its_steps(void **state)
{
    (void)state;
    static const struct scripted_step steps[] = {ACCEPT, HEAD,   BODY, SEND("one"), CLOSE, ACCEPT,
                                                 CLOSE,  ACCEPT, HEAD, READ(2),     HOLD,  END};
    struct scripted *scripted = scripted_start_steps(steps, NULL, NULL);
    assert_non_null(scripted);
    assert_string_equal(read_all(call_server(scripted, ASK)), "one");
    assert_string_equal(read_all(call_server(scripted, "")), "");
    close(call_server(scripted, ASK));
    assert_string_equal(read_all(call_server(scripted, "")), "");
    scripted_stop(scripted);
    assert_string_equal(scripted->problem, "");
    assert_int_equal(scripted->connections, 4);
    assert_int_equal(scripted->requests, 2);
    assert_string_equal(scripted->heard, ASK ASK);
    scripted_free(scripted);
}

static void kit_server_keeps_what_it_could_not_do(void **state)
{
    (void)state;
    static const struct scripted_step steps[] = {ACCEPT, HEAD, END};
    struct scripted *scripted = scripted_start_steps(steps, NULL, NULL);
    assert_non_null(scripted);
    close(call_server(scripted, "half a head"));
    assert_string_equal(read_all(call_server(scripted, "")), ""); /* it has gone on to the end */
    scripted_stop(scripted);
    assert_string_equal(scripted->problem, "no whole request head came");
    scripted_free(scripted);
}

static void kit_server_repeats_its_last_reply(void **state)
{
    (void)state;
    char first[] = "first", last[] = "last";
    const struct scripted_reply replies[] = {{first, 5}, {last, 4}};
    struct scripted *scripted = scripted_start_replies(replies, 2);
    assert_non_null(scripted);
    assert_string_equal(read_all(call_server(scripted, ASK)), "first");
    assert_string_equal(read_all(call_server(scripted, ASK)), "last");
    assert_string_equal(read_all(call_server(scripted, "GET /x HTTP/1.1\r\n\r\n")), "last");
    assert_true(scripted_wait(scripted, 3));
    assert_int_equal(scripted_requests(scripted), 3);
    assert_true(scripted_saw(scripted, "GET /x"));
    assert_false(scripted_saw(scripted, "abc"));
    scripted_free(scripted);
}

static void kit_server_answers_alike_whatever_comes(void **state)
{
    (void)state;
    struct scripted *scripted = scripted_start_alike("same");
    assert_non_null(scripted);
    int open = call_server(scripted, ""); /* a silent connection does not block the others */
    assert_string_equal(read_all(call_server(scripted, "no HTTP")), "same");
    assert_int_equal(send(open, "x", 1, MSG_NOSIGNAL), 1);
    assert_string_equal(read_all(open), "same");
    scripted_free(scripted);
}

static void kit_program_tells_how_it_ended(void **state)
{
    (void)state;
    static const struct {
        const char *why, *script, *out, *err;
        int status;
    } rows[] = {
        {"success", "echo out; echo err >&2", "out\n", "err\n", 0},
        {"failure", "exit 7", "", "", 7},
        {"a signal", "kill -TERM $$", "", "", -SIGTERM},
        {"its input", "cat", "fed", "", 0},
        {"its environment", "echo $ONE$AILAB_API_KEY", "1\n", "", 0},
    };
    static const char *const environment[] = {"ONE=1", NULL};
    setenv("AILAB_API_KEY", "never inherited", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const arguments[] = {"-c", rows[i].script, NULL};
        struct program_outcome outcome;
        program_run(&outcome, &(struct program_call){.program = "sh",
                                                     .arguments = arguments,
                                                     .environment = environment,
                                                     .inherits = true,
                                                     .input = "fed",
                                                     .input_size = 3});
        if (outcome.status != rows[i].status || strcmp(outcome.out, rows[i].out) != 0 ||
            strcmp(outcome.err, rows[i].err) != 0)
            fail_msg("%s: status %d, \"%s\", \"%s\"", rows[i].why, outcome.status, outcome.out,
                     outcome.err);
        program_outcome_clear(&outcome);
    }
    unsetenv("AILAB_API_KEY");
}

static void kit_program_that_is_not_there_ends_with_127(void **state)
{
    (void)state;
    struct program_outcome outcome;
    program_run(&outcome, &(struct program_call){.program = "/nowhere/at/all"});
    assert_int_equal(outcome.status, 127);
    program_outcome_clear(&outcome);
}

/* As in the background of a script, where the shell lets a program ignore SIGINT. */
static void kit_program_starts_with_signals_as_from_a_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        int inherited, status;
    } rows[] = {{"by default", 0, -SIGINT}, {"inherited", SIGINT, 7}};
    static const char *const words[] = {"-c", "kill -INT $$; exit 7", NULL};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    sigset_t set, mask;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    assert_int_equal(sigaction(SIGINT, &ignore, &before), 0);
    assert_int_equal(sigprocmask(SIG_BLOCK, &set, &mask), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct program_outcome outcome;
        const struct program_call call = {
            .program = "sh", .arguments = words, .inherited_signal = rows[i].inherited};
        program_run(&outcome, &call);
        if (outcome.status != rows[i].status)
            fail_msg("%s: status %d", rows[i].why, outcome.status);
        program_outcome_clear(&outcome);
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGINT, &before, NULL);
}

/* Work beside sleep is as slow as the machine; sleep makes it no slower. */
static void kit_slowness_counts_no_waiting(void **state)
{
    (void)state;
    struct slowness *slowness = slowness_start();
    assert_non_null(slowness);
    poll(NULL, 0, 50);
    const double factor = slowness_stop(slowness);
    assert_true(factor >= 1);
    assert_true(slowness_stop(NULL) >= 1);
}

static void kit_closed_port_refuses(void **state)
{
    (void)state;
    const struct closed_port port = closed_port_take(), other = closed_port_take();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)port.number);
    assert_true(port.number != other.number);
    assert_non_null(strstr(port.url, "http://127.0.0.1:"));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, EADDRINUSE);
    close(fd);
    closed_port_give_back(&port);
    closed_port_give_back(&other);
}

static void kit_folder_goes_with_all_that_is_in_it(void **state)
{
    char path[PATH_SIZE];
    path_join(path, *state, "file");
    file_write(path, "text", 4);
    assert_int_equal(folder_count(*state), 1);
    char *text = file_read(path, NULL);
    assert_string_equal(text, "text");
    free(text);
    char *other = folder_new();
    assert_non_null(other);
    path_join(path, other, "file");
    file_write(path, "", 0);
    folder_free(other);
    assert_false(file_exists(path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kit_server_walks_through_its_steps),
        cmocka_unit_test(kit_server_keeps_what_it_could_not_do),
        cmocka_unit_test(kit_server_repeats_its_last_reply),
        cmocka_unit_test(kit_server_answers_alike_whatever_comes),
        cmocka_unit_test(kit_program_tells_how_it_ended),
        cmocka_unit_test(kit_program_that_is_not_there_ends_with_127),
        cmocka_unit_test(kit_program_starts_with_signals_as_from_a_terminal),
        cmocka_unit_test(kit_slowness_counts_no_waiting),
        cmocka_unit_test(kit_closed_port_refuses),
        cmocka_unit_test_setup_teardown(kit_folder_goes_with_all_that_is_in_it, folder_make,
                                        folder_remove),
    };
    return cmocka_run_group_tests_name("kit", tests, NULL, NULL);
}
