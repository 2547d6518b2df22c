/* Tests of whole exchanges without sockets: what a client would read, for every rule, method and
 * kind of result, in each revision. */
#include "exchange/exchange.h"
#include "mock_requests.h"
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

static void exchange_answers_the_picture_in_each_revision(void **state)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock *mock = mock_new_in(id);
        struct mock_call call = right(state);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        assert_true(answer.body_was_read);
        assert_false(answer.close);
        assert_true(
            slice_equal(mock_answer_header(&answer, "Content-Type"), slice_of("application/json")));
        assert_true(slice_equal(mock_answer_header(&answer, "Date"),
                                slice_of("Thu, 08 Jan 2026 12:34:56 GMT"))); /* MOCK_NOW */
        struct mock_text image = mock_answer_image(&answer);
        assert_true(slice_equal(mock_text_slice(&image), call.image)); /* echo */
        mock_text_clear(&image);
        mock_answer_clear(&answer);
        mock_free(mock);
    }
}

static void exchange_answers_each_picture_size_exactly(void **state)
{
    (void)state;
    static const char bytes[] = "0123456789abcdef";
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.rules_off[RULE_image_type] = options.rules_off[RULE_image_empty] = true;
    struct mock *mock = mock_new(&options);
    for (size_t len = 0; len < sizeof bytes; len++) {
        struct mock_call call = mock_call_right(slice_make(bytes, len));
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        struct mock_text image = mock_answer_image(&answer);
        assert_true(slice_equal(mock_text_slice(&image), slice_make(bytes, len)));
        mock_text_clear(&image);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void exchange_answers_the_result_that_was_chosen(void **state)
{
    struct shared_bytes *file = shared_bytes_copy(slice_of("a file of the user's"));
    for (enum result_kind kind = RESULT_ANNOTATE; kind <= RESULT_FILE; kind++) {
        struct mock_options options = mock_options_in(REVISION_R2026_01);
        options.pictures.result = kind;
        options.pictures.file = file;
        struct mock *mock = mock_new(&options);
        struct mock_call call = right(state);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        struct mock_text image = mock_answer_image(&answer);
        struct slice got = mock_text_slice(&image);
        assert_int_equal(slice_equal(got, call.image), kind == RESULT_ECHO);
        assert_int_equal(slice_equal(got, shared_bytes_slice(file)), kind == RESULT_FILE);
        mock_text_clear(&image);
        mock_answer_clear(&answer);
        mock_free(mock);
    }
    shared_bytes_release(file);
}

/* The refusals that need no account, as they leave: wire status, code, and whether the connection
 * can be kept. */
struct refusal {
    const char *why;
    void (*breaks)(struct mock_call *call);
    const char *code;
    int before, since;
    bool body_read, kept;
};

static void no_host(struct mock_call *call)
{
    mock_call_header(call, "Host", NULL);
}

static void two_framings(struct mock_call *call)
{
    mock_call_header(call, "Content-Length", "5");
    mock_call_header(call, "Transfer-Encoding", "chunked");
}

static void other_path(struct mock_call *call)
{
    call->path = "/api/nothing";
}

static void get(struct mock_call *call)
{
    call->method = "GET";
    call->not_announced = true;
}

static void put(struct mock_call *call)
{
    call->method = "PUT";
}

static void no_key(struct mock_call *call)
{
    mock_call_header(call, "ailabapi-api-key", NULL);
}

static void large(struct mock_call *call)
{
    mock_call_header(call, "Content-Length", "104857600");
}

static void cut(struct mock_call *call)
{
    call->end = BODY_CUT;
}

static void too_large(struct mock_call *call)
{
    call->chunked = true;
    call->end = BODY_TOO_LARGE;
}

static void json(struct mock_call *call)
{
    mock_call_header(call, "Content-Type", NULL);
    mock_call_header(call, "Content-Type", "application/json");
}

static void no_body(struct mock_call *call)
{
    call->body_replaced = true;
    call->not_announced = true;
}

static void no_choice(struct mock_call *call)
{
    call->choice = (struct slice){NULL, 0};
    call->image = (struct slice){NULL, 0};
}

static void scope(struct mock_call *call)
{
    call->choice = slice_of("17");
}

static void foreign(struct mock_call *call)
{
    call->image = slice_of("GIF89a");
}

static void damaged(struct mock_call *call)
{
    call->image.len /= 2;
}

static void exchange_refuses_in_the_envelope_with_the_documented_status(void **state)
{
    static const struct refusal rows[] = {
        {"no Host", no_host, "ERROR_PARAMETERS", 400, 400, false, false},
        {"two framings", two_framings, "ERROR_PARAMETERS", 400, 400, false, false},
        {"path", other_path, "ERROR_AI_NOT_EXISTS", 404, 404, false, false},
        {"GET", get, "ERROR_ILLEGAL_OPERATION", 405, 405, false, true},
        {"PUT", put, "ERROR_ILLEGAL_OPERATION", 405, 405, false, false},
        {"key", no_key, "ERROR_USER_NOT_EXISTS", 401, 401, false, false},
        {"announced", large, "FILE_SIZE_EXCEEDS_LIMIT", 413, 413, false, false},
        {"cut off", cut, "ERROR_PARAMETERS", 400, 400, true, false},
        {"received", too_large, "FILE_SIZE_EXCEEDS_LIMIT", 413, 413, true, false},
        {"JSON", json, "ERROR_PARAMETERS", 400, 400, true, true},
        {"no body", no_body, "ERROR_PARAMETERS", 400, 400, true, true},
        {"no parts", no_choice, "MISSING_PARAMETERS", 400, 400, true, true},
        {"scope", scope, "ERROR_INVALID_PARAMETER", 400, 400, true, true},
        {"GIF", foreign, "UNSUPPORTED_FILE_TYPES", 415, 415, true, true},
        {"damaged", damaged, "FILE_DECODING_FAILURE", 400, 422, true, true},
    };
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock *mock = mock_new_in(id);
        for (size_t i = 0; i < ROWS(rows); i++) {
            struct mock_call call = right(state);
            rows[i].breaks(&call);
            struct mock_answer answer = mock_answer_to(&call, mock);
            int status = id >= REVISION_R2026_01 ? rows[i].since : rows[i].before;
            if (answer.status != status || strcmp(mock_answer_code(&answer), rows[i].code) != 0)
                fail_msg("%s in %s: %d %s", rows[i].why, revision_info(id)->name, answer.status,
                         mock_answer_code(&answer));
            if (answer.body_was_read != rows[i].body_read || answer.close == rows[i].kept)
                fail_msg("%s: body read %d, close %d", rows[i].why, answer.body_was_read,
                         answer.close);
            assert_true(slice_equal(mock_answer_header(&answer, "Connection"),
                                    slice_of(rows[i].kept ? "keep-alive" : "close")));
            assert_null(cJSON_GetObjectItemCaseSensitive(answer.json, "data"));
            assert_true(strlen(mock_answer_message(&answer)) > 0);
            const cJSON *number = cJSON_GetObjectItemCaseSensitive(answer.json, "error_code");
            assert_int_equal(number ? number->valueint : -1,
                             revision_info(id)->envelope == ENVELOPE_C ? -1 : status);
            mock_answer_clear(&answer);
        }
        mock_free(mock);
    }
}

static void exchange_says_which_methods_are_allowed(void **state)
{
    static const struct {
        const char *method, *path, *allow;
        int status;
    } rows[] = {
        {"GET", MOCK_PATH, "POST, OPTIONS", 405},
        {"HEAD", MOCK_PATH, "POST, OPTIONS", 405},
        {"DELETE", MOCK_PATH, "POST, OPTIONS", 405},
        {"post", MOCK_PATH, "POST, OPTIONS", 405},
        {"POST", MOCK_CREDITS_PATH, "GET, HEAD, OPTIONS", 405},
        {"GET", MOCK_CREDITS_PATH, NULL, 200},
        {"HEAD", MOCK_CREDITS_PATH, NULL, 200},
        {"GET", "/", NULL, 404},
        {"OPTIONS", "*", NULL, 404},
        {"OPTIONS", "/api/nothing", NULL, 404},
        {"OPTIONS", MOCK_PATH, "POST, OPTIONS", 204},
        {"OPTIONS", MOCK_CREDITS_PATH, "GET, HEAD, OPTIONS", 204},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        call.method = rows[i].method;
        call.path = rows[i].path;
        call.not_announced = true;
        struct mock_answer answer = mock_answer_to(&call, mock);
        struct slice allow = mock_answer_header(&answer, "Allow");
        if (answer.status != rows[i].status || !slice_equal(allow, slice_of(rows[i].allow)))
            fail_msg("%s %s: %d, Allow: %.*s", rows[i].method, rows[i].path, answer.status,
                     (int)allow.len, allow.ptr);
        assert_false(answer.close);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void exchange_answers_head_as_get_without_the_body(void **state)
{
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    struct mock_call call = right(state);
    call.path = MOCK_CREDITS_PATH;
    call.method = "GET";
    call.not_announced = true;
    struct mock_answer full = mock_answer_to(&call, mock);
    call.method = "HEAD";
    struct mock_answer bare = mock_answer_to(&call, mock);
    assert_true(slice_equal(full.head, bare.head));
    assert_int_equal(bare.body.len, 0);
    const cJSON *pools = cJSON_GetObjectItemCaseSensitive(full.json, "data");
    assert_true(cJSON_IsArray(pools));
    assert_int_equal(cJSON_GetArraySize(pools), 2);
    mock_answer_clear(&full);
    mock_answer_clear(&bare);
    mock_free(mock);
}

static void exchange_lists_the_pools_as_documented(void **state)
{
    static const char *const texts[] = {"unique_sign", "name"};
    static const char *const numbers[] = {
        "balance",         "total",          "last_recharge_balance",
        "balance_warning", "first_buy_time", "last_update_time"};
    static const char *const signs[] = {"portrait_expression_editing", "common"};
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock *mock = mock_new_in(id);
        struct mock_call call = right(state);
        call.method = "GET";
        call.path = MOCK_CREDITS_PATH;
        call.not_announced = true;
        struct mock_answer answer = mock_answer_to(&call, mock);
        const cJSON *pools = cJSON_GetObjectItemCaseSensitive(answer.json, "data");
        for (int i = 0; i < 2; i++) {
            const cJSON *pool = cJSON_GetArrayItem(pools, i);
            assert_int_equal(cJSON_GetArraySize(pool), 8);
            for (size_t k = 0; k < ROWS(texts); k++)
                assert_true(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(pool, texts[k])));
            for (size_t k = 0; k < ROWS(numbers); k++)
                assert_true(cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(pool, numbers[k])));
            assert_int_equal(cJSON_GetObjectItemCaseSensitive(pool, "balance_warning")->valueint,
                             0);
            assert_string_equal(
                cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(pool, "unique_sign")),
                signs[i]);
        }
        mock_answer_clear(&answer);
        mock_free(mock);
    }
}

