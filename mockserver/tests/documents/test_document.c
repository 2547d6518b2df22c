/* Right documents: every field reaches its place, what is left out has its default, and what is
 * printed is read again as the same. */
#include "scenario_json.h"
#include "scenarios/builtin.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char everything[] =
    "{'seed': 9007199254740991,"
    " 'accounts': {'*': {'credits': null, 'locked': false, 'rate': null, 'concurrency': null},"
    "  'team-a': {'credits': 120, 'locked': true, 'rate': {'requests': 5, 'window_ms': 1000},"
    "   'concurrency': 2},"
    "  'team-b': {}},"
    " 'scenarios': [{'name': 'All.of_it-1', 'summary': 'every \\u00e4 field',"
    "  'match': {'service_choice': [12, 15], 'file_name': '*.jp?g', 'api_key': 'team-*',"
    "   'format': 'jpeg', 'size': {'min': 10, 'max': 20}, 'width': {'min': 3},"
    "   'height': {'max': 4}, 'sha256': '" DIGEST "',"
    "   'request': {'min': 2, 'max': 9, 'every': 3},"
    "   'headers': {'X-Test': 'a*', 'Cookie': null}},"
    "  'steps': [{'answer': 'success', 'times': 3},"
    "   {'error': 'EXCEEDING_LIMITS', 'message': 'too fast', 'status': 503,"
    "    'headers': {'Retry-After': '2', 'X-Empty': '', 'Set-Cookie': ['a', 'b']}, 'delay': 250},"
    "   {'error': 'NO_SUCH_CODE', 'status': 418, 'deviation': 'null-request-id'},"
    "   {'status': 502, 'body': '<html>', 'delay': {'uniform': [1, 2]}},"
    "   {'status': 500, 'body_base64': '/wD+', 'delay': {'normal': {'mean': 5, 'stddev': 1}}},"
    "   {'fault': 'reset-mid-answer', 'delay': {'lognormal': {'p50': 100, 'p95': 400}}},"
    "   {'fault': {'name': 'dribble', 'amount': 1000}, 'probability': 0.25, 'always': true},"
    "   {'deviation': 'extra-fields', 'always': false}],"
    "  'then': 'restart', 'times': 100, 'probability': 0.5},"
    " {'name': 'b', 'match': {}, 'steps': [{'delay': 0}], 'then': 'repeat-last'},"
    " {'name': 'c', 'match': {'service_choice': 100, 'format': 'png', 'size': 7, 'request': 1},"
    "  'steps': [{'headers': {}}], 'then': 'normal'}]}";

static void document_reads_the_top_level_and_accounts(void **state)
{
    (void)state;
    struct document document;
    scenario_json_document(&document, everything);
    assert_true(document.has_seed);
    assert_int_equal(document.seed, UINT64_C(9007199254740991));
    assert_int_equal(document.scenario_count, 3);
    assert_int_equal(document.account_count, 3);

    const struct account_setting *all = &document.accounts[0], *one = all + 1, *none = all + 2;
    assert_string_equal(all->api_key, "*");
    assert_true(all->has_credits && all->has_locked && all->has_rate && all->has_concurrency);
    assert_true(all->credits == -1 && !all->locked);
    assert_true(all->rate_requests == 0 && all->concurrency == 0);
    assert_string_equal(one->api_key, "team-a");
    assert_true(one->has_credits && one->credits == 120 && one->has_locked && one->locked);
    assert_true(one->has_rate && one->rate_requests == 5 && one->rate_window_ms == 1000);
    assert_true(one->has_concurrency && one->concurrency == 2);
    assert_string_equal(none->api_key, "team-b");
    assert_false(none->has_credits || none->has_locked || none->has_rate || none->has_concurrency);
    document_clear(&document);
    assert_true(!document.scenarios && !document.accounts);
}

static void document_takes_every_key_that_a_header_can_carry(void **state)
{
    (void)state;
    struct document document;
    scenario_json_document(&document, "{'accounts': {'!~': {'credits': 1}, '~!': {'credits': 2}}}");
    assert_int_equal(document.account_count, 2);
    assert_string_equal(document.accounts[0].api_key, "!~");
    assert_string_equal(document.accounts[1].api_key, "~!");
    document_clear(&document);
}

