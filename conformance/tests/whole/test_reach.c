/* How a target is reached: through a proxy, with TLS, and what is said where that fails.
 * labels: threads, slow */
#include "mock.h"
#include "suite.h"
#include "testing/closed_port.h"
#include "testing/proxy.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* Never looked up: the proxy is asked for it. */
#define TARGET "http://service.invalid"
#define DEAD_PROXY "http://proxy.invalid:3128" /* the suite must not ask it */

static void assert_reached(const char *why, struct program_outcome *outcome, int exit,
                           const char *words)
{
    assert_exit(why, outcome, exit);
    if (words && !strstr(outcome->err, words))
        fail_msg("%s: no \"%s\" in: %s", why, words, outcome->err);
    assert_null(strstr(outcome->err, "s3cret"));
    program_outcome_clear(outcome);
}

/* Proxies */

static void reach_through_a_proxy_passes(void **state)
{
    (void)state;
    char line[300];
    struct program_server server;
    struct program_outcome outcome;
    struct proxy *proxy = proxy_start(NULL);
    assert_non_null(proxy);
    assert_true(mock_start(&server, "2026-01", NULL, NULL));
    suite_run(&outcome, with_key, "--target", server.url, "--proxy", proxy->url, "--level", "info",
              "--skip", "image/sides/*-both*", "--timeout", "30000", NULL);
    program_server_stop(&server);
    proxy_stop(proxy);
    snprintf(line, sizeof line, "target    %s through %s\n", server.url, proxy->url);
    if (!strstr(outcome.out, line))
        fail_msg("no \"%s\" in %.400s", line, outcome.out);
    assert_reached("the mock through a proxy", &outcome, 0, NULL);
    snprintf(line, sizeof line, "CONNECT %s HTTP/1.1", server.url + strlen("http://"));
    assert_string_equal(proxy->asked, line);
    assert_true(proxy->tunnels > 100);
    assert_true(proxy->tunnels == proxy->connections);
    proxy_free(proxy);
}

