/* Whole exchanges that a document's accounts and scenarios change, without sockets: charges, faults
 * of an upload, `always`, matches. */
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

static struct mock *mock_in(enum revision_id revision, const char *json, bool trust_images)
{
    struct document document;
    struct mock_options options = mock_options_in(revision);
    scenario_json_document(&document, json);
    options.document = &document;
    options.trust_images = options.rules_off[RULE_image_type] = trust_images;
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    return mock;
}

static struct mock *mock_with(const char *json, bool trust_images)
{
    return mock_in(REVISION_R2026_01, json, trust_images);
}

/* A call whose answer did not go out, as when the client is gone, costs nothing. */
static void exchange_charges_no_call_that_was_given_up(void **state)
{
    struct mock *mock = mock_with("{'accounts': {'*': {'credits': 24, 'concurrency': 1}}}", false);
    for (int i = 0; i < 4; i++) { /* more calls than credits, each begun and given up */
        struct mock_call call = right(state);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        mock_answer_clear(&answer);
    }
    struct mock_call credits = right(state);
    credits.method = "GET";
    credits.path = MOCK_CREDITS_PATH;
    credits.not_announced = true;
    struct mock_answer answer = mock_answer_to(&credits, mock);
    const cJSON *pool =
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(answer.json, "data"), 0);
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(pool, "balance")->valueint, 24);
    mock_answer_clear(&answer);
    mock_free(mock);
}

/* An upload fault ends the connection, after the delay of its step. */
static void exchange_ends_a_dropped_upload_without_an_answer(void **state)
{
    static const struct {
        const char *key;
        enum reply_step_kind last;
        uint64_t delay_ms;
    } rows[] = {
        {"mock:reset", REPLY_RESET, 0},
        {"mock:close", REPLY_CLOSE, 0},
        {"mock:late", REPLY_RESET, 250},
    };
    struct mock *mock =
        mock_with("{'scenarios': [{'name': 'reset', 'steps': [{'fault': 'reset-upload'}]},"
                  " {'name': 'close', 'steps': [{'fault': 'close-upload'}]},"
                  " {'name': 'late', 'steps': [{'fault': 'reset-upload', 'delay': 250}]}]}",
                  false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char length_text[24];
        struct exchange exchange = {0};
        struct mock_call call = right(state);
        mock_call_header(&call, "ailabapi-api-key", NULL);
        mock_call_header(&call, "ailabapi-api-key", rows[i].key);
        mock_call_head(&exchange.request.head, &call, 1000, length_text);
        assert_int_equal(exchange_begin(&exchange, mock, MOCK_NOW), EXCHANGE_READ_BODY);
        assert_int_equal(exchange.upload_fault.fault,
                         rows[i].last == REPLY_CLOSE ? FAULT_close_upload : FAULT_reset_upload);
        assert_int_equal(exchange.upload_fault.amount, 1024);
        exchange_body(&exchange, slice_make(NULL, 0), BODY_DROPPED);
        const struct reply *reply = &exchange.reply;
        const size_t count = rows[i].delay_ms ? 2 : 1;
        assert_int_equal(reply->step_count, count);
        assert_true(reply->close);
        assert_int_equal(reply->steps[count - 1].kind, rows[i].last);
        if (rows[i].delay_ms) {
            assert_int_equal(reply->steps[0].kind, REPLY_WAIT);
            assert_int_equal(reply->steps[0].amount, rows[i].delay_ms);
        }
        exchange_end(&exchange);
    }
    mock_free(mock);
}

static void name_scenario(struct mock_call *call, const char *name)
{
    mock_call_header(call, "X-Mock-Scenario", name);
}

/* `always` needs an uploaded picture to succeed. Without one the refusal is sent with what the step
 * changes, and is the scenario's; a step that changes nothing has no part in it. */
