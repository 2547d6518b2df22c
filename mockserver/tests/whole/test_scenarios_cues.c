/* Cues over real sockets: who wins, what bypasses what, whose account is meant, what an unknown
 * name is told, what strict leaves, and that nothing sticks. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MARK(name) "mock:" name

/* A call with some cues, the strongest first; each asks for a code of its own. */
enum { QUEUE, HEADER, KEY, FILE_NAME, PICTURE, MATCH, CUES };

static const struct {
    const char *code;
    int status;
} asked[CUES] = {
    [QUEUE] = {"ERROR_BLURRY_FACE", 422},        [HEADER] = {"AI_SERVICE_TIMEOUT", 504},
    [KEY] = {"ERROR_USER_LOCKED", 403},          [FILE_NAME] = {"ERROR_NOT_ENOUGH_CREDITS", 429},
    [PICTURE] = {"UNSUPPORTED_FILE_TYPES", 415}, [MATCH] = {"ERROR_SMALL_FACE_SIZE", 422},
};

static const struct scenarios_error *error_of(const char *code)
{
    const struct scenarios_error *errors = scenarios_errors();
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++)
        if (strcmp(errors[i].code, code) == 0)
            return &errors[i];
    fail_msg("%s is not in the table", code);
    return errors;
}

/* Asks with the cues of the set. KEY's cue acts for account "precedence" in any case. */
static void ask_with(struct scenarios_answer *out, struct ailab_mock *mock, unsigned set)
{
    char key[128], file_name[128], comment[128], document[256] = "{}";
    struct scenarios_call call = {.key = "precedence"};
    if (set & 1u << MATCH)
        snprintf(document, sizeof document,
                 "{\"scenarios\": [{\"name\": \"m\", \"match\": {}, \"steps\": [{\"error\": "
                 "\"%s\"}]}]}",
                 asked[MATCH].code);
    scenarios_load(mock, document);
    if (set & 1u << QUEUE)
        scenarios_arm(mock, "precedence", "[{\"error\": \"%s\"}]", asked[QUEUE].code);
    if (set & 1u << HEADER)
        call.header = asked[HEADER].code;
    snprintf(key, sizeof key, "mock:%s@precedence", asked[KEY].code);
    if (set & 1u << KEY)
        call.key = key;
    snprintf(file_name, sizeof file_name, "holiday/mock-%s.jpeg", asked[FILE_NAME].code);
    if (set & 1u << FILE_NAME)
        call.file_name = file_name;
    snprintf(comment, sizeof comment, "mock:%s", asked[PICTURE].code);
    char *marked = scenarios_marked(&call.image.len, comment);
    if (set & 1u << PICTURE)
        call.image.ptr = marked;
    scenarios_ask(out, ailab_mock_port(mock), &call);
    free(marked);
}

/* All 63 sets of cues, and so every pair of neighbours too. */
static void cues_win_in_the_documented_order(void **state)
{
    for (unsigned set = 1; set < 1u << CUES; set++) {
        struct scenarios_answer answer;
        unsigned winner = QUEUE;
        while (!(set & 1u << winner))
            winner++;
        ask_with(&answer, *state, set);
        if (!scenarios_is(&answer, error_of(asked[winner].code)->since, asked[winner].code))
            fail_msg("set %02x: expected %s, got %d %s", set, asked[winner].code, answer.status,
                     scenarios_code(&answer));
        scenarios_clear(&answer);
    }
}

/* The first that names a scenario decides, also when that scenario has nothing (more) to say. */
static void cues_decide_also_when_they_are_used_up(void **state)
{
    struct scenarios_call call = {.header = "once", .file_name = "mock-ERROR_BLURRY_FACE.jpg"};
    scenarios_load(*state, "{\"scenarios\": [{\"name\": \"once\", \"steps\": [{\"error\": "
                           "\"AI_SERVICE_TIMEOUT\"}]}]}");
    scenarios_expect(*state, &call, 504, "AI_SERVICE_TIMEOUT", "the header's scenario");
    scenarios_expect(*state, &call, 200, "", "the header's scenario is used up");
    call.header = NULL;
    scenarios_expect(*state, &call, 422, "ERROR_BLURRY_FACE", "no header");
}