/* A body of 1 MiB, as Base64 with its two padding characters, and one byte more. */
static void document_takes_a_body_of_1_mib_and_no_larger_one(void **state)
{
    static const char before[] = "{\"status\":500,\"body_base64\":\"", after[] = "\"}";
    const size_t mib = (size_t)1024 * 1024, len = (mib + 2) / 3 * 4;
    char *json = malloc(sizeof before + len + sizeof after);
    (void)state;
    assert_non_null(json);
    for (size_t padding = 2; padding > 0; padding--) {
        struct scenario_step step;
        struct document_error error;
        memcpy(json, before, sizeof before - 1);
        char *at = json + sizeof before - 1;
        memset(at, 'A', len - padding);
        memset(at + len - padding, '=', padding);
        memcpy(at + len, after, sizeof after);
        if (shape_parse(&step, &step_shape, slice_of(json), &error) != (padding == 2))
            fail_msg("%zu: %s %s", padding, error.pointer, error.message);
        if (padding == 2)
            assert_int_equal(step.body_size, mib);
        scenario_step_clear(&step);
    }
    free(json);
}

/* Whichever way a body was given, it is printed as text where it is text, else as Base64. */
static void document_prints_a_body_as_text_where_it_is_one(void **state)
{
    static const struct {
        const char *given, *printed; /* NULL: no body */
        size_t size;
    } rows[] = {
        {"'body': 'xx'", "\"body\":\"xx\"", 2},
        {"'body_base64': 'eHg='", "\"body\":\"xx\"", 2},
        {"'body': 'a\\u0001b'", "\"body\":\"a\\u0001b\"", 3},
        {"'body_base64': 'YQBi'", "\"body_base64\":\"YQBi\"", 3},
        {"'body_base64': '/w=='", "\"body_base64\":\"/w==\"", 1},
        {"'body_base64': ''", NULL, 0},
        {"'body': ''", NULL, 0},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char json[128];
        struct scenario scenario;
        snprintf(json, sizeof json, "{'name': 'a', 'steps': [{'status': 500, %s}]}", rows[i].given);
        scenario_json_scenario(&scenario, json);
        assert_int_equal(scenario.steps[0].body_size, rows[i].size);
        cJSON *tree = document_print_scenario(&scenario);
        char *text = cJSON_PrintUnformatted(tree);
        if (!strstr(text, rows[i].printed ? rows[i].printed : "[{\"status\":500}]"))
            fail_msg("%s: %s", rows[i].given, text);
        cJSON_free(text);
        cJSON_Delete(tree);
        scenario_clear(&scenario);
    }
}

static void document_reads_faults_of_tls(void **state)
{
    (void)state;
    struct document document;
    scenario_json_document(&document,
                           "{'tls': [{'fault': 'tls-no-close-notify', 'connections': 1000},"
                           " {'fault': 'tls-expired'}]}");
    assert_int_equal(document.tls_count, 2);
    assert_int_equal(document.tls[0].fault, TLS_FAULT_no_close_notify);
    assert_int_equal(document.tls[0].connections, 1000);
    assert_int_equal(document.tls[1].fault, TLS_FAULT_expired);
    assert_int_equal(document.tls[1].connections, 1);
    document_clear(&document);
    assert_true(!document.tls && !document.tls_count);
}

