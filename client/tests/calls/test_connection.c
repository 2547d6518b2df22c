/* The ways to a server: behind TLS with every kind of certificate, over IPv6, and never through a
 * proxy that the environment names. Certificates are made when the test runs; it skips what the
 * machine cannot do, and says why. */
#include "samples.h"
#include "scene.h"
#include "testing/files.h"
#include "testing/program.h"
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define SERVER AILAB_SOURCE_DIR "/client/tests/calls/tls_server.py"

/* Makes CERTIFICATE.pem for each row of the test below, all with one key. */
static const char make_certificates[] =
    "cd \"$0\" && exec 2>/dev/null && openssl ecparam -genkey -name prime256v1 -out key.pem && "
    "make() { openssl req -new -key key.pem -subj /CN=test -addext \"subjectAltName=$2\" "
    "-out request && openssl x509 -req -in request -signkey key.pem -days \"$3\" "
    "-copy_extensions copy -out \"$1.pem\"; } && "
    "make sound IP:127.0.0.1 2 && make other IP:127.0.0.1 2 && make expired IP:127.0.0.1 0 && "
    "make elsewhere DNS:www.example.com 2";

struct server {
    struct program_server program;
    char url[160], log[PATH_SIZE];
};

static bool can_run(const char *program, const char *argument)
{
    struct program_outcome outcome;
    const char *arguments[] = {argument, NULL};
    program_run(&outcome, &(struct program_call){
                              .program = program, .arguments = arguments, .inherits = true});
    bool can = outcome.status == 0;
    program_outcome_clear(&outcome);
    if (!can)
        print_message("skipped: there is no %s\n", program);
    return can;
}

/* A NULL certificate: without TLS. */
static void server_start(struct server *out, const char *folder, const char *address,
                         const char *certificate)
{
    char answer[PATH_SIZE], key[PATH_SIZE];
    char *text = sample_answer("200 OK", "Connection: close\r\n", SAMPLE_SUCCESS);
    path_join(answer, folder, "answer");
    path_join(out->log, folder, "log");
    path_join(key, folder, "key.pem");
    file_write(answer, text, strlen(text));
    file_write(out->log, "", 0);
    free(text);
    const char *arguments[] = {
        SERVER, address, answer, out->log, certificate, certificate ? key : NULL, NULL};
    assert_true(program_server_start(
        &out->program,
        &(struct program_call){.program = "python3", .arguments = arguments, .inherits = true}));
    snprintf(out->url, sizeof out->url, "http%s%s", certificate ? "s" : "",
             out->program.url + strlen("http"));
}

static enum ailab_error call(struct ailab_result **out, const struct ailab_options *options)
{
    struct ailab *client = NULL;
    const struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    assert_int_equal(ailab_new(&client, options), AILAB_OK);
    enum ailab_error error = ailab_edit(out, client, 12, &image);
    ailab_free(client);
    return error;
}

static void connection_trusts_the_right_certificate_alone(void **state)
{
    static const struct {
        const char *why, *certificate, *authority; /* NULL: the system's authorities */
        enum ailab_error error;
        bool of_proxy;
    } rows[] = {
        {"the one that ca_file names", "sound", "sound", AILAB_OK, false},
        {"one that has expired", "expired", "expired", AILAB_UNREACHABLE, false},
        {"one for another host", "elsewhere", "elsewhere", AILAB_UNREACHABLE, false},
        {"one that no authority signed", "sound", NULL, AILAB_UNREACHABLE, false},
        {"another than ca_file names", "sound", "elsewhere", AILAB_UNREACHABLE, false},
        {"a proxy's that ca_file names", "sound", "sound", AILAB_OK, true},
        {"a proxy's for another host", "elsewhere", "elsewhere", AILAB_UNREACHABLE, true},
        {"a proxy's that no authority signed", "sound", NULL, AILAB_UNREACHABLE, true},
    };
    const char *folder = *state;
    const char *make[] = {"-c", make_certificates, folder, NULL};
    struct program_outcome outcome;
    if (!can_run("openssl", "version") || !can_run("python3", "--version"))
        skip();
    program_run(&outcome,
                &(struct program_call){.program = "sh", .arguments = make, .inherits = true});
    assert_int_equal(outcome.status, 0);
    program_outcome_clear(&outcome);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char certificate[PATH_SIZE + 8], authority[PATH_SIZE + 8];
        struct server server;
        struct ailab_result *result = NULL;
        snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, rows[i].certificate);
        snprintf(authority, sizeof authority, "%s/%s.pem", folder,
                 rows[i].authority ? rows[i].authority : "");
        server_start(&server, folder, "127.0.0.1", certificate);
        enum ailab_error error =
            call(&result, &(struct ailab_options){
                              .api_key = SCENE_KEY,
                              .base_url = rows[i].of_proxy ? "http://service.invalid" : server.url,
                              .proxy = rows[i].of_proxy ? server.url : NULL,
                              .ca_file = rows[i].authority ? authority : NULL,
                              .retries = 3,
                              .retry_wait_ms = 1});
        program_server_stop(&server.program);
        char *log = file_read(server.log, NULL);
        const char *expected = error == AILAB_OK ? "connection\nrequest\n" : "connection\n";
        if (error != rows[i].error || ailab_result_retryable(result) || strcmp(log, expected) != 0)
            fail_msg("%s: %s, \"%s\"; the server noted: %s", rows[i].why, ailab_error_name(error),
                     ailab_result_error_text(result), log);
        assert_int_equal(ailab_result_attempts(result), 1);
        assert_null(strstr(ailab_result_error_text(result), SCENE_KEY));
        ailab_result_free(result);
        free(log);
    }
}