static const char *const accepted[] = {"key-of-alice-5502", "key-of-bob-9371"};
static const struct ailab_mock_options closed_shop = {.api_keys = accepted, .api_key_count = 2};

/* Whatever is wrong with a request, a bold cue answers it; a plain one leaves it its refusal. */
static void cues_bypass_refusals_only_when_they_say_so(void **state)
{
    static const char form[] = "Content-Type: multipart/form-data; boundary=x\r\n";
    static const struct {
        const char *why;
        struct scenarios_call call;
        int status;
        const char *code;
    } rows[] = {
        {"plain, no accepted key",
         {.key = MARK("ERROR_BLURRY_FACE")},
         401,
         "ERROR_USER_NOT_EXISTS"},
        {"bold, no accepted key", {.key = "mock!ERROR_BLURRY_FACE"}, 422, "ERROR_BLURRY_FACE"},
        {"plain header, no key",
         {.key = "", .header = "ERROR_BLURRY_FACE"},
         401,
         "ERROR_USER_NOT_EXISTS"},
        {"bold header, no key",
         {.key = "", .header = "!ERROR_BLURRY_FACE"},
         422,
         "ERROR_BLURRY_FACE"},
        {"plain for bob",
         {.key = MARK("ERROR_BLURRY_FACE@key-of-bob-9371")},
         422,
         "ERROR_BLURRY_FACE"},
        {"plain, for no account",
         {.key = MARK("ERROR_BLURRY_FACE@key-of-eve")},
         401,
         "ERROR_USER_NOT_EXISTS"},
        {"bold, for no account",
         {.key = "mock!ERROR_BLURRY_FACE@key-of-eve"},
         422,
         "ERROR_BLURRY_FACE"},
        {"plain, choice out of scope",
         {.key = MARK("ERROR_BLURRY_FACE@key-of-bob-9371"), .choice = "99"},
         400,
         "ERROR_INVALID_PARAMETER"},
        {"bold, choice out of scope",
         {.key = "mock!ERROR_BLURRY_FACE", .choice = "99"},
         422,
         "ERROR_BLURRY_FACE"},
        {"plain, no form",
         {.key = MARK("ERROR_BLURRY_FACE@key-of-bob-9371"), .body = "junk", .more = form},
         400,
         "ERROR_PARAMETERS"},
        {"bold, no form",
         {.key = "mock!ERROR_BLURRY_FACE", .body = "junk", .more = form},
         422,
         "ERROR_BLURRY_FACE"},
        {"plain file name, choice out of scope",
         {.key = "key-of-bob-9371", .file_name = "mock-ERROR_BLURRY_FACE.jpg", .choice = "99"},
         400,
         "ERROR_INVALID_PARAMETER"},
        {"bold file name, choice out of scope",
         {.key = "key-of-bob-9371", .file_name = "mock!ERROR_BLURRY_FACE.jpg", .choice = "99"},
         422,
         "ERROR_BLURRY_FACE"},
        {"bold file name, no accepted key",
         {.key = "eve", .file_name = "mock!ERROR_BLURRY_FACE.jpg"},
         401,
         "ERROR_USER_NOT_EXISTS"},
        {"bold success, no accepted key", {.key = "mock!success"}, 200, ""},
        {"bold success, choice out of scope", {.key = "mock!success", .choice = "99"}, 200, ""},
        {"bold success for bob, no form",
         {.key = "mock!success@key-of-bob-9371", .body = "junk", .more = form},
         400,
         "ERROR_PARAMETERS"},
        {"bold success, no picture",
         {.key = "mock!success", .image = {"", 0}},
         401,
         "ERROR_USER_NOT_EXISTS"},
        {"bold, another path",
         {.key = "mock!ERROR_BLURRY_FACE", .path = "/api/portrait/other"},
         404,
         "ERROR_AI_NOT_EXISTS"},
    };
    (void)state;
    struct ailab_mock *mock = scenarios_start(&closed_shop);
    for (size_t i = 0; i < ROWS(rows); i++)
        scenarios_expect(mock, &rows[i].call, rows[i].status, rows[i].code, rows[i].why);
    ailab_mock_stop(mock);
}

