/* Accounts in a state that no request brings about: locked, without credits, with a request limit.
 * Their keys come from the environment; the mock in process has one of each. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <stdlib.h>
#include <string.h>

#define LIMIT_TRIES 20

/* The key that the case's text names, or NULL with a skip. */
static const char *key_of(struct test *test, const char *state)
{
    const struct session *session = test->session;
    const char *key = strcmp(state, "LOCKED") == 0  ? session->secrets.keys[ACCOUNT_LOCKED]
                      : strcmp(state, "EMPTY") == 0 ? session->secrets.keys[ACCOUNT_EMPTY]
                                                    : session->secrets.keys[ACCOUNT_LIMITED];
    if (!key)
        test_skip(test, "no key of such an account is given in AILAB_API_KEY_%s", state);
    return key;
}

static void ask(struct test *test, const struct case_def *def, const char *without)
{
    struct request request;
    struct exchange exchange = {0};
    const char *key = key_of(test, def->text);
    if (!key || !test_good(&request, test))
        return;
    request.key = key;
    if (without)
        request_drop_part(&request, without);
    if (test_ask(&exchange, test, &request))
        test_expect(test, &exchange.answer, def->expect);
    exchange_clear(&exchange);
}

static void run_good(struct test *test, const struct case_def *def)
{
    ask(test, def, NULL);
}

static void run_bad(struct test *test, const struct case_def *def)
{
    ask(test, def, "image_target");
}

/* A number of seconds; a server may also leave it out. */
static void look_at_retry_after(struct test *test, const struct answer *answer)
{
    const char *after = http_header(&answer->http, "Retry-After");
    if (after && (!after[0] || strspn(after, "0123456789") != strlen(after)))
        test_fail(test, NULL, "Retry-After in seconds, or none", "Retry-After: %s", after);
}

/* Calls that are refused anyway, until the limit speaks instead. */
static void run_limit(struct test *test, const struct case_def *def)
{
    struct request request;
    bool limited = false;
    const char *key = key_of(test, def->text);
    if (!key || !test_good(&request, test))
        return;
    request.key = key;
    request_drop_part(&request, "image_target");
    for (unsigned i = 0; i < LIMIT_TRIES && !limited && !test->decided; i++) {
        struct exchange exchange = {0};
        struct buf note = {0};
        if (test_ask(&exchange, test, &request)) {
            limited = expect_match(&exchange.answer, def->expect, test->session->revision, &note) !=
                      MATCH_NONE;
            if (limited)
                look_at_retry_after(test, &exchange.answer);
            else
                test_expect(test, &exchange.answer, EXPECT_MISSING);
        }
        buf_clear(&note);
        exchange_clear(&exchange);
    }
    if (!limited && !test->decided)
        test_fail(test, NULL, "EXCEEDING_LIMITS", "%d calls in a row were let through",
                  LIMIT_TRIES);
}

#define ACCOUNT(slug_, clauses_, title_, run_, key_, expect_)                                      \
    {                                                                                              \
        .slug = "account/" slug_, .clauses = clauses_, .title = title_, .run = run_, .text = key_, \
        .expect = EXPECT_##expect_                                                                 \
    }

static const struct case_def cases[] = {
    ACCOUNT("locked", "account_locked", "a good call with the key of a locked account", run_good,
            "LOCKED", LOCKED),
    ACCOUNT("locked-before-missing", "order_key_before_parameters account_locked",
            "a locked account, and no image_target", run_bad, "LOCKED", LOCKED),
    ACCOUNT("empty", "credits_exhausted", "a good call without credits", run_good, "EMPTY",
            NO_CREDITS),
    ACCOUNT("empty-before-missing", "order_key_before_parameters credits_exhausted",
            "no credits, and no image_target", run_bad, "EMPTY", NO_CREDITS),
    ACCOUNT("limited", "rate_exceeded", "more calls than the limit allows", run_limit, "LIMITED",
            LIMIT),
};

const struct suite suite_account = {"account", "Accounts", cases, COUNT_OF(cases), false};
