/* Wrong documents: each is refused whole, with the exact pointer of the place and words that say
 * what was found and what would be right. */
#include "document_wrong.h"
#include "scenario_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

#define SCENARIO(members) "{'scenarios': [{'name': 'a', 'steps': [{'status': 500}], " members "}]}"
#define MATCH(members) SCENARIO("'match': {" members "}")

static void document_refuses_and_points_when_its_top_level_is_wrong(void **state)
{
    (void)state;
    static const struct wrong table[] = {
        {"an array", "[]", "", {"found an array", "expected a document"}},
        {"null", "null", "", {"found null"}},
        {"misspelt field",
         "{'scenario': []}",
         "/scenario",
         {"unknown field \"scenario\"", "seed, accounts, scenarios", "did you mean scenarios?"}},
        {"a field by another case", "{'Seed': 1}", "/Seed", {"did you mean seed?"}},
        {"a name to be escaped", "{'a/b~c': 1}", "/a~1b~0c", {"unknown field \"a/b~c\""}},
        {"a field twice", "{'seed': 1, 'seed': 1}", "/seed", {"\"seed\" twice"}},
        {"seed as text", "{'seed': '42'}", "/seed", {"the text \"42\"", "a whole number from 0"}},
        {"seed with a fraction", "{'seed': 1.5}", "/seed", {"found 1.5", "whole number"}},
        {"seed below 0", "{'seed': -1}", "/seed", {"found -1"}},
        {"seed above 2^53-1",
         "{'seed': 9007199254740992}",
         "/seed",
         {"found 9007199254740992", "9007199254740991"}},
        {"seed infinite", "{'seed': 1e999}", "/seed", {"found inf"}},
        {"scenarios as object", "{'scenarios': {}}", "/scenarios", {"an object", "an array"}},
        {"a scenario that is none",
         "{'scenarios': [1]}",
         "/scenarios/0",
         {"found 1", "a scenario"}},
        {"accounts as array", "{'accounts': []}", "/accounts", {"an array", "an object"}},
        {"two scenarios of a name",
         "{'scenarios': [{'name': 'x', 'steps': [{'delay': 1}]},"
         "{'name': 'y', 'steps': [{'delay': 1}]}, {'name': 'x', 'steps': [{'delay': 1}]}]}",
         "/scenarios/2/name",
         {"\"x\" twice"}},
    };
    wrong_check(table, ROWS(table), wrong_document);
}