/* A success that is wanted whatever the request was is one, also of an account that is shut; where
 * it cannot be one, the refusal belongs to no scenario. */
static void cues_of_a_bold_success_go_past_the_account(void **state)
{
    scenarios_load(*state, "{\"accounts\": {\"shut\": {\"locked\": true}}}");
    scenarios_expect(*state, &(struct scenarios_call){.key = "mock:success@shut"}, 403,
                     "ERROR_USER_LOCKED", "a plain cue");
    scenarios_expect(*state, &(struct scenarios_call){.key = "mock!success@shut"}, 200, "",
                     "a bold cue");
    struct scenarios_answer answer;
    const struct scenarios_call call = {.key = "mock!success", .image = {"", 0}};
    scenarios_ask(&answer, ailab_mock_port(*state), &call);
    assert_true(scenarios_is(&answer, 400, "PARAMETERS_CANNOT_EMPTY"));
    assert_null(scenarios_header(&answer, "X-Mock-Scenario").ptr);
    scenarios_clear(&answer);
    assert_int_equal(scenarios_count(*state, "{\"unexpected\": true}"), 1);
}

/* A refusal is the request's own, and does not say that a scenario answered; the step that was
 * taken for that request counts as used all the same. */
static void cues_of_refused_requests_count_as_used(void **state)
{
    struct scenarios_answer answer;
    struct scenarios_call wrong = {.choice = "99"}, right = {0};
    scenarios_arm(*state, SCENARIOS_KEY,
                  "[{\"error\": \"ERROR_BLURRY_FACE\"}, {\"error\": \"AI_SERVICE_TIMEOUT\"}]");
    scenarios_ask(&answer, ailab_mock_port(*state), &wrong);
    assert_true(scenarios_is(&answer, 400, "ERROR_INVALID_PARAMETER"));
    assert_null(scenarios_header(&answer, "X-Mock-Scenario").ptr);
    scenarios_clear(&answer);
    scenarios_expect(*state, &right, 504, "AI_SERVICE_TIMEOUT", "the second of the queue");
    scenarios_expect(*state, &right, 200, "", "the queue is empty");
}

/* With mock:NAME@KEY it is KEY that pays, waits and is counted. */
static void cues_act_for_the_account_that_they_name(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    struct scenarios_call call = {.key = MARK("success@key-of-alice-5502")};
    (void)state;
    struct ailab_mock *mock = scenarios_start(&closed_shop);
    assert_int_equal(ailab_mock_set_accounts(
                         mock, "{\"accounts\": {\"key-of-alice-5502\": {\"credits\": 12}}}", why),
                     AILAB_MOCK_OK);
    scenarios_expect(mock, &call, 200, "", "alice has 12 credits");
    scenarios_expect(mock, &call, 429, "ERROR_NOT_ENOUGH_CREDITS", "alice has none left");
    call.key = accepted[0];
    scenarios_expect(mock, &call, 429, "ERROR_NOT_ENOUGH_CREDITS", "it was hers");
    call.key = MARK("success@key-of-bob-9371");
    scenarios_expect(mock, &call, 200, "", "bob has his own");
    assert_int_equal(scenarios_count(mock, "{\"match\": {\"api_key\": \"key-of-alice-5502\"}}"), 3);
    ailab_mock_stop(mock);
}