static void exchange_lets_browsers_send_what_they_ask_for(void **state)
{
    static const struct {
        const char *why, *asked, *answered;
    } rows[] = {
        {"nothing asked", NULL, "ailabapi-api-key, content-type"},
        {"an empty wish", "", "ailabapi-api-key, content-type"},
        {"the usual", "ailabapi-api-key,content-type", "ailabapi-api-key,content-type"},
        {"others", "x-trace, ailabapi-api-key", "x-trace, ailabapi-api-key"},
        {"a line break", "a\r\nSet-Cookie: x=1", "a??Set-Cookie: x=1"},
        {"a bare line feed", "a\nX: y", "a?X: y"},
        {"letters beyond ASCII", "\xc3\xa4", "??"},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        call.method = "OPTIONS";
        call.not_announced = true;
        mock_call_header(&call, "ailabapi-api-key", NULL); /* browsers send none here */
        mock_call_header(&call, "Access-Control-Request-Method", "POST");
        mock_call_header(&call, "Origin", "https://example.com");
        if (rows[i].asked)
            mock_call_header(&call, "Access-Control-Request-Headers", rows[i].asked);
        struct mock_answer answer = mock_answer_to(&call, mock);
        struct slice allowed = mock_answer_header(&answer, "Access-Control-Allow-Headers");
        assert_int_equal(answer.status, 204);
        if (!slice_equal(allowed, slice_of(rows[i].answered)))
            fail_msg("%s: %.*s", rows[i].why, (int)allowed.len, allowed.ptr);
        assert_null(mock_answer_header(&answer, "Set-Cookie").ptr);
        assert_null(mock_answer_header(&answer, "X").ptr);
        assert_null(mock_answer_header(&answer, "Content-Type").ptr); /* for there is no body */
        assert_non_null(mock_answer_header(&answer, "Access-Control-Allow-Methods").ptr);
        assert_non_null(mock_answer_header(&answer, "Access-Control-Allow-Origin").ptr);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void exchange_bounds_the_preflights_echo(void **state)
{
    char *asked = malloc(15001);
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    memset(asked, 'x', 15000);
    asked[15000] = '\0';
    struct mock_call call = right(state);
    call.method = "OPTIONS";
    call.not_announced = true;
    mock_call_header(&call, "Access-Control-Request-Headers", asked);
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_int_equal(answer.status, 204);
    assert_true(answer.sent.len < 2048);
    mock_answer_clear(&answer);
    free(asked);
    mock_free(mock);
}

static void exchange_lets_every_origin_read_every_answer(void **state)
{
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    static void (*const breaks[])(struct mock_call *) = {no_host, other_path, no_key, json,
                                                         damaged};
    for (size_t i = 0; i < ROWS(breaks); i++) {
        struct mock_call call = right(state);
        breaks[i](&call);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_true(
            slice_equal(mock_answer_header(&answer, "Access-Control-Allow-Origin"), slice_of("*")));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void exchange_keeps_the_connection_only_when_it_may(void **state)
{
    static const struct {
        const char *why, *version, *connection;
        bool closing, kept;
    } rows[] = {
        {"1.1", "1.1", NULL, false, true},
        {"1.1 close", "1.1", "close", false, false},
        {"1.0", "1.0", NULL, false, false},
        {"1.0 keep-alive", "1.0", "keep-alive", false, true},
        {"the transport is closing", "1.1", NULL, true, false},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char length_text[24];
        struct exchange exchange = {.closing = rows[i].closing};
        struct mock_call call = right(state);
        struct mock_text body = mock_call_body(&call);
        call.version = rows[i].version;
        if (rows[i].connection)
            mock_call_header(&call, "Connection", rows[i].connection);
        mock_call_head(&exchange.request.head, &call, body.len, length_text);
        assert_int_equal(exchange_begin(&exchange, mock, MOCK_NOW), EXCHANGE_READ_BODY);
        exchange_body(&exchange, mock_text_slice(&body), BODY_COMPLETE);
        struct mock_answer answer = mock_answer_of(&exchange);
        assert_int_equal(answer.status, 200);
        if (answer.close == rows[i].kept)
            fail_msg("%s: close is %d", rows[i].why, answer.close);
        mock_answer_clear(&answer);
        exchange_end(&exchange);
        mock_text_clear(&body);
    }
    mock_free(mock);
}

static void exchange_owns_up_when_the_body_found_no_memory(void **state)
{
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    struct mock_call call = right(state);
    call.end = BODY_NO_MEMORY;
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_int_equal(answer.status, 500);
    assert_true(answer.close);
    assert_string_equal(mock_answer_code(&answer), "SERVICE_INTERNAL_ERROR");
    mock_answer_clear(&answer);
    mock_free(mock);
}

/* Where the rule of the method is off, another method is read as the call that it carries. */
static void exchange_serves_another_method_when_no_rule_forbids_it(void **state)
{
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.rules_off[RULE_method] = true;
    struct mock *mock = mock_new(&options);
    struct mock_call call = right(state);
    call.method = "PUT";
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_int_equal(answer.status, 200);
    assert_true(answer.body_was_read);
    mock_answer_clear(&answer);
    mock_free(mock);
}

static void exchange_says_nothing_of_keys(void **state)
{
    static const char *const keys[] = {"secret-wxyz"};
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.api_keys = keys;
    options.api_key_count = 1;
    struct mock *mock = mock_new(&options);
    static const char *const sent[] = {"secret-wxyz", "secret-wxyv"};
    static void (*const breaks[])(struct mock_call *) = {no_host, other_path, put, json, damaged};
    for (size_t k = 0; k < ROWS(sent); k++)
        for (size_t i = 0; i < ROWS(breaks); i++) {
            struct mock_call call = right(state);
            mock_call_header(&call, "ailabapi-api-key", NULL);
            mock_call_header(&call, "ailabapi-api-key", sent[k]);
            breaks[i](&call);
            struct mock_answer answer = mock_answer_to(&call, mock);
            assert_null(strstr(answer.sent.ptr, "wxy"));
            mock_answer_clear(&answer);
        }
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_answers_the_picture_in_each_revision),
        cmocka_unit_test(exchange_answers_each_picture_size_exactly),
        cmocka_unit_test(exchange_answers_the_result_that_was_chosen),
        cmocka_unit_test(exchange_refuses_in_the_envelope_with_the_documented_status),
        cmocka_unit_test(exchange_says_which_methods_are_allowed),
        cmocka_unit_test(exchange_answers_head_as_get_without_the_body),
        cmocka_unit_test(exchange_lists_the_pools_as_documented),
        cmocka_unit_test(exchange_lets_browsers_send_what_they_ask_for),
        cmocka_unit_test(exchange_bounds_the_preflights_echo),
        cmocka_unit_test(exchange_lets_every_origin_read_every_answer),
        cmocka_unit_test(exchange_keeps_the_connection_only_when_it_may),
        cmocka_unit_test(exchange_owns_up_when_the_body_found_no_memory),
        cmocka_unit_test(exchange_serves_another_method_when_no_rule_forbids_it),
        cmocka_unit_test(exchange_says_nothing_of_keys),
    };
    return cmocka_run_group_tests_name("exchange", tests, image_make_state, image_free_state);
}