static void document_refuses_and_points_when_a_scenario_is_wrong(void **state)
{
    (void)state;
    static const struct wrong table[] = {
        {"no name",
         "{'scenarios': [{'steps': [{'delay': 1}]}]}",
         "/scenarios/0",
         {"no field \"name\"", "1 to 64"}},
        {"no steps", "{'scenarios': [{'name': 'a'}]}", "/scenarios/0", {"no field \"steps\""}},
        {"empty name", "{'scenarios': [{'name': ''}]}", "/scenarios/0/name", {"1 to 64"}},
        {"name with a space",
         "{'scenarios': [{'name': 'a b'}]}",
         "/scenarios/0/name",
         {"\"a b\"", "A-Z a-z 0-9"}},
        {"name of 65 characters",
         "{'scenarios': [{'name': "
         "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'}]}",
         "/scenarios/0/name",
         {"...", "1 to 64"}},
        {"misspelt field",
         SCENARIO("'probabilty': 1"),
         "/scenarios/0/probabilty",
         {"did you mean probability?"}},
        {"no steps in the list",
         "{'scenarios': [{'name': 'a', 'steps': []}]}",
         "/scenarios/0/steps",
         {"found 0 steps", "1 to 64"}},
        {"steps as object",
         "{'scenarios': [{'name': 'a', 'steps': {}}]}",
         "/scenarios/0/steps",
         {"an object", "an array"}},
        {"a wrong second step",
         "{'scenarios': [{'name': 'a', 'steps': [{'delay': 1}, {'delay': '1'}]}]}",
         "/scenarios/0/steps/1/delay",
         {"the text \"1\"", "milliseconds"}},
        {"then of another word",
         SCENARIO("'then': 'stop'"),
         "/scenarios/0/then",
         {"\"stop\"", "\"normal\", \"repeat-last\" or \"restart\""}},
        {"times 0", SCENARIO("'times': 0"), "/scenarios/0/times", {"found 0", "from 1"}},
        {"probability above 1",
         SCENARIO("'probability': 1.01"),
         "/scenarios/0/probability",
         {"found 1.01", "from 0 to 1"}},
        {"probability as text",
         SCENARIO("'probability': '50%'"),
         "/scenarios/0/probability",
         {"\"50%\""}},
        {"summary of two lines",
         SCENARIO("'summary': 'a\\nb'"),
         "/scenarios/0/summary",
         {"\"a?b\"", "one line"}},
        {"summary empty", SCENARIO("'summary': ''"), "/scenarios/0/summary", {"1 to 200"}},
        {"match as text", SCENARIO("'match': '*'"), "/scenarios/0/match", {"an object"}},
        {"unknown criterion",
         MATCH("'filename': 'x'"),
         "/scenarios/0/match/filename",
         {"did you mean file_name?"}},
        {"choice as text",
         MATCH("'service_choice': '12'"),
         "/scenarios/0/match/service_choice",
         {"the text \"12\"", "whole number"}},
        {"no choice",
         MATCH("'service_choice': []"),
         "/scenarios/0/match/service_choice",
         {"an array", "1 to 16"}},
        {"17 choices",
         MATCH("'service_choice': [1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7]"),
         "/scenarios/0/match/service_choice/16",
         {"at most 16"}},
        {"a wrong choice among right ones",
         MATCH("'service_choice': [10, 1.5]"),
         "/scenarios/0/match/service_choice/1",
         {"found 1.5"}},
        {"empty pattern", MATCH("'file_name': ''"), "/scenarios/0/match/file_name", {"pattern"}},
        {"a key that is too long is not shown",
         MATCH("'api_key': "
               "'SECRETxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
               "xxxxx"
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
               "xxx"
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
               "x'"),
         "/scenarios/0/match/api_key",
         {"found a text", "pattern"}},
        {"gif",
         MATCH("'format': 'gif'"),
         "/scenarios/0/match/format",
         {"\"gif\"", "\"jpeg\" or \"png\""}},
        {"size below 0", MATCH("'size': -1"), "/scenarios/0/match/size", {"found -1", "a range"}},
        {"range the wrong way round",
         MATCH("'width': {'min': 9, 'max': 8}"),
         "/scenarios/0/match/width",
         {"9 to 8", "max not below min"}},
        {"empty range", MATCH("'height': {}"), "/scenarios/0/match/height", {"empty range"}},
        {"every for a size",
         MATCH("'size': {'every': 2}"),
         "/scenarios/0/match/size/every",
         {"unknown field", "min, max"}},
        {"range end as text",
         MATCH("'size': {'max': '1MB'}"),
         "/scenarios/0/match/size/max",
         {"\"1MB\"", "whole number"}},
        {"request 0", MATCH("'request': 0"), "/scenarios/0/match/request", {"found 0", "from 1"}},
        {"every 0",
         MATCH("'request': {'every': 0}"),
         "/scenarios/0/match/request/every",
         {"from 1"}},
        {"every behind the last",
         MATCH("'request': {'every': 3, 'max': 2}"),
         "/scenarios/0/match/request",
         {"3 to 2"}},
        {"sha256 too short",
         MATCH("'sha256': 'abc'"),
         "/scenarios/0/match/sha256",
         {"64 hexadecimal"}},
        {"sha256 with another letter",
         MATCH("'sha256': 'g123456789012345678901234567890123456789012345678901234567890123'"),
         "/scenarios/0/match/sha256",
         {"64 hexadecimal"}},
    };
    wrong_check(table, ROWS(table), wrong_document);
}

