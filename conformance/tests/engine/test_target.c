/* How a target is opened, with which keys and bounds, and what is said of one after a run that it
 * did not answer. */
#include "cases/suites.h"
#include "engine/target.h"
#include "stand.h"
#include "testing/closed_port.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

static void target_that_is_gone_is_told_from_one_that_fails_a_case(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        bool there;          /* after the run */
        const char *silence; /* that the run noted; NULL: none */
        enum wire_result results[3];
        size_t count;
        const char *said; /* "": it can be judged */
    } rows[] = {
        {"nothing was asked", false, NULL, {WIRE_OK}, 0, ""},
        {"all answered", false, NULL, {WIRE_OK, WIRE_OK}, 2, ""},
        {"closed once, and there", true, NULL, {WIRE_OK, WIRE_CLOSED}, 2, ""},
        {"silent", true, "no word", {WIRE_OK, WIRE_LATE}, 2, "the target does not answer: no word"},
        {"held and interrupted", false, NULL, {WIRE_HELD, WIRE_CANCELLED}, 2, ""},
        {"none answered",
         true,
         NULL,
         {WIRE_GARBLED, WIRE_CLOSED},
         2,
         "the target gave no HTTP answer to any request: not an HTTP answer: reason"},
        {"gone",
         false,
         NULL,
         {WIRE_OK, WIRE_CLOSED, WIRE_UNREACHABLE},
         3,
         "the target died in the run: http://127.0.0.1:"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct closed_port port = closed_port_take();
        struct scripted *server = scripted_start_alike("");
        struct session session;
        struct buf why = {0};
        char problem[URL_WHY_SIZE];
        assert_non_null(server);
        assert_true(session_init(&session));
        session.timeout_ms = STAND_PATIENCE_MS;
        assert_true(
            url_parse(&session.endpoint.url, rows[i].there ? server->url : port.url, problem));
        if (rows[i].silence)
            session_note_silence(&session, rows[i].silence);
        for (size_t k = 0; k < rows[i].count; k++)
            session_note_request(&session, rows[i].results[k], "reason");
        assert_int_equal(target_is_lost(&session, &why), rows[i].said[0] != '\0');
        if (strncmp(buf_str(&why), rows[i].said, strlen(rows[i].said)) != 0 ||
            (strstr(rows[i].said, "died") && !strstr(buf_str(&why), port.url)))
            fail_msg("%s: \"%s\" was said", rows[i].why, buf_str(&why));
        buf_clear(&why);
        session_clear(&session);
        scripted_free(server);
        closed_port_give_back(&port);
    }
}

#define LIVE "https://www.ailabapi.com"
#define KEY "a-key-of-the-caller"
#define KEY_16 "0123456789abcdef"
#define KEY_64 KEY_16 KEY_16 KEY_16 KEY_16
#define KEY_256 KEY_64 KEY_64 KEY_64 KEY_64

