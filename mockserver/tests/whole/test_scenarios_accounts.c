/* Accounts over real sockets: credits that are counted down and never overdrawn, the balance as
 * query-credits tells it, locks, a Retry-After that is true, and concurrency. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define OUT_OF_CREDITS "ERROR_NOT_ENOUGH_CREDITS"
#define CALLERS 24

__attribute__((format(printf, 2, 3))) static void set(struct ailab_mock *mock, const char *format,
                                                      ...)
{
    char accounts[512], why[AILAB_MOCK_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(accounts, sizeof accounts, format, args);
    va_end(args);
    if (ailab_mock_set_accounts(mock, accounts, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", accounts, why);
}

/* The balance of this API's pool, as query-credits tells it. */
static int balance_of(struct ailab_mock *mock, const char *key)
{
    struct scenarios_answer answer;
    const struct scenarios_call call = {
        .method = "GET", .path = SCENARIOS_CREDITS_PATH, .key = key, .body = ""};
    scenarios_ask(&answer, ailab_mock_port(mock), &call);
    if (answer.status != 200 || !answer.json)
        fail_msg("query-credits: %.400s", answer.size ? answer.bytes : "(nothing)");
    const cJSON *pools = cJSON_GetObjectItemCaseSensitive(answer.json, "data");
    int balance = -1;
    for (const cJSON *pool = pools->child; pool; pool = pool->next) {
        const char *sign =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(pool, "unique_sign"));
        assert_non_null(sign);
        if (strcmp(sign, "portrait_expression_editing") == 0)
            balance = cJSON_GetObjectItemCaseSensitive(pool, "balance")->valueint;
    }
    scenarios_clear(&answer);
    return balance;
}

static void accounts_count_twelve_credits_a_success(void **state)
{
    const struct scenarios_call right = {.key = "payer"}, wrong = {.key = "payer", .choice = "99"};
    const struct scenarios_call failing = {.key = "payer", .header = "ERROR_BLURRY_FACE"};
    set(*state, "{\"accounts\": {\"payer\": {\"credits\": 40}}}");
    assert_int_equal(balance_of(*state, "payer"), 40);
    scenarios_expect(*state, &right, 200, "", "40 credits");
    assert_int_equal(balance_of(*state, "payer"), 28);
    scenarios_expect(*state, &failing, 422, "ERROR_BLURRY_FACE", "a failure");
    scenarios_expect(*state, &wrong, 400, "ERROR_INVALID_PARAMETER", "a refusal");
    assert_int_equal(balance_of(*state, "payer"), 28);
    scenarios_expect(*state, &right, 200, "", "28 credits");
    scenarios_expect(*state, &right, 200, "", "16 credits");
    assert_int_equal(balance_of(*state, "payer"), 4);
    scenarios_expect(*state, &right, 429, OUT_OF_CREDITS, "4 credits");
    scenarios_expect(*state, &wrong, 429, OUT_OF_CREDITS, "credits come before the form");
    assert_int_equal(balance_of(*state, "payer"), 4);
    scenarios_expect(*state, &(struct scenarios_call){.key = "another"}, 200, "", "unlimited");
    set(*state, "{\"accounts\": {\"payer\": {\"credits\": 12}}}");
    scenarios_expect(*state, &right, 200, "", "12 credits");
    assert_int_equal(balance_of(*state, "payer"), 0);
    assert_int_equal(scenarios_count(*state, "{\"match\": {\"api_key\": \"payer\"}, \"status\": "
                                             "200, \"path\": \"" SCENARIOS_PATH "\"}"),
                     4);
}

/* A success that was damaged on its way was none the less a success, and is paid for. */
static void accounts_charge_for_answers_that_break_on_their_way(void **state)
{
    struct scenarios_answer answer;
    set(*state, "{\"accounts\": {\"payer\": {\"credits\": 100}}}");
    scenarios_ask(&answer, ailab_mock_port(*state),
                  &(struct scenarios_call){.key = "payer", .header = "close-mid-answer"});
    assert_int_equal(answer.end, SCENARIOS_CLOSED);
    scenarios_clear(&answer);
    assert_int_equal(balance_of(*state, "payer"), 88);
}

struct caller {
    pthread_t thread;
    uint16_t port;
    const char *key;
    struct scenarios_answer answer;
};

static void *call_once(void *context)
{
    struct caller *caller = context;
    scenarios_ask(&caller->answer, caller->port, &(struct scenarios_call){.key = caller->key});
    return NULL;
}

/* All at once; how many were answered with a success, and how many with the code. */
static size_t call_at_once(struct ailab_mock *mock, const char *key, size_t count, int status,
                           const char *code, size_t *refused)
{
    size_t successes = 0;
    struct caller callers[CALLERS];
    assert_in_range(count, 1, CALLERS);
    *refused = 0;
    for (size_t i = 0; i < count; i++) {
        callers[i] = (struct caller){.port = ailab_mock_port(mock), .key = key};
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call_once, &callers[i]), 0);
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(callers[i].thread, NULL);
        successes += scenarios_is(&callers[i].answer, 200, "");
        *refused += scenarios_is(&callers[i].answer, status, code);
        scenarios_clear(&callers[i].answer);
    }
    return successes;
}

static void accounts_are_not_overdrawn_by_calls_at_once(void **state)
{
    size_t refused;
    set(*state, "{\"accounts\": {\"payer\": {\"credits\": 65}}}"); /* for five */
    scenarios_arm(*state, "payer", "[{\"delay\": 150, \"times\": %d}]", CALLERS);
    assert_int_equal(call_at_once(*state, "payer", CALLERS, 429, OUT_OF_CREDITS, &refused), 5);
    assert_int_equal(refused, CALLERS - 5);
    assert_int_equal(balance_of(*state, "payer"), 5);
}