static void document_refuses_and_points_when_a_step_is_wrong(void **state)
{
    (void)state;
    static const struct wrong table[] = {
        {"not an object", "'success'", "", {"\"success\"", "a step"}},
        {"nothing to do", "{}", "", {"does nothing", "answer, error"}},
        {"only a number of times", "{'times': 3}", "", {"does nothing"}},
        {"misspelt field", "{'eror': 'X'}", "/eror", {"did you mean error?"}},
        {"another answer", "{'answer': 'ok'}", "/answer", {"\"ok\"", "\"success\""}},
        {"answer and error",
         "{'answer': 'success', 'error': 'SDK_ERROR', 'status': 500}",
         "/answer",
         {"beside an error"}},
        {"answer and status",
         "{'status': 500, 'answer': 'success'}",
         "/answer",
         {"beside a status"}},
        {"misspelt code",
         "{'error': 'ERROR_BLURY_FACE'}",
         "/error",
         {"\"ERROR_BLURY_FACE\"", "a status", "ERROR_BLURRY_FACE"}},
        {"error as number", "{'error': 422}", "/error", {"found 422", "an error code"}},
        {"empty error", "{'error': ''}", "/error", {"an error code"}},
        {"message alone", "{'message': 'x', 'status': 500}", "/message", {"beside an error"}},
        {"empty message", "{'error': 'EXCEEDING_LIMITS', 'message': ''}", "/message", {"1 to 383"}},
        {"status below 200", "{'status': 199}", "/status", {"found 199", "from 200 to 599"}},
        {"status above 599", "{'status': 600}", "/status", {"found 600"}},
        {"status with a fraction", "{'status': 500.5}", "/status", {"500.5"}},
        {"204 with an envelope",
         "{'error': 'EXCEEDING_LIMITS', 'status': 204}",
         "/status",
         {"204", "may have a body"}},
        {"304 with a body", "{'status': 304, 'body': 'x'}", "/status", {"304"}},
        {"body alone", "{'body': 'x', 'delay': 1}", "/body", {"beside a status"}},
        {"body and error",
         "{'error': 'EXCEEDING_LIMITS', 'body': 'x'}",
         "/body",
         {"beside an error"}},
        {"two bodies",
         "{'status': 500, 'body': 'x', 'body_base64': 'eHg='}",
         "/body_base64",
         {"two bodies"}},
        {"two bodies, the other way round",
         "{'status': 500, 'body_base64': '', 'body': ''}",
         "/body",
         {"two bodies"}},
        {"no Base64", "{'status': 500, 'body_base64': 'e*g='}", "/body_base64", {"Base64"}},
        {"Base64 without padding",
         "{'status': 500, 'body_base64': 'eHg'}",
         "/body_base64",
         {"padded"}},
        {"headers as array", "{'headers': []}", "/headers", {"an array", "an object"}},
        {"header name with a colon",
         "{'headers': {'A:b': 'c'}}",
         "/headers/A:b",
         {"\"A:b\"", "a token"}},
        {"empty header name", "{'headers': {'': 'c'}}", "/headers/", {"\"\"", "a token"}},
        {"header value with CR LF",
         "{'headers': {'A': 'b\\r\\nC: d'}}",
         "/headers/A",
         {"\"b??C: d\"", "control characters"}},
        {"header value as number",
         "{'headers': {'Retry-After': 2}}",
         "/headers/Retry-After",
         {"found 2", "a header value"}},
        {"Content-Length",
         "{'headers': {'content-length': '2'}}",
         "/headers/content-length",
         {"Content-Length", "faults"}},
        {"Transfer-Encoding",
         "{'headers': {'Transfer-Encoding': 'chunked'}}",
         "/headers/Transfer-Encoding",
         {"faults"}},
        {"Connection", "{'headers': {'CONNECTION': 'close'}}", "/headers/CONNECTION", {"faults"}},
        {"a header twice", "{'headers': {'A': '1', 'a': '2'}}", "/headers/a", {"A twice"}},
        {"17 headers",
         "{'headers': {'a':'','b':'','c':'','d':'','e':'','f':'','g':'','h':'','i':'','j':'',"
         "'k':'','l':'','m':'','n':'','o':'','p':'','q':''}}",
         "/headers/q",
         {"at most 16"}},
        {"unknown deviation",
         "{'deviation': 'null-request'}",
         "/deviation",
         {"null-request", "did you mean null-request-id"}},
        {"deviation as number", "{'deviation': 1}", "/deviation", {"name of a deviation"}},
        {"deviation without envelope",
         "{'status': 502, 'deviation': 'null-request-id'}",
         "/deviation",
         {"envelope"}},
        {"unknown fault", "{'fault': 'reset-mid-anwser'}", "/fault", {"reset-mid-answer"}},
        {"fault as number", "{'fault': 1}", "/fault", {"name of a fault"}},
        {"fault without name", "{'fault': {'amount': 1}}", "/fault", {"no field \"name\""}},
        {"unknown fault by name", "{'fault': {'name': 'drible'}}", "/fault/name", {"dribble"}},
        {"amount as text",
         "{'fault': {'name': 'dribble', 'amount': '1k'}}",
         "/fault/amount",
         {"\"1k\"", "whole number"}},
        {"amount of nothing",
         "{'fault': {'name': 'json-array', 'amount': 1}}",
         "/fault/amount",
         {"json-array takes none"}},
        {"rate 0",
         "{'fault': {'name': 'dribble', 'amount': 0}}",
         "/fault/amount",
         {"1 to 1000000000", "bytes a second"}},
        {"stall too long",
         "{'fault': {'name': 'stall-mid-head', 'amount': 600001}}",
         "/fault/amount",
         {"600000", "milliseconds"}},
        {"delay below 0", "{'delay': -1}", "/delay", {"found -1", "0 to 600000"}},
        {"delay above ten minutes", "{'delay': 600001}", "/delay", {"600001"}},
        {"no distribution", "{'delay': {}}", "/delay", {"0 distributions"}},
        {"two distributions",
         "{'delay': {'uniform': [1, 2], 'normal': {'mean': 1, 'stddev': 1}}}",
         "/delay",
         {"2 distributions"}},
        {"unknown distribution", "{'delay': {'gauss': 1}}", "/delay/gauss", {"unknown field"}},
        {"uniform with one end",
         "{'delay': {'uniform': [1]}}",
         "/delay/uniform",
         {"[least, most]"}},
        {"uniform with three", "{'delay': {'uniform': [1, 2, 3]}}", "/delay/uniform", {"[least"}},
        {"uniform the wrong way round",
         "{'delay': {'uniform': [2, 1]}}",
         "/delay/uniform",
         {"2 before 1"}},
        {"normal without deviation",
         "{'delay': {'normal': {'mean': 1}}}",
         "/delay/normal",
         {"\"stddev\""}},
        {"p50 of 0",
         "{'delay': {'lognormal': {'p50': 0, 'p95': 9}}}",
         "/delay/lognormal/p50",
         {"from 1"}},
        {"p95 below p50",
         "{'delay': {'lognormal': {'p50': 10, 'p95': 9}}}",
         "/delay/lognormal",
         {"p95 of 9", "p50 of 10"}},
        {"times 0", "{'answer': 'success', 'times': 0}", "/times", {"from 1"}},
        {"probability below 0",
         "{'answer': 'success', 'probability': -0.1}",
         "/probability",
         {"-0.1"}},
        {"always as text",
         "{'answer': 'success', 'always': 'yes'}",
         "/always",
         {"\"yes\"", "true or false"}},
    };
    wrong_check(table, ROWS(table), wrong_step);
}