/* Nothing is sent: each is refused before, or fails at a proxy that closes each connection. */
static void target_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *why, *target, *key;
        bool insecure;
        const char *ca_file;
        enum target_error error;
        const char *words;
    } rows[] = {
        {"no URL", "ftp://h", NULL, false, NULL, TARGET_USAGE, "\"ftp://h\" is no target: "},
        {"a password", "http://me:s3cret@h", NULL, false, NULL, TARGET_USAGE,
         "\"...\" is no target: "},
        {"an empty key", "http://h", "", false, NULL, TARGET_USAGE, "AILAB_API_KEY holds no key"},
        {"a key of one character", "http://h", "k", false, NULL, TARGET_UNUSABLE,
         "http://h cannot be reached: "},
        {"a key with a blank", "http://h", "a b", false, NULL, TARGET_USAGE,
         "AILAB_API_KEY holds no key"},
        {"a key behind a blank", "http://h", " b", false, NULL, TARGET_USAGE,
         "AILAB_API_KEY holds no key"},
        {"a key with DEL", "http://h", "a\x7f", false, NULL, TARGET_USAGE,
         "AILAB_API_KEY holds no key"},
        {"a key of 257 characters", "http://h", KEY_256 "x", false, NULL, TARGET_USAGE,
         "AILAB_API_KEY holds no key"},
        {"a key of 256 characters", "http://h", KEY_256, false, NULL, TARGET_UNUSABLE,
         "http://h cannot be reached: "},
        {"a key of ! and ~", "http://h", "!~", false, NULL, TARGET_UNUSABLE,
         "http://h cannot be reached: "},
        {"no key", "http://h", NULL, false, NULL, TARGET_UNUSABLE, "http://h cannot be reached: "},
        {"no key for the live service", LIVE, NULL, false, NULL, TARGET_USAGE, "only with a key"},
        {"the live service without TLS", "http://www.ailabapi.com", KEY, false, NULL, TARGET_USAGE,
         "without TLS"},
        {"the live service with any certificate", LIVE, KEY, true, NULL, TARGET_USAGE,
         "leave --insecure out"},
        {"the live service", LIVE, KEY, false, NULL, TARGET_UNUSABLE, LIVE " cannot be reached: "},
        {"no authorities", "https://h", KEY, false, "/nowhere/ca.pem", TARGET_USAGE,
         "/nowhere/ca.pem"},
        {"no authorities, without TLS", "http://h", KEY, false, "/nowhere/ca.pem", TARGET_UNUSABLE,
         "http://h cannot be reached: "},
    };
    struct scripted *proxy = scripted_start_alike(NULL);
    assert_non_null(proxy);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char why[TARGET_WHY_SIZE] = "";
        struct session session;
        struct target target;
        memset(&target, 0xff, sizeof target); /* target_open() fills it in any case */
        assert_true(session_init(&session));
        session.endpoint.insecure = rows[i].insecure;
        session.endpoint.ca_file = rows[i].ca_file;
        assert_int_equal(target_set_proxy(&session, proxy->url, why), TARGET_OK);
        enum target_error error = target_open(&target, &session, rows[i].target, rows[i].key, why);
        if (error != rows[i].error || !strstr(why, rows[i].words))
            fail_msg("%s: error %d, \"%s\"", rows[i].why, error, why);
        target_close(&target);
        session_clear(&session);
    }
    scripted_free(proxy);
}

static void target_sets_what_a_run_needs(void **state)
{
    (void)state;
    static const struct {
        const char *why, *target, *key;
        long bound, timeout_ms; /* as the command line has them: -1 and 0 for none */
        bool live;
        long then_bound, then_timeout_ms;
    } rows[] = {
        {"by default", "http://h", NULL, -1, 0, false, -1, 10000},
        {"as was asked for", "http://h", KEY, 24, 500, false, 24, 500},
        {"live", LIVE, KEY, -1, 0, true, 12, 120000},
        {"live, as was asked for", LIVE, KEY, 0, 500, true, 0, 500},
    };
    struct scripted *proxy = scripted_start_alike(NULL);
    assert_non_null(proxy);
    setenv("AILAB_API_KEY_LOCKED", "locked", 1);
    setenv("AILAB_API_KEY_EMPTY", "no key", 1);
    unsetenv("AILAB_API_KEY_LIMITED");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char why[TARGET_WHY_SIZE] = "", name[100];
        struct session session;
        struct target target;
        assert_true(session_init(&session));
        session.budget.bound = rows[i].bound;
        session.timeout_ms = rows[i].timeout_ms;
        assert_int_equal(target_set_proxy(&session, proxy->url, why), TARGET_OK);
        assert_int_equal(target_open(&target, &session, rows[i].target, rows[i].key, why),
                         TARGET_UNUSABLE);
        const struct secrets *secrets = &session.secrets;
        snprintf(name, sizeof name, "%s through %s", rows[i].target, proxy->url);
        assert_string_equal(target.name, name);
        assert_int_equal(target.live, rows[i].live);
        assert_int_equal(session.budget.bound, rows[i].then_bound);
        assert_int_equal(session.timeout_ms, rows[i].then_timeout_ms);
        assert_int_equal(session.key_known, rows[i].key != NULL);
        assert_int_equal(secrets->own[ACCOUNT_GOOD], rows[i].key == NULL);
        assert_int_equal(strlen(secrets->keys[ACCOUNT_GOOD]),
                         rows[i].key ? strlen(rows[i].key) : 64);
        assert_string_equal(secrets->keys[ACCOUNT_LOCKED], "locked");
        assert_null(secrets->keys[ACCOUNT_EMPTY]);
        assert_null(secrets->keys[ACCOUNT_LIMITED]);
        target_close(&target);
        session_clear(&session);
    }
    scripted_free(proxy);
}