static bool has_ipv6(void)
{
    const struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                         .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool has = fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    if (!has)
        print_message("skipped: this machine has no ::1\n");
    return has;
}

static void connection_takes_an_ipv6_address(void **state)
{
    struct server server;
    struct ailab_result *result = NULL;
    if (!has_ipv6() || !can_run("python3", "--version"))
        skip();
    server_start(&server, *state, "::1", NULL);
    enum ailab_error error =
        call(&result, &(struct ailab_options){.api_key = SCENE_KEY, .base_url = server.url});
    program_server_stop(&server.program);
    if (error != AILAB_OK || !strstr(server.url, "[::1]"))
        fail_msg("%s: %s", server.url, ailab_result_error_text(result));
    ailab_result_free(result);
}

/* A proxy that is set for other programs must not get our key and picture. */
static void connection_ignores_the_proxies_of_the_environment(void **state)
{
    static const char *const names[] = {"http_proxy",  "https_proxy", "all_proxy",
                                        "HTTPS_PROXY", "ALL_PROXY",   "HTTP_PROXY"};
    struct scene proxy = {0};
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    const struct scripted_step nothing[] = {END};
    (void)state;
    scene_open(&proxy, nothing, (struct ailab_options){0});
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], proxy.server->url, 1);
    scene_open(&scene, steps, (struct ailab_options){0});
    assert_int_equal(scene_call(&scene), AILAB_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    scene_stop_server(&scene);
    scene_stop_server(&proxy);
    assert_int_equal(proxy.server->connections, 0);
    scene_close(&scene);
    scene_close(&proxy);
}

/* The caller's proxy is used, whatever the environment excepts from proxies. */
static void connection_goes_through_the_proxy_of_the_options(void **state)
{
    struct scene scene = {.is_proxy = true, .text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    setenv("no_proxy", "*", 1);
    scene_open(&scene, steps, (struct ailab_options){.base_url = "http://service.invalid"});
    assert_int_equal(scene_call(&scene), AILAB_OK);
    unsetenv("no_proxy");
    scene_stop_server(&scene);
    assert_non_null(strstr(scene.server->heard, "POST http://service.invalid/api/portrait/"));
    scene_close(&scene);
}

/* CONNECT: the proxy's own answer is neither the service's success nor its refusal. */
static void connection_tells_the_proxys_answers_from_the_services(void **state)
{
    static const struct {
        const char *why, *answer, *words;
        bool may_pass;
    } rows[] = {
        {"another password", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407", false},
        {"the host is forbidden", "HTTP/1.1 403 Forbidden\r\n\r\n", "403", false},
        {"no way to the host", "HTTP/1.1 502 Bad Gateway\r\n\r\n", "502", true},
        {"a tunnel that breaks", "HTTP/1.1 200 Connection established\r\n\r\n", "", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {.is_proxy = true};
        const struct scripted_step steps[] = {ACCEPT, HEAD, SEND(rows[i].answer), CLOSE, END};
        scene_open(&scene, steps, (struct ailab_options){.base_url = "https://service.invalid"});
        assert_int_equal(scene_call(&scene), AILAB_UNREACHABLE);
        const char *words = ailab_result_error_text(scene.result);
        if (!strstr(words, rows[i].words) ||
            ailab_result_retryable(scene.result) != rows[i].may_pass ||
            ailab_result_http_status(scene.result) != 0)
            fail_msg("%s: HTTP %ld, %s", rows[i].why, ailab_result_http_status(scene.result),
                     words);
        scene_stop_server(&scene);
        assert_non_null(strstr(scene.server->heard, "CONNECT service.invalid:443"));
        assert_null(strstr(scene.server->heard, SCENE_KEY));
        scene_close(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(connection_trusts_the_right_certificate_alone, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(connection_takes_an_ipv6_address, folder_make,
                                        folder_remove),
        cmocka_unit_test(connection_ignores_the_proxies_of_the_environment),
        cmocka_unit_test(connection_goes_through_the_proxy_of_the_options),
        cmocka_unit_test(connection_tells_the_proxys_answers_from_the_services),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
