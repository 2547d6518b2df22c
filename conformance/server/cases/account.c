/* Accounts in a state that a request cannot cause: locked, without credits, with a request limit.
 * Their keys come from the environment; the mock in process has one of each. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <stdlib.h>
#include <string.h>

#define LIMIT_TRIES 20

static bool is_seconds(const char *text)
{
    return text[0] && strspn(text, "0123456789") == strlen(text);
}

/* A number of seconds; a server may also leave it out. */
static void look_at_retry_after(struct test *test, const struct answer *answer)
{
    const char *after = http_header(&answer->http, "Retry-After");
    if (after && !is_seconds(after))
        test_fail(test, "Retry-After in seconds, or none", "Retry-After: %s", after);
}

/* A browser shows a page no header that the answer does not expose. */
static void look_for_retry_after(struct test *test, const struct answer *answer)
{
    const char *after = http_header(&answer->http, "Retry-After");
    const char *exposed = http_header(&answer->http, "Access-Control-Expose-Headers");
    if (!after || !is_seconds(after) || strtol(after, NULL, 10) < 1)
        test_fail(test, "Retry-After with a number of seconds", "Retry-After: %s",
                  after ? after : "absent");
    else if (!exposed || !strcasestr(exposed, "Retry-After"))
        test_fail(test, "Access-Control-Expose-Headers with Retry-After",
                  "Access-Control-Expose-Headers: %s", exposed ? exposed : "absent");
}

/* Calls that are refused anyway, until the limit refuses them. */
RUN(run_limit)
{
    struct request request;
    bool limited = false;
    if (!test_request(&request, test, def))
        return;
    for (unsigned i = 0; i < LIMIT_TRIES && !limited && !test->decided; i++) {
        struct exchange exchange = {0};
        if (test_ask(&exchange, test, &request)) {
            limited = expect_match(&exchange.answer, def->expect, test->session->revision, NULL) !=
                      MATCH_NONE;
            if (limited)
                def->check(test, &exchange.answer);
            else
                test_expect(test, &exchange.answer, EXPECT_MISSING);
        }
        exchange_clear(&exchange);
    }
    if (!limited && !test->decided)
        test_fail(test, "EXCEEDING_LIMITS", "%d calls in a row were let through", LIMIT_TRIES);
}

#define ACCOUNT(state) .account = ACCOUNT_##state

static const struct case_def cases[] = {
    CLAUSE(account_locked, "A locked account is 403 ERROR_USER_LOCKED."),
    CASE("account/locked", "a good call with the key of a locked account", ACCOUNT(LOCKED),
         EXPECTS(LOCKED)),
    CLAUSE(order_key_before_parameters,
           "The account (key, lock, credits) is checked before the parameters."),
    CASE("account/locked-before-missing", "a locked account, and no image_target", ACCOUNT(LOCKED),
         TEXT(change_without, "image_target"), EXPECTS(LOCKED), ALSO(account_locked)),
    CASE("account/empty-before-missing", "no credits, and no image_target", ACCOUNT(EMPTY),
         TEXT(change_without, "image_target"), EXPECTS(NO_CREDITS), ALSO(credits_exhausted)),
    CLAUSE(credits_exhausted, "Without credits a call is 429 ERROR_NOT_ENOUGH_CREDITS."),
    CASE("account/empty", "a good call without credits", ACCOUNT(EMPTY), EXPECTS(NO_CREDITS)),
    CLAUSE(rate_exceeded, "Exceeding a request or concurrency limit is EXCEEDING_LIMITS."),
    CASE("account/limited", "more calls than the limit allows", ACCOUNT(LIMITED),
         TEXT(change_without, "image_target"), .run = run_limit, EXPECTS(LIMIT),
         .check = look_at_retry_after),
    CLAUSE(rate_retry_after, "A call beyond a limit is told in Retry-After when to come again, and "
                             "a browser may read that."),
    CASE("account/limited-retry-after", "when to come again, for browsers too", ACCOUNT(LIMITED),
         TEXT(change_without, "image_target"), .run = run_limit, EXPECTS(LIMIT),
         .check = look_for_retry_after),
};

SUITE(account, "Accounts");