static void document_reads_what_a_scenario_matches(void **state)
{
    (void)state;
    struct document document;
    scenario_json_document(&document, everything);
    const struct scenario *scenario = &document.scenarios[0];
    assert_string_equal(scenario->name, "All.of_it-1");
    assert_string_equal(scenario->summary, "every \xc3\xa4 field");
    assert_true(scenario->automatic);
    assert_int_equal(scenario->then, THEN_RESTART);
    assert_int_equal(scenario->times, 100);
    assert_true(scenario->probability == 0.5);
    const struct scenario_match *match = &scenario->match;
    assert_int_equal(match->service_choice.count, 2);
    assert_true(match->service_choice.numbers[0] == 12 && match->service_choice.numbers[1] == 15);
    assert_string_equal(match->file_name, "*.jp?g");
    assert_string_equal(match->api_key, "team-*");
    assert_int_equal(match->format, IMAGE_JPEG);
    assert_true(match->size.given && match->size.minimum == 10 && match->size.maximum == 20);
    assert_true(match->width.given && match->width.minimum == 3);
    assert_int_equal(match->width.maximum, UINT64_MAX);
    assert_true(match->height.given && match->height.minimum == 0 && match->height.maximum == 4);
    assert_string_equal(match->sha256, DIGEST);
    assert_true(match->request.given && match->request.minimum == 2 && match->request.maximum == 9);
    assert_int_equal(match->request.every, 3);
    assert_int_equal(match->headers.count, 2);
    assert_string_equal(match->headers.items[0].name, "X-Test");
    assert_string_equal(match->headers.items[0].value, "a*");
    assert_string_equal(match->headers.items[1].name, "Cookie");
    assert_null(match->headers.items[1].value);

    assert_true(document.scenarios[1].automatic);
    assert_int_equal(document.scenarios[1].then, THEN_REPEAT_LAST);
    match = &document.scenarios[2].match;
    assert_true(match->service_choice.count == 1 && match->service_choice.numbers[0] == 100);
    assert_int_equal(match->format, IMAGE_PNG);
    assert_true(match->size.given && match->size.minimum == 7 && match->size.maximum == 7);
    assert_true(match->request.given && match->request.minimum == 1 && match->request.maximum == 1);
    assert_int_equal(document.scenarios[2].then, THEN_NORMAL);
    document_clear(&document);
}

static void document_reads_every_kind_of_step(void **state)
{
    (void)state;
    struct document document;
    scenario_json_document(&document, everything);
    const struct scenario_step *step = document.scenarios[0].steps;
    assert_int_equal(document.scenarios[0].step_count, 8);

    assert_int_equal(step[0].answer, ANSWER_NORMAL);
    assert_int_equal(step[0].times, 3);
    assert_true(step[0].probability == 1 && !step[0].always && !step[0].delay.kind);

    assert_int_equal(step[1].answer, ANSWER_ERROR);
    assert_int_equal(step[1].code, CODE_EXCEEDING_LIMITS);
    assert_null(step[1].code_text);
    assert_string_equal(step[1].message, "too fast");
    assert_int_equal(step[1].status, 503);
    assert_int_equal(step[1].header_count, 4);
    assert_string_equal(step[1].headers[0].name, "Retry-After");
    assert_string_equal(step[1].headers[0].value, "2");
    assert_string_equal(step[1].headers[1].value, "");
    assert_string_equal(step[1].headers[2].name, "Set-Cookie");
    assert_string_equal(step[1].headers[2].value, "a");
    assert_string_equal(step[1].headers[3].name, "Set-Cookie");
    assert_string_equal(step[1].headers[3].value, "b");
    assert_true(step[1].delay.kind == DELAY_FIXED && step[1].delay.a == 250);

    assert_int_equal(step[2].answer, ANSWER_ERROR);
    assert_int_equal(step[2].code, ERROR_NONE);
    assert_string_equal(step[2].code_text, "NO_SUCH_CODE");
    assert_string_equal(step[2].deviation, "null-request-id");

    assert_int_equal(step[3].answer, ANSWER_RAW);
    assert_true(step[3].status == 502 && step[3].body_size == 6);
    assert_memory_equal(step[3].body, "<html>", 6);
    assert_int_equal(step[3].delay.kind, DELAY_UNIFORM);
    assert_true(step[3].delay.a == 1 && step[3].delay.b == 2);

    assert_int_equal(step[4].answer, ANSWER_RAW);
    assert_int_equal(step[4].body_size, 3);
    assert_memory_equal(step[4].body, "\xff\x00\xfe", 3);
    assert_int_equal(step[4].delay.kind, DELAY_NORMAL);
    assert_true(step[4].delay.a == 5 && step[4].delay.b == 1);

    assert_int_equal(step[5].answer, ANSWER_NORMAL);
    assert_int_equal(step[5].fault, FAULT_reset_mid_answer);
    assert_int_equal(step[5].fault_amount, fault_info(FAULT_reset_mid_answer)->fallback);
    assert_int_equal(step[5].delay.kind, DELAY_LOGNORMAL);
    assert_true(step[5].delay.a == 100 && step[5].delay.b == 400);

    assert_true(step[6].fault == FAULT_dribble && step[6].fault_amount == 1000);
    assert_true(step[6].probability == 0.25 && step[6].always);
    assert_true(step[6].times == 1 && !step[7].always);
    assert_string_equal(step[7].deviation, "extra-fields");
    document_clear(&document);
}

