/* See target.h. */
#include "engine/target.h"
#include "base/clock.h"
#include "cmdline/text.h"
#include "wire/connection.h"
#include <ailab_mock.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIVE_TIMEOUT_MS 120000
#define LIVE_CREDITS 12

/* For targets that take any key, and for the mock, which is told to take this one alone. */
static const char stand_in_key[] =
    "conformance0conformance1conformance2conformance3conformance4key5";

/* Accounts of the mock in process: one with credits to count, and one in each state. */
static const char *const mock_keys[ACCOUNT_COUNT] = {stand_in_key, "conformance-locked",
                                                     "conformance-empty", "conformance-limited"};

__attribute__((format(printf, 3, 4))) static enum target_error
fail(enum target_error error, char why[TARGET_WHY_SIZE], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_print_list(why, TARGET_WHY_SIZE, format, args);
    va_end(args);
    return error;
}

static enum target_error open_mock(struct target *out, struct session *session,
                                   char why[TARGET_WHY_SIZE])
{
    char reason[AILAB_MOCK_ERROR_SIZE] = "", url_why[URL_WHY_SIZE] = "";
    const struct ailab_mock_options options = {.api_keys = mock_keys,
                                               .api_key_count = ACCOUNT_COUNT,
                                               .revision = revision_name(session->revision)};
    for (int i = 0; i < ACCOUNT_COUNT; i++) {
        session->secrets.keys[i] = mock_keys[i];
        session->secrets.own[i] = true;
    }
    session->key_known = true;
    if (session->timeout_ms == 0)
        session->timeout_ms = SESSION_TIMEOUT_MS;
    if (ailab_mock_start(&out->mock, &options, reason) != AILAB_MOCK_OK)
        return fail(TARGET_UNUSABLE, why, "the mock could not be started: %s", reason);
    struct buf accounts = {0};
    buf_printf(&accounts,
               "{\"accounts\":{\"%s\":{\"credits\":1000000},\"%s\":{\"locked\":true},"
               "\"%s\":{\"credits\":11},\"%s\":{\"rate\":{\"requests\":2,\"window_ms\":60000}}}}",
               mock_keys[ACCOUNT_GOOD], mock_keys[ACCOUNT_LOCKED], mock_keys[ACCOUNT_EMPTY],
               mock_keys[ACCOUNT_LIMITED]);
    enum ailab_mock_error set = ailab_mock_set_accounts(out->mock, buf_str(&accounts), reason);
    buf_clear(&accounts);
    if (set != AILAB_MOCK_OK)
        return fail(TARGET_UNUSABLE, why, "the mock's accounts could not be set: %s", reason);
    if (!url_parse(&session->endpoint.url, ailab_mock_url(out->mock), url_why))
        return fail(TARGET_UNUSABLE, why, "the mock's URL: %s", url_why);
    snprintf(out->name, sizeof out->name, "mock in process (%s)", session->endpoint.url.base);
    return TARGET_OK;
}

static bool is_sendable(const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)key[i] <= ' ' || (unsigned char)key[i] >= 0x7f)
            return false;
    return len > 0 && len <= 256;
}

/* A key that cannot be sent is none. */
static const char *account_key(enum account account)
{
    const char *key = getenv(secrets_variable(account));
    return key && is_sendable(key) ? key : NULL;
}

static enum target_error reach(const struct session *session, char why[TARGET_WHY_SIZE])
{
    struct connection *connection = NULL;
    char reason[WIRE_WHY_SIZE] = "";
    enum wire_result result = connection_open(&connection, &session->endpoint,
                                              clock_ms() + (double)session->timeout_ms, reason);
    if (result == WIRE_CANCELLED) /* then the run ends at once, and its reports say so */
        return TARGET_OK;
    if (result != WIRE_OK)
        return fail(TARGET_UNUSABLE, why, "%s cannot be reached: %s",
                    TEXT_PATH(session->endpoint.url.base), reason);
    connection_close(connection);
    return TARGET_OK;
}

