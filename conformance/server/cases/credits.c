/* Credits: what a call costs, and the free call that tells. The balance is read around calls of
 * the suite's own, so nothing else may run meanwhile. */
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
    request.part_count = 0;
    request.framing = FRAMING_NONE;
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
    test_fail(test, "credits_query", "200 with an array data", "%s%s", buf_str(&actual),
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
            test_fail(test, "credits_query_pools",
                      "a balance in the pool portrait_expression_editing", "none");
        number_of(&common, answer_field(pool(pools, "common"), "balance"));
        *out = own + common;
    }
    exchange_clear(&exchange);
    return known;
}

static void run_query(struct test *test, const struct case_def *def)
{
    (void)def;
    struct exchange exchange = {0};
    if (ask_credits(&exchange, test, true))
        pools_of(test, &exchange.answer);
    exchange_clear(&exchange);
}

static void run_query_no_key(struct test *test, const struct case_def *def)
{
    (void)def;
    struct exchange exchange = {0};
    if (ask_credits(&exchange, test, false))
        test_expect(test, &exchange.answer, EXPECT_KEY);
    exchange_clear(&exchange);
}

static void look_at_pool(struct test *test, const cJSON *pools, const char *sign)
{
    static const char *const texts[] = {"unique_sign", "name"};
    static const char *const numbers[] = {
        "balance",         "total",          "last_recharge_balance",
        "balance_warning", "first_buy_time", "last_update_time"};
    const cJSON *item = pool(pools, sign);
    double ignored = 0;
    if (!item)
        test_fail(test, NULL, "a pool of that unique_sign", "no pool %s", sign);
    for (size_t i = 0; item && i < COUNT_OF(texts); i++)
        if (!cJSON_IsString(answer_field(item, texts[i])))
            test_fail(test, NULL, "the field, a string", "%s has no string %s", sign, texts[i]);
    for (size_t i = 0; item && i < COUNT_OF(numbers); i++)
        if (!number_of(&ignored, answer_field(item, numbers[i])))
            test_fail(test, NULL, "the field, a number", "%s has no number %s", sign, numbers[i]);
}

static void run_pools(struct test *test, const struct case_def *def)
{
    (void)def;
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
        test_fail(test, NULL, buf_str(&expected), "it went from %.0f to %.0f", before, after);
    buf_clear(&expected);
}

/* text: the part to leave out, so that the call fails; NULL for a good call. */
static void run_cost(struct test *test, const struct case_def *def)
{
    struct request request;
    struct exchange exchange = {0};
    double before = 0, after = 0;
    if (!balance(&before, test) || !test_good(&request, test))
        return;
    if (def->text)
        request_drop_part(&request, def->text);
    bool asked =
        test_ask(&exchange, test, &request) && test_expect(test, &exchange.answer, def->expect);
    exchange_clear(&exchange);
    if (asked && balance(&after, test))
        differs_by(test, before, after, def->text ? 0 : 12);
}

static void run_query_free(struct test *test, const struct case_def *def)
{
    (void)def;
    double before = 0, after = 0;
    if (balance(&before, test) && balance(&after, test))
        differs_by(test, before, after, 0);
}

static const struct case_def cases[] = {
    {.slug = "credits/query",
     .clauses = "credits_query",
     .title = "the free call answers",
     .run = run_query},
    {.slug = "credits/query-no-key",
     .clauses = "error_key",
     .title = "the free call without a key",
     .run = run_query_no_key},
    {.slug = "credits/query-pools",
     .clauses = "credits_query_pools",
     .title = "both pools, with every field",
     .run = run_pools},
    {.slug = "credits/query-free",
     .clauses = "credits_query",
     .title = "asking costs nothing",
     .run = run_query_free,
     .flags = NEEDS_QUIET},
    {.slug = "credits/failure-free",
     .clauses = "credits_failures_free",
     .title = "a refused call costs nothing",
     .run = run_cost,
     .text = "image_target",
     .expect = EXPECT_MISSING,
     .flags = NEEDS_QUIET},
    {.slug = "credits/success",
     .clauses = "credits_charged",
     .title = "a good call costs 12",
     .run = run_cost,
     .flags = NEEDS_QUIET,
     .credits = 12},
};

const struct suite suite_credits = {"credits", "Credits", cases, COUNT_OF(cases), false};