static void accounts_that_are_locked_are_told_so_before_all_else(void **state)
{
    const struct scenarios_call wrong = {.key = "locked-one", .body = "junk", .more = ""};
    set(*state, "{\"accounts\": {\"locked-one\": {\"locked\": true, \"credits\": 0}}}");
    scenarios_expect(*state, &wrong, 403, "ERROR_USER_LOCKED", "locked");
    scenarios_expect(*state, &(struct scenarios_call){0}, 200, "", "another key");
    set(*state, "{\"accounts\": {\"locked-one\": {\"locked\": false, \"credits\": null}}}");
    scenarios_expect(*state, &(struct scenarios_call){.key = "locked-one"}, 200, "", "unlocked");
}

static int retry_after(const struct scenarios_answer *answer)
{
    struct slice value = scenarios_header(answer, "Retry-After");
    return value.ptr ? atoi(value.ptr) : -1;
}

/* What Retry-After says is enough, and the refusals in between cost nothing. */
static void accounts_over_their_rate_are_told_a_true_time(void **state)
{
    struct scenarios_answer answer;
    const struct scenarios_call call = {.key = "eager"};
    set(*state, "{\"accounts\": {\"eager\": {\"rate\": {\"requests\": 2, \"window_ms\": 1000}}}}");
    scenarios_expect(*state, &call, 200, "", "the first");
    scenarios_expect(*state, &call, 200, "", "the second");
    scenarios_expect(*state, &(struct scenarios_call){0}, 200, "", "another key");
    scenarios_ask(&answer, ailab_mock_port(*state), &call);
    assert_true(scenarios_is(&answer, 429, "EXCEEDING_LIMITS"));
    int seconds = retry_after(&answer);
    scenarios_clear(&answer);
    assert_int_equal(seconds, 1);
    int64_t until = scenarios_now_ms() + 1000 * seconds;
    scenarios_expect(*state, &call, 429, "EXCEEDING_LIMITS", "at once");
    scenarios_stirs(-1, (int)(until - scenarios_now_ms()));
    while (scenarios_now_ms() < until)
        scenarios_stirs(-1, 1);
    scenarios_expect(*state, &call, 200, "", "after exactly Retry-After");
}

static void accounts_take_so_many_calls_at_once(void **state)
{
    size_t refused;
    struct scenarios_answer answer;
    set(*state, "{\"accounts\": {\"parallel\": {\"concurrency\": 3}}}");
    scenarios_arm(*state, "parallel", "[{\"delay\": 300, \"times\": 8}]");
    assert_int_equal(call_at_once(*state, "parallel", 8, 429, "EXCEEDING_LIMITS", &refused), 3);
    assert_int_equal(refused, 5);
    scenarios_reset(*state);
    /* A place is free the moment that an answer is there. */
    set(*state, "{\"accounts\": {\"parallel\": {\"concurrency\": 1}}}");
    for (size_t i = 0; i < 200; i++)
        scenarios_expect(*state, &(struct scenarios_call){.key = "parallel"}, 200, "", "in turn");
    scenarios_arm(*state, "parallel", "[{\"delay\": 200}]");
    struct caller slow = {.port = ailab_mock_port(*state), .key = "parallel"};
    assert_int_equal(pthread_create(&slow.thread, NULL, call_once, &slow), 0);
    int64_t until = scenarios_now_ms() + SCENARIOS_WAIT_MS;
    bool in_flight = false;
    while (!in_flight && scenarios_now_ms() < until) {
        cJSON *document = scenarios_admin(*state, "GET", "/__admin/accounts", NULL, 200);
        char *text = cJSON_PrintUnformatted(document);
        in_flight = strstr(text, "\"in_flight\":1") != NULL;
        cJSON_free(text);
        cJSON_Delete(document);
    }
    scenarios_ask(&answer, ailab_mock_port(*state), &(struct scenarios_call){.key = "parallel"});
    pthread_join(slow.thread, NULL);
    assert_true(scenarios_is(&answer, 429, "EXCEEDING_LIMITS"));
    assert_true(scenarios_is(&slow.answer, 200, ""));
    scenarios_clear(&answer);
    scenarios_clear(&slow.answer);
}

/* Refused by rule and asked for: none of it is unexpected. */
static void accounts_limits_are_expected_refusals(void **state)
{
    size_t unexpected = 1;
    set(*state, "{\"accounts\": {\"*\": {\"credits\": 0}, \"rich\": {\"credits\": null}}}");
    scenarios_expect(*state, &(struct scenarios_call){.key = "any"}, 429, OUT_OF_CREDITS, "*");
    scenarios_expect(*state, &(struct scenarios_call){.key = "rich"}, 200, "",
                     "a setting of its own");
    assert_int_equal(ailab_mock_count_unexpected(*state, &unexpected, NULL), AILAB_MOCK_OK);
    assert_int_equal(unexpected, 0);
    scenarios_expect(*state, &(struct scenarios_call){.key = "rich", .choice = "99"}, 400,
                     "ERROR_INVALID_PARAMETER", "no test asked for this");
    assert_int_equal(ailab_mock_count_unexpected(*state, &unexpected, NULL), AILAB_MOCK_OK);
    assert_int_equal(unexpected, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(accounts_count_twelve_credits_a_success),
        TEST(accounts_charge_for_answers_that_break_on_their_way),
        TEST(accounts_are_not_overdrawn_by_calls_at_once),
        TEST(accounts_that_are_locked_are_told_so_before_all_else),
        TEST(accounts_over_their_rate_are_told_a_true_time),
        TEST(accounts_take_so_many_calls_at_once),
        TEST(accounts_limits_are_expected_refusals),
    };
    return cmocka_run_group_tests_name("scenarios_accounts", tests, NULL, NULL);
}
