/* Credits: the price of a call, and the free call that tells the balance. It is read around calls
 * of the suite's own, so nothing else may run meanwhile. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <stdlib.h>
#include <string.h>

static bool ask_credits(struct exchange *out, struct test *test, bool with_key)
{
    struct request request;
    if (!test_good(&request, test))
        return false;
    request.method = "GET";
    request.path = REQUEST_CREDITS;
    request_no_body(&request);
    if (!with_key)
        request.key = NULL;
    return test_ask(out, test, &request);
}

/* The array of pools, or NULL with a verdict. */
static const cJSON *pools_of(struct test *test, const struct answer *answer)
{
    const cJSON *data = answer_field(answer->json, "data");
    if (answer_is_success(answer) && cJSON_IsArray(data))
        return data;
    struct buf actual = {0};
    answer_describe(&actual, answer);
    test_blame(test, CLAUSE_credits_query, "200 with an array data", "%s%s", buf_str(&actual),
               answer_is_success(answer) ? ", data is no array" : "");
    buf_clear(&actual);
    return NULL;
}

static const cJSON *pool(const cJSON *pools, const char *sign)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, pools)
    {
        const char *name = cJSON_GetStringValue(answer_field(item, "unique_sign"));
        if (name && strcmp(name, sign) == 0)
            return item;
    }
    return NULL;
}

/* A number, also as decimal text: the documentation does not say which. */
static bool number_of(double *out, const cJSON *item)
{
    if (cJSON_IsNumber(item)) {
        *out = item->valuedouble;
        return true;
    }
    char *end = NULL;
    const char *text = cJSON_GetStringValue(item);
    if (!text || !text[0])
        return false;
    *out = strtod(text, &end);
    return *end == '\0';
}

static bool balance(double *out, struct test *test)
{
    struct exchange exchange = {0};
    bool known = false;
    if (ask_credits(&exchange, test, true)) {
        const cJSON *pools = pools_of(test, &exchange.answer);
        double own = 0, common = 0;
        known = pools && number_of(&own, answer_field(pool(pools, "portrait_expression_editing"),
                                                      "balance"));
        if (pools && !known)
            test_blame(test, CLAUSE_credits_query_pools,
                       "a balance in the pool portrait_expression_editing", "none");
        number_of(&common, answer_field(pool(pools, "common"), "balance"));
        *out = own + common;
    }
    exchange_clear(&exchange);
    return known;
}

RUN(run_query)
{
    struct exchange exchange = {0};
    if (ask_credits(&exchange, test, true))
        pools_of(test, &exchange.answer);
    exchange_clear(&exchange);
}

RUN(run_query_no_key)
{
    struct exchange exchange = {0};
    if (ask_credits(&exchange, test, false))
        test_expect(test, &exchange.answer, EXPECT_KEY);
    exchange_clear(&exchange);
}

static void look_at_pool(struct test *test, const cJSON *pools, const char *sign)
{
    static const char *const numbers[] = {
        "balance",         "total",          "last_recharge_balance",
        "balance_warning", "first_buy_time", "last_update_time"};
    const cJSON *item = pool(pools, sign);
    double ignored = 0;
    if (!item)
        test_fail(test, "a pool of that unique_sign", "no pool %s", sign);
    else if (!cJSON_IsString(answer_field(item, "name")))
        test_fail(test, "the field, a string", "%s has no string name", sign);
    for (size_t i = 0; item && i < COUNT_OF(numbers); i++)
        if (!number_of(&ignored, answer_field(item, numbers[i])))
            test_fail(test, "the field, a number", "%s has no number %s", sign, numbers[i]);
}

RUN(run_pools)
{
    struct exchange exchange = {0};
    const cJSON *pools = NULL;
    if (ask_credits(&exchange, test, true) && (pools = pools_of(test, &exchange.answer))) {
        look_at_pool(test, pools, "portrait_expression_editing");
        look_at_pool(test, pools, "common");
    }
    exchange_clear(&exchange);
}

static void differs_by(struct test *test, double before, double after, double owed)
{
    struct buf expected = {0};
    double cost = before - after;
    buf_printf(&expected, "a balance that is %g lower", owed);
    if (cost < owed || cost > owed)
        test_fail(test, buf_str(&expected), "it went from %.0f to %.0f", before, after);
    buf_clear(&expected);
}

/* text: the part to leave out, so that the call fails; NULL for a good call. */
RUN(run_cost)
{
    struct request request;
    struct exchange exchange = {0};
    double before = 0, after = 0;
    if (!balance(&before, test) || !test_good(&request, test))
        return;
    if (def->argument.text)
        request_drop_part(&request, def->argument.text);
    bool asked =
        test_ask(&exchange, test, &request) && test_expect(test, &exchange.answer, def->expect);
    exchange_clear(&exchange);
    if (asked && balance(&after, test))
        differs_by(test, before, after, def->argument.text ? 0 : 12);
}

RUN(run_query_free)
{
    double before = 0, after = 0;
    if (balance(&before, test) && balance(&after, test))
        differs_by(test, before, after, 0);
}

static const struct case_def cases[] = {
    CLAUSE(credits_query, "GET /api/common/query-credits with the same key answers an array of "
                          "pools in data, free of charge."),
    CASE("credits/query", "the free call answers", .run = run_query),
    CASE("credits/query-free", "asking costs nothing", .run = run_query_free, .flags = NEEDS_QUIET),
    CLAUSE(error_key, "No key or an unknown key is 401 ERROR_USER_NOT_EXISTS (or "
                      "ERROR_APPLICATIONS_NOT_EXISTS)."),
    CASE("credits/query-no-key", "the free call without a key", .run = run_query_no_key),
    CLAUSE(credits_query_pools,
           "The pool of this API is portrait_expression_editing, the universal one common; each "
           "has unique_sign, name, balance, total, last_recharge_balance, balance_warning, "
           "first_buy_time and last_update_time."),
    CASE("credits/query-pools", "both pools, with every field", .run = run_pools),
    CLAUSE(credits_failures_free, "A failed call costs nothing."),
    CASE("credits/failure-free", "a refused call costs nothing", .argument.text = "image_target",
         .run = run_cost, EXPECTS(MISSING), .flags = NEEDS_QUIET),
    CLAUSE(credits_charged, "A successful call costs 12 credits."),
    CASE("credits/success", "a good call costs 12", .run = run_cost, .flags = NEEDS_QUIET,
         .credits = 12),
};

SUITE(credits, "Credits");