static bool set_trust(struct target *out, struct endpoint *endpoint, char why[TARGET_WHY_SIZE])
{
    if (endpoint->url.tls)
        out->trust = trust_new(endpoint->ca_file, endpoint->insecure, why);
    endpoint->trust = out->trust;
    return !endpoint->url.tls || out->trust;
}

enum target_error target_set_proxy(struct session *session, const char *proxy,
                                   char why[TARGET_WHY_SIZE])
{
    char reason[URL_WHY_SIZE] = "";
    struct url *url = &session->endpoint.proxy;
    if (!proxy)
        return TARGET_OK;
    bool parsed = url_parse(url, proxy, reason);
    if (parsed && !url->tls && !url->prefix[0])
        return TARGET_OK;
    if (parsed)
        snprintf(reason, sizeof reason, "%s",
                 url->tls ? "it must begin with http://" : "a proxy's URL has no path");
    return fail(TARGET_USAGE, why, "--proxy \"%s\" is no proxy: %s", /* it may hold a password */
                strchr(proxy, '@') ? "..." : TEXT_PATH(proxy), reason);
}

enum target_error target_open(struct target *out, struct session *session, const char *target,
                              const char *key, char why[TARGET_WHY_SIZE])
{
    char reason[URL_WHY_SIZE] = "";
    *out = (struct target){0};
    if (strcmp(target, "mock") == 0)
        return open_mock(out, session, why);
    if (!url_parse(&session->endpoint.url, target, reason)) /* it may hold a password */
        return fail(TARGET_USAGE, why, "\"%s\" is no target: %s",
                    strchr(target, '@') ? "..." : TEXT_PATH(target), reason);
    if (key && !is_sendable(key))
        return fail(
            TARGET_USAGE, why,
            "AILAB_API_KEY holds no key: 1 to 256 printable ASCII characters were expected");
    out->live = url_is_live(&session->endpoint.url);
    if (out->live && !key)
        return fail(TARGET_USAGE, why,
                    "the live service is judged only with a key in AILAB_API_KEY");
    if (out->live && !session->endpoint.url.tls)
        return fail(TARGET_USAGE, why,
                    "the key is not sent to the live service without TLS; the URL must begin with "
                    "https://");
    if (out->live && session->endpoint.insecure)
        return fail(TARGET_USAGE, why,
                    "the key is sent to the live service only when its certificate is right; leave "
                    "--insecure out");
    session->secrets.keys[ACCOUNT_GOOD] = key ? key : stand_in_key;
    session->secrets.own[ACCOUNT_GOOD] = key == NULL;
    session->key_known = key != NULL;
    for (int i = ACCOUNT_LOCKED; i < ACCOUNT_COUNT; i++)
        session->secrets.keys[i] = account_key((enum account)i);
    if (out->live && session->budget.bound < 0)
        session->budget.bound = LIVE_CREDITS;
    if (session->timeout_ms == 0)
        session->timeout_ms = out->live ? LIVE_TIMEOUT_MS : SESSION_TIMEOUT_MS;
    if (!set_trust(out, &session->endpoint, why))
        return TARGET_USAGE;
    const char *proxy = session->endpoint.proxy.base;
    snprintf(out->name, sizeof out->name, "%s%s%s", session->endpoint.url.base,
             proxy[0] ? " through " : "", proxy);
    return reach(session, why);
}

bool target_is_lost(struct session *session, struct buf *why)
{
    char reason[TARGET_WHY_SIZE] = "";
    const char *silence = session_silence(session);
    if (silence)
        buf_printf(why, "the target does not answer: %s", silence);
    else if (session->unanswered && !session->answered)
        buf_printf(why, "the target gave no HTTP answer to any request: %s", session->unanswered);
    else if (session->unanswered && reach(session, reason) != TARGET_OK)
        buf_printf(why, "the target died in the run: %s", reason);
    return why->len > 0;
}

void target_close(struct target *target)
{
    ailab_mock_stop(target->mock);
    trust_free(target->trust);
    *target = (struct target){0};
}