static void document_refuses_and_points_when_an_account_is_wrong(void **state)
{
    (void)state;
    static const struct wrong table[] = {
        {"account as number",
         "{'accounts': {'*': 120}}",
         "/accounts/*",
         {"account 1", "found 120", "an account"}},
        {"misspelt field",
         "{'accounts': {'*': {'credit': 1}}}",
         "/accounts/*/credit",
         {"account 1", "did you mean credits?"}},
        {"empty key", "{'accounts': {'': {}}}", "/accounts/...", {"account 1", "no API key"}},
        {"key whose quarter ends inside a character",
         "{'accounts': {'\xef\xbb\xbf*': {}}}",
         "/accounts/...",
         {"visible ASCII"}},
        {"key with a space", "{'accounts': {'a b': {}}}", "/accounts/...", {"visible ASCII"}},
        {"a key twice",
         "{'accounts': {'*': {}, 'k': {}, '*': {}}}",
         "/accounts/*",
         {"account 3", "the same key twice"}},
        {"credits as text",
         "{'accounts': {'*': {'credits': 'many'}}}",
         "/accounts/*/credits",
         {"\"many\"", "null (unlimited)"}},
        {"credits below 0",
         "{'accounts': {'*': {'credits': -12}}}",
         "/accounts/*/credits",
         {"found -12"}},
        {"locked as number",
         "{'accounts': {'*': {'locked': 1}}}",
         "/accounts/*/locked",
         {"true or false"}},
        {"rate as number", "{'accounts': {'*': {'rate': 5}}}", "/accounts/*/rate", {"window_ms"}},
        {"rate without window",
         "{'accounts': {'*': {'rate': {'requests': 5}}}}",
         "/accounts/*/rate",
         {"no field \"window_ms\""}},
        {"rate of 0",
         "{'accounts': {'*': {'rate': {'requests': 0, 'window_ms': 1}}}}",
         "/accounts/*/rate/requests",
         {"found 0", "from 1"}},
        {"concurrency 0",
         "{'accounts': {'*': {'concurrency': 0}}}",
         "/accounts/*/concurrency",
         {"found 0", "null (no limit)"}},
    };
    wrong_check(table, ROWS(table), wrong_document);
}