static void target_is_open_when_it_answers_or_the_run_ends(void **state)
{
    (void)state;
    struct scripted *server = scripted_start_alike("");
    const struct closed_port port = closed_port_take();
    const int cancel_fd = eventfd(1, EFD_CLOEXEC);
    const struct {
        const char *why, *url;
        int cancel_fd;
    } rows[] = {{"it answers", server->url, -1}, {"the run ends", port.url, cancel_fd}};
    assert_non_null(server);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char why[TARGET_WHY_SIZE] = "";
        struct session session;
        struct target target;
        assert_true(session_init(&session));
        session.endpoint.cancel_fd = rows[i].cancel_fd;
        if (target_open(&target, &session, rows[i].url, NULL, why) != TARGET_OK)
            fail_msg("%s: %s", rows[i].why, why);
        assert_string_equal(target.name, rows[i].url);
        target_close(&target);
        session_clear(&session);
    }
    close(cancel_fd);
    closed_port_give_back(&port);
    scripted_free(server);
}

static void target_proxy_is_a_plain_server(void **state)
{
    (void)state;
    static const struct {
        const char *proxy;
        enum target_error error;
        const char *words;
    } rows[] = {
        {NULL, TARGET_OK, ""},
        {"http://p:3128", TARGET_OK, ""},
        {"https://p", TARGET_USAGE,
         "--proxy \"https://p\" is no proxy: it must begin with http://"},
        {"http://p/path", TARGET_USAGE,
         "--proxy \"http://p/path\" is no proxy: a proxy's URL has no path"},
        {"p:3128", TARGET_USAGE, "--proxy \"p:3128\" is no proxy: it does not begin with http://"},
        {"http://me:s3cret@p", TARGET_USAGE, "--proxy \"...\" is no proxy: "},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char why[TARGET_WHY_SIZE] = "";
        struct session session;
        assert_true(session_init(&session));
        enum target_error error = target_set_proxy(&session, rows[i].proxy, why);
        if (error != rows[i].error || strncmp(why, rows[i].words, strlen(rows[i].words)) != 0)
            fail_msg("%s: error %d, \"%s\"", rows[i].proxy, error, why);
        session_clear(&session);
    }
}

/* The mock in process has an account in each state, knows its keys and no other, and speaks the
 * revision of the run. */
static void target_mock_has_what_the_cases_need(void **state)
{
    static const char *const slugs[] = {
        "call/documented", "key/unknown",     "key/sixty-four",         "account/locked",
        "account/empty",   "account/limited", "image/decode/jpeg-half", "credits/success",
    };
    char why[TARGET_WHY_SIZE] = "", name[700];
    struct session session;
    struct target target;
    assert_true(session_init(&session));
    session.revision = REVISION_2025_09;
    assert_int_equal(target_open(&target, &session, "mock", NULL, why), TARGET_OK);
    snprintf(name, sizeof name, "mock in process (%s)", session.endpoint.url.base);
    assert_string_equal(target.name, name);
    assert_true(session.key_known);
    assert_int_equal(session.timeout_ms, 10000);
    for (size_t i = 0; i < ACCOUNT_COUNT; i++)
        assert_true(session.secrets.own[i]);
    for (size_t i = 0; i < COUNT_OF(slugs); i++) {
        struct result result;
        stand_run(&result, &session, *state, slugs[i]);
        if (result.verdict != VERDICT_PASS)
            fail_msg("%s: %s %s", slugs[i], verdict_name(result.verdict),
                     result.actual ? result.actual : result.reason);
        result_clear(&result);
    }
    target_close(&target);
    assert_null(target.mock);
    session_clear(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(target_that_is_gone_is_told_from_one_that_fails_a_case),
        cmocka_unit_test(target_is_refused_with_a_reason),
        cmocka_unit_test(target_sets_what_a_run_needs),
        cmocka_unit_test(target_is_open_when_it_answers_or_the_run_ends),
        cmocka_unit_test(target_proxy_is_a_plain_server),
        cmocka_unit_test(target_mock_has_what_the_cases_need),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
