/* Tests of whole exchanges with what is no call: malformed HTTP, a proxy's client, a connection
 * that brought no request, a method that the transport does not know. */
#include "exchange/exchange.h"
#include "mock_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static void exchange_answers_what_was_no_request_at_all(void **state)
{
    (void)state;
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock *mock = mock_new_in(id);
        struct exchange exchange = {0};
        exchange_protocol_error(&exchange, mock, MOCK_NOW, CODE_ERROR_PARAMETERS,
                                "the request line is malformed");
        struct mock_answer answer = mock_answer_of(&exchange);
        assert_int_equal(answer.status, 400);
        assert_true(answer.close);
        assert_string_equal(mock_answer_code(&answer), "ERROR_PARAMETERS");
        assert_non_null(strstr(mock_answer_message(&answer), "the request line is malformed"));
        mock_answer_clear(&answer);
        exchange_end(&exchange);
        mock_free(mock);
    }
}

/* A proxy's client names where it wants to go; the mock leads nowhere else. */
static void exchange_refuses_to_lead_elsewhere(void **state)
{
    static const struct {
        const char *method, *authority, *says;
    } rows[] = {
        {"CONNECT", "www.ailabapi.com:443", "started without HTTPS; start it with --https"},
        {"CONNECT", "elsewhere.test:443", "'elsewhere.test:443' is not served here"},
        {"GET", "elsewhere.test", "'elsewhere.test' is not served here"},
        {"POST", "elsewhere.test:81", "'elsewhere.test:81' is not served here"},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char length_text[24];
        struct exchange exchange = {0};
        struct mock_call call = mock_call_right(slice_of("x"));
        call.method = rows[i].method;
        call.not_announced = true;
        mock_call_head(&exchange.request.head, &call, 0, length_text);
        exchange.request.head.authority = slice_of(rows[i].authority);
        assert_int_equal(exchange_begin(&exchange, mock, MOCK_NOW), EXCHANGE_REPLY);
        struct mock_answer answer = mock_answer_of(&exchange);
        assert_int_equal(answer.status, 403);
        assert_true(answer.close);
        assert_string_equal(mock_answer_code(&answer), "ERROR_ILLEGAL_OPERATION");
        if (!strstr(mock_answer_message(&answer), rows[i].says))
            fail_msg("%s: %s", rows[i].authority, mock_answer_message(&answer));
        mock_answer_clear(&answer);
        exchange_end(&exchange);
    }
    mock_free(mock);
}

/* A connection that brought no request is journalled as one that went well, or with the reason. */
static void exchange_notes_a_connection_without_a_request(void **state)
{
    static const struct {
        const char *scenario, *why;
        uint64_t bytes_out;
        int status, sent;
        enum error_code code;
    } rows[] = {
        {NULL, NULL, 1, 200, 200, ERROR_NONE}, /* a tunnel: CONNECT was answered */
        {NULL, "no handshake", 0, 400, 0, CODE_ERROR_PARAMETERS},
        {"tls-alert", "no handshake", 0, 400, 0, CODE_ERROR_PARAMETERS},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct exchange exchange = {0};
        exchange_no_request(&exchange, mock, MOCK_NOW, rows[i].scenario, rows[i].why);
        assert_int_equal(exchange.verdict.status, rows[i].status);
        assert_int_equal(exchange.verdict.code, rows[i].code);
        assert_string_equal(exchange.choice.scenario, rows[i].scenario ? rows[i].scenario : "");
        assert_int_equal(strstr(exchange.verdict.message, "connection: no handshake.") != NULL,
                         rows[i].why != NULL);
        const struct exchange_figures figures = {.bytes_out = rows[i].bytes_out};
        exchange_finish(&exchange, &figures);
        assert_int_equal(exchange.entry.status, rows[i].sent);
        assert_string_equal(exchange.entry.scenario, rows[i].scenario ? rows[i].scenario : "");
        exchange_end(&exchange);
    }
    mock_free(mock);
}

/* The transport has read no headers, so neither Host nor the key is asked for. */
static void exchange_judges_an_unknown_method_by_path_and_method(void **state)
{
    static const struct {
        const char *path, *code, *allow;
        int status;
    } rows[] = {
        {MOCK_PATH, "ERROR_ILLEGAL_OPERATION", "POST, OPTIONS", 405},
        {MOCK_CREDITS_PATH, "ERROR_ILLEGAL_OPERATION", "GET, HEAD, OPTIONS", 405},
        {"/api/nothing", "ERROR_AI_NOT_EXISTS", NULL, 404},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct exchange exchange = {.closing = true};
        exchange.request.head.method = slice_of("BREW");
        exchange.request.head.path = slice_of(rows[i].path);
        exchange_unknown_method(&exchange, mock, MOCK_NOW);
        struct mock_answer answer = mock_answer_of(&exchange);
        assert_int_equal(answer.status, rows[i].status);
        assert_string_equal(mock_answer_code(&answer), rows[i].code);
        assert_true(slice_equal(mock_answer_header(&answer, "Allow"), slice_of(rows[i].allow)));
        assert_true(answer.close);
        mock_answer_clear(&answer);
        exchange_end(&exchange);
    }
    mock_free(mock);
}

/* The admin API answers in its own words, which are no envelope. */
static void exchange_lets_the_admin_api_refuse_an_unknown_method(void **state)
{
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    struct mock *mock = mock_new(&options);
    struct exchange exchange = {.closing = true};
    (void)state;
    exchange.request.head.method = slice_of("BREW");
    exchange.request.head.path = slice_of("/__admin/requests");
    exchange_unknown_method(&exchange, mock, MOCK_NOW);
    struct mock_answer answer = mock_answer_of(&exchange);
    assert_int_equal(answer.status, 405);
    assert_true(exchange.is_admin);
    assert_string_equal(mock_answer_code(&answer), "");
    mock_answer_clear(&answer);
    exchange_end(&exchange);
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_answers_what_was_no_request_at_all),
        cmocka_unit_test(exchange_refuses_to_lead_elsewhere),
        cmocka_unit_test(exchange_notes_a_connection_without_a_request),
        cmocka_unit_test(exchange_judges_an_unknown_method_by_path_and_method),
        cmocka_unit_test(exchange_lets_the_admin_api_refuse_an_unknown_method),
    };
    return cmocka_run_group_tests_name("exchange_no_call", tests, NULL, NULL);
}