static void document_accepts_what_is_unusual_and_right(void **state)
{
    (void)state;
    static const struct {
        const char *why, *json;
    } table[] = {
        {"nothing", "{}"},
        {"empty lists", " {'accounts': {}, 'scenarios': []}\r\n"},
        {"a byte order mark", "\xef\xbb\xbf{}"},
        {"a whole number with a point", "{'seed': 5.0}"},
        {"a whole number with an exponent", "{'seed': 1e3}"},
        {"an escaped field name", "{'s\\u0065ed': 1}"},
        {"a surrogate pair", "{'scenarios': [{'name': 'a', 'summary': '\\ud83d\\ude00',"
                             "'steps': [{'delay': 1}]}]}"},
        {"a built-in's name", "{'scenarios': [{'name': 'no-face', 'steps': [{'status': 500}]}]}"},
        {"probability 0", "{'scenarios': [{'name': 'a', 'steps': [{'delay': 1}],"
                          "'probability': 0}]}"},
        {"an empty body", "{'scenarios': [{'name': 'a', 'steps': [{'status': 204, 'body': ''}]}]}"},
        {"an empty Base64 body",
         "{'scenarios': [{'name': 'a', 'steps': [{'status': 504, 'body_base64': ''}]}]}"},
        {"a step's status before its error",
         "{'scenarios': [{'name': 'a', 'steps': [{'status': 500, 'error': 'ANY TEXT'}]}]}"},
        {"equal percentiles", "{'scenarios': [{'name': 'a', 'steps': [{'delay': {'lognormal': "
                              "{'p50': 5, 'p95': 5}}}]}]}"},
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        struct document document;
        struct document_error error;
        char *json = scenario_json_text(table[i].json);
        bool parsed = document_parse(&document, slice_of(json), &error);
        free(json);
        document_clear(&document);
        if (!parsed)
            fail_msg("%s: %s: %s", table[i].why, error.pointer, error.message);
    }
}

static void document_counts_every_third_request_as_third_sixth_and_so_on(void **state)
{
    (void)state;
    struct scenario scenario;
    scenario_json_scenario(&scenario, "{'name': 'a', 'match': {'request': {'every': 3}},"
                                      " 'steps': [{'delay': 1}]}");
    assert_int_equal(scenario.match.request.minimum, 3);
    assert_int_equal(scenario.match.request.maximum, UINT64_MAX);
    assert_int_equal(scenario.match.request.every, 3);
    scenario_clear(&scenario);
}

static void document_lowers_a_digest(void **state)
{
    (void)state;
    struct scenario scenario;
    scenario_json_scenario(&scenario,
                           "{'name': 'a', 'steps': [{'delay': 1}], 'match': {'sha256': "
                           "'0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF'}}");
    assert_string_equal(scenario.match.sha256, DIGEST);
    scenario_clear(&scenario);
}

static void document_reads_one_account_without_a_key(void **state)
{
    (void)state;
    struct account_setting setting;
    struct document_error error;
    assert_true(shape_parse(&setting, &account_shape, slice_of("{\"credits\": 24}"), &error));
    assert_null(setting.api_key);
    assert_true(setting.has_credits && setting.credits == 24 && !setting.has_locked);
    account_setting_clear(&setting);
}

