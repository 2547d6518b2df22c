/* Tests of what names a scenario in whole exchanges, without sockets: header, key, file name and
 * picture; in strict mode none of them does. */
#include "exchange/exchange.h"
#include "mock_requests.h"
#include "scenario_json.h"
#include "scenarios/cue.h"
#include "testing/image_make.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BLURRY                                                                                     \
    "{'scenarios': [{'name': 'mine', 'steps': [{'error': 'ERROR_BLURRY_FACE'}], "                  \
    "'then': 'repeat-last'}]}"

static struct mock *mock_with(const char *json, bool strict)
{
    static const char *const keys[] = {MOCK_KEY, "mock:mine", "mock:nope"};
    struct document document;
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    scenario_json_document(&document, json);
    options.document = &document;
    options.state.settings.strict = strict;
    options.api_keys = keys;
    options.api_key_count = ROWS(keys);
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    return mock;
}

/* A right call, and what it borrows from. */
struct named_call {
    struct mock_call call;
    struct mock_text body, name;
    unsigned char *picture;
};

static void name_by_header(struct named_call *named, const char *name)
{
    mock_call_header(&named->call, "X-Mock-Scenario", name);
}

static void name_by_key(struct named_call *named, const char *name)
{
    mock_text_print(&named->name, "mock:%s", name);
    mock_call_header(&named->call, "ailabapi-api-key", NULL);
    mock_call_header(&named->call, "ailabapi-api-key", named->name.ptr);
}

static void name_by_file(struct named_call *named, const char *name)
{
    struct mock_text *body = &named->body;
    mock_text_print(body,
                    "--" MOCK_BOUNDARY "\r\nContent-Disposition: form-data; "
                    "name=\"service_choice\"\r\n\r\n%.*s\r\n--" MOCK_BOUNDARY
                    "\r\nContent-Disposition: form-data; name=\"image_target\"; "
                    "filename=\"mock-%s.jpg\"\r\n\r\n",
                    (int)named->call.choice.len, named->call.choice.ptr, name);
    mock_text_add(body, named->call.image);
    mock_text_print(body, "\r\n--" MOCK_BOUNDARY "--\r\n");
    named->call.body_replaced = true;
    named->call.body = mock_text_slice(body);
}

static void name_by_picture(struct named_call *named, const char *name)
{
    size_t size;
    assert_true(cue_write(&named->picture, &size, named->call.image, slice_of(name), false));
    named->call.image = slice_make((char *)named->picture, size);
}

static void (*const ways[])(struct named_call *, const char *) = {name_by_header, name_by_key,
                                                                  name_by_file, name_by_picture};

/* choice is what the call asks for. */
static struct mock_answer ask(void **state, struct mock *mock, size_t way, const char *name,
                              const char *choice)
{
    struct named_call named = {.call = mock_call_right(image_make_slice(*state))};
    named.call.choice = slice_of(choice);
    ways[way](&named, name);
    struct mock_answer answer = mock_answer_to(&named.call, mock);
    mock_text_clear(&named.body);
    mock_text_clear(&named.name);
    free(named.picture);
    return answer;
}