static void exchange_refuses_with_the_changes_of_a_step_that_cannot_succeed(void **state)
{
    static const struct {
        const char *scenario;
        bool keeps, sends;
    } rows[] = {
        {"plain", false, true},
        {"fault", true, false},
        {"deviation", true, true},
    };
    struct mock *mock = mock_with(
        "{'scenarios': [{'name': 'plain', 'steps': [{'always': true, 'answer': 'success'}]},"
        " {'name': 'fault', 'steps': [{'always': true, 'fault': 'reset-before-answer'}]},"
        " {'name': 'deviation', 'steps': [{'always': true,"
        " 'deviation': 'null-request-id'}]}]}",
        false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char length_text[24];
        struct exchange exchange = {0};
        struct mock_call call = right(state);
        call.image = (struct slice){NULL, 0};
        name_scenario(&call, rows[i].scenario);
        struct mock_text body = mock_call_body(&call);
        mock_call_head(&exchange.request.head, &call, body.len, length_text);
        assert_int_equal(exchange_begin(&exchange, mock, MOCK_NOW), EXCHANGE_READ_BODY);
        exchange_body(&exchange, mock_text_slice(&body), BODY_COMPLETE);
        const struct reply *reply = &exchange.reply;
        assert_int_equal(exchange.verdict.status, 400);
        if ((exchange.choice.step != NULL) != rows[i].keeps)
            fail_msg("%s: the step is %s", rows[i].scenario, rows[i].keeps ? "lost" : "kept");
        assert_int_equal(reply->steps[0].kind == REPLY_SEND, rows[i].sends);
        exchange_end(&exchange);
        mock_text_clear(&body);
    }
    mock_free(mock);
}

/* It ends before the body, which is beyond the bound. */
static void exchange_answers_always_before_a_body_that_it_cannot_read(void **state)
{
    char length_text[24];
    struct exchange exchange = {0};
    struct mock_call call = right(state);
    struct mock *mock = mock_with("{'scenarios': [{'name': 'mine', 'steps': [{'always': true,"
                                  " 'error': 'ERROR_BLURRY_FACE'}]}]}",
                                  false);
    mock_call_header(&call, "Content-Length", "104857600");
    call.not_announced = true;
    name_scenario(&call, "mine");
    mock_call_head(&exchange.request.head, &call, 0, length_text);
    assert_int_equal(exchange_begin(&exchange, mock, MOCK_NOW), EXCHANGE_REPLY);
    struct mock_answer answer = mock_answer_of(&exchange);
    assert_string_equal(mock_answer_code(&answer), "ERROR_BLURRY_FACE");
    mock_answer_clear(&answer);
    exchange_end(&exchange);
    mock_free(mock);
}

/* `always` goes past the rules, and not past the bound: a body up to it is read. */
static void exchange_reads_the_body_that_always_may_need(void **state)
{
    static const struct {
        const char *why, *length, *coding;
        enum exchange_next next;
    } rows[] = {
        {"no body", NULL, NULL, EXCHANGE_READ_BODY},
        {"as long as the bound", "6291456", NULL, EXCHANGE_READ_BODY},
        {"a byte longer", "6291457", NULL, EXCHANGE_REPLY},
        {"of a length that only its end tells", NULL, "chunked", EXCHANGE_READ_BODY},
        {"of two lengths", "5", "chunked", EXCHANGE_REPLY},
    };
    struct mock *mock = mock_with(
        "{'scenarios': [{'name': 'plain', 'steps': [{'always': true, 'answer': 'success'}],"
        " 'then': 'repeat-last'}]}",
        false);
    assert_int_equal(MOCK_BODY_MAX, 6291456);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char length_text[24];
        struct exchange exchange = {0};
        struct mock_call call = right(state);
        call.not_announced = true;
        if (rows[i].length)
            mock_call_header(&call, "Content-Length", rows[i].length);
        if (rows[i].coding)
            mock_call_header(&call, "Transfer-Encoding", rows[i].coding);
        name_scenario(&call, "plain");
        mock_call_head(&exchange.request.head, &call, 0, length_text);
        if (exchange_begin(&exchange, mock, MOCK_NOW) != rows[i].next)
            fail_msg("%s: the body is %s", rows[i].why,
                     rows[i].next == EXCHANGE_REPLY ? "to be read" : "not to be read");
        exchange_end(&exchange);
    }
    mock_free(mock);
}

/* A head that may be understood in two ways leaves no body to read, so there is no picture either.
 */