/* Whether both hold the same, as far as a document can say it. */
static bool same_step(const struct scenario_step *a, const struct scenario_step *b)
{
    bool same = a->answer == b->answer && a->code == b->code && a->status == b->status &&
                slice_equal(slice_of(a->code_text), slice_of(b->code_text)) &&
                slice_equal(slice_of(a->message), slice_of(b->message)) &&
                slice_equal(slice_of(a->deviation), slice_of(b->deviation)) &&
                slice_equal(slice_make(a->body, a->body_size), slice_make(b->body, b->body_size)) &&
                a->fault == b->fault && a->fault_amount == b->fault_amount &&
                a->delay.kind == b->delay.kind && a->delay.a == b->delay.a &&
                a->delay.b == b->delay.b && a->probability == b->probability &&
                a->always == b->always && (a->times > 1 ? a->times : 1) == b->times &&
                a->header_count == b->header_count;
    for (size_t i = 0; same && i < a->header_count; i++)
        same = strcmp(a->headers[i].name, b->headers[i].name) == 0 &&
               strcmp(a->headers[i].value, b->headers[i].value) == 0;
    return same;
}

static bool same_range(const struct range *a, const struct range *b)
{
    return a->given == b->given && a->minimum == b->minimum && a->maximum == b->maximum &&
           a->every == b->every;
}

static bool same_headers(const struct header_patterns *a, const struct header_patterns *b)
{
    for (size_t i = 0; a->count == b->count && i < a->count; i++)
        if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
            !slice_equal(slice_of(a->items[i].value), slice_of(b->items[i].value)))
            return false;
    return a->count == b->count;
}

static bool same_match(const struct scenario_match *a, const struct scenario_match *b)
{
    return memcmp(&a->service_choice, &b->service_choice, sizeof a->service_choice) == 0 &&
           slice_equal(slice_of(a->file_name), slice_of(b->file_name)) &&
           slice_equal(slice_of(a->api_key), slice_of(b->api_key)) &&
           slice_equal(slice_of(a->sha256), slice_of(b->sha256)) && a->format == b->format &&
           same_range(&a->size, &b->size) && same_range(&a->width, &b->width) &&
           same_range(&a->height, &b->height) && same_range(&a->request, &b->request) &&
           same_headers(&a->headers, &b->headers);
}

/* Prints, reads, and prints again. */
static void round_trip(const struct scenario *scenario)
{
    struct scenario again;
    struct document_error error;
    char *text = scenario_json_print(scenario);
    if (!document_parse_scenario(&again, slice_of(text), &error))
        fail_msg("%s: %s: %s", text, error.pointer, error.message);
    assert_int_equal(again.step_count, scenario->step_count);
    for (size_t i = 0; i < again.step_count; i++)
        if (!same_step(&scenario->steps[i], &again.steps[i]))
            fail_msg("%s: step %zu is another one", text, i);
    assert_int_equal(again.automatic, scenario->automatic);
    assert_int_equal(again.then, scenario->then);
    assert_int_equal(again.times, scenario->times);
    assert_true(again.probability == scenario->probability);
    assert_true(same_match(&again.match, &scenario->match));
    char *second = scenario_json_print(&again);
    assert_string_equal(second, text);
    cJSON_free(second);
    cJSON_free(text);
    scenario_clear(&again);
}

static void document_prints_what_it_reads(void **state)
{
    (void)state;
    struct document document;
    scenario_json_document(&document, everything);
    for (size_t i = 0; i < document.scenario_count; i++)
        round_trip(&document.scenarios[i]);
    document_clear(&document);
}

static void document_prints_only_what_is_not_the_default(void **state)
{
    (void)state;
    struct scenario scenario;
    scenario_json_scenario(&scenario, "{'name': 'a', 'then': 'normal', 'probability': 1.0, 'match':"
                                      "{}, 'steps': [{'answer': 'success', 'times': 1, 'always':"
                                      "false}, {'fault': {'name': 'cut-after', 'amount': 100}}]}");
    char *text = scenario_json_print(&scenario);
    assert_string_equal(text, "{\"name\":\"a\",\"match\":{},\"steps\":[{\"answer\":\"success\"},"
                              "{\"fault\":\"cut-after\"}]}");
    cJSON_free(text);
    scenario_clear(&scenario);
}