static void exchange_plays_the_scenario_that_is_named(void **state)
{
    struct mock *mock = mock_with(BLURRY, false);
    for (size_t way = 0; way < ROWS(ways); way++) {
        struct mock_answer answer = ask(state, mock, way, "mine", "12");
        assert_string_equal(mock_answer_code(&answer), "ERROR_BLURRY_FACE");
        assert_true(slice_equal(mock_answer_header(&answer, "X-Mock-Scenario"), slice_of("mine")));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void exchange_refuses_the_name_of_no_scenario(void **state)
{
    struct mock *mock = mock_with(BLURRY, false);
    for (size_t way = 0; way < ROWS(ways); way++) {
        struct mock_answer answer = ask(state, mock, way, "nope", "12");
        assert_int_equal(answer.status, 400);
        assert_string_equal(mock_answer_code(&answer), "ERROR_PARAMETERS");
        if (!strstr(mock_answer_message(&answer), "nope"))
            fail_msg("way %zu: %s", way, mock_answer_message(&answer));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* The refusal is the answer, and no scenario's. */
static void exchange_refuses_a_wrong_request_whatever_it_names(void **state)
{
    static const char *const names[] = {"mine", "nope"};
    struct mock *mock = mock_with(BLURRY, false);
    for (size_t way = 0; way < ROWS(ways); way++)
        for (size_t i = 0; i < ROWS(names); i++) {
            struct mock_answer answer = ask(state, mock, way, names[i], "17");
            /* An unknown name in the head is seen before the body comes. */
            const bool early = i == 1 && way < 2;
            assert_string_equal(mock_answer_code(&answer),
                                early ? "ERROR_PARAMETERS" : "ERROR_INVALID_PARAMETER");
            assert_null(mock_answer_header(&answer, "X-Mock-Scenario").ptr);
            mock_answer_clear(&answer);
        }
    mock_free(mock);
}

static void exchange_looks_for_no_name_when_strict(void **state)
{
    static const char *const names[] = {"mine", "nope"};
    struct mock *mock = mock_with(BLURRY, true);
    for (size_t way = 0; way < ROWS(ways); way++)
        for (size_t i = 0; i < ROWS(names); i++) {
            struct mock_answer answer = ask(state, mock, way, names[i], "12");
            assert_int_equal(answer.status, 200);
            assert_null(mock_answer_header(&answer, "X-Mock-Scenario").ptr);
            mock_answer_clear(&answer);
        }
    mock_free(mock);
}

/* mock:NAME@KEY is authenticated as KEY. */
static void exchange_takes_the_key_behind_a_named_scenario(void **state)
{
    static const struct {
        const char *name, *code;
    } rows[] = {{"mine@" MOCK_KEY, "ERROR_BLURRY_FACE"}, {"mine@other", "ERROR_USER_NOT_EXISTS"}};
    struct mock *mock = mock_with(BLURRY, false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_answer answer = ask(state, mock, 1, rows[i].name, "12");
        assert_string_equal(mock_answer_code(&answer), rows[i].code);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* In strict mode that is a key like any other. */
static void exchange_takes_the_whole_key_when_strict(void **state)
{
    struct mock *mock = mock_with(BLURRY, true);
    struct mock_answer answer = ask(state, mock, 1, "mine@" MOCK_KEY, "12");
    assert_string_equal(mock_answer_code(&answer), "ERROR_USER_NOT_EXISTS");
    mock_answer_clear(&answer);
    mock_free(mock);
}

/* What the head names counts, whatever the body names. */
static void exchange_prefers_the_name_in_the_head(void **state)
{
    static const char *const others[] = {"other", "nope"};
    struct mock *mock = mock_with("{'scenarios': [{'name': 'mine', 'steps': [{'error':"
                                  " 'ERROR_BLURRY_FACE'}], 'then': 'repeat-last'}, {'name':"
                                  " 'other', 'steps': [{'error': 'ERROR_NO_FACE_IN_FILE'}]}]}",
                                  false);
    for (size_t i = 0; i < ROWS(others); i++) {
        struct named_call named = {.call = mock_call_right(image_make_slice(*state))};
        name_by_header(&named, "mine");
        name_by_file(&named, others[i]);
        struct mock_answer answer = mock_answer_to(&named.call, mock);
        assert_string_equal(mock_answer_code(&answer), "ERROR_BLURRY_FACE");
        mock_answer_clear(&answer);
        mock_text_clear(&named.body);
    }
    mock_free(mock);
}

/* An answer to a wrong head is no scenario's either, nor is one to a wrong request that names, with
 * `always`, a scenario which does not exist. */
static void exchange_refuses_a_wrong_head_whatever_it_names(void **state)
{
    static const struct {
        const char *name, *key, *choice, *length, *code;
    } rows[] = {
        {"mine", "stranger", "12", NULL, "ERROR_USER_NOT_EXISTS"},
        {"nope", "stranger", "12", NULL, "ERROR_USER_NOT_EXISTS"},
        {"mine", MOCK_KEY, "12", "104857600", "FILE_SIZE_EXCEEDS_LIMIT"},
        {"!nope", MOCK_KEY, "17", NULL, "ERROR_PARAMETERS"},
        {"!nope", "stranger", "12", NULL, "ERROR_USER_NOT_EXISTS"},
        {"!nope", MOCK_KEY, "12", "104857600", "FILE_SIZE_EXCEEDS_LIMIT"},
    };
    struct mock *mock = mock_with(BLURRY, false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = mock_call_right(image_make_slice(*state));
        call.choice = slice_of(rows[i].choice);
        mock_call_header(&call, "ailabapi-api-key", NULL);
        mock_call_header(&call, "ailabapi-api-key", rows[i].key);
        mock_call_header(&call, "X-Mock-Scenario", rows[i].name);
        if (rows[i].length)
            mock_call_header(&call, "Content-Length", rows[i].length);
        struct mock_answer answer = mock_answer_to(&call, mock);
        if (strcmp(mock_answer_code(&answer), rows[i].code) != 0)
            fail_msg("row %zu: %s", i, mock_answer_message(&answer));
        assert_null(mock_answer_header(&answer, "X-Mock-Scenario").ptr);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* `always` makes a success of a call that its head or its body would have refused. */
static void exchange_succeeds_in_spite_of_the_rules(void **state)
{
    static const struct {
        const char *why, *key, *choice;
    } rows[] = {
        {"nothing wrong", MOCK_KEY, "12"},
        {"an unknown key", "stranger", "12"},
        {"a choice out of scope", MOCK_KEY, "17"},
        {"both", "stranger", "17"},
    };
    struct mock *mock = mock_with("{'scenarios': [{'name': 'mine', 'steps': [{'always': true,"
                                  " 'answer': 'success'}], 'then': 'repeat-last'}]}",
                                  false);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = mock_call_right(image_make_slice(*state));
        mock_call_header(&call, "ailabapi-api-key", NULL);
        mock_call_header(&call, "ailabapi-api-key", rows[i].key);
        mock_call_header(&call, "X-Mock-Scenario", "mine");
        call.choice = slice_of(rows[i].choice);
        struct mock_answer answer = mock_answer_to(&call, mock);
        if (answer.status != 200)
            fail_msg("%s: %s", rows[i].why, mock_answer_message(&answer));
        struct mock_text image = mock_answer_image(&answer);
        assert_true(slice_equal(mock_text_slice(&image), call.image)); /* echo */
        mock_text_clear(&image);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_plays_the_scenario_that_is_named),
        cmocka_unit_test(exchange_refuses_the_name_of_no_scenario),
        cmocka_unit_test(exchange_refuses_a_wrong_request_whatever_it_names),
        cmocka_unit_test(exchange_looks_for_no_name_when_strict),
        cmocka_unit_test(exchange_takes_the_key_behind_a_named_scenario),
        cmocka_unit_test(exchange_takes_the_whole_key_when_strict),
        cmocka_unit_test(exchange_prefers_the_name_in_the_head),
        cmocka_unit_test(exchange_refuses_a_wrong_head_whatever_it_names),
        cmocka_unit_test(exchange_succeeds_in_spite_of_the_rules),
    };
    return cmocka_run_group_tests_name("exchange_cues", tests, image_make_state, image_free_state);
}