static void exchange_refuses_what_always_cannot_make_a_success(void **state)
{
    static const struct {
        const char *name, *value;
        int status;
    } rows[] = {{"Transfer-Encoding", "chunked", 400}, {"Content-Length", "104857600", 413}};
    struct mock *mock = mock_with(
        "{'scenarios': [{'name': 'plain', 'steps': [{'always': true, 'answer': 'success'}]}]}",
        false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        if (strcmp(rows[i].name, "Content-Length") != 0)
            mock_call_header(&call, "Content-Length", "5");
        mock_call_header(&call, rows[i].name, rows[i].value);
        name_scenario(&call, "plain");
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, rows[i].status);
        assert_false(answer.body_was_read);
        assert_null(mock_answer_header(&answer, "X-Mock-Scenario").ptr); /* it had no part in it */
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void exchange_answers_early_413_before_the_body(void **state)
{
    struct mock_call call = right(state);
    struct mock *mock =
        mock_with("{'scenarios': [{'name': 'mine', 'steps': [{'fault': 'early-413'}]}]}", false);
    name_scenario(&call, "mine");
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_int_equal(answer.status, 413);
    assert_false(answer.body_was_read);
    assert_string_equal(mock_answer_code(&answer), "FILE_SIZE_EXCEEDS_LIMIT");
    mock_answer_clear(&answer);
    mock_free(mock);
}

static void exchange_sends_the_headers_of_a_step(void **state)
{
    static const struct {
        const char *scenario;
        int status;
    } rows[] = {{"raw", 503}, {"error", 422}, {"success", 200}};
    struct mock *mock =
        mock_with("{'scenarios': [{'name': 'raw', 'steps': [{'status': 503, 'body': 'x', 'headers':"
                  " {'A': 'b', 'C': ['d']}}]}, {'name': 'error', 'steps': [{'error':"
                  " 'ERROR_BLURRY_FACE', 'headers': {'A': 'b', 'C': ['d']}}]}, {'name': 'success',"
                  " 'steps': [{'answer': 'success', 'headers': {'A': 'b', 'C': ['d']}}]}]}",
                  false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        name_scenario(&call, rows[i].scenario);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, rows[i].status);
        assert_true(slice_equal(mock_answer_header(&answer, "A"), slice_of("b")));
        assert_true(slice_equal(mock_answer_header(&answer, "C"), slice_of("d")));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* As many as a step may have, in its order. */
static void exchange_sends_all_headers_of_a_step(void **state)
{
    struct mock *mock = mock_with(
        "{'scenarios': [{'name': 'many', 'steps': [{'answer': 'success', 'headers': {"
        "'X-1': '1', 'X-2': '2', 'X-3': '3', 'X-4': '4', 'X-5': '5', 'X-6': '6', 'X-7': '7',"
        "'X-8': '8', 'X-9': '9', 'X-10': '10', 'X-11': '11', 'X-12': '12', 'X-13': '13',"
        "'X-14': '14', 'X-15': '15', 'X-16': '16'}}]}]}",
        false);
    struct mock_call call = right(state);
    name_scenario(&call, "many");
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_int_equal(SCENARIO_HEADERS_MAX, 16);
    for (int i = 1; i <= SCENARIO_HEADERS_MAX; i++) {
        char name[8];
        snprintf(name, sizeof name, "X-%d", i);
        assert_true(slice_equal(mock_answer_header(&answer, name), slice_of(name + 2)));
    }
    mock_answer_clear(&answer);
    mock_free(mock);
}

/* The delay comes first, and the answer is whole behind it. */
static void exchange_waits_before_it_answers(void **state)
{
    struct mock *mock = mock_with(
        "{'scenarios': [{'name': 'late', 'steps': [{'answer': 'success', 'delay': 250}]}]}", false);
    char length_text[24];
    struct exchange exchange = {0};
    struct mock_call call = right(state);
    struct mock_text body = mock_call_body(&call);
    name_scenario(&call, "late");
    mock_call_head(&exchange.request.head, &call, body.len, length_text);
    assert_int_equal(exchange_begin(&exchange, mock, MOCK_NOW), EXCHANGE_READ_BODY);
    exchange_body(&exchange, mock_text_slice(&body), BODY_COMPLETE);
    static const enum reply_step_kind kinds[] = {REPLY_WAIT, REPLY_SEND, REPLY_BASE64, REPLY_SEND};
    assert_int_equal(exchange.reply.step_count, ROWS(kinds));
    for (size_t i = 0; i < ROWS(kinds); i++)
        assert_int_equal(exchange.reply.steps[i].kind, kinds[i]);
    assert_int_equal(exchange.reply.steps[0].amount, 250);
    assert_memory_equal(exchange.reply.steps[1].bytes.ptr, "HTTP/1.1 200 ", 13);
    assert_true(slice_equal(exchange.reply.steps[3].bytes, slice_of("\"}}")));
    exchange_end(&exchange);
    mock_text_clear(&body);
    mock_free(mock);
}

/* A step that says everything itself sends its bytes as they are, and names no type. */
static void exchange_sends_a_raw_body_as_it_is(void **state)
{
    struct mock *mock = mock_with("{'scenarios': [{'name': 'raw', 'steps': [{'status': 200, 'body':"
                                  " '{\\'image\\':\\'@\\'}'}]}]}",
                                  false);
    struct mock_call call = right(state);
    name_scenario(&call, "raw");
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_int_equal(answer.status, 200);
    assert_true(slice_equal(answer.body, slice_of("{\"image\":\"@\"}")));
    assert_null(mock_answer_header(&answer, "Content-Type").ptr);
    mock_answer_clear(&answer);
    mock_free(mock);
}

/* A code that is not in the table stands wherever the envelope has a code. */
static void exchange_answers_a_code_outside_the_table(void **state)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock *mock = mock_in(id,
                                    "{'scenarios': [{'name': 'new', 'steps': [{'error':"
                                    " 'ERROR_OF_TOMORROW', 'status': 422}]}]}",
                                    false);
        struct mock_call call = right(state);
        name_scenario(&call, "new");
        struct mock_answer answer = mock_answer_to(&call, mock);
        const char *outer =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer.json, "error_code_str"));
        assert_int_equal(answer.status, 422);
        assert_string_equal(mock_answer_code(&answer), "ERROR_OF_TOMORROW");
        if (revision_info(id)->envelope == ENVELOPE_C)
            assert_null(outer);
        else
            assert_string_equal(outer, "ERROR_OF_TOMORROW");
        mock_answer_clear(&answer);
        mock_free(mock);
    }
}