/* A range of one value as that value, a header that comes once as a text. */
static void document_prints_as_short_as_it_may_be_written(void **state)
{
    (void)state;
    struct scenario scenario;
    scenario_json_scenario(
        &scenario,
        "{'name': 'a', 'match': {'size': {'min': 3, 'max': 3}, 'width': {'min': 0, 'max':"
        " 0}, 'height': {'max': 9}, 'request': {'min': 4, 'max': 4, 'every': 2}},"
        " 'steps': [{'status': 503, 'body': 'x', 'headers': {'A': 'b', 'C': ['d', 'e'],"
        " 'F': ['g']}}]}");
    char *text = scenario_json_print(&scenario);
    assert_string_equal(
        text, "{\"name\":\"a\",\"match\":{\"size\":3,\"width\":0,\"height\":{\"min\":0,\"max\":9},"
              "\"request\":{\"min\":4,\"max\":4,\"every\":2}},\"steps\":[{\"status\":503,"
              "\"headers\":{\"A\":\"b\",\"C\":[\"d\",\"e\"],\"F\":\"g\"},\"body\":\"x\"}]}");
    cJSON_free(text);
    scenario_clear(&scenario);
}

static void document_prints_every_builtin_scenario_so_that_it_can_be_read(void **state)
{
    (void)state;
    struct scenario *scenarios;
    size_t count;
    assert_true(builtin_scenarios(&scenarios, &count));
    for (size_t i = 0; i < count; i++) {
        round_trip(&scenarios[i]);
        scenario_clear(&scenarios[i]);
    }
    free(scenarios);
}

/* Every ```json block of SCENARIOS.md is a whole document, and a right one. */
static void document_accepts_every_example_of_its_documentation(void **state)
{
    (void)state;
    static char text[64 * 1024];
    FILE *file = fopen(AILAB_SOURCE_DIR "/mockserver/SCENARIOS.md", "rb");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    assert_true(feof(file));
    fclose(file);
    text[len] = '\0';
    unsigned examples = 0;
    for (char *at = text; (at = strstr(at, "```json\n"));) {
        struct document document;
        struct document_error error;
        char *end = strstr(at += 8, "```");
        assert_non_null(end);
        if (!document_parse(&document, slice_make(at, (size_t)(end - at)), &error))
            fail_msg("%s: %s:\n%.*s", error.pointer, error.message, (int)(end - at), at);
        for (size_t i = 0; i < document.scenario_count; i++)
            round_trip(&document.scenarios[i]);
        document_clear(&document);
        examples++;
        at = end + 3;
    }
    assert_in_range(examples, 6, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_reads_the_top_level_and_accounts),
        cmocka_unit_test(document_takes_every_key_that_a_header_can_carry),
        cmocka_unit_test(document_takes_a_body_of_1_mib_and_no_larger_one),
        cmocka_unit_test(document_prints_a_body_as_text_where_it_is_one),
        cmocka_unit_test(document_reads_faults_of_tls),
        cmocka_unit_test(document_reads_what_a_scenario_matches),
        cmocka_unit_test(document_reads_every_kind_of_step),
        cmocka_unit_test(document_accepts_what_is_unusual_and_right),
        cmocka_unit_test(document_counts_every_third_request_as_third_sixth_and_so_on),
        cmocka_unit_test(document_lowers_a_digest),
        cmocka_unit_test(document_reads_one_account_without_a_key),
        cmocka_unit_test(document_prints_what_it_reads),
        cmocka_unit_test(document_prints_only_what_is_not_the_default),
        cmocka_unit_test(document_prints_as_short_as_it_may_be_written),
        cmocka_unit_test(document_prints_every_builtin_scenario_so_that_it_can_be_read),
        cmocka_unit_test(document_accepts_every_example_of_its_documentation),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