static void cues_with_unknown_names_are_told_the_nearest(void **state)
{
    char *marked;
    struct scenarios_call calls[] = {
        {.header = "ERROR_BLURY_FACE"},
        {.key = MARK("ERROR_BLURY_FACE")},
        {.file_name = "mock-ERROR_BLURY_FACE.png"},
        {.image = {NULL, 0}},
        {.header = "!ERROR_BLURY_FACE"},
        {.header = "error_blurry_face"}, /* names are exact */
    };
    marked = scenarios_marked(&calls[3].image.len, MARK("ERROR_BLURY_FACE"));
    calls[3].image.ptr = marked;
    for (size_t i = 0; i < ROWS(calls); i++) {
        struct scenarios_answer answer;
        scenarios_ask(&answer, ailab_mock_port(*state), &calls[i]);
        const char *message = scenarios_message(&answer);
        if (!scenarios_is(&answer, 400, "ERROR_PARAMETERS") ||
            !strstr(message, i == 5 ? "'error_blurry_face'" : "'ERROR_BLURY_FACE'") ||
            !strstr(message, "ERROR_BLURRY_FACE"))
            fail_msg("row %zu: %.500s", i, answer.size ? answer.bytes : "(nothing)");
        assert_null(scenarios_header(&answer, "X-Mock-Scenario").ptr);
        scenarios_clear(&answer);
    }
    free(marked);
}

static void cues_do_not_count_in_strict_but_queue_and_matches_do(void **state)
{
    (void)state;
    const struct ailab_mock_options options = {.strict = true};
    struct scenarios_answer answer;
    struct ailab_mock *mock = scenarios_start(&options);
    for (unsigned set = 1; set < 1u << CUES; set++) {
        unsigned counting = set & (1u << QUEUE | 1u << MATCH);
        /* A key cue is a key like any other: not that of the queue's account. */
        if (set & 1u << KEY)
            counting &= ~(1u << QUEUE);
        unsigned winner = counting & 1u << QUEUE ? QUEUE : MATCH;
        ask_with(&answer, mock, set);
        if (counting ? !scenarios_is(&answer, asked[winner].status, asked[winner].code)
                     : !scenarios_is(&answer, 200, ""))
            fail_msg("set %02x: got %d %s", set, answer.status, scenarios_code(&answer));
        if (scenarios_header(&answer, "X-Mock-Scenario").ptr)
            fail_msg("set %02x: the answer tells its scenario", set);
        scenarios_clear(&answer);
        scenarios_reset(mock);
    }
    ailab_mock_stop(mock);
}

static void cues_leave_nothing_behind(void **state)
{
    static const char *const names[] = {"ERROR_BLURRY_FACE", "gateway-html-502", "error-in-200",
                                        "json-garbage",      "empty-body",       "two-faces"};
    struct scenarios_answer answer;
    for (size_t i = 0; i < ROWS(names); i++) {
        scenarios_ask(&answer, ailab_mock_port(*state),
                      &(struct scenarios_call){.header = names[i]});
        assert_true(scenarios_header_is(&answer, "X-Mock-Scenario", names[i]));
        assert_false(scenarios_is(&answer, 200, ""));
        scenarios_clear(&answer);
        scenarios_ask(&answer, ailab_mock_port(*state), &(struct scenarios_call){0});
        if (!scenarios_is(&answer, 200, "") || scenarios_header(&answer, "X-Mock-Scenario").ptr)
            fail_msg("after %s: %.300s", names[i], answer.bytes);
        scenarios_clear(&answer);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cues_win_in_the_documented_order),
        TEST(cues_decide_also_when_they_are_used_up),
        cmocka_unit_test(cues_bypass_refusals_only_when_they_say_so),
        TEST(cues_of_a_bold_success_go_past_the_account),
        TEST(cues_of_refused_requests_count_as_used),
        cmocka_unit_test(cues_act_for_the_account_that_they_name),
        TEST(cues_with_unknown_names_are_told_the_nearest),
        cmocka_unit_test(cues_do_not_count_in_strict_but_queue_and_matches_do),
        TEST(cues_leave_nothing_behind),
    };
    return cmocka_run_group_tests_name("scenarios_cues", tests, NULL, NULL);
}