/* One that changes a field, one that changes the status, and one of the answer to a refusal. */
static void exchange_answers_with_the_deviation_of_a_step(void **state)
{
    static const struct {
        const char *scenario, *choice;
        int status;
        bool has_id;
    } rows[] = {
        {"null", "12", 200, false}, {"null", "17", 400, false}, {"in-200", "12", 200, true}};
    struct mock *mock = mock_with(
        "{'scenarios': [{'name': 'null', 'steps': [{'always': true, 'deviation':"
        " 'null-request-id'}], 'then': 'repeat-last'}, {'name': 'in-200', 'steps': [{'error':"
        " 'ERROR_BLURRY_FACE', 'deviation': 'error-in-200'}]}]}",
        false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        call.choice = slice_of(rows[i].choice);
        if (rows[i].status == 400) /* so that `always` cannot make it a success */
            call.image = (struct slice){NULL, 0};
        name_scenario(&call, rows[i].scenario);
        struct mock_answer answer = mock_answer_to(&call, mock);
        const cJSON *id = cJSON_GetObjectItemCaseSensitive(answer.json, "request_id");
        assert_int_equal(answer.status, rows[i].status);
        assert_true(rows[i].has_id ? cJSON_IsString(id) : cJSON_IsNull(id));
        if (rows[i].has_id)
            assert_string_equal(mock_answer_code(&answer), "ERROR_BLURRY_FACE");
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* The message of a rule ends with a hint, also where a step changes the answer, but not where a
 * step has an error of its own. */
static void exchange_hints_behind_the_message_of_a_rule_alone(void **state)
{
    static const struct {
        const char *scenario;
        bool hints;
    } rows[] = {{NULL, true}, {"deviation", true}, {"error", false}};
    struct mock *mock = mock_with(
        "{'scenarios': [{'name': 'error', 'steps': [{'always': true, 'error':"
        " 'ERROR_BLURRY_FACE', 'message': 'mine'}]}, {'name': 'deviation', 'steps': [{'always':"
        " true, 'deviation': 'null-request-id'}]}]}",
        false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        call.image = (struct slice){NULL, 0};
        if (rows[i].scenario)
            name_scenario(&call, rows[i].scenario);
        struct mock_answer answer = mock_answer_to(&call, mock);
        const char *message = mock_answer_message(&answer);
        if (!rows[i].hints)
            assert_string_equal(message, "mine");
        else if (!strstr(message, ". Hint: "))
            fail_msg("%s: %s", rows[i].scenario ? rows[i].scenario : "no scenario", message);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* Only the refusal of a limit says when to come again. */
static void exchange_says_when_to_come_again_after_a_limit_alone(void **state)
{
    struct mock *mock =
        mock_with("{'accounts': {'*': {'rate': {'requests': 1, 'window_ms': 7000}}}}", false);
    static const struct {
        int status;
        const char *retry_after;
    } rows[] = {{200, NULL}, {429, "7"}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, rows[i].status);
        assert_true(
            slice_equal(mock_answer_header(&answer, "Retry-After"), slice_of(rows[i].retry_after)));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* The header names the scenario, however short its name is. */
static void exchange_names_the_scenario_that_answered(void **state)
{
    static const char *const names[] = {"s", "mine"};
    struct mock *mock =
        mock_with("{'scenarios': [{'name': 's', 'steps': [{'error': 'ERROR_BLURRY_FACE'}]},"
                  " {'name': 'mine', 'steps': [{'error': 'ERROR_BLURRY_FACE'}]}]}",
                  false);
    for (size_t i = 0; i < ROWS(names); i++) {
        struct mock_call call = right(state);
        name_scenario(&call, names[i]);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_string_equal(mock_answer_code(&answer), "ERROR_BLURRY_FACE");
        assert_true(
            slice_equal(mock_answer_header(&answer, "X-Mock-Scenario"), slice_of(names[i])));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* Also where no rule looks into the picture. */
static void exchange_matches_the_hash_of_a_trusted_picture(void **state)
{
    static const char *const pictures[] = {"abc", "abd"};
    struct mock *mock =
        mock_with("{'scenarios': [{'name': 'mine', 'match': {'sha256': "
                  "'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'},"
                  " 'steps': [{'error': 'ERROR_BLURRY_FACE'}], 'then': 'repeat-last'}]}",
                  true);
    (void)state;
    struct mock_call none = mock_call_right(slice_make(NULL, 0));
    struct mock_answer refusal = mock_answer_to(&none, mock);
    assert_string_equal(mock_answer_code(&refusal), "MISSING_PARAMETERS");
    mock_answer_clear(&refusal);
    for (size_t i = 0; i < ROWS(pictures); i++) {
        struct mock_call call = mock_call_right(slice_of(pictures[i]));
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(strcmp(mock_answer_code(&answer), "ERROR_BLURRY_FACE") == 0, i == 0);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_charges_no_call_that_was_given_up),
        cmocka_unit_test(exchange_ends_a_dropped_upload_without_an_answer),
        cmocka_unit_test(exchange_refuses_with_the_changes_of_a_step_that_cannot_succeed),
        cmocka_unit_test(exchange_answers_always_before_a_body_that_it_cannot_read),
        cmocka_unit_test(exchange_reads_the_body_that_always_may_need),
        cmocka_unit_test(exchange_refuses_what_always_cannot_make_a_success),
        cmocka_unit_test(exchange_answers_early_413_before_the_body),
        cmocka_unit_test(exchange_sends_the_headers_of_a_step),
        cmocka_unit_test(exchange_sends_all_headers_of_a_step),
        cmocka_unit_test(exchange_waits_before_it_answers),
        cmocka_unit_test(exchange_sends_a_raw_body_as_it_is),
        cmocka_unit_test(exchange_answers_a_code_outside_the_table),
        cmocka_unit_test(exchange_answers_with_the_deviation_of_a_step),
        cmocka_unit_test(exchange_hints_behind_the_message_of_a_rule_alone),
        cmocka_unit_test(exchange_says_when_to_come_again_after_a_limit_alone),
        cmocka_unit_test(exchange_names_the_scenario_that_answered),
        cmocka_unit_test(exchange_matches_the_hash_of_a_trusted_picture),
    };
    return cmocka_run_group_tests_name("exchange_steps", tests, image_make_state, image_free_state);
}
