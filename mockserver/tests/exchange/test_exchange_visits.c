/* Tests of what a whole exchange is to the account and to the journal, without sockets: what
 * counts, what it costs, what is written down, and when. */
#include "exchange/exchange.h"
#include "mock_requests.h"
#include "scenario_json.h"
#include "testing/image_make.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static struct mock_call right(void **state)
{
    return mock_call_right(image_make_slice(*state));
}

static struct mock *mock_with(const char *json)
{
    struct document document;
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    scenario_json_document(&document, json);
    options.document = &document;
    options.admin_open = true;
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    return mock;
}

/* Plays the call to its end, twice finished, and returns the journal's entry. */
static struct journal_entry play(const struct mock_call *call, struct mock *mock)
{
    char length_text[24];
    struct exchange exchange = {0};
    struct mock_text body = mock_call_body(call);
    mock_call_head(&exchange.request.head, call, body.len, length_text);
    if (exchange_begin(&exchange, mock, MOCK_NOW) == EXCHANGE_READ_BODY)
        exchange_body(&exchange, mock_text_slice(&body), BODY_COMPLETE);
    const struct exchange_figures figures = {.bytes_in = body.len,
                                             .bytes_out = reply_size(&exchange.reply)};
    const struct exchange_figures later = {.bytes_in = 1, .bytes_out = 2};
    exchange_finish(&exchange, &figures);
    exchange_finish(&exchange, &later); /* which does nothing */
    const struct journal_entry entry = exchange.entry;
    assert_int_equal(entry.bytes_in, figures.bytes_in);
    assert_int_equal(entry.bytes_out, figures.bytes_out);
    exchange_end(&exchange);
    mock_text_clear(&body);
    return entry;
}

static int balance(void **state, struct mock *mock)
{
    struct mock_call credits = right(state);
    credits.method = "GET";
    credits.path = MOCK_CREDITS_PATH;
    credits.not_announced = true;
    struct mock_answer answer = mock_answer_to(&credits, mock);
    const cJSON *pools = cJSON_GetObjectItemCaseSensitive(answer.json, "data");
    const cJSON *first = cJSON_GetArrayItem(pools, 0);
    const int number = cJSON_GetObjectItemCaseSensitive(first, "balance")->valueint;
    mock_answer_clear(&answer);
    return number;
}

/* A success costs 12, once. A failure is free, whether a rule or a step has made it. */
static void exchange_charges_a_success_alone(void **state)
{
    static const struct {
        const char *scenario, *choice;
        int status, left;
    } rows[] = {
        {NULL, "12", 200, 24},  {NULL, "17", 400, 24}, {"fails", "12", 422, 24},
        {"raw", "12", 200, 24}, {NULL, "12", 200, 12}, {"succeeds", "12", 200, 0},
    };
    struct mock *mock =
        mock_with("{'accounts': {'*': {'credits': 36}}, 'scenarios': [{'name': 'fails', 'steps':"
                  " [{'error': 'ERROR_BLURRY_FACE'}]}, {'name': 'raw', 'steps': [{'status': 200,"
                  " 'body': 'x'}]}, {'name': 'succeeds', 'steps': [{'answer': 'success'}]}]}");
    assert_int_equal(balance(state, mock), 36);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        call.choice = slice_of(rows[i].choice);
        if (rows[i].scenario)
            mock_call_header(&call, "X-Mock-Scenario", rows[i].scenario);
        const struct journal_entry entry = play(&call, mock);
        if (entry.status != rows[i].status || balance(state, mock) != rows[i].left)
            fail_msg("call %zu: status %d, %d credits left", i, entry.status, balance(state, mock));
    }
    mock_free(mock);
}

static void two_framings(struct mock_call *call)
{
    mock_call_header(call, "Content-Length", "5");
    mock_call_header(call, "Transfer-Encoding", "chunked");
}

static void options(struct mock_call *call)
{
    call->method = "OPTIONS";
    call->not_announced = true;
}

static void options_of_credits(struct mock_call *call)
{
    options(call);
    call->path = MOCK_CREDITS_PATH;
}

static void get(struct mock_call *call)
{
    call->method = "GET";
    call->not_announced = true;
}

static void get_credits(struct mock_call *call)
{
    get(call);
    call->path = MOCK_CREDITS_PATH;
}

