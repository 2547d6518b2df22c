/* Documents in force, over real sockets: every criterion of a match, the order of steps, what comes
 * after the last, chance with a seed, and that a wrong document changes nothing. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include <cmocka.h>

static void load_match(struct ailab_mock *mock, const char *match)
{
    char document[512];
    int len = snprintf(document, sizeof document,
                       "{\"scenarios\": [{\"name\": \"m\", \"match\": %s, \"then\": "
                       "\"repeat-last\", \"steps\": [{\"error\": \"ERROR_BLURRY_FACE\"}]}]}",
                       match);
    assert_in_range(len, 1, sizeof document - 1);
    scenarios_load(mock, document);
}

static struct scenarios_answer ask(struct ailab_mock *mock, const struct scenarios_call *call)
{
    struct scenarios_answer answer;
    scenarios_ask(&answer, ailab_mock_port(mock), call);
    return answer;
}

/* Whether the loaded scenario answers, and says so. */
static bool is_matched(struct ailab_mock *mock, const struct scenarios_call *call)
{
    struct scenarios_answer answer = ask(mock, call);
    bool matched = scenarios_is(&answer, 422, "ERROR_BLURRY_FACE");
    if (!matched && !scenarios_is(&answer, 200, ""))
        fail_msg("neither matched nor a success: %.300s", answer.size ? answer.bytes : "(nothing)");
    if (matched != scenarios_header_is(&answer, "X-Mock-Scenario", "m") ||
        matched != (scenarios_header(&answer, "X-Mock-Scenario").ptr != NULL))
        fail_msg("X-Mock-Scenario does not agree: %.300s", answer.bytes);
    scenarios_clear(&answer);
    return matched;
}

static void documents_match_by_each_criterion(void **state)
{
    static const struct {
        const char *match;
        struct scenarios_call met, missed;
    } rows[] = {
        {"{\"service_choice\": 12}", {.choice = "12"}, {.choice = "13"}},
        {"{\"service_choice\": [10, 100]}", {.choice = "100"}, {.choice = "16"}},
        {"{\"file_name\": \"holiday-*.jp?g\"}",
         {.file_name = "holiday-at-sea.jpeg"},
         {.file_name = "holiday-at-sea.jpg"}},
        {"{\"file_name\": \"*\"}", {.file_name = "file"}, {0}},
        {"{\"api_key\": \"team-*\"}", {.key = "team-blue"}, {.key = "my-team-blue"}},
        {"{\"api_key\": \"team-?\"}", {.key = "team-1"}, {.key = "team-12"}},
        {"{\"format\": \"jpeg\"}", {0}, {0}},
        {"{\"width\": 96, \"height\": {\"min\": 90, \"max\": 96}}", {0}, {0}},
    };
    static const char *const never[] = {
        "{\"format\": \"png\"}",
        "{\"size\": {\"max\": 100}}",
        "{\"width\": 95}",
        "{\"height\": {\"min\": 97}}",
        "{\"width\": {\"max\": 95}}",
        "{\"service_choice\": 12, \"format\": \"jpeg\"}",
        "{\"request\": {\"min\": 1000}}",
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        bool always = !rows[i].missed.choice && !rows[i].missed.file_name && !rows[i].missed.key;
        load_match(*state, rows[i].match);
        if (!is_matched(*state, &rows[i].met))
            fail_msg("%s is not met", rows[i].match);
        if (!always && is_matched(*state, &rows[i].missed))
            fail_msg("%s is met by the wrong one", rows[i].match);
    }
    for (size_t i = 0; i < ROWS(never); i++) {
        load_match(*state, never[i]);
        if (is_matched(*state, &(struct scenarios_call){0}))
            fail_msg("%s is met", never[i]);
    }
}

static void documents_match_by_the_bytes_of_the_picture(void **state)
{
    char match[160];
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx hash;
    struct slice picture = scenarios_portrait();
    struct scenarios_call other = {0}, same = {.file_name = "another-name.png"};
    char *marked = scenarios_marked(&other.image.len, "no cue at all");
    other.image.ptr = marked;
    sha256_init(&hash);
    sha256_update(&hash, picture.len, (const uint8_t *)picture.ptr);
    sha256_digest(&hash, sizeof digest, digest);
    size_t used = (size_t)snprintf(match, sizeof match, "{\"sha256\": \"");
    for (size_t i = 0; i < sizeof digest; i++)
        used += (size_t)snprintf(match + used, sizeof match - used, "%02x", digest[i]);
    snprintf(match + used, sizeof match - used, "\"}");
    load_match(*state, match);
    assert_true(is_matched(*state, &same));
    assert_false(is_matched(*state, &other));
    snprintf(match, sizeof match, "{\"size\": %zu}", picture.len);
    load_match(*state, match);
    assert_true(is_matched(*state, &same));
    assert_false(is_matched(*state, &other));
    snprintf(match, sizeof match, "{\"size\": {\"min\": %zu}}", picture.len + 1);
    load_match(*state, match);
    assert_false(is_matched(*state, &same));
    assert_true(is_matched(*state, &other));
    free(marked);
}