static void document_never_shows_a_key_when_it_complains(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{'accounts': {'*': {}, 'SECRET0123456789abcdef': {'credits': -1}}}",
        "{'accounts': {'SECRET0123456789abcdef': 1}}",
        "{'accounts': {'SECRET0123456789abcdef ': {}}}",
        "{'accounts': {'SECRET0123456789abcdef': {}, 'SECRET0123456789abcdef': {}}}",
    };
    for (size_t i = 0; i < ROWS(documents); i++) {
        struct document_error error;
        char *json = scenario_json_text(documents[i]);
        assert_false(wrong_document(slice_of(json), &error));
        free(json);
        assert_null(strstr(error.pointer, "SECRE"));
        assert_null(strstr(error.message, "SECRE"));
        assert_non_null(strstr(error.pointer, "/accounts/SECR..."));
        assert_non_null(strstr(error.message, "account "));
    }
}

static void document_points_inside_the_one_object_it_was_given(void **state)
{
    (void)state;
    static const struct wrong scenarios[] = {
        {"scenario", "{'name': 'a', 'steps': [{'delay': true}]}", "/steps/0/delay", {"found true"}},
        {"no scenario", "[]", "", {"found an array", "a scenario"}},
    };
    static const struct wrong accounts[] = {
        {"account", "{'rate': {'requests': 1, 'window_ms': 0}}", "/rate/window_ms", {"found 0"}},
        {"no account", "7", "", {"found 7", "an account"}},
    };
    wrong_check(scenarios, ROWS(scenarios), wrong_scenario);
    wrong_check(accounts, ROWS(accounts), wrong_account);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_refuses_and_points_when_its_top_level_is_wrong),
        cmocka_unit_test(document_refuses_and_points_when_a_scenario_is_wrong),
        cmocka_unit_test(document_refuses_and_points_when_a_step_is_wrong),
        cmocka_unit_test(document_refuses_and_points_when_an_account_is_wrong),
        cmocka_unit_test(document_never_shows_a_key_when_it_complains),
        cmocka_unit_test(document_points_inside_the_one_object_it_was_given),
    };
    return cmocka_run_group_tests_name("document_wrong", tests, NULL, NULL);
}