static void post_elsewhere(struct mock_call *call)
{
    call->path = "/api/nothing";
}

/* Of an account that may make one call, the next call of a kind that is none is answered, and the
 * call after it, too. */
static void exchange_counts_calls_of_the_endpoint_alone(void **state)
{
    static const struct {
        const char *why;
        void (*change)(struct mock_call *call);
    } rows[] = {
        {"a doubtful head", two_framings},
        {"OPTIONS", options},
        {"OPTIONS of credits", options_of_credits},
        {"GET", get},
        {"the balance", get_credits},
        {"another path", post_elsewhere},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock *mock =
            mock_with("{'accounts': {'*': {'rate': {'requests': 1, 'window_ms': 7000}}}}");
        struct mock_call other = right(state), call = right(state);
        rows[i].change(&other);
        const struct journal_entry first = play(&other, mock), counted = play(&call, mock);
        const struct journal_entry refused = play(&call, mock);
        if (first.number.request || counted.status != 200 || counted.number.request != 1 ||
            refused.status != 429)
            fail_msg("%s: call %d, then %d and %d", rows[i].why, (int)first.number.request,
                     counted.status, refused.status);
        mock_free(mock);
    }
}

/* How many accounts the admin API knows. */
static int count_accounts(struct mock *mock)
{
    struct mock_call list = {.method = "GET",
                             .path = "/__admin/accounts",
                             .query = "",
                             .version = "1.1",
                             .not_announced = true};
    mock_call_header(&list, "Host", "127.0.0.1");
    struct mock_answer answer = mock_answer_to(&list, mock);
    const cJSON *accounts = cJSON_GetObjectItemCaseSensitive(answer.json, "accounts");
    assert_true(cJSON_IsArray(accounts));
    const int count = cJSON_GetArraySize(accounts);
    mock_answer_clear(&answer);
    return count;
}

/* A caller that only asks what is allowed, or in a way that may be misread, gets no account. */
static void exchange_opens_an_account_for_a_call_or_a_balance(void **state)
{
    static const struct {
        void (*change)(struct mock_call *call);
        int accounts;
    } rows[] = {{two_framings, 0},   {options, 0},     {options_of_credits, 0},
                {post_elsewhere, 0}, {get_credits, 1}, {NULL, 1}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock *mock = mock_with("{}");
        struct mock_call call = right(state);
        if (rows[i].change)
            rows[i].change(&call);
        play(&call, mock);
        if (count_accounts(mock) != rows[i].accounts)
            fail_msg("row %zu: %d accounts", i, count_accounts(mock));
        mock_free(mock);
    }
}

static void exchange_gives_each_answer_ids_of_its_own(void **state)
{
    char seen[3][64] = {""};
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    for (size_t i = 0; i < ROWS(seen); i++) {
        struct mock_call call = right(state);
        struct mock_answer answer = mock_answer_to(&call, mock);
        const char *id =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer.json, "request_id"));
        assert_non_null(id);
        assert_int_equal(strlen(id), 36);
        snprintf(seen[i], sizeof seen[i], "%s", id);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(seen[i], seen[k]);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* The rule that has refused stays in the journal where a step has answered in its place. */
static void exchange_remembers_the_rule_behind_the_error_of_a_step(void **state)
{
    struct mock *mock = mock_with("{'scenarios': [{'name': 'mine', 'steps': [{'always': true,"
                                  " 'error': 'ERROR_BLURRY_FACE'}]}]}");
    struct mock_call call = right(state);
    call.choice = slice_of("17");
    mock_call_header(&call, "X-Mock-Scenario", "mine");
    const struct journal_entry entry = play(&call, mock);
    assert_string_equal(entry.code, "ERROR_BLURRY_FACE");
    assert_string_equal(entry.scenario, "mine");
    assert_int_equal(entry.rule, RULE_choice_scope);
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_charges_a_success_alone),
        cmocka_unit_test(exchange_counts_calls_of_the_endpoint_alone),
        cmocka_unit_test(exchange_opens_an_account_for_a_call_or_a_balance),
        cmocka_unit_test(exchange_gives_each_answer_ids_of_its_own),
        cmocka_unit_test(exchange_remembers_the_rule_behind_the_error_of_a_step),
    };
    return cmocka_run_group_tests_name("exchange_visits", tests, image_make_state,
                                       image_free_state);
}