/* The letters of what n calls of a key are answered: one letter a code, S for a success. */
static const char *run(char *out, size_t count, struct ailab_mock *mock, const char *key)
{
    int fd = scenarios_connect(ailab_mock_port(mock));
    for (size_t i = 0; i < count; i++) {
        struct scenarios_answer answer;
        scenarios_ask_on(&answer, fd, &(struct scenarios_call){.key = key});
        out[i] = scenarios_is(&answer, 200, "")                     ? 'S'
                 : scenarios_is(&answer, 422, "ERROR_BLURRY_FACE")  ? 'B'
                 : scenarios_is(&answer, 504, "AI_SERVICE_TIMEOUT") ? 'T'
                 : scenarios_is(&answer, 429, "EXCEEDING_LIMITS")   ? 'L'
                                                                    : '?';
        scenarios_clear(&answer);
    }
    out[count] = '\0';
    close(fd);
    return out;
}

#define B "{\"error\": \"ERROR_BLURRY_FACE\"}"
#define T "{\"error\": \"AI_SERVICE_TIMEOUT\"}"
#define T2 "{\"error\": \"AI_SERVICE_TIMEOUT\", \"times\": 2}"
#define S "{\"answer\": \"success\"}"

static void documents_play_their_steps_in_order(void **state)
{
    static const struct {
        const char *scenario, *expected;
    } rows[] = {
        {"\"match\": {}, \"steps\": [" B ", " T2 ", " S ", " B "]", "BTTSBSSS"},
        {"\"match\": {}, \"then\": \"restart\", \"times\": 4, \"steps\": [" B ", " T "]",
         "BTBTSSSS"},
        {"\"match\": {\"request\": {\"min\": 2, \"max\": 4}}, \"then\": \"repeat-last\", "
         "\"steps\": [" B ", " T "]",
         "SBTTSSSS"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char document[512], first[9], second[9];
        snprintf(document, sizeof document, "{\"scenarios\": [{\"name\": \"steps\", %s}]}",
                 rows[i].scenario);
        scenarios_load(*state, document);
        run(first, 8, *state, "first-key");
        run(second, 8, *state, "second-key"); /* each key plays for itself */
        if (strcmp(first, rows[i].expected) != 0 || strcmp(second, rows[i].expected) != 0)
            fail_msg("%s: %s and %s, expected %s", rows[i].scenario, first, second,
                     rows[i].expected);
    }
}

/* The first that matches and is not used up answers. */
static void documents_try_their_scenarios_in_order(void **state)
{
    char got[9];
    scenarios_load(*state,
                   "{\"scenarios\": ["
                   "{\"name\": \"a\", \"match\": {}, \"steps\": [" B "]},"
                   "{\"name\": \"b\", \"match\": {\"api_key\": \"x\"}, \"steps\": [" T2 "]},"
                   "{\"name\": \"c\", \"match\": {}, \"then\": \"repeat-last\", \"steps\": "
                   "[{\"error\": \"EXCEEDING_LIMITS\"}]}]}");
    assert_string_equal(run(got, 8, *state, "x"), "BTTLLLLL");
    assert_string_equal(run(got, 8, *state, "y"), "BLLLLLLL");
}

static void documents_answer_steps_as_they_are_written(void **state)
{
    struct scenarios_answer answer;
    scenarios_load(*state,
                   "{\"scenarios\": [{\"name\": \"kinds\", \"match\": {}, \"steps\": ["
                   "{\"error\": \"EXCEEDING_LIMITS\", \"message\": \"slow down\", \"status\": 503,"
                   " \"headers\": {\"Retry-After\": \"7\", \"X-Own\": \"v\","
                   " \"Set-Cookie\": [\"a=1\", \"b=2\"]}},"
                   "{\"error\": \"A_CODE_OF_TOMORROW\", \"status\": 422},"
                   "{\"status\": 502, \"headers\": {\"Content-Type\": \"text/html\"}, \"body\": "
                   "\"<h1>é</h1>\"},"
                   "{\"status\": 200, \"body_base64\": \"AAH/\"},"
                   "{\"status\": 204}]}]}");
    answer = ask(*state, &(struct scenarios_call){0});
    assert_true(scenarios_is(&answer, 503, "EXCEEDING_LIMITS"));
    assert_string_equal(scenarios_message(&answer), "slow down");
    assert_true(scenarios_header_is(&answer, "Retry-After", "7"));
    assert_true(scenarios_header_is(&answer, "X-Own", "v"));
    assert_non_null(strstr(answer.bytes, "\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"));
    scenarios_clear(&answer);
    answer = ask(*state, &(struct scenarios_call){0});
    assert_true(scenarios_is(&answer, 422, "A_CODE_OF_TOMORROW"));
    scenarios_clear(&answer);
    answer = ask(*state, &(struct scenarios_call){0});
    assert_int_equal(answer.status, 502);
    assert_true(scenarios_header_is(&answer, "Content-Type", "text/html"));
    assert_true(slice_equal(answer.body, slice_of("<h1>é</h1>")));
    scenarios_clear(&answer);
    answer = ask(*state, &(struct scenarios_call){0});
    assert_int_equal(answer.status, 200);
    assert_true(slice_equal(answer.body, slice_make("\0\1\xff", 3)));
    scenarios_clear(&answer);
}

/* In one run of 60 letters with this seed; the same again after a load, elsewhere another. */
static void documents_replay_chance_by_seed(void **state)
{
#define FLAKY(seed)                                                                                \
    "{\"seed\": " seed ", \"scenarios\": [{\"name\": \"flaky\", \"match\": {}, \"probability\": "  \
    "0.5, \"then\": \"restart\", \"steps\": [" B ", {\"error\": \"AI_SERVICE_TIMEOUT\", "          \
    "\"probability\": 0.5}]}]}"
    char runs[4][61];
    scenarios_load(*state, FLAKY("7"));
    run(runs[0], 60, *state, "k");
    run(runs[1], 60, *state, "another");
    scenarios_load(*state, FLAKY("7"));
    run(runs[2], 60, *state, "k");
    scenarios_load(*state, FLAKY("8"));
    run(runs[3], 60, *state, "k");
    assert_string_equal(runs[0], runs[2]);
    assert_string_not_equal(runs[0], runs[1]);
    assert_string_not_equal(runs[0], runs[3]);
    assert_non_null(strchr(runs[0], 'S'));
    assert_non_null(strchr(runs[0], 'B'));
    assert_non_null(strchr(runs[0], 'T'));
    assert_null(strchr(runs[0], '?'));
    scenarios_reset(*state); /* starts the same run again */
    run(runs[0], 60, *state, "k");
    assert_string_equal(runs[0], runs[3]);
}

static void documents_that_are_wrong_change_nothing(void **state)
{
    static const struct {
        const char *document, *pointer;
    } rows[] = {
        {"{\"scenarios\": [{\"name\": \"a\", \"steps\": [" T "]}, {\"name\": \"a\", \"steps\": [" T
         "]}]}",
         "/scenarios/1/name"},
        {"{\"accounts\": {\"k\": {\"credits\": 0}}, \"scenarios\": [{\"name\": \"a\"}]}",
         "/scenarios/0"},
        {"{\"seed\": 1, \"sceanrios\": []}", "/sceanrios"},
        {"{\"accounts\": {\"k\": {\"locked\": true}}, \"scenarios\": [{\"name\": \"a\", \"match\": "
         "{\"width\": {\"min\": 9, \"max\": 8}}, \"steps\": [" T "]}]}",
         "/scenarios/0/match/width"},
        {"", ""},
        {"[]", ""},
    };
    char why[AILAB_MOCK_ERROR_SIZE], got[9];
    scenarios_load(*state, "{\"scenarios\": [{\"name\": \"old\", \"match\": {}, \"then\": "
                           "\"restart\", \"steps\": [" B ", " S "]}]}");
    assert_string_equal(run(got, 1, *state, "k"), "B");
    for (size_t i = 0; i < ROWS(rows); i++) {
        char expected[64];
        int status = 0;
        char *answer = NULL;
        assert_int_equal(ailab_mock_load(*state, rows[i].document, why), AILAB_MOCK_ARGUMENT);
        snprintf(expected, sizeof expected, "at '%s'", rows[i].pointer);
        if (!strstr(why, expected))
            fail_msg("%s: %s", rows[i].document, why);
        assert_int_equal(ailab_mock_admin(*state, "PUT", "/__admin/mappings", rows[i].document,
                                          &status, &answer),
                         AILAB_MOCK_OK);
        assert_int_equal(status, 400);
        free(answer);
        /* Where the old one stood, and on it goes. */
        assert_string_equal(run(got, 2, *state, "k"), "SB");
    }
    assert_int_equal(ailab_mock_arm(*state, "k", "[{\"error\": \"ERROR_BLURY_FACE\"}]", why),
                     AILAB_MOCK_ARGUMENT);
    assert_non_null(strstr(why, "ERROR_BLURRY_FACE"));
    assert_string_equal(run(got, 1, *state, "k"), "S");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(documents_match_by_each_criterion),
        TEST(documents_match_by_the_bytes_of_the_picture),
        TEST(documents_play_their_steps_in_order),
        TEST(documents_try_their_scenarios_in_order),
        TEST(documents_answer_steps_as_they_are_written),
        TEST(documents_replay_chance_by_seed),
        TEST(documents_that_are_wrong_change_nothing),
    };
    return cmocka_run_group_tests_name("scenarios_documents", tests, NULL, NULL);
}