static void reach_says_what_a_proxy_refuses(void **state)
{
    (void)state;
    static const struct {
        const char *why, *answer, *words;
    } rows[] = {
        {"a sentence", "HTTP/1.1 403 Forbidden\r\nContent-Length: 21\r\n\r\nonly port 443, please",
         " refuses CONNECT service.invalid:80: 403 Forbidden: only port 443, please\n"},
        {"a sentence in chunks",
         "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnot "
         "\r\n5\r\nhere\n\r\n0\r\n\r\n",
         " refuses CONNECT service.invalid:80: 403 No: not here\n"},
        {"a body up to the end", "HTTP/1.0 503 Busy\r\n\r\nlater\nor never",
         " refuses CONNECT service.invalid:80: 503 Busy: later\n"},
        {"a body that is cut", "HTTP/1.1 403 Forbidden\r\nContent-Length: 99\r\n\r\nonly",
         " refuses CONNECT service.invalid:80: 403 Forbidden\n"},
        {"JSON", "HTTP/1.1 403 No\r\n\r\n{\"error\":\"not here\"}\n",
         " refuses CONNECT service.invalid:80: 403 No: not here\n"},
        {"an envelope", "HTTP/1.1 403 No\r\n\r\n{\"error_detail\":{\"message\":\"not from here\"}}",
         " refuses CONNECT service.invalid:80: 403 No: not from here\n"},
        {"broken JSON", "HTTP/1.1 403 No\r\n\r\n{\"error\"",
         " refuses CONNECT service.invalid:80: 403 No: {\"error\"\n"},
        {"a page", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<html></html>",
         " refuses CONNECT service.invalid:80: 502 Bad Gateway\n"},
        {"no body", "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n",
         " refuses CONNECT service.invalid:80: 405 Method Not Allowed\n"},
        {"escapes", "HTTP/1.1 403 \33[2J\r\nContent-Length: 4\r\n\r\n\33[1m",
         " refuses CONNECT service.invalid:80: 403 ?[2J: ?[1m\n"},
        {"a password wanted",
         "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
         "(it wants a user name and a password, which the suite does not send)"},
        {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n", "did not answer CONNECT by HTTP"},
        {"another protocol, at length", "220 mail\r\n\r\n", "did not answer CONNECT by HTTP"},
        {"nothing", "", " closed the connection at CONNECT\n"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char words[256];
        struct program_outcome outcome;
        struct proxy *proxy = proxy_start(rows[i].answer);
        assert_non_null(proxy);
        suite_run(&outcome, NULL, "--target", TARGET, "--proxy", proxy->url, NULL);
        proxy_stop(proxy);
        snprintf(words, sizeof words, TARGET " cannot be reached: the proxy %s", proxy->url);
        assert_non_null(strstr(outcome.err, words));
        assert_reached(rows[i].why, &outcome, 3, rows[i].words);
        proxy_free(proxy);
    }
}

static void reach_says_that_a_proxy_is_not_there(void **state)
{
    (void)state;
    struct program_outcome outcome;
    char words[80];
    const struct closed_port port = closed_port_take();
    struct scripted *silent = scripted_start_silent();
    assert_non_null(silent);
    suite_run(&outcome, NULL, "--target", TARGET, "--proxy", port.url, NULL);
    snprintf(words, sizeof words, "the proxy %s: connect: Connection refused", port.url);
    assert_reached("no proxy", &outcome, 3, words);
    suite_run(&outcome, NULL, "--target", TARGET, "--proxy", silent->url, "--timeout", "300", NULL);
    assert_reached("a proxy that says nothing", &outcome, 3,
                   " does not answer CONNECT: the time is up");
    closed_port_give_back(&port);
    scripted_free(silent);
}

static void reach_refuses_wrong_options(void **state)
{
    (void)state;
    static const char *const env[] = {"AILAB_API_KEY=" KEY_TEXT, NULL};
    static const struct {
        const char *target, *option, *value, *words;
    } rows[] = {
        {"http://h", "--proxy", "https://p",
         "\"https://p\" is no proxy: it must begin with http://"},
        {"http://h", "--proxy", "p:3128", "\"p:3128\" is no proxy: it does not begin with http://"},
        {"http://h", "--proxy", "http://p/path", "is no proxy: a proxy's URL has no path"},
        {"http://h", "--proxy", "http://me:s3cret@p", "\"...\" is no proxy: a user name does not"},
        {"mock", "--proxy", "http://p", "--proxy, --ca-file and --insecure belong to a base URL"},
        {"mock", "--ca-file", "c.pem", "--proxy, --ca-file and --insecure belong to a base URL"},
        {"https://www.ailabapi.com", "--insecure", NULL, "leave --insecure out"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct program_outcome outcome;
        suite_run(&outcome, env, "--target", rows[i].target, rows[i].option, rows[i].value, NULL);
        assert_reached(rows[i].words, &outcome, 2, rows[i].words);
    }
}

/* TLS */

/* The stand-in in Node behind TLS, with a certificate for 127.0.0.1 that is its own authority. */
struct secure {
    struct program_server server, plain; /* the other is a mock without TLS */
    char *directory;
    char url[160], authority[128];
};

static bool make_certificate(const char *directory)
{
    static const char script[] =
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout \"$0/key.pem\" -out \"$0/cert.pem\" "
        "-days 2 -subj /CN=stand-in -addext subjectAltName=IP:127.0.0.1 2>/dev/null && node -v";
    const char *make[] = {"sh", "-c", script, directory, NULL};
    struct program_outcome outcome;
    command_run(&outcome, make, NULL);
    bool made = outcome.status == 0;
    program_outcome_clear(&outcome);
    return made;
}

static int start_secure(void **state)
{
    static const char script[] =
        "const [directory, server] = process.argv.splice(1, 2), fs = require('fs');"
        "const read = (name) => fs.readFileSync(`${directory}/${name}.pem`);"
        "require('http').createServer = (options, handler) => require('https').createServer("
        "{ ...options, key: read('key'), cert: read('cert') }, handler);"
        "process.argv.splice(1, 0, server); require(server);";
    static const char *const env[] = {"AILAB_API_KEY=" KEY_TEXT, NULL};
    struct secure *secure = calloc(1, sizeof *secure);
    assert_non_null(secure);
    secure->directory = folder_new();
    assert_non_null(secure->directory);
    *state = secure;
    if (!make_certificate(secure->directory))
        return 0; /* url stays empty */
    const char *argv[] = {"node",
                          "-e",
                          script,
                          "--",
                          secure->directory,
                          AILAB_SOURCE_DIR "/conformance/examples/node/server.js",
                          "--port",
                          "0",
                          NULL};
    assert_true(mock_start_open(&secure->plain));
    assert_true(command_serve(&secure->server, argv, env));
    snprintf(secure->url, sizeof secure->url, "https%s", secure->server.url + strlen("http"));
    snprintf(secure->authority, sizeof secure->authority, "%s/cert.pem", secure->directory);
    return 0;
}

static int stop_secure(void **state)
{
    struct secure *secure = *state;
    if (secure->url[0]) {
        program_server_stop(&secure->server);
        program_server_stop(&secure->plain);
    }
    folder_free(secure->directory);
    free(secure);
    return 0;
}

/* Variables of the environment lead libcurl elsewhere, and so must not count. */
static const char *const misleading[] = {"AILAB_API_KEY=" KEY_TEXT,
                                         "https_proxy=" DEAD_PROXY,
                                         "HTTPS_PROXY=" DEAD_PROXY,
                                         "http_proxy=" DEAD_PROXY,
                                         "all_proxy=" DEAD_PROXY,
                                         "ALL_PROXY=" DEAD_PROXY,
                                         "no_proxy=",
                                         NULL};

static void reach_by_tls_passes(void **state)
{
    const struct secure *secure = *state;
    struct program_outcome outcome;
    if (!secure->url[0])
        skip();
    suite_run(&outcome, misleading, "--target", secure->url, "--ca-file", secure->authority,
              "--skip", "image/*", "--skip", "choice/*", "--timeout", "30000", NULL);
    assert_reached("the stand-in behind TLS", &outcome, 0, NULL);
}

static void reach_by_tls_through_a_proxy_passes(void **state)
{
    const struct secure *secure = *state;
    struct program_outcome outcome;
    if (!secure->url[0])
        skip();
    struct proxy *proxy = proxy_start(NULL);
    assert_non_null(proxy);
    suite_run(&outcome, misleading, "--target", secure->url, "--ca-file", secure->authority,
              "--proxy", proxy->url, "--run", "call/*", "--run", "wire/*", "--timeout", "30000",
              NULL);
    proxy_stop(proxy);
    assert_reached("the stand-in behind TLS and a proxy", &outcome, 0, NULL);
    assert_true(proxy->tunnels > 40);
    proxy_free(proxy);
}

static void reach_by_tls_says_what_is_wrong(void **state)
{
    const struct secure *secure = *state;
    struct program_outcome outcome;
    char other_name[160], plain[160];
    if (!secure->url[0])
        skip();
    const char *port = strrchr(secure->url, ':');
    snprintf(other_name, sizeof other_name, "https://localhost%s", port);
    snprintf(plain, sizeof plain, "https%s", secure->plain.url + strlen("http"));
    const struct {
        const char *why, *target, *option, *value, *words;
        int exit;
    } rows[] = {
        {"an unknown authority", secure->url, NULL, NULL,
         "the certificate is refused: self-signed certificate: --ca-file FILE names its authority",
         3},
        {"no such file", secure->url, "--ca-file", "/nowhere/ca.pem",
         "--ca-file /nowhere/ca.pem: No such file", 2},
        {"a file of something else", secure->url, "--ca-file", AILAB_SOURCE_DIR "/README.md",
         ": certificates in PEM were expected", 2},
        {"another name", other_name, "--ca-file", secure->authority,
         "mismatch: it is not for localhost", 3},
        {"any certificate", other_name, "--insecure", NULL, NULL, 0},
        {"no TLS", plain, "--ca-file", secure->authority, " (does this port speak TLS?)", 3},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        suite_run(&outcome, misleading, "--run", "call/*", "--target", rows[i].target,
                  rows[i].option, rows[i].value, NULL);
        assert_reached(rows[i].why, &outcome, rows[i].exit, rows[i].words);
    }
}

/* The mock's own front: TLS and CONNECT on its one port. */

static void judge_front(const char *why, const char *port, const char *scheme,
                        const char *authority, bool proxied)
{
    char target[64], proxy[64];
    struct program_outcome outcome;
    snprintf(target, sizeof target, "%s://127.0.0.1%s", scheme, port);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1%s", port);
    suite_run(&outcome, with_key, "--target", target, "--level", "info", "--timeout", "30000",
              "--skip", "image/sides/*-both*", "--skip", "account/*", "--ca-file", authority,
              proxied ? "--proxy" : NULL, proxy, NULL);
    assert_reached(why, &outcome, 0, NULL);
}

static void reach_by_the_front_of_the_mock_passes(void **state)
{
    (void)state;
    char authority[160];
    char *folder = folder_new();
    struct program_server front;
    assert_non_null(folder);
    assert_true(mock_start_https(&front, folder));
    const char *port = strrchr(front.url, ':');
    snprintf(authority, sizeof authority, "%s/ailab-mock-ca.pem", folder);
    judge_front("TLS", port, "https", authority, false);
    judge_front("TLS through CONNECT", port, "https", authority, true);
    judge_front("HTTP through CONNECT", port, "http", authority, true);
    program_server_stop(&front);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reach_through_a_proxy_passes),
        cmocka_unit_test(reach_says_what_a_proxy_refuses),
        cmocka_unit_test(reach_says_that_a_proxy_is_not_there),
        cmocka_unit_test(reach_refuses_wrong_options),
        cmocka_unit_test(reach_by_the_front_of_the_mock_passes),
        cmocka_unit_test(reach_by_tls_passes),
        cmocka_unit_test(reach_by_tls_through_a_proxy_passes),
        cmocka_unit_test(reach_by_tls_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, start_secure, stop_secure);
}
